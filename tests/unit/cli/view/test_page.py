"""The ledger as a page: all that is said is there, as text and as nothing else."""

import datetime as dt
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harness.exports import exported
from leadsman.cli import app
from leadsman.cli.view.page import render_page
from leadsman.ledger import export
from leadsman.ledger.export import Export
from leadsman.ledger.lines import EntryLine
from leadsman.ledger.verification import verification
from unit.ledger.test_changes import rolled_back

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Its text, and that every element is closed by its own end."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.open, self.tags = "", list[str](), set[str]()
        self.ids, self.links = set[str](), set[str]()
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            assert name not in {"src", "onclick", "onload"}, "nothing from elsewhere, and nothing that runs"
            if name == "id":
                self.ids.add(value or "")
            if name == "href":
                assert (value or "").startswith("#")
                self.links.add((value or "")[1:])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data


@pytest.fixture(scope="module")
def lines() -> tuple[EntryLine, ...]:
    return exported(rolled_back())


def page(lines: tuple[EntryLine, ...]) -> Page:
    read: Export = export.read(export.write(lines))
    return Page(render_page(lines, verification(read), NOW, since=None, until=None))


def test_it_has_changes_with_authors_numbers_and_outcomes_and_says_what_was_not_checked(
    lines: tuple[EntryLine, ...],
) -> None:
    found = page(lines)
    assert found.ids == found.links
    assert len(found.ids) == 2
    for said in (
        "2 changes: 1 promoted, 1 rolled back",
        "erin",
        "errors 0.08 > 0.02, n=1240",
        "1240",
        "not checked: whether the tail was cut",
        "incident.opened",
    ):
        assert said in found.text
    assert all(line.entry.type in found.text for line in lines)
    assert "script" not in found.tags


def test_what_is_said_in_an_entry_is_text(lines: tuple[EntryLine, ...]) -> None:
    evil = '<script>alert("x")</script><img src=x>'
    first = lines[0].model_copy(update={"entry": lines[0].entry.model_copy(update={"message": evil})})
    found = page((first, *lines[1:]))
    assert evil in found.text
    assert not {"script", "img"} & found.tags
    assert "was changed" in found.text, "and it is found to be another one"


def test_an_author_cannot_pass_for_an_outcome(lines: tuple[EntryLine, ...]) -> None:
    named = "erin \N{RIGHT-TO-LEFT OVERRIDE} promoted"
    facts = [one.entry.facts | ({"author": named} if "author" in one.entry.facts else {}) for one in lines]
    said = tuple(
        one.model_copy(update={"entry": one.entry.model_copy(update={"facts": fact})})
        for one, fact in zip(lines, facts, strict=True)
    )
    html = render_page(said, verification(export.read(export.write(said))), NOW, since=None, until=None)
    assert html.count(f'<p class="quiet">Author: <bdi>{named}</bdi></p>') == 2
    assert html.count(named) == html.count(f"<bdi>{named}</bdi>")


def test_it_is_made_of_an_export_without_a_cluster(lines: tuple[EntryLine, ...], tmp_path: Path) -> None:
    ledger, html = tmp_path / "ledger.jsonl", tmp_path / "report.html"
    ledger.write_text(export.write(lines))
    done = CliRunner().invoke(app, ["audit", "report", "-f", str(ledger), "-o", str(html), "--since", "2026-11-23"])
    assert done.exit_code == 0, done.output
    assert "2 changes" in Page(html.read_text()).text
    ledger.write_text(export.write(lines).replace("0.08", "0.01"))
    assert CliRunner().invoke(app, ["audit", "report", "-f", str(ledger), "-o", str(html)]).exit_code == 1
    assert "was changed" in Page(html.read_text()).text
