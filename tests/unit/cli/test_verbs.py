"""The command line as such: what it costs to start, and what wrong usage answers."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner, Result

from leadsman.cli import app


def leadsman(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("status", "x", "--until", "Soon"),
        ("status", "x", "--watch", "--timeout", "soon"),
        ("status", "x", "--timeout", "10m"),
        ("get", "x", "--all-namespaces"),
        ("get", "-o", "xml"),
        ("nothing-of-the-kind",),
        ("approve", "x", "--yes"),
        ("abort", "x", "--reason", "it answers in rhymes"),
        ("pause", "x", "--yes", "--reason", "it answers in rhymes", "--dry-run", "--wait"),
        ("pause", "x", "--yes", "--reason", "it answers in rhymes", "--timeout", "10s"),
        ("rollback", "x", "--yes", "--reason", "it answers in rhymes"),
        ("waive", "x", "--yes", "--reason", "it answers in rhymes", "--scope", "quality"),
        ("break-glass", "x", "--yes", "--reason", "it answers in rhymes"),
        ("revoke", "x", "--yes", "--reason", "it answers in rhymes"),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_1_since_2_speaks_of_the_service(words: tuple[str, ...]) -> None:
    done = leadsman(*words)

    assert done.exit_code == 1
    assert "Usage" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("verb", ["get", "status"])
def test_help_says_what_the_exit_codes_mean(verb: str) -> None:
    said = " ".join(leadsman(verb, "--help").stdout.split())

    assert "3 stalled, rolled back or quarantined" in said


def test_to_start_no_kubernetes_client_is_loaded() -> None:
    probe = "import sys, leadsman.cli; sys.exit('kubernetes' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0
