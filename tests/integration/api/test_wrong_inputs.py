"""Whoever gets something wrong is told what to write instead: by the API server, before anything is stored."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from harness.cluster import Cluster
from integration.api.mistake import Mistake
from integration.api.wrong_inputs import IN_A_CHANGE, IN_SOMETHING_NEW, Mistakes

pytestmark = pytest.mark.integration

NAMESPACE = "wrong-inputs"
VERBS = {
    "apply": ("apply", "--server-side", "--force-conflicts"),
    "create": ("create", "--validate=strict"),
    "replace": ("replace", "--validate=strict"),
}


def each(mistakes: Mistakes) -> list[Any]:
    return [
        pytest.param(kind, mistake, id=f"{kind}: {mistake.title} ({mistake.how})")
        for kind, made in mistakes.items()
        for mistake in made
    ]


@pytest.fixture(scope="module")
def namespace(api: Cluster) -> Iterator[str]:
    api.kubectl("create", "namespace", NAMESPACE)
    yield NAMESPACE
    api.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@pytest.fixture(scope="module")
def stored(api: Cluster, namespace: str, examples: dict[str, Any]) -> dict[str, Any]:
    """What is there already, for mistakes in a change."""
    there = {kind: named(examples[kind], "there") for kind in IN_A_CHANGE}
    api.kubectl("apply", "--server-side", f"--namespace={namespace}", "-f", "-", stdin=listed(*there.values()))
    return there


@pytest.mark.parametrize(("kind", "mistake"), each(IN_SOMETHING_NEW))
def test_a_mistake_is_refused_in_words_that_help(
    kind: str, mistake: Mistake, api: Cluster, namespace: str, examples: dict[str, Any]
) -> None:
    refused(mistake, named(examples[kind], "new"), api, namespace)


@pytest.mark.parametrize(("kind", "mistake"), each(IN_A_CHANGE))
def test_what_must_not_change_says_so(
    kind: str, mistake: Mistake, api: Cluster, namespace: str, stored: dict[str, Any]
) -> None:
    refused(mistake, stored[kind], api, namespace)


def refused(mistake: Mistake, example: dict[str, Any], cluster: Cluster, namespace: str) -> None:
    words = (*VERBS[mistake.how], "--dry-run=server", f"--namespace={namespace}", "-f", "-")
    answer = cluster.kubectl(*words, stdin=json.dumps(mistake.made_in(example)), check=False)

    assert answer.returncode != 0, "it was accepted"
    assert mistake.told in answer.stderr


def named(example: dict[str, Any], name: str) -> dict[str, Any]:
    """A name of its own, so that nothing here meets what other tests made."""
    metadata = {key: value for key, value in example["metadata"].items() if key != "generateName"}
    return example | {"metadata": metadata | {"name": name}}


def listed(*objects: dict[str, Any]) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
