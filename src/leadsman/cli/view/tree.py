"""`leadsman status` as a tree: service, revisions, Deployments, pods; then signals, and what is not as it should be."""

import datetime as dt
from typing import Final

from rich.console import Group
from rich.text import Text
from rich.tree import Tree

from leadsman.api.meta import Condition
from leadsman.api.v1alpha1.airevision_status import GateResult
from leadsman.cli.view.marks import (
    BAD,
    QUIET,
    SLOW,
    STRONG,
    join,
    mark_ready,
    mark_standing,
    mark_state,
    style_standing,
    style_verdict,
)
from leadsman.cli.view.moments import render_age, render_left
from leadsman.cli.view.overview import Overview, RevisionView
from leadsman.cli.view.readings import render_reading
from leadsman.cli.view.standing import Standing
from leadsman.cli.view.workloads import DeploymentView, PodView

MOST_PODS: Final = 12
"""Of a Deployment; those with something wrong come first."""


def render_tree(view: Overview, now: dt.datetime) -> Group:
    tree = Tree(Text.assemble(mark_standing(view.standing), " ", (f"{view.namespace}/{view.name}", STRONG)))
    for line in _summary(view, now):
        tree.add(line)
    for revision in view.revisions:
        _add_revision(tree, revision)
    _add_signals(tree, view, now)
    if view.conditions:
        branch = tree.add(Text("conditions to look at", STRONG))
        for condition in view.conditions:
            branch.add(_condition(condition, view, now))
    if view.blockers:
        branch = tree.add(Text("waits for", STRONG).append(f"  (leadsman why {view.name} -n {view.namespace})", QUIET))
        for blocker in view.blockers:
            branch.add(join(f"{blocker.type} {blocker.name}", Text(blocker.reason, SLOW), blocker.message))
    notes = [Text(f"not shown: {note}", SLOW) for note in view.notes]
    return Group(tree, *notes)


def _summary(view: Overview, now: dt.datetime) -> list[Text]:
    lines = [
        join(f"owner {view.team} ({view.accountable})", f"tier {view.tier}"),
        render_ready(view, now),
        *_moves(view, now),
    ]
    if view.replicas is not None:
        lines.append(Text(f"pods in traffic: {view.ready_replicas or 0}/{view.replicas} ready"))
    if view.summary:
        said = view.summary.model_dump(exclude_none=True).items()
        lines.append(Text("  ".join(f"{what} {share}" for what, share in said)))
    return [line for line in lines if line]


def render_ready(view: Overview, now: dt.datetime) -> Text:
    """The service in a line."""
    if view.standing is Standing.UNSEEN:
        seen = view.observed_generation
        so_far = f"generation {seen} was the last" if seen >= 0 else "nor at any before"
        return Text(f"the operator has not looked at generation {view.generation}, {so_far}: is it running?", SLOW)
    if view.standing is Standing.DELETING:
        return Text("is being deleted", SLOW)
    if view.ready is None:
        return Text("no condition Ready", SLOW)
    style = style_standing(view.standing)
    return join(
        Text(f"Ready={view.ready.status}", style),
        Text(view.ready.reason, style),
        view.ready.message,
        Text(f"since {render_age(view.ready.last_transition_time, now)}", QUIET),
    )


def _moves(view: Overview, now: dt.datetime) -> list[Text]:
    """What goes on, and how long still."""
    lines: list[Text] = []
    if stage := view.stage:
        asked = f"stage {stage.name} at {stage.weight} %"
        so = f"{view.traffic.candidate_percent} % of the pods are the candidate's" if view.traffic else None
        seen = "" if not view.traffic or view.traffic.verified else "not verified yet"
        held = (
            f"hold {render_left(stage.hold_until, now)}" if stage.hold_until else "hold not begun: weight not reached"
        )
        lines.append(join(Text(asked, STRONG), so, Text(seen, SLOW), held))
        if stage.deadline_at:
            lines.append(Text(f"evidence deadline: {render_left(stage.deadline_at, now)}", SLOW))
    if view.bake:
        lines.append(Text(f"bake: {render_left(view.bake.until, now)}"))
    if view.rollback:
        lines.append(
            Text(f"rolling back to {view.rollback.revision}: {render_left(view.rollback.deadline_at, now)}", BAD)
        )
    if view.progress:
        lines.append(_progress(view, now))
    if view.hold:
        lines.append(Text(f"held at {view.hold.revision} by decision {view.hold.decision}", SLOW))
    return lines


