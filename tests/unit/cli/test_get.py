"""`leadsman get`: the columns that kubectl shows, and how much each service waits for."""

import datetime as dt

import pytest

from harness.moments import GOOD, MOMENTS, NEW
from harness.rendered import plain
from leadsman.api.v1alpha1 import AIService
from leadsman.cli.get import render_services
from leadsman.cli.view.columns import resolve

NOW = dt.datetime(2026, 11, 23, 10, 5, tzinfo=dt.UTC)


def test_a_row_has_what_kubectl_shows_and_the_number_of_blockers() -> None:
    lines = plain(render_services([MOMENTS["awaiting approval"]], NOW, wide=False, everywhere=False))

    assert lines[0].split() == [
        "NAME", "READY", "REASON", "BLOCKERS", "TIER", "SERVING", "CANDIDATE", "WEIGHT", "GATES", "APPROVALS", "BUDGET",
        "AGE",
    ]  # fmt: skip
    assert lines[1].split() == [
        "assistant", "False", "AwaitingApproval", "1", "Minimal", GOOD, NEW, "-", "-", "-", "-", "22d",
    ]  # fmt: skip


def test_wide_adds_owner_model_and_message_and_all_namespaces_adds_theirs() -> None:
    lines = plain(render_services([MOMENTS["promoted"]], NOW, wide=True, everywhere=True))

    assert lines[0].split()[0] == "NAMESPACE"
    assert lines[0].split()[-3:] == ["OWNER", "MODEL", "MESSAGE"]
    assert lines[1].split()[:2] == ["support", "assistant"]
    assert lines[1].endswith(f"{NEW} serves everyone")


def test_a_service_that_nobody_has_looked_at_has_a_row_too() -> None:
    lines = plain(render_services([MOMENTS["created"]], NOW, wide=False, everywhere=False))

    assert lines[1].split()[:4] == ["assistant", "-", "-", "-"]


@pytest.mark.parametrize("column", AIService.definition.columns, ids=lambda column: column.name)
def test_each_column_of_the_kind_can_be_resolved_and_an_empty_object_has_none(column: object) -> None:
    path = getattr(column, "path", "")

    assert resolve({"status": {}, "metadata": {}, "spec": {}}, path) is None


def test_a_condition_is_found_by_its_type() -> None:
    path = '.status.conditions[?(@.type=="Available")].reason'

    assert resolve(MOMENTS["promoted"], path) == "MinimumReplicasAvailable"
