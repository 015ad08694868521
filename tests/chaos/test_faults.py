"""What the operator stands on goes away: the API server, Prometheus, etcd with all that it knew; or it has a double."""

from pathlib import Path

import pytest

from chaos.conftest import Operators
from chaos.fleet import Fleet
from harness.cluster import Object, Space
from harness.control_plane import ControlPlane
from harness.ledgers import ledger, told
from harness.operator import OperatorProcess
from harness.pods import Script
from harness.rollouts import AT_ONCE, HOLDS, canary, is_back, is_held_by, is_in, is_promoted, let_pods_be
from harness.services import ai_service, serves

pytestmark = pytest.mark.chaos

# Kubernetes' own controllers take up to a minute to watch again after a second outage within two: client-go's reflector
# doubles its pause to 30 s, and adds as much at random. Until then EndpointSlices don't follow their Services.
WATCHES_ARE_BACK_WITHIN_SECONDS = 180
MEASURED = Script(good_per_second=10)
ERRORS = {"bad": 'http_requests_total{code="500"}', "total": "http_requests_total"}
MONITOR = {"name": "errors", "class": "Health", "intervalSeconds": 5, "ratio": ERRORS, "max": "0.02"}


def test_two_operators_at_once_by_mistake_do_nothing_twice(operators: Operators, fragile_space: Space) -> None:
    fleet = Fleet(fragile_space, ["chat", "search", "summary"])
    for operator in (operators(fragile_space), operators(fragile_space)):
        operator.start()
    for _ in range(4):
        fleet.change()
        fleet.wait()
    fleet.verify()


def test_an_api_server_that_is_killed_in_mid_rollout_delays_it_and_no_more(
    control_plane: ControlPlane, operator: OperatorProcess, fragile_space: Space
) -> None:
    fleet = Fleet(fragile_space, ["chat", "search", "summary"])
    for _ in range(2):
        fleet.change()
        fleet.wait()
    for _ in range(2):
        fleet.change()
        control_plane.kill("kube-apiserver")
        with operator.kept_alive():
            fleet.wait(within_seconds=WATCHES_ARE_BACK_WITHIN_SECONDS)
    fleet.verify()


def test_without_prometheus_nothing_goes_forward_and_what_crashes_goes_back(
    control_plane: ControlPlane, operator: OperatorProcess, fragile_space: Space
) -> None:
    space, rollout = fragile_space, canary({"name": "some", "weight": 25, "holdSeconds": 8})
    for version in ("1", "2"):
        for name in ("healthy", "crashing"):
            space.apply(ai_service(name, version, MEASURED, rollout=rollout, monitors=[MONITOR]))
        for name in ("healthy", "crashing"):
            seen = space.wait("AIService", name, serves("1") if version == "1" else is_in("some"))
    with control_plane.without("prometheus"):
        let_pods_be(space, seen["status"]["candidateRevision"], "Crash")
        space.wait("AIService", "crashing", is_back)
        space.wait("AIService", "healthy", is_held_by("NoEvidence"), within_seconds=60)
        assert told(space, "healthy")[-1] == "traffic.verified some"
    space.wait("AIService", "healthy", serves("2"), within_seconds=60)


def test_a_cluster_that_is_restored_from_a_backup_goes_on_from_there(
    control_plane: ControlPlane, operator: OperatorProcess, fragile_space: Space, tmp_path: Path
) -> None:
    """From after a rollback: still quarantined. From before it: it comes to the same end.

    Whatever watched has to be started anew, the operator too: versions of the future would keep it waiting.
    """
    space = fragile_space
    space.apply(ai_service("chat", "1", rollout=HOLDS))
    good = space.wait("AIService", "chat", serves("1"))["status"]["servingRevision"]
    space.apply(ai_service("chat", "2", rollout=HOLDS))
    bad = space.wait("AIService", "chat", is_in("some"))["status"]["candidateRevision"]
    control_plane.snapshot(tmp_path / "before")
    let_pods_be(space, bad, "Crash")
    quarantined = space.wait("AIService", "chat", is_back)
    control_plane.snapshot(tmp_path / "after")
    space.apply(ai_service("chat", "3", rollout=AT_ONCE))
    space.wait("AIService", "chat", is_promoted)

    operator.kill()
    control_plane.restore(tmp_path / "after")
    operator.start()
    restored = space.wait("AIService", "chat", is_back, within_seconds=WATCHES_ARE_BACK_WITHIN_SECONDS)
    assert restored["status"]["quarantine"] == quarantined["status"]["quarantine"]
    space.apply(ai_service("chat", "2", rollout=AT_ONCE, replicas=3))
    space.wait("AIService", "chat", is_back_with_three, within_seconds=WATCHES_ARE_BACK_WITHIN_SECONDS)
    assert space.get("service", "chat")["spec"]["selector"]["leadsman.dev/revision"] == good
    assert space.get("deployment", bad)["spec"]["replicas"] == 0

    operator.kill()
    control_plane.restore(tmp_path / "before")
    operator.start()
    space.wait("AIService", "chat", is_in("some"), within_seconds=WATCHES_ARE_BACK_WITHIN_SECONDS)
    let_pods_be(space, bad, "Crash")
    space.wait("AIService", "chat", is_back, within_seconds=WATCHES_ARE_BACK_WITHIN_SECONDS)
    space.wait("Deployment", bad, lambda seen: seen["spec"]["replicas"] == 0)
    told = [entry.type for entry in ledger(space, "chat")][-3:]
    assert told == ["rollback.decided", "incident.opened", "rollback.verified"]


def is_back_with_three(seen: Object) -> bool:
    return is_back(seen) and seen["status"]["readyReplicas"] == 3
