"""Tests of policies, as text."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from leadsman.api.meta import Model
from leadsman.cli.view.marks import BAD, GOOD, QUIET, SLOW


class Difference(Model):
    """Between what was expected of a case, and what came of it."""

    what: str
    expected: tuple[str, ...]
    """And did not come."""
    found: tuple[str, ...]
    """And was not expected."""

    def __str__(self) -> str:
        missing = f"expected {', '.join(self.expected)}" if self.expected else ""
        came = f"not expected: {'; '.join(self.found)}" if self.found else ""
        return f"{self.what}: {'; '.join(filter(None, (missing, came)))}"


class Tested(Model):
    file: str
    name: str
    differences: tuple[Difference, ...] = ()
    unjudged: tuple[str, ...] = ()
    """Rules that cannot be judged without the API server, and why."""


class TestRun(Model):
    __test__ = False  # no test of pytest's

    cases: tuple[Tested, ...]
    unbroken: tuple[str, ...]
    """Rules that no case breaks."""


def render_tested(run: TestRun) -> RenderableType:
    failed = sum(bool(one.differences) for one in run.cases)
    sum_ = Text(f"{len(run.cases)} cases: {len(run.cases) - failed} as expected, {failed} not")
    unbroken = [Text(f"no case breaks {', '.join(run.unbroken)}", SLOW)] if run.unbroken else []
    note = Text("judged without a cluster: the API server decides, and --live asks it", QUIET)
    return Group(*(line for one in run.cases for line in _case(one)), *unbroken, sum_, note)


def _case(one: Tested) -> Iterator[RenderableType]:
    sign = ("✖", BAD) if one.differences else ("✔", GOOD)
    yield Text.assemble(sign, f" {one.name}  ", (one.file, QUIET))
    yield from (Text(f"    {difference}", BAD) for difference in one.differences)
    yield from (Text(f"    not judged: {said}", SLOW) for said in one.unjudged)
