"""Who takes traffic now? What the apex Service selects, and what its EndpointSlices show."""

from dataclasses import dataclass

from leadsman.planner.labels import REVISION
from leadsman.planner.world import ChildKind, World


@dataclass(frozen=True, slots=True)
class Traffic:
    """Of a service without spec.service every ready pod takes traffic, from wherever it comes."""

    world: World

    @property
    def has_route(self) -> bool:
        return self.world.service.spec.service is not None

    @property
    def selected(self) -> str | None:
        """The one revision that the apex selects. None: there is no apex, or it selects all."""
        return self.world.apex.selector.get(REVISION) if self.world.apex else None

    @property
    def is_wide(self) -> bool:
        """Does every pod of the service get its share?"""
        return self.selected is None if self.has_route and self.world.apex else not self.has_route

    def selects(self, revision: str) -> bool:
        return self.is_wide or self.selected == revision

    def addresses(self, revision: str) -> int:
        """Ready pods of it that traffic reaches."""
        if not self.has_route:
            return self.ready(revision)
        return self.world.apex.ready.get(revision, 0) if self.world.apex else 0

    def percent(self, revision: str) -> int:
        """Of all addresses that traffic reaches, those that are its own."""
        total = sum(map(self.addresses, self.world.workloads))
        return round(100 * self.addresses(revision) / total) if total else 0

    def ready(self, revision: str) -> int:
        workload = self.world.workloads.get(revision)
        return workload.ready if workload else 0

    def asked(self, revision: str) -> int:
        workload = self.world.workloads.get(revision)
        return workload.replicas if workload else 0

    def pods(self, revision: str) -> int:
        """That exist, or are about to. One at least, while the Deployment controller has not said how many."""
        workload = self.world.workloads.get(revision)
        return max(workload.pods, workload.replicas, int(not workload.observed)) if workload else 0

    def has_left(self, revision: str) -> bool:
        """Nothing sends traffic to it any more, and nothing would if it had pods.

        An apex that is not seen may only have lost its labels, and still select it: one that is to be made tells.
        """
        return self.is_apex_known and not self.selects(revision) and self.addresses(revision) == 0

    @property
    def is_apex_known(self) -> bool:
        """Is it seen, or is it certain that there is none, since a new one was refused for another reason?"""
        name = self.world.service.name
        return self.has_route and (self.world.apex is not None or (ChildKind.SERVICE, name) in self.world.refusals)
