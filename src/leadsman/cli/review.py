"""What a person sees before an approval: who they are, what the revision changes, and the evidence so far."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from leadsman.api.meta import Actor
from leadsman.api.v1alpha1 import AIRevision
from leadsman.cli import feed, lookup, output, runs
from leadsman.cli.cluster import Cluster
from leadsman.cli.errors import NotAllowed, NotFound
from leadsman.cli.signing import Act
from leadsman.cli.view.difference import changed_inputs, difference
from leadsman.cli.view.marks import BAD, GOOD, PLAIN, QUIET, SLOW, STRONG
from leadsman.cli.view.observed import Observed, read
from leadsman.cli.view.overview import overview
from leadsman.cli.view.tree import render_tree
from leadsman.clients.kinds import AI_REVISION, CONFIG_MAP

Held = dict[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    observed: Observed
    who: Actor
    after: AIRevision
    before: AIRevision | None
    """What serves."""
    lines: tuple[str, ...]
    """Of the difference."""
    notes: tuple[str, ...]


def show(cluster: Cluster, act: Act, who: Actor) -> None:
    """To stderr.

    Raises:
        CommandFailed: the revision cannot be read. Nobody approves what they have not seen.
    """
    observed = feed.read_once(cluster, act.service)
    if observed is None:
        raise lookup.no_such_service(cluster, act.service)
    name = act.revision or ""
    after = read(AIRevision, runs.get_near(cluster, AI_REVISION, name))
    serving = observed.service.status.serving_revision
    before = read(AIRevision, cluster.get(AI_REVISION, serving)) if serving and serving != name else None
    notes: list[str] = []
    names = changed_inputs(before, after)
    held = {one.metadata.name or "": _held(cluster, one, names, notes) for one in (before, after) if one}
    lines = difference(before, after, held)
    seen = Review(observed=observed, who=who, after=after, before=before, lines=lines, notes=tuple(notes))
    output.show(render(seen), aside=True)


def _held(cluster: Cluster, revision: AIRevision, names: frozenset[str], notes: list[str]) -> Held:
    """What its copies of these inputs hold."""
    found: Held = {}
    for pinned in revision.spec.inputs:
        if pinned.config_map in names:
            try:
                copy = cluster.get(CONFIG_MAP, pinned.copy_)
            except (NotAllowed, NotFound) as error:
                notes.append(f"what {pinned.config_map} holds in {revision.metadata.name} is not shown: {error}")
                continue
            found[pinned.config_map] = {key: copy[key] for key in ("data", "binaryData") if key in copy}
    return found


def render(seen: Review) -> Group:
    return Group(
        *_who(seen.who, seen.after),
        Text(f"\nwhat {seen.after.metadata.name} changes", STRONG),
        *_changes(seen.before, seen.lines),
        *(Text(f"note: {note}", SLOW) for note in seen.notes),
        Text("\nhow it stands", STRONG),
        render_tree(overview(seen.observed), output.now()),
    )


def _who(who: Actor, after: AIRevision) -> Iterator[RenderableType]:
    yield Text.assemble("you are ", (who.username, STRONG), f", of {who.groups or 'no groups'}")
    author = after.spec.change.author if after.spec.change else None
    if author == who.username:
        yield Text("this is your own change: where duties are separated your approval does not count", SLOW)
    elif author:
        yield Text(f"the change is {author}'s, as CI says", QUIET)


def _changes(before: AIRevision | None, lines: tuple[str, ...]) -> Iterator[Text]:
    if before is None:
        yield Text("nothing else serves: all of it is new", QUIET)
    elif not lines:
        yield Text(f"nothing that is recorded: it is as {before.metadata.name}", QUIET)
    styles = {"+": GOOD, "-": BAD, "@": QUIET}
    yield from (Text(line, styles.get(line[:1], PLAIN)) for line in lines)
