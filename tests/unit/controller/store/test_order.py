"""Whatever the order in which it is told, and however often: the world is the same in the end."""

import copy
import itertools
from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leadsman.controller.store import Key, PolicyKey
from leadsman.controller.store.shelf import is_newer
from unit.controller.oddities import damaged
from unit.controller.recordings import SERVICE, recorded
from unit.controller.store.telling import KEY, KINDS, Object, Telling, essence, everything

Told = tuple[str, Object]
CHANGES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "AIService": ({"metadata": {"generation": 2}}, {"spec": {"inputs": []}, "metadata": {"generation": 3}}),
    "AIRevision": ({"status": {"verdict": "Serving"}}, {"status": {"verdict": "Fine"}}),
    "GovernancePolicy": ({"spec": {"match": {}}}, {"spec": {"match": {"tiers": ["Extreme"]}}}),
    "Deployment": ({"status": {"readyReplicas": 0}}, {"spec": {"replicas": 9}, "metadata": {"generation": 2}}),
    "Pod": ({"status": {"phase": "Failed"}}, {"metadata": {"deletionTimestamp": "2026-11-23T20:00:00Z"}}),
    "Service": ({"spec": {"selector": {"leadsman.dev/service": SERVICE}}}, {"metadata": {"annotations": {"a": "b"}}}),
    "EndpointSlice": ({"endpoints": []}, {"endpoints": None}),
    "ConfigMap": ({"data": {"system": "Be kinder."}}, {"metadata": {"labels": {}}}),
    "PodDisruptionBudget": ({"spec": {"maxUnavailable": 2}, "metadata": {"generation": 2}}, {"status": {}}),
    "NetworkPolicy": ({"spec": {"ingress": [{}]}, "metadata": {"generation": 2}}, {"spec": {}}),
}
KNOWN = [KINDS[name] for name in CHANGES]
OBJECTS = [*everything().values(), *recorded("kubelet_pods").values()]


@st.composite
def histories(draw: st.DrawFn) -> list[Told]:
    """What happened, in order: objects are created, change, are deleted and created again."""
    versions, uids = itertools.count(1), itertools.count()
    happened: list[Told] = []
    for raw in draw(st.lists(st.sampled_from(list(everything().values())), min_size=1, max_size=6, unique_by=id)):
        for _ in range(draw(st.integers(1, 2))):
            happened += [_stamped(raw, "ADDED", next(versions), uid := f"uid-{next(uids)}")]
            changes = draw(st.lists(st.sampled_from(CHANGES[raw["kind"]]), max_size=2))
            happened += [_stamped(_merged(raw, change), "MODIFIED", next(versions), uid) for change in changes]
            if draw(st.booleans()):
                happened += [_stamped(raw, "DELETED", next(versions), uid)]
            else:
                break
    return happened


@given(data=st.data(), history=histories())
def test_any_order_and_any_repetition_ends_in_the_same_world(data: st.DataObject, history: list[Told]) -> None:
    again = data.draw(st.lists(st.sampled_from(history), max_size=5))
    in_order, mixed = Telling(listed=False), Telling(listed=False)
    for event, raw in history:
        in_order.tell(raw, event)

    for event, raw in data.draw(st.permutations(history + again)):
        mixed.tell(raw, event)

    assert essence(mixed.looked_at()) == essence(in_order.looked_at())
    assert {kind: mixed.store.known(kind) for kind in KNOWN} == {kind: in_order.store.known(kind) for kind in KNOWN}


@given(data=st.data(), history=histories())
def test_whoever_gets_another_world_is_woken(data: st.DataObject, history: list[Told]) -> None:
    telling = Telling()
    for event, raw in data.draw(st.permutations(history)):
        before = telling.looked_at()
        woken = telling.tell(raw, event)
        assert essence(telling.looked_at()) == essence(before) or KEY in woken
        assert woken <= {KEY}


@given(history=histories())
def test_after_everything_is_deleted_nothing_is_left(history: list[Told]) -> None:
    telling = Telling(listed=False)
    for event, raw in history:
        telling.tell(raw, event)
    for kind in KNOWN:
        for uid in telling.store.known(kind):
            telling.store.drop(kind, uid)

    assert telling.looked_at() is None
    assert telling.store.look_again_at(KEY) is None


@settings(max_examples=300)
@given(odd=damaged(OBJECTS), event=st.sampled_from([None, "ADDED", "MODIFIED", "DELETED"]))
def test_no_object_is_so_odd_that_it_stops_us(odd: tuple[str, Object], event: str | None) -> None:
    telling = Telling()
    kind, raw = odd

    for key in telling.store.observe(KINDS[kind], event, raw) | {KEY}:
        if not isinstance(key, PolicyKey):
            telling.looked_at(Key(key.namespace, key.name))


def test_versions_are_numbers_and_not_texts() -> None:
    assert is_newer("1000", "999")
    assert not is_newer("999", "1000")
    assert not is_newer("7", "7")


def test_versions_that_are_no_numbers_cannot_be_ordered_so_what_is_told_last_counts() -> None:
    assert is_newer("b", "a")
    assert is_newer("a", "b")
    assert not is_newer("a", "a")


def test_many_deletions_are_remembered_but_not_for_ever() -> None:
    telling = Telling()
    template = everything()[next(name for name in everything() if name.startswith("Pod/"))]
    for number in range(5000):
        telling.tell(_stamped(template, "DELETED", number, f"uid-{number}")[1], "DELETED")

    remembered = telling.store._holdings._pods._gone
    assert len(remembered) == 4096
    assert "uid-4999" in remembered


def _stamped(raw: Object, event: str, version: int, uid: str) -> Told:
    raw = copy.deepcopy(raw)
    raw["metadata"] |= {"resourceVersion": str(version), "uid": uid}
    return event, raw


def _merged(raw: Object, change: Mapping[str, Any]) -> Object:
    merged = copy.deepcopy(raw)
    for part, fields in change.items():
        if isinstance(fields, dict):
            merged[part] = {**merged.get(part, {}), **fields}
        else:
            merged[part] = fields
    return merged
