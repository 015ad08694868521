"""Which cluster a sandbox is: what the user wished, what this machine can do, and why it was chosen. Pure."""

from dataclasses import dataclass

from leadsman.sandbox.errors import Unsupported
from leadsman.sandbox.status import Nodes, Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """None: choose the best that works here."""

    provider: Provider | None = None
    nodes: Nodes | None = None
    context: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What was found here; each `no_…` is None where it works, else why it does not and what to do about it."""

    engine: str | None
    """docker or podman, where one answers."""
    no_engine: Unsupported | None
    no_local: Unsupported | None
    no_real_nodes: Unsupported | None


@dataclass(frozen=True, slots=True)
class Choice:
    provider: Provider
    nodes: Nodes | None
    why: str


def choose(wish: Wish, machine: Machine) -> Choice:
    """The first that works: a cluster the user names, kind, a local cluster with real nodes, then with simulated ones.

    Raises:
        Unsupported: what was wished for does not work here.
    """
    _refuse_contradictions(wish)
    if wish.context:
        return Choice(Provider.EXISTING, None, "you named its context; it is neither changed nor deleted")
    if wish.provider is Provider.KIND or (wish.provider is None and wish.nodes is None and machine.engine):
        if machine.no_engine:
            raise machine.no_engine
        return Choice(Provider.KIND, None, f"{machine.engine} answers here")
    if machine.no_local:
        raise machine.no_local
    return _local(wish, machine)


def _refuse_contradictions(wish: Wish) -> None:
    if wish.context and wish.provider not in {None, Provider.EXISTING}:
        raise Unsupported(
            f"--context names a cluster that is there, --provider {wish.provider} makes a new one",
            next_step="leave out one of the two",
        )
    if wish.provider is Provider.EXISTING and not wish.context:
        raise Unsupported(
            "which cluster? Nothing is taken from the current context, which may be one that people depend on",
            next_step="name it: leadsman sandbox up --context NAME (kubectl config get-contexts lists them)",
        )
    if wish.nodes and wish.provider in {Provider.EXISTING, Provider.KIND}:
        raise Unsupported(
            f"--nodes chooses the nodes of a local cluster; those of {wish.provider} are its own",
            next_step="leave out --nodes, or use --provider local",
        )


def _local(wish: Wish, machine: Machine) -> Choice:
    if wish.nodes is Nodes.REAL and machine.no_real_nodes:
        raise machine.no_real_nodes
    nodes = wish.nodes or (Nodes.SIMULATED if machine.no_real_nodes else Nodes.REAL)
    if wish.nodes:
        return Choice(Provider.LOCAL, nodes, "you asked for it")
    no_kind = f"no container engine for kind ({machine.no_engine.what})" if machine.no_engine else "you asked for local"
    if machine.no_real_nodes:
        return Choice(Provider.LOCAL, nodes, f"{no_kind}; no real nodes ({machine.no_real_nodes.what})")
    return Choice(Provider.LOCAL, nodes, f"{no_kind}; real nodes work here")
