"""Files with tests of policies, as `leadsman policy test` reads them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import Field, ValidationError

from leadsman.api.meta import Model
from leadsman.api.scalars import Time
from leadsman.api.v1alpha1 import AIService, GovernancePolicy
from leadsman.cli import documents
from leadsman.cli.errors import UnusableInput
from leadsman.planner.policies.trial import Subject

Object = Mapping[str, Any]
KIND = "PolicyTest"


class Expectation(Model):
    """Names as `policy/rule` or `policy/field`. What is left out is not looked at, but for `denied`."""

    denied: tuple[str, ...] = ()
    """Rules for which the API server refuses it. Exactly these."""
    warned: tuple[str, ...] | None = None
    """Rules that it is told of."""
    held: tuple[str, ...] | None = None
    """What it is taken with, and the next revision held for: provenance, unpinned, a policy that says nothing."""
    gates: tuple[str, ...] | None = None
    """Gates that it must pass."""
    approvals: tuple[str, ...] | None = None
    """Slots that people must fill."""
    frozen: tuple[str, ...] | None = None
    """Freezes that are on at `at`."""


class Case(Model):
    """A service that somebody applies, and what is to come of it."""

    name: str
    service: str | None = None
    """A file with it. Default: the test's."""
    patch: dict[str, Any] = Field(default_factory=dict)
    """How it differs, as a JSON merge patch (RFC 7396): null takes a field away."""
    before: dict[str, Any] | None = None
    """How it differed before that, as such a patch of the same file: then it is an edit. Absent: it is created."""
    namespace_labels: dict[str, str] = Field(default_factory=dict)
    at: Time | None = None
    """When it rolls out."""
    expect: Expectation = Expectation()


class PolicyTest(Model):
    api_version: Literal["cli.leadsman.dev/v1alpha1"] = Field(alias="apiVersion")
    kind: Literal["PolicyTest"]
    policies: tuple[str, ...] = Field(min_length=1)
    """Files with GovernancePolicies, beside the test's."""
    service: str | None = None
    """A file with an AIService, for all cases that name no other."""
    cases: tuple[Case, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class ReadTest:
    """With all that it names."""

    file: str
    policies: tuple[GovernancePolicy, ...]
    cases: tuple[tuple[Case, Subject], ...]


def read_tests(files: list[str]) -> Iterator[ReadTest]:
    """Of files and folders. Other documents in them are left alone.

    Raises:
        UnusableInput: one cannot be read, or names what is not there.
    """
    for file in documents.files(files):
        for raw in documents.read(file):
            if raw.get("kind") == KIND:
                yield _read(file, raw)


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396."""
    if not isinstance(patch, Mapping):
        return patch
    found = dict(cast("Object", target)) if isinstance(target, Mapping) else dict[str, Any]()
    for key, value in cast("Object", patch).items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = merged(found.get(key), value)
    return found


def _read(file: str, raw: Object) -> ReadTest:
    try:
        test = PolicyTest.from_dict(raw)
    except ValidationError as error:
        raise _unusable(file, "; ".join(map(str, documents.mistakes(error)))) from error
    beside = Path(file).parent
    policies = [one for name in test.policies for one in _of_kind(str(beside / name), "GovernancePolicy")]
    try:
        read = tuple(GovernancePolicy.from_dict(one) for one in policies)
    except ValidationError as error:
        raise _unusable(file, "; ".join(map(str, documents.mistakes(error)))) from error
    return ReadTest(file, read, tuple((one, _subject(file, test, one)) for one in test.cases))


def _subject(file: str, test: PolicyTest, case: Case) -> Subject:
    name = case.service or test.service
    if name is None:
        raise _unusable(file, f"case {case.name!r} names no service: write service, in it or for all cases")
    found = _of_kind(str(Path(file).parent / name), "AIService")
    if len(found) != 1:
        raise _unusable(file, f"{name} has {len(found)} AIServices, and one is tested")
    raw = {key: value for key, value in merged(found[0], case.patch).items() if key != "status"}
    before = merged(found[0], case.before) if case.before is not None else None
    try:
        read = AIService.from_dict(raw)
        if before is not None:
            AIService.from_dict(before)
    except ValidationError as error:
        wrong = "; ".join(map(str, documents.mistakes(error)))
        raise _unusable(file, f"case {case.name!r} is of a service that cannot be applied: {wrong}") from error
    return Subject(raw=raw, spec=read.spec, namespace_labels=case.namespace_labels, before=before, at=case.at)


def _of_kind(file: str, kind: str) -> list[Object]:
    found = [one for one in documents.read(file) if one.get("kind") == kind]
    if not found:
        raise UnusableInput(f"no {kind} in {file}", next_step="give a file with one")
    return [{key: value for key, value in one.items() if key != "status"} for one in found]


def _unusable(file: str, what: str) -> UnusableInput:
    return UnusableInput(f"{file}: {what}", next_step="correct the test; docs/policies.md has an example")
