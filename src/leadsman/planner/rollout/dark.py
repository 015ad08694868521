"""May the candidate be evaluated in the dark, and does nobody measure a mixture of two revisions?"""

from leadsman.api.reasons import Reason
from leadsman.api.v1alpha1.aiservice_status import Blocker
from leadsman.planner.rollout.capacity import is_dark
from leadsman.planner.rollout.gates import is_asked_in_traffic, needs_life
from leadsman.planner.rollout.question import Question
from leadsman.planner.rollout.traffic import Traffic


def has_room_in_the_dark(question: Question) -> Blocker | None:
    """Only before it takes traffic: the one pod that serves does not go for one that is evaluated."""
    spec = question.world.service.spec
    if question.is_first or not question.is_before_traffic or not needs_life(question.gates):
        return None
    if spec.rollout.surge or spec.replicas > 1:
        return None
    return Blocker(
        type="Pods",
        name=question.candidate.name,
        reason=Reason.SHARE_UNREACHABLE,
        message="1 replica without surge has no pod to evaluate the candidate with, beside the one that serves",
        unblock="set spec.replicas to 2 or more, or spec.rollout.surge to 1",
    )


def is_out_of_sight(question: Question) -> Blocker | None:
    """A Service that was adopted, altered or left behind may select it. Where something serves, it is narrowed."""
    service, name = question.world.service, question.candidate.name
    if not (question.is_first and question.is_before_traffic and needs_life(question.gates)):
        return None
    if is_dark(question.world, name) or not Traffic(question.world).has_route:
        return None
    whose = "every revision" if Traffic(question.world).is_wide else name
    return Blocker(
        type="Gate",
        name=service.name,
        reason=Reason.NO_DARK,
        message=f"Service {service.name} selects pods of {whose}, so it has traffic before its gates",
        unblock=f"kubectl delete service {service.name} -n {service.namespace}: Leadsman makes its own",
    )


def nobody_is_asked_in_traffic(question: Question) -> Blocker | None:
    """Only before it takes traffic: a mixture of two revisions must not be measured as one."""
    if not question.is_before_traffic:
        return None
    run = is_asked_in_traffic(question.world, question.cast)
    if run is None:
        return None
    return Blocker(
        type="Gate",
        name=run.spec.suite.name,
        reason=Reason.GATES_RUNNING,
        message=f"{run.name} evaluates {run.spec.revision.name}, which serves: its traffic is not shared meanwhile",
        unblock=f"wait, or: kubectl delete evalrun {run.name} -n {run.namespace}",
    )
