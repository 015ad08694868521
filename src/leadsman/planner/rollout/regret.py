"""After the bake: does a policy ask to go back on a failed signal, and is the revision that served before still there?

Without such a policy people are told, and nothing moves. While another candidate is on its way it is for that to help.
One step only: if what came back fails as well, it is not the revision, and going further back would lose them all.
"""

from leadsman.planner import children
from leadsman.planner.records.book import Book, Record
from leadsman.planner.records.cast import ROLLBACK, Cast, is_in, order
from leadsman.planner.rollout.evidence import findings
from leadsman.planner.rollout.failures import Failure, signal_failure
from leadsman.planner.world import World


def regret(world: World, book: Book, parts: Cast) -> tuple[Failure, Record] | None:
    """What has failed, and where to go back to. None: nothing has, or nobody asks for it, or there is no way back."""
    serving = parts.serving
    if serving is None or parts.candidate is not None or not _is_asked(world) or _came_back(book, serving):
        return None
    earlier = _earlier(world, book, serving)
    found = signal_failure(findings(world, parts, serving, book.now))
    return (found, earlier) if found is not None and earlier is not None else None


def _came_back(book: Book, serving: Record) -> bool:
    """Was a revision that served after it rolled back? A candidate that never served says nothing of this one."""
    later = (one for one in book.records.values() if one.attempt is not None and order(one) > order(serving))
    return any(one.status.verdict == "RolledBack" and one.status.first_served_at is not None for one in later)


def _is_asked(world: World) -> bool:
    asked = (policy.spec.after_promotion for policy in world.policies if policy.spec is not None)
    return any(one is not None and one.on_signal_failure == "RollbackIfPreviousHeld" for one in asked)


def _earlier(world: World, book: Book, serving: Record) -> Record | None:
    """That served last before it, if its Deployment and its inputs are there, and nothing is on its way out."""
    served = sorted((one for one in book.records.values() if one.has_served and one is not serving), key=order)
    if not served or any(is_in(one, ROLLBACK) for one in book.records.values()):
        return None
    last = served[-1]
    is_there = last.is_readable and last.name in world.workloads and not children.lost(world, last.spec)
    return last if is_there and order(last) < order(serving) else None
