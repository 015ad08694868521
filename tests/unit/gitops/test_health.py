"""What Argo CD, Flux and everything that reads kstatus show of a service, at each moment of its life."""

import pytest

from harness import kstatus
from harness.cluster import Object
from harness.gitops import GITOPS, argo, flux
from harness.moments import MOMENTS, condition, service

EXPECTED: dict[str, tuple[str, str, str]] = {
    # moment: (kstatus, Argo CD, Flux with our expressions)
    "created": ("InProgress", "Progressing", "InProgress"),
    "resolving": ("InProgress", "Progressing", "InProgress"),
    "gates running": ("InProgress", "Progressing", "InProgress"),
    "rolling out": ("InProgress", "Progressing", "InProgress"),
    "awaiting evidence": ("InProgress", "Progressing", "InProgress"),
    "awaiting approval": ("InProgress", "Suspended", "Current"),
    "freeze": ("InProgress", "Suspended", "Current"),
    "paused": ("InProgress", "Suspended", "Current"),
    "baking": ("Current", "Healthy", "Current"),
    "promoted": ("Current", "Healthy", "Current"),
    "rolled back": ("Failed", "Degraded", "Failed"),
    "rejected": ("Failed", "Degraded", "Failed"),
    "aborted": ("Failed", "Degraded", "Failed"),
    "break-glass": ("Current", "Healthy", "Current"),
    "new spec, operator down": ("InProgress", "Progressing", "InProgress"),
    "fix over a rollback, operator down": ("InProgress", "Progressing", "InProgress"),
    "deleted": ("Terminating", "Progressing", "InProgress"),
}


def test_each_moment_has_an_expectation() -> None:
    assert MOMENTS.keys() == EXPECTED.keys()


@pytest.mark.parametrize("moment", MOMENTS)
def test_kstatus_shows_it_as_it_is(moment: str) -> None:
    assert kstatus.compute(MOMENTS[moment]) == EXPECTED[moment][0]


@pytest.mark.parametrize("moment", MOMENTS)
def test_argo_cd_shows_it_as_it_is(moment: str) -> None:
    health = argo(MOMENTS[moment])

    assert health["status"] == EXPECTED[moment][1]
    assert health["message"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_flux_shows_it_as_it_is(moment: str) -> None:
    assert kstatus.compute_with_flux(MOMENTS[moment], *flux()) == EXPECTED[moment][2]


@pytest.mark.parametrize("moment", MOMENTS)
def test_none_of_fluxs_expressions_fails_on_what_it_may_be_shown(moment: str) -> None:
    """An error is a failed health check."""
    for evaluate in flux():
        evaluate(MOMENTS[moment])


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_service_never_reconciles_and_stalls_at_once(moment: str) -> None:
    """Which of the two kstatus believes depends on their order in the list."""
    true = {one["type"] for one in MOMENTS[moment]["status"].get("conditions", []) if one["status"] == "True"}

    assert not {"Reconciling", "Stalled"} <= true


def test_argo_cd_says_what_failed() -> None:
    assert argo(MOMENTS["rolled back"])["message"] == (
        "RevisionQuarantined: errors 0.081 > 0.02, n=1240; assistant-7c01aa93f2 serves"
    )


def test_argo_cd_shows_broken_glass_though_all_is_well() -> None:
    assert argo(MOMENTS["break-glass"])["message"] == "BREAK GLASS: BreakGlass: until 14:00, INC-1"


@pytest.mark.parametrize("found", [{"metadata": {"generation": 1}}, service()], ids=["no status", "no conditions"])
def test_argo_cd_takes_nothing_for_healthy_that_nobody_has_judged(found: Object) -> None:
    assert argo(found)["status"] == "Progressing"


def test_a_reason_that_is_unknown_to_them_is_not_healthy() -> None:
    found = service(condition("Ready", "False", "SomethingNew"))

    assert argo(found)["status"] == "Progressing"
    assert kstatus.compute_with_flux(found, *flux()) == "InProgress"


def test_the_page_names_the_files_and_the_key_that_argo_cd_looks_for() -> None:
    readme = (GITOPS / "README.md").read_text(encoding="utf-8")

    assert "resource.customizations.health.leadsman.dev_AIService=docs/gitops/argocd-health.lua" in readme
    assert "flux-health.yaml" in readme
