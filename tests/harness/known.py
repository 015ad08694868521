"""A cluster that is known in full, for the command line's tests without one."""

from leadsman.cli.cluster import Listing, Object, Selection
from leadsman.cli.errors import AlreadyThere, CommandFailed, NotFound
from leadsman.clients.kinds import Kind


class Known:
    """A cluster that holds these objects, and takes new ones."""

    namespace = "support"

    def __init__(self, *objects: Object) -> None:
        self.objects = {(one["kind"], one["metadata"]["name"]): one for one in objects}
        self.taken: set[str] = set()
        """Names of runs that somebody else makes just before us."""
        self.refusal: CommandFailed | None = None
        """What it says to whoever makes something."""

    def get(self, kind: Kind, name: str) -> Object:
        if (kind.name, name) not in self.objects:
            raise NotFound(f"no {name}", next_step="look")
        return self.objects[kind.name, name]

    def list(self, selection: Selection) -> Listing:
        return Listing(tuple(one for (kind, _), one in self.objects.items() if kind == selection.kind.name), "1")

    def create(self, kind: Kind, made: Object, *, dry_run: bool = False) -> Object:
        if self.refusal is not None:
            raise self.refusal
        if dry_run:
            return made
        name = made["metadata"]["name"]
        if name in self.taken:
            self.taken.remove(name)
            self.objects[kind.name, name] = made
            raise AlreadyThere(f"{name} is there", next_step="look")
        self.objects[kind.name, name] = made
        return made
