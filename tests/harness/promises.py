"""What holds at every moment of a service's history, whatever happens to it."""

from collections.abc import Iterable
from itertools import pairwise

from harness.history import Moment


def keeps_what_is_selected(moments: Iterable[Moment], service: str, least: int) -> None:
    """Capacity that the apex still refers to is never removed, save what is more than this many pods: invariant 2."""
    for before, after in pairwise(moments):
        if after.kind == "Deployment" and (selected := after.selected(service)) is not None:
            assert after.asked(selected) >= min(before.asked(selected), least), (
                f"{selected} was scaled down while the Service selects it"
            )


def serves_with(moments: Iterable[Moment], service: str, least: int) -> None:
    """From the moment that this many pods serve, users never reach fewer: invariant 9."""
    reached = [moment.addresses(service) for moment in moments if moment.kind in {"EndpointSlice", "Service"}]
    first = next(index for index, count in enumerate(reached) if count >= least)
    assert min(reached[first:]) >= least, f"users reached {min(reached[first:])} pods of {least}"


def runs_at_most_two(moments: Iterable[Moment], service: str) -> None:
    """While the apex selects two revisions no third one has pods, since it could not be told apart."""
    for moment in moments:
        if moment.find("Service", service) and moment.selected(service) is None:
            alive = {name for name in revisions(moment, service) if moment.asked(name) or moment.pods(name)}
            assert len(alive) <= 2, f"{sorted(alive)} have pods at once"


def never_takes_traffic(moments: Iterable[Moment], service: str, revision: str) -> None:
    for moment in moments:
        assert moment.selected(service) != revision
        assert not moment.addresses(service, revision)


def revisions(moment: Moment, service: str) -> list[str]:
    return [
        found["metadata"]["name"]
        for found in moment.all("Deployment")
        if found["metadata"]["labels"]["leadsman.dev/service"] == service
    ]
