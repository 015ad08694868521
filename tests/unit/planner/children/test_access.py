"""Who gets through to the pods: those in traffic, and those that nobody is to see yet."""

from dataclasses import replace
from typing import Any

import pytest

from harness.children import NEW, OLD, RESTING, Stored, described, narrow, planned, service, settled, wanted, world
from harness.simulation import Simulation
from leadsman.planner.world import ChildKind
from unit.planner.stories import bad, image, serving, spec

Json = dict[str, Any]
EVALUATIONS = {
    "podSelector": {
        "matchLabels": {"leadsman.dev/service": "evaluation.leadsman.dev"},
        "matchExpressions": [{"key": "leadsman.dev/run", "operator": "Exists"}],
    }
}
GATED: Json = {"gates": [{"name": "quality", "suite": "qa"}]}
DARK = replace(wanted(old=4, new=4, apex=narrow(OLD), preview=narrow(NEW)), hidden=NEW)
SWITCHED = wanted(old=4, new=4, apex=narrow(NEW))


def pods_of(namespace: str) -> Json:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}


def policy(stored: Stored, name: str = "assistant") -> Json:
    return stored.objects[f"NetworkPolicy/{name}"]["spec"]


def test_an_empty_list_of_callers_lets_nobody_in_and_none_at_all_everybody() -> None:
    def ingress(**changes: Any) -> list[Json] | None:
        stored = settled(service(**changes), RESTING)
        found = stored.objects.get("NetworkPolicy/assistant")
        return found["spec"]["ingress"] if found else None

    assert ingress(access={"allowFrom": []}) == []
    assert ingress(access=None) is None
    both = {"allowFrom": [{"namespace": "b"}, {"namespace": "a"}]}
    assert ingress(access=both) == [{"from": [pods_of("a"), pods_of("b")]}]


def test_evaluations_of_a_service_with_gates_get_through_and_nobody_else_in_its_namespace() -> None:
    assert policy(settled(service(**GATED), RESTING))["ingress"] == [{"from": [pods_of("support"), EVALUATIONS]}]


def test_scrapers_get_through_to_all_pods_and_are_named_once() -> None:
    of, stored = service(access={"allowFrom": [{"namespace": "monitoring"}, {"namespace": "web"}]}), Stored()
    seen = replace(world(of), scrapers=("monitoring",))
    stored.carry_out(planned(seen, DARK))

    assert policy(stored)["ingress"] == [{"from": [pods_of("web"), pods_of("monitoring")]}]
    assert policy(stored, "assistant-preview")["ingress"] == [{"from": [EVALUATIONS, pods_of("monitoring")]}]


def test_other_scrapers_change_the_policy_and_are_nobodys_drift() -> None:
    stored = settled(service(), RESTING)
    seen = replace(world(service(), stored), scrapers=("monitoring",))

    assert described(planned(seen, RESTING)) == ["change NetworkPolicy assistant"]


def test_pods_in_the_dark_are_for_evaluations_alone() -> None:
    stored = settled(service(), RESTING, DARK)

    assert policy(stored, "assistant-preview") == {
        "podSelector": {"matchLabels": narrow(NEW)},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [EVALUATIONS]}],
    }
    assert policy(stored)["podSelector"] == {
        "matchLabels": {"leadsman.dev/service": "assistant"},
        "matchExpressions": [{"key": "leadsman.dev/revision", "operator": "NotIn", "values": [NEW]}],
    }


def test_the_door_is_shut_before_there_is_anybody_behind_it() -> None:
    done = described(planned(world(service(), settled(service(), RESTING)), DARK))

    assert done.index("create NetworkPolicy assistant-preview") < done.index("change NetworkPolicy assistant")
    assert done.index("change NetworkPolicy assistant") < done.index(f"create Deployment {NEW} x4")


def test_the_door_is_opened_before_users_are_sent_to_it() -> None:
    stored = settled(service(), RESTING, DARK)

    done = planned(world(service(), stored), SWITCHED)

    assert described(done)[:2] == ["change NetworkPolicy assistant", "change Service assistant"]
    stored.carry_out(done)
    assert described(planned(world(service(), stored), SWITCHED)) == [
        "delete Service assistant-preview",
        "delete NetworkPolicy assistant-preview",
    ]


