"""Against stand-ins for docker, podman and kind that replay exchanges; each says in its file where it comes from."""

import json
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from harness.programs import program
from leadsman.sandbox.errors import StartFailed, Unsupported
from leadsman.sandbox.kind import client as kind
from leadsman.sandbox.kind.client import KindCluster

EXCHANGES = Path(__file__).parent / "exchanges"

STAND_IN = """#!{python} -SE
import fnmatch, json, os, pathlib, sys
here = pathlib.Path({folder!r})
argv = sys.argv[1:]
provider, kubeconfig = os.environ.get("KIND_EXPERIMENTAL_PROVIDER"), os.environ.get("KUBECONFIG")
asked = {{"argv": argv, "provider": provider, "kubeconfig": kubeconfig}}
with open(here / "asked", "a") as file:
    file.write(json.dumps(asked) + "\\n")
for path in json.loads((here / "{program}.json").read_text()):
    known = json.loads(pathlib.Path(path).read_text())
    if len(argv) == len(known["argv"]) and all(map(fnmatch.fnmatchcase, argv, known["argv"])):
        sys.stdout.write(known["stdout"])
        sys.stderr.write(known["stderr"])
        sys.exit(known["exit"])
sys.exit(f"no exchange for {{argv}}")
"""


class Machine:
    """Has the programs of the exchanges that it is given, and no others."""

    def __init__(self, root: Path) -> None:
        self.bin = root / "bin"
        self.root = root

    def answers(self, *exchanges: str) -> None:
        by_program: dict[str, list[str]] = {}
        for exchange in exchanges:
            path = EXCHANGES / f"{exchange}.json"
            by_program.setdefault(json.loads(path.read_text())["program"], []).append(str(path))
        for name, paths in by_program.items():
            (self.root / f"{name}.json").write_text(json.dumps(paths))
            program(self.bin / name, STAND_IN.format(python=sys.executable, folder=str(self.root), program=name))

    @property
    def asked(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in (self.root / "asked").read_text().splitlines()]

    def cluster(self, engine: str = "docker") -> KindCluster:
        return KindCluster(
            sandbox="dev",
            binary=self.bin / "kind",
            engine=engine,
            kubeconfig=self.root / "kubeconfig",
            log=self.root / "kind.log",
        )


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine(tmp_path)
    monkeypatch.setenv("PATH", str(machine.bin))
    monkeypatch.delenv(kind.CHOSEN, raising=False)
    monkeypatch.setenv("KUBECONFIG", "/home/user/.kube/config")
    return machine


def heard_by(_: str) -> None:
    """Nobody."""


@pytest.mark.parametrize("path", sorted(EXCHANGES.iterdir()), ids=lambda path: path.stem)
def test_every_exchange_says_whether_it_was_recorded_or_written_by_hand(path: Path) -> None:
    assert json.loads(path.read_text())["source"].startswith(("recorded: ", "written by hand"))


def test_an_engine_that_answers_is_used(machine: Machine) -> None:
    machine.answers("docker-info")

    assert kind.engine() == ("docker", None)


def test_a_client_without_its_daemon_is_not_enough(machine: Machine) -> None:
    machine.answers("docker-info-no-daemon")

    found, why = kind.engine()

    assert found is None
    assert why
    assert "Cannot connect to the Docker daemon" in why.what
    assert "podman is not installed" in why.what
    assert "docker info" in why.next_step


def test_podman_is_used_where_docker_does_not_answer(machine: Machine) -> None:
    machine.answers("docker-info-no-daemon", "podman-info")

    assert kind.engine() == ("podman", None)


def test_podman_that_calls_itself_docker_is_used_as_podman(machine: Machine) -> None:
    machine.answers("docker-info-is-podman", "podman-info")

    assert kind.engine() == ("podman", None)


