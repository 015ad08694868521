"""The process that verifies: questions in, answers out, a line of JSON each.

Sigstore's libraries take half a second and tens of megabytes, once per process. So one answers many questions and ends.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from leadsman.planner.governance import Keyless, Pinned, Signed, Signer

MODULE: Final = "leadsman.controller.provenance.verifier"
Verify = Callable[[str, Signer], Signed]


def written(text: str, signer: Signer) -> bytes:
    match signer:
        case Keyless():
            by = {"identity": signer.identity, "issuer": signer.issuer}
        case Pinned():
            by = {"name": signer.name, "pem": signer.pem}
    return json.dumps({"bundle": text, "by": by}).encode() + b"\n"


def read(line: bytes) -> Signed:
    """What the process said.

    Raises:
        ValueError: it said something else, or nothing.
    """
    told: object = json.loads(line)
    if not isinstance(told, dict) or set(cast("dict[str, object]", told)) != {"digest", "problem"}:
        raise ValueError("that is no answer")
    return Signed(**cast("dict[str, str]", told))


def main(root: Path | None) -> None:
    verify = verifying(root)
    for line in sys.stdin.buffer:
        told: Any = json.loads(line)
        signer = Pinned(**told["by"]) if "pem" in told["by"] else Keyless(**told["by"])
        found = verify(told["bundle"], signer)
        sys.stdout.write(json.dumps({"digest": found.digest, "problem": found.problem}) + "\n")
        sys.stdout.flush()


def verifying(path: Path | None) -> Verify:
    """Against a trusted root, if there is one."""
    from leadsman.controller.provenance.verification import Unverified, trusted_root, verify  # noqa: PLC0415  heavy
    from leadsman.planner.policies.statement import NotAModel  # noqa: PLC0415

    root, unusable = trusted_root(path) if path is not None else (None, "the operator was given no trusted root")

    def answer(text: str, signer: Signer) -> Signed:
        if isinstance(signer, Keyless) and root is None:
            return Signed(problem=f"signatures by an identity cannot be checked: {unusable}")
        try:
            return Signed(digest=verify(text, signer, root))
        except (Unverified, NotAModel) as error:
            return Signed(problem=str(error))

    return answer


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
