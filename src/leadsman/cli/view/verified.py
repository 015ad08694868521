"""What the verification of an export has found, as text."""

from collections.abc import Iterator

from rich.console import Group
from rich.text import Text

from leadsman.cli.view.marks import BAD, GOOD, SLOW, STRONG
from leadsman.ledger.verification import Finding, Verification, Verified


def render_verification(found: Verification) -> Group:
    return Group(*_lines(found))


def conclusion(found: Verification) -> str:
    count = len(found.unread) + sum(len(one.findings) for one in found.services)
    entries = sum(one.entries for one in found.services)
    about = f"{entries} entries of {len(found.services)} services"
    return f"{about}: nothing was found" if found.is_well else f"{about}: {count} findings"


def told(finding: Finding) -> str:
    """With its place, where it has one."""
    places = [f"line {finding.line}"] if finding.line is not None else []
    places += [f"entry {finding.sequence}"] if finding.sequence is not None else []
    return f"{', '.join(places)}: {finding.message}" if places else finding.message


def _lines(found: Verification) -> Iterator[Text]:
    for one in found.services:
        yield from _service(one)
    for one in found.unread:
        yield Text.assemble(("✖ ", BAD), told(one))
    yield Text(conclusion(found), STRONG)


def _service(one: Verified) -> Iterator[Text]:
    mark = ("✖ ", BAD) if one.findings else ("✔ ", GOOD)
    head = f", the last one is {one.head.sequence}:{one.head.hash}" if one.head else ""
    yield Text.assemble(
        mark, (str(one.service), STRONG), f"  {one.entries} entries{head}; {one.checkpoints} checkpoints"
    )
    for finding in one.findings:
        yield Text.assemble(("  ✖ ", BAD), told(finding))
    for said in one.unchecked:
        yield Text.assemble(("  ? ", SLOW), f"not checked: {said}")
