"""Which cluster `leadsman sandbox up` makes, and what it says where it cannot."""

import pytest

from leadsman.sandbox.choice import Machine, Wish, choose
from leadsman.sandbox.errors import Unsupported
from leadsman.sandbox.status import Nodes, Provider

NO_ENGINE = Unsupported("no docker or podman answers", next_step="start one")
NO_ROOT = Unsupported("you are not root", next_step="run it with sudo")
NOT_LINUX = Unsupported("this is not Linux", next_step="use kind")


def machine(*, engine: str | None = None, real: bool = True, local: bool = True) -> Machine:
    return Machine(
        engine=engine,
        no_engine=None if engine else NO_ENGINE,
        no_local=None if local else NOT_LINUX,
        no_real_nodes=None if real else NO_ROOT,
    )


def test_a_named_context_is_used_before_anything_else() -> None:
    choice = choose(Wish(context="staging"), machine(engine="docker"))

    assert (choice.provider, choice.nodes) == (Provider.EXISTING, None)


def test_kind_comes_next_where_an_engine_answers() -> None:
    choice = choose(Wish(), machine(engine="podman"))

    assert choice.provider is Provider.KIND
    assert "podman" in choice.why


def test_without_an_engine_a_local_cluster_gets_real_nodes_where_they_work() -> None:
    choice = choose(Wish(), machine())

    assert (choice.provider, choice.nodes) == (Provider.LOCAL, Nodes.REAL)
    assert "no docker or podman answers" in choice.why


def test_without_root_a_local_cluster_gets_simulated_nodes_and_says_why() -> None:
    choice = choose(Wish(), machine(real=False))

    assert (choice.provider, choice.nodes) == (Provider.LOCAL, Nodes.SIMULATED)
    assert "you are not root" in choice.why


def test_asking_for_nodes_means_a_local_cluster_also_where_an_engine_answers() -> None:
    choice = choose(Wish(nodes=Nodes.SIMULATED), machine(engine="docker"))

    assert (choice.provider, choice.nodes) == (Provider.LOCAL, Nodes.SIMULATED)


def test_asking_for_local_passes_over_an_engine_that_answers() -> None:
    choice = choose(Wish(provider=Provider.LOCAL), machine(engine="docker", real=False))

    assert (choice.provider, choice.nodes) == (Provider.LOCAL, Nodes.SIMULATED)
    assert choice.why == "you asked for local; no real nodes (you are not root)"


@pytest.mark.parametrize(
    ("wish", "found", "what"),
    [
        (Wish(provider=Provider.KIND), machine(), "no docker or podman answers"),
        (Wish(nodes=Nodes.REAL), machine(real=False), "you are not root"),
        (Wish(), machine(local=False), "this is not Linux"),
        (Wish(provider=Provider.EXISTING), machine(), "which cluster?"),
        (Wish(provider=Provider.KIND, context="staging"), machine(engine="docker"), "makes a new one"),
        (Wish(provider=Provider.KIND, nodes=Nodes.REAL), machine(engine="docker"), "are its own"),
    ],
)
def test_what_does_not_work_here_is_refused_with_a_next_step(wish: Wish, found: Machine, what: str) -> None:
    with pytest.raises(Unsupported, match=what) as refused:
        choose(wish, found)

    assert refused.value.next_step
