"""From the files of evaluation tools to the normal form. Pure: bytes in, Results out.

One module per tool, with SUFFIXES (of the files that it looks at) and read(files). No tool's own verdict is taken over:
a reader takes scores, counts and what casts doubt on them. Another tool is another module, a line in READERS, and a
word in the API's ResultFormat.
"""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Protocol

from leadsman.evals.bounds import check_files
from leadsman.evals.normal import Results, UnreadableResults
from leadsman.evals.readers import inspect_ai, junit, leadsman, lm_eval, promptfoo

if TYPE_CHECKING:  # the collector in an evaluation pod starts without pydantic
    from leadsman.api.v1alpha1.evalsuite import ResultFormat


class Reader(Protocol):
    @property
    def SUFFIXES(self) -> tuple[str, ...]: ...  # noqa: N802 - a module's constant

    def read(self, files: Mapping[str, bytes], /) -> Results: ...


READERS: "Final[Mapping[ResultFormat, Reader]]" = {
    "LMEval": lm_eval,
    "InspectAI": inspect_ai,
    "Promptfoo": promptfoo,
    "JUnit": junit,
    "Leadsman": leadsman,
}


def read(format: "ResultFormat", files: Mapping[str, bytes]) -> Results:  # noqa: A002 - as the API calls it
    """Of one evaluation.

    Args:
        format: of the files.
        files: relative path and content of everything at the results path; what the tool does not write is passed over.

    Raises:
        UnreadableResults: they are not of this format, ambiguous, damaged, or beyond bounds.
    """
    reader = READERS[format]
    chosen = {path: content for path, content in files.items() if path.endswith(reader.SUFFIXES)}
    if not chosen:
        found = f"{len(files)} other files, such as {min(files)}" if files else "nothing"
        raise UnreadableResults(f"found {found}: format {format} needs files named *{', *'.join(reader.SUFFIXES)}")
    check_files(chosen)
    try:
        results = reader.read(chosen)
    except RecursionError:
        raise UnreadableResults("nested too deeply: no tool writes that") from None
    if not results.metrics and not results.problems:
        raise UnreadableResults(f"no metric in {', '.join(sorted(chosen))[:200]}: did the evaluation score anything?")
    return replace(results, raw_digest=_digest(chosen))


def _digest(files: Mapping[str, bytes]) -> str:
    """Of one file its own; of several that of what `sha256sum` prints of them, by path."""
    digests = {path: sha256(content).hexdigest() for path, content in sorted(files.items())}
    if len(digests) == 1:
        return f"sha256:{next(iter(digests.values()))}"
    lines = "".join(f"{digest}  {path}\n" for path, digest in digests.items())
    return f"sha256:{sha256(lines.encode('utf-8', 'backslashreplace')).hexdigest()}"
