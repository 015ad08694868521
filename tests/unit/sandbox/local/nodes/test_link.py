"""The link between this machine and a real node: who gets which addresses, and which slot."""

from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from pathlib import Path

import pytest

from harness.programs import program
from leadsman.sandbox.errors import StartFailed, Unsupported
from leadsman.sandbox.local.nodes.link import SLOTS, Link, linked
from leadsman.sandbox.parts.addresses import PODS, SERVICES

INIT = 4711


class Machine:
    """One whose `ip` and `nsenter` only write down what they are told, and refuse what they were told to refuse."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told_to = folder / "told"
        self.told_to.touch()
        self.refusals = folder / "refusals"
        self.refusals.mkdir()
        program(
            folder / "ip",
            f"""
            batch=$(cat)
            echo "$batch" >>{self.told_to}
            for refusal in {self.refusals}/*; do
                case $batch in *"$(basename "$refusal")"*) cat "$refusal" >&2; exit 1;; esac
            done
            """,
        )
        program(folder / "nsenter", f'echo "in $1:" >>{self.told_to}; shift 3; exec "$@"')
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def refuse(self, words: str, *, because: str) -> None:
        (self.refusals / words).write_text(because)

    @property
    def told(self) -> list[str]:
        return self.told_to.read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("slot", "host", "node", "pods", "services"),
    [
        (0, "198.18.15.1", "198.18.15.2", "198.18.0.0/24", "198.19.0.0/20"),
        (1, "198.18.31.1", "198.18.31.2", "198.18.16.0/24", "198.19.16.0/20"),
        (15, "198.18.255.1", "198.18.255.2", "198.18.240.0/24", "198.19.240.0/20"),
    ],
)
def test_a_slot_has_its_own_block_of_the_test_networks(
    slot: int, host: str, node: str, pods: str, services: str
) -> None:
    link = Link(slot)

    assert (link.host, link.node) == (IPv4Address(host), IPv4Address(node))
    assert (link.pods, link.services) == (IPv4Network(pods), IPv4Network(services))


def test_no_two_slots_share_an_address() -> None:
    for one, other in combinations(map(Link, SLOTS), 2):
        assert not one.pods.overlaps(other.pods)
        assert not one.services.overlaps(other.services)
        assert one.host not in other.pods
        assert {one.host, one.node}.isdisjoint({other.host, other.node})


def test_nothing_lies_outside_the_test_networks() -> None:
    for link in map(Link, SLOTS):
        assert link.host in PODS
        assert link.pods.subnet_of(PODS)
        assert link.services.subnet_of(SERVICES)
        assert link.dns in link.services
        assert link.host not in link.pods


def test_the_first_free_slot_is_taken_and_given_back(machine: Machine) -> None:
    with linked(INIT) as link:
        assert link == Link(0)
        assert machine.told == [
            "link add leadsman0 type veth peer name eth0 netns 4711",
            "in --target=4711:",
            "link set lo up",
            "address add 198.18.15.2/30 dev eth0",
            "link set eth0 up",
            "route add 198.19.0.0/20 dev eth0",
            "address add 198.18.15.1/30 dev leadsman0",
            "link set leadsman0 up",
            "route add 198.18.0.0/24 via 198.18.15.2",
            "route add 198.19.0.0/20 via 198.18.15.2",
        ]
    assert machine.told[-1] == "link delete leadsman0"


def test_a_slot_of_another_sandbox_is_left_alone(machine: Machine) -> None:
    machine.refuse("link add leadsman0", because="RTNETLINK answers: File exists")

    with linked(INIT) as link:
        assert link == Link(1)
    assert not any("leadsman0 up" in line or "delete leadsman0" in line for line in machine.told)


def test_a_slot_whose_routes_something_else_has_is_given_back(machine: Machine) -> None:
    machine.refuse("route add 198.18.0.0", because="RTNETLINK answers: File exists")

    with linked(INIT) as link:
        assert link == Link(1)
        assert "link delete leadsman0" in machine.told


def test_with_all_slots_taken_the_way_out_is_to_end_a_sandbox(machine: Machine) -> None:
    machine.refuse("link add", because="RTNETLINK answers: File exists")

    with pytest.raises(Unsupported) as refused, linked(INIT):
        pass
    assert "sandbox down" in refused.value.next_step


def test_what_ip_complains_about_is_passed_on(machine: Machine) -> None:
    machine.refuse("link add", because="RTNETLINK answers: Operation not permitted")

    with pytest.raises(StartFailed, match="Operation not permitted"), linked(INIT):
        pass
