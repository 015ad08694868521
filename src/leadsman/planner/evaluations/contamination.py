"""Is a model judged on what it was trained on? Then it knows the answers, and its results say nothing.

By the digests that the spec and the suites name. Two copies of one data set that differ in a byte are not found.
"""

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.planner.governance import Suite
from leadsman.planner.world import World


def contamination(world: World) -> Blocker | None:
    """Of the data sets that the model itself names."""
    trained = _trained_on(world)
    judging = (one for one in world.service.spec.model.data if one.role == "Eval")
    known = next((one for one in judging if one.digest in trained), None)
    if known is None or known.digest is None:
        return None
    return Blocker(
        type="Revision",
        name=f"model.data[{known.name}]",
        reason=Reason.CONTAMINATED,
        message=f"{known.name} judges the model, and has the digest of {trained[known.digest]}, which trained it",
        unblock="judge it on data that it has not seen, and correct spec.model.data",
    )


def contaminant(world: World, suite: Suite) -> str | None:
    """The training data that the suite asks about. None: none that is known."""
    dataset = suite.spec.dataset if suite.spec is not None else None
    return _trained_on(world).get(dataset.digest) if dataset is not None and dataset.digest is not None else None


def _trained_on(world: World) -> dict[str, str]:
    """Names by digest."""
    data = world.service.spec.model.data
    return {one.digest: one.name for one in data if one.role == "Train" and one.digest is not None}