def test_the_engine_that_the_user_chose_for_kind_is_the_only_one_asked(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.answers("docker-info")
    monkeypatch.setenv(kind.CHOSEN, "podman")

    found, why = kind.engine()

    assert found is None
    assert isinstance(why, Unsupported)
    assert why.what == "podman is not installed"


def test_an_engine_that_hangs_does_not_answer(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    program(machine.bin / "docker", "exec /bin/sleep 600")
    monkeypatch.setattr(kind, "ANSWER_WITHIN_SECONDS", 0.05)

    _, why = kind.engine()

    assert why
    assert "docker does not answer within" in why.what


@pytest.mark.parametrize(("exchange", "used"), [("version", True), ("version-old", False)])
def test_the_users_own_kind_is_used_if_its_nodes_are_new_enough(machine: Machine, exchange: str, used: bool) -> None:
    machine.answers(exchange)

    assert kind.on_path() == (machine.bin / "kind" if used else None)


def test_without_a_kind_on_path_there_is_none(machine: Machine) -> None:
    assert kind.on_path() is None


def test_a_cluster_is_created_with_a_kubeconfig_of_its_own(machine: Machine) -> None:
    machine.answers("create")
    heard: list[str] = []

    machine.cluster().create(heard=heard.append)

    (asked,) = machine.asked
    assert asked["kubeconfig"] == str(machine.root / "kubeconfig")
    assert fnmatchcase(
        " ".join(asked["argv"]), f"create cluster --name leadsman-dev --kubeconfig {machine.root}/kubeconfig *"
    )
    assert " • Ready after 21s 💚" in heard
    assert "Ready after 21s" in (machine.root / "kind.log").read_text()


def test_podman_is_named_to_kind(machine: Machine) -> None:
    machine.answers("delete")

    machine.cluster(engine="podman").delete()

    assert machine.asked[0]["provider"] == "podman"


def test_a_cluster_that_is_not_ready_in_time_is_a_failure_though_kind_calls_it_a_success(machine: Machine) -> None:
    machine.answers("create-not-ready")

    with pytest.raises(StartFailed, match="not ready within 180 s") as caught:
        machine.cluster().create(heard=heard_by)

    assert "leadsman sandbox down dev" in caught.value.next_step


@pytest.mark.parametrize(
    ("exchange", "what", "next_step"),
    [
        ("create-no-daemon", "the container engine does not answer", "start Docker or podman"),
        ("create-no-podman", "the container engine does not answer", "--provider local"),
        ("create-name-taken", "a cluster of that name already", "leadsman sandbox down dev"),
        ("create-image-not-pulled", "could not be pulled", "--provider local, which needs no images"),
        ("create-port-taken", "a port that it needs is taken", "run the command again"),
    ],
)
def test_what_kind_complains_about_is_explained(machine: Machine, exchange: str, what: str, next_step: str) -> None:
    machine.answers(exchange)

    with pytest.raises(StartFailed) as caught:
        machine.cluster().create(heard=heard_by)

    assert what in caught.value.what
    assert next_step in caught.value.next_step


def test_an_error_is_shown_without_what_only_a_machine_reads(machine: Machine) -> None:
    machine.answers("create-no-daemon")

    with pytest.raises(StartFailed) as caught:
        machine.cluster().create(heard=heard_by)

    assert "Cannot connect to the Docker daemon" in caught.value.what
    assert '"ServerVersion"' not in caught.value.what


def test_deleting_what_is_not_there_is_no_error(machine: Machine) -> None:
    machine.answers("delete-not-there")

    machine.cluster().delete()


def test_an_archive_of_images_is_loaded(machine: Machine) -> None:
    machine.answers("load")

    machine.cluster().load_image(Path("/images.tar"))

    assert machine.asked[0]["argv"][2] == "/images.tar"


def test_without_a_cluster_the_next_step_is_to_start_one(machine: Machine) -> None:
    machine.answers("load-no-cluster")

    with pytest.raises(StartFailed) as caught:
        machine.cluster().load_image(Path("/a.tar"))

    assert caught.value.next_step == "leadsman sandbox up dev"