def _progress(view: Overview, now: dt.datetime) -> Text:
    progress = view.progress
    if progress and progress.deadline_at:
        return Text(f"pods must be ready: {render_left(progress.deadline_at, now)}", SLOW)
    left = dt.timedelta(seconds=progress.remaining_seconds or 0) if progress else dt.timedelta()
    return Text(f"pods must be ready: the clock is paused, {left.total_seconds():.0f}s left", SLOW)


def _add_revision(tree: Tree, revision: RevisionView) -> None:
    roles = Text(", ".join(revision.roles).lower(), BAD if "Quarantined" in revision.roles else STRONG)
    if revision.number is None:
        branch = tree.add(join(roles, revision.name, Text("its AIRevision is not there", SLOW)))
    else:
        attempt = f"attempt {revision.attempt}" if revision.attempt else None
        branch = tree.add(
            join(
                roles,
                f"#{revision.number} {revision.name}",
                Text(revision.verdict or "no verdict yet", style_verdict(revision.verdict)),
                revision.model,
                attempt,
            )
        )
    if "Quarantined" in revision.roles and revision.message:
        branch.add(Text(f"{revision.reason or ''}: {revision.message}", BAD))
    for gate in revision.gates:
        if "Candidate" in revision.roles or gate.state not in {"Passed", "NotApplicable"}:
            branch.add(_gate(gate))
    if revision.deployment:
        _add_deployment(branch, revision.deployment)


def _gate(gate: GateResult) -> Text:
    return Text.assemble(mark_state(gate.state), " ", join(f"gate {gate.name}", gate.state, gate.run, gate.message))


def _add_deployment(branch: Tree, deployment: DeploymentView) -> None:
    settled = deployment.ready == deployment.desired
    pods = branch.add(
        Text.assemble(mark_ready(ready=settled), f" Deployment  {deployment.ready}/{deployment.desired} ready")
    )
    if deployment.refusal:
        pods.add(Text(f"pods are refused: {deployment.refusal}", BAD))
    for pod in deployment.pods[:MOST_PODS]:
        pods.add(_pod(pod))
    if rest := deployment.pods[MOST_PODS:]:
        pods.add(Text(f"… and {len(rest)} more, {sum(pod.ready for pod in rest)} of them ready", QUIET))


def _pod(pod: PodView) -> Text:
    restarts = Text(f"{pod.restarts} restart{'s' if pod.restarts != 1 else ''}", SLOW) if pod.restarts else None
    return Text.assemble(
        mark_ready(ready=pod.ready), " ", join(pod.name, None if pod.ready else pod.reason, restarts, pod.message)
    )


def _add_signals(tree: Tree, view: Overview, now: dt.datetime) -> None:
    if not (signals := view.signals):
        return
    attempt = f", attempt {signals.attempt}" if signals.attempt else ""
    branch = tree.add(Text("signals", STRONG).append(f"  of {signals.revision}{attempt}", QUIET))
    for reading in signals.readings:
        branch.add(render_reading(reading, now))
    for monitor in signals.unread:
        branch.add(Text.assemble(mark_state("NotRead"), f" {monitor}  not read yet"))


def _condition(condition: Condition, view: Overview, now: dt.datetime) -> Text:
    of = condition.observed_generation
    said_already = view.ready is not None and view.ready.message == condition.message
    return join(
        Text(f"{condition.type}={condition.status}", SLOW),
        condition.reason,
        None if said_already else condition.message,
        Text(f"since {render_age(condition.last_transition_time, now)}", QUIET),
        Text(f"of generation {of}", SLOW) if of is not None and of < view.generation else None,
    )


def render_line(view: Overview) -> str:
    """The service in a line of a log: nothing in it changes by the clock alone."""
    ready = view.ready
    if ready is None or view.standing is Standing.UNSEEN:
        return f"{view.standing}: generation {view.generation} was not looked at yet"
    stage = f"stage {view.stage.name} at {view.stage.weight} %" if view.stage else ""
    blocked = "; ".join(f"{one.type} {one.name}: {one.reason}" for one in view.blockers)
    return "  ".join(filter(None, (f"Ready={ready.status}", ready.reason, stage, ready.message, blocked)))
