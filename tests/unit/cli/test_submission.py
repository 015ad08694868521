"""`leadsman eval submit`: from a tool's files to an EvalRun, and what is refused before."""

import datetime as dt
import json
from pathlib import Path
from typing import Any, cast

import pytest

from harness.evaluations import AT_LEAST, NO_WORSE, suite
from harness.known import Known
from harness.manifests import EXAMPLES, ROOT
from harness.moments import MOMENTS
from harness.revisions import revision
from leadsman.api.v1alpha1 import EvalRun
from leadsman.cli.cluster import Cluster, Object
from leadsman.cli.errors import CommandFailed
from leadsman.cli.submission import Asked, Given, Prepared, create, prepare, render, resolve

GOLDEN = ROOT / "tests/golden/evals"
NEW, GOOD = "assistant-9b2e41c07d", "assistant-7c01aa93f2"
DIGEST = "sha256:" + "5d" * 32
QA = {**AT_LEAST, "metric": "support_qa/acc,none", "min": "0.1"}
NO_WORSE_QA = {**NO_WORSE, "metric": "support_qa/acc,none"}


def evalsuite(*criteria: dict[str, Any], seen: int = 1, digest: str | None = DIGEST, **spec: Any) -> Object:
    status = {"observedGeneration": seen} | ({"digest": digest} if digest else {})
    return {
        "apiVersion": "leadsman.dev/v1alpha1",
        "kind": "EvalSuite",
        "metadata": {"name": "qa", "generation": 1},
        "spec": suite(*(criteria or (QA,)), **spec).to_dict(),
        "status": status,
    }


def known(*others: Object) -> Known:
    new, good = revision(NEW, 12), revision(GOOD, 11)
    good["spec"] = good["spec"] | {"digest": "sha256:" + "7c" * 32}
    return Known(MOMENTS["rolling out"], new, good, *(others or (evalsuite(),)))


def given(*files: str, **changes: Any) -> Given:
    fields: dict[str, Any] = {
        "files": tuple(str(GOLDEN / file) for file in files or ("lm_eval/full",)),
        "baseline_files": (),
        "form": "LMEval",
        "started_at": None,
        "finished_at": None,
        "dataset_digest": None,
        "raw_uri": None,
    }
    return Given(**(fields | changes))


def submitted(
    cluster: Known, of: Given | None = None, *, service: str | None = None, baseline: str | None = None
) -> Prepared:
    asked = Asked(service=service, revision=NEW, suite="qa", baseline=baseline)
    return prepare(resolve(cast("Cluster", cluster), asked), of or given())


def refused(cluster: Known, of: Given | None = None, **changes: Any) -> str:
    with pytest.raises(CommandFailed) as caught:
        submitted(cluster, of, **changes)
    assert caught.value.next_step
    return caught.value.what


def test_what_a_tool_wrote_becomes_an_evalrun_that_is_bound_by_digests() -> None:
    cluster = known()
    prepared = submitted(cluster, given(raw_uri="s3://evals/1"))
    rendered = render(cast("Cluster", cluster), prepared)
    made = EvalRun.from_dict(rendered)

    assert "null" not in json.dumps(rendered)
    assert made.metadata.name == f"{NEW}-qa-1"
    assert made.metadata.labels == {"leadsman.dev/service": "assistant", "leadsman.dev/revision": NEW}
    assert made.spec.revision.digest == EXAMPLES["airevision"]["spec"]["digest"]
    assert made.spec.suite.digest == DIGEST
    assert made.spec.baseline is None
    assert made.spec.results is not None
    assert made.spec.results.tool.name == "lm-evaluation-harness"
    assert "support_qa/acc,none" in {one.metric for one in made.spec.results.metrics}
    assert made.spec.results.raw is not None
    assert made.spec.results.raw.uri == "s3://evals/1"