def test_without_access_nothing_is_restricted_in_the_dark_either() -> None:
    stored = settled(service(access=None), RESTING, DARK)

    assert not [key for key in stored.objects if key.startswith("NetworkPolicy/")]


@pytest.mark.parametrize("name", ["assistant", "assistant-preview"])
def test_a_door_that_somebody_opened_is_shut_again(name: str) -> None:
    stored = settled(service(), RESTING, DARK)
    stored.edit(f"NetworkPolicy/{name}")["spec"]["ingress"] = [{}]

    assert described(planned(world(service(), stored), DARK)) == [f"put back NetworkPolicy {name}"]


# With the decisions that lead to it.


ACCESS: Json = {"allowFrom": [{"namespace": "web"}]}


def shut_out(simulation: Simulation) -> set[str]:
    """Revisions that callers do not get through to."""
    found = simulation.objects.get((ChildKind.NETWORK_POLICY, "bot"))
    rules = found.raw["spec"]["podSelector"].get("matchExpressions", []) if found else []
    return {revision for rule in rules for revision in rule["values"]}


def nobody_in_traffic_is_shut_out(simulation: Simulation) -> None:
    selected = (simulation.selector or {}).get("leadsman.dev/revision")
    assert not shut_out(simulation) & (set(simulation.in_traffic) | {selected}), "users are sent to a closed door"


@pytest.mark.parametrize("strategy", ["BlueGreen", "Canary", "AllAtOnce"])
def test_no_user_is_ever_sent_to_a_door_that_is_shut(strategy: str) -> None:
    rollout = spec()["rollout"] if strategy == "Canary" else {"strategy": strategy, "bakeSeconds": 3600}
    simulation, first = serving(spec(rollout=rollout, access=ACCESS))
    simulation.observers.append(nobody_in_traffic_is_shut_out)
    simulation.edit(image(2))
    simulation.run(300)
    second = simulation.status.serving_revision
    assert second != first

    simulation.says = bad(lambda: second)
    simulation.run(60)
    assert simulation.in_traffic == {first: 4}


def test_a_candidate_that_waits_in_the_dark_is_shut_off_until_it_is_let_in() -> None:
    simulation, _ = serving(spec(rollout={"strategy": "BlueGreen", "bakeSeconds": 300}, access=ACCESS))
    simulation.edit(lambda raw: raw["rollout"].update(paused=True))
    simulation.edit(image(2))
    simulation.run(60)
    second = simulation.status.candidate_revision
    assert simulation.pods(second or "", ready=True) == 4
    assert shut_out(simulation) == {second}

    simulation.edit(lambda raw: raw["rollout"].update(paused=False))
    simulation.run(60)
    assert simulation.status.serving_revision == second
    assert shut_out(simulation) == set()
    assert (ChildKind.NETWORK_POLICY, "bot-preview") not in simulation.objects


def test_status_says_who_may_call_and_that_without_access_all_may() -> None:
    simulation, _ = serving(spec(access=ACCESS))
    assert simulation.condition("AccessRestricted") == ("True", "Restricted")

    simulation.edit(lambda raw: raw.pop("access"))
    simulation.settle()
    assert simulation.condition("AccessRestricted") == ("False", "Unrestricted")
    assert simulation.condition("Ready") == ("True", "Promoted")


def test_a_network_policy_of_somebody_elses_stays_and_holds_the_next_revision() -> None:
    simulation, first = serving()
    simulation.refuses = lambda kind, _: "quota" if kind is ChildKind.NETWORK_POLICY else ""
    simulation.edit(lambda raw: raw.update(access=ACCESS))
    simulation.edit(image(2))
    simulation.run(60)
    assert simulation.condition("AccessRestricted") == ("False", "ChildRefused")
    assert simulation.in_traffic == {first: 4}

    simulation.refuses = lambda _kind, _name: ""
    simulation.settle()
    strangers = simulation.objects[ChildKind.NETWORK_POLICY, "bot"].raw["metadata"]
    strangers.update(annotations={}, ownerReferences=[])
    simulation.run(60)
    assert simulation.condition("AccessRestricted") == ("False", "NetworkPolicyNotOwned")
