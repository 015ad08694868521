"""Services that are changed as soon as they have come to rest, and what must be true of them in the end."""

from dataclasses import dataclass, field
from datetime import datetime

from harness.cluster import Object, Space
from harness.ledgers import ledger
from harness.pods import Script
from harness.rollouts import Predicate, canary, is_back, is_current, is_promoted
from harness.services import ai_service, serves
from leadsman.api.v1alpha1.airevision_status import LedgerEntry

HOLD_SECONDS = 1
STAGES = [
    {"name": name, "weight": weight, "holdSeconds": HOLD_SECONDS} for name, weight in (("some", 25), ("half", 50))
]
ROLLOUT = canary(*STAGES, bakeSeconds=1)
FIRST = ["revision.created", "attempt.started", "promotion.decided promotion", "promotion.verified", "bake.ended"]
GOOD = [
    *("revision.created", "attempt.started"),
    *(f"{what} {stage['name']}" for stage in STAGES for what in ("stage.entered", "traffic.verified")),
    *("promotion.decided promotion", "promotion.verified", "bake.ended"),
]
BAD = ["revision.created", "attempt.started", "stage.entered some", "rollback.decided", "rollback.verified"]


@dataclass
class Fleet:
    space: Space
    names: list[str]
    versions: dict[str, int] = field(default_factory=dict[str, int])

    def change(self) -> None:
        """The next version of each service that has come to rest. Every third one crashes."""
        seen = {found["metadata"]["name"]: found for found in self.space.list("aiservice")}
        resting = [name for name in self.names if name not in seen or is_at_rest(seen[name])]
        for name in resting:
            self.versions[name] = self.versions.get(name, 0) + 1
        if resting:
            self.space.apply(*(declared(name, self.versions[name]) for name in resting))

    def has_reached(self, version: int) -> bool:
        return all(self.versions.get(name, 0) >= version for name in self.names)

    def wait(self, *, within_seconds: float = 60) -> None:
        for name, version in self.versions.items():
            self.space.wait("AIService", name, _end(version), within_seconds=within_seconds)

    def verify(self) -> None:
        for name in self.names:
            self._verify(name)

    def _verify(self, name: str) -> None:
        """Each version went its way once, nothing of it twice, and what serves is the last good one."""
        told: dict[str, list[LedgerEntry]] = {}
        for entry in ledger(self.space, name):
            told.setdefault(entry.facts["revision"], []).append(entry)
        records = {one["metadata"]["name"]: one for one in self.space.list("airevision")}
        by_version = {int(records[revision]["spec"]["model"]["version"]): revision for revision in told}
        for version in range(1, self.versions[name] + 1):
            entries = told[by_version[version]]
            assert [_words(entry) for entry in entries] == _story(version)
            _no_hold_was_restarted(records[by_version[version]], entries)
        last = max(version for version in by_version if not is_bad(version))
        service = self.space.get("service", name)["spec"]["selector"]
        assert service["leadsman.dev/revision"] == by_version[last]
        asked = {one["metadata"]["name"]: one["spec"]["replicas"] for one in self.space.list("deployment")}
        assert {revision: asked[revision] for revision in told if asked.get(revision)} == {by_version[last]: 2}


def declared(name: str, version: int) -> Object:
    return ai_service(name, str(version), Script(outcome="Crash" if is_bad(version) else "Ready"), rollout=ROLLOUT)


def is_bad(version: int) -> bool:
    return version % 3 == 0


def is_at_rest(seen: Object) -> bool:
    return is_current(seen) and (is_promoted(seen) or is_back(seen))


def _end(version: int) -> Predicate:
    return is_back if is_bad(version) else lambda seen: serves(str(version))(seen) and is_promoted(seen)


def _story(version: int) -> list[str]:
    if is_bad(version):
        return BAD
    return FIRST if version == 1 else GOOD


def _words(entry: LedgerEntry) -> str:
    return f"{entry.type} {entry.facts.get('stage', '')}".strip()


def _no_hold_was_restarted(record: Object, entries: list[LedgerEntry]) -> None:
    """It counts from the moment that the ledger has, and the stage did not end before it was over."""
    verified = {entry.facts["stage"]: entry.at for entry in entries if entry.type == "traffic.verified"}
    (attempt,) = record["status"]["attempts"]
    for stage in attempt["stages"]:
        if stage["name"] in verified:
            assert _time(stage["achievedAt"]) == verified[stage["name"]]
            assert (_time(stage["endedAt"]) - _time(stage["achievedAt"])).total_seconds() >= HOLD_SECONDS


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