def test_numbers_go_on_also_where_somebody_else_was_quicker() -> None:
    cluster = known()
    prepared = submitted(cluster)
    cluster.taken = {f"{NEW}-qa-2"}

    assert create(cast("Cluster", cluster), prepared) == f"{NEW}-qa-1"
    assert create(cast("Cluster", cluster), prepared) == f"{NEW}-qa-3"


def test_a_suite_that_leadsman_runs_takes_no_results() -> None:
    job = evalsuite(
        runner={"job": {"template": {"spec": {"containers": []}}}}, results={"format": "LMEval", "path": "/results"}
    )

    assert "results that are submitted for it don't count" in refused(known(job))


@pytest.mark.parametrize("looked_at", [{"digest": None}, {"seen": 0}])
def test_a_suite_that_the_operator_has_not_looked_at_has_no_digest_to_bind_to(looked_at: dict[str, Any]) -> None:
    assert "its digest is unknown" in refused(known(evalsuite(**looked_at)))


def test_a_revision_of_another_service_is_refused() -> None:
    assert "is of service assistant, not of other" in refused(known(), service="other")


def test_results_over_a_part_of_the_data_are_refused() -> None:
    assert "these results prove nothing" in refused(known(), given("lm_eval/limited"))


def test_files_of_another_tool_are_refused() -> None:
    assert "format JUnit needs files" in refused(known(), given(form="JUnit"))
    assert "does not say in which format" in refused(known(), given(form=None))


def test_the_suite_says_in_which_format_its_results_are() -> None:
    cluster = known(evalsuite(results={"format": "LMEval"}))

    assert submitted(cluster, given(form=None)).spec.results is not None


def test_what_compares_is_compared_with_what_serves() -> None:
    cluster = known(evalsuite(QA, NO_WORSE_QA))

    by_itself, named = submitted(cluster), submitted(cluster, baseline=GOOD)

    assert by_itself.spec.baseline == named.spec.baseline
    assert by_itself.spec.baseline is not None
    assert by_itself.spec.baseline.name == GOOD
    assert f"compared with {GOOD}, which serves now" in by_itself.notes


def test_a_revision_is_not_its_own_baseline() -> None:
    assert "it is the same" in refused(known(), baseline=NEW)


def test_results_of_the_baseline_become_counts_of_pairs() -> None:
    cluster = known(evalsuite(QA, NO_WORSE_QA))
    prepared = submitted(cluster, given(baseline_files=(str(GOLDEN / "lm_eval/full"),)))

    assert prepared.spec.results is not None
    pairs = {one.metric: one.paired for one in prepared.spec.results.metrics}["support_qa/acc,none"]
    assert pairs is not None
    assert (pairs.better, pairs.worse, pairs.same) == (0, 0, 6)


def test_results_of_a_baseline_that_nobody_named_are_refused() -> None:
    assert "no baseline" in refused(known(), given(baseline_files=(str(GOLDEN / "lm_eval/full"),)))


def test_times_that_the_results_lack_are_added_and_none_is_overwritten(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    results.write_text(
        '{"tool": {"name": "ours"}, "metrics": [{"metric": "acc", "value": 0.9, "unit": "Fraction", '
        '"samples": {"planned": 10, "effective": 10}}]}'
    )
    start, end = (dt.datetime(2026, 11, 23, hour, tzinfo=dt.UTC) for hour in (10, 11))
    bare = given(form="Leadsman", files=(str(results),))
    cluster = known(evalsuite(AT_LEAST))

    assert "don't say when the evaluation began and ended" in refused(cluster, bare)
    complete = given(form="Leadsman", files=(str(results),), started_at=start, finished_at=end)
    prepared = submitted(cluster, complete)

    assert prepared.spec.results is not None
    assert (prepared.spec.results.started_at, prepared.spec.results.finished_at) == (start, end)
    assert "the results say" in refused(known(), given(started_at=start))


def test_a_criterion_that_these_results_cannot_answer_is_told_of_before() -> None:
    cluster = known(evalsuite({**QA, "metric": "support_qa/acc"}))

    assert any("the results have no metric support_qa/acc" in note for note in submitted(cluster).notes)
