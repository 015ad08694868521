"""What an evaluation tool has left on this machine."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, cast

from leadsman.api.v1alpha1.evalsuite import ResultFormat
from leadsman.cli.errors import CommandFailed
from leadsman.evals import readers
from leadsman.evals.bounds import FILE_BYTES
from leadsman.evals.normal import Results, UnreadableResults

FORMATS: Final = ", ".join(readers.READERS)


def read(form: ResultFormat, paths: Sequence[str]) -> Results:
    """Of one evaluation, from files and folders.

    Raises:
        CommandFailed: they cannot be read, or are not of this format.
    """
    try:
        return readers.read(form, _files(paths, readers.READERS[form].SUFFIXES))
    except UnreadableResults as error:
        raise CommandFailed(
            f"{', '.join(paths)}: {error}", next_step=f"give what one evaluation wrote, as format {form} has it"
        ) from error
    except OSError as error:
        raise CommandFailed(
            f"{error.filename} cannot be read: {error.strerror}", next_step="give files, or the folder that they are in"
        ) from error


def parse_format(text: str) -> ResultFormat:
    """Raise CommandFailed for what no reader reads."""
    if text not in readers.READERS:
        raise CommandFailed(f"there is no format {text}", next_step=f"write one of {FORMATS}")
    return cast("ResultFormat", text)


def _files(paths: Sequence[str], suffixes: tuple[str, ...]) -> Mapping[str, bytes]:
    """By path below the one folder that is given, as the collector names them; else as they are given."""
    return {
        (path.relative_to(given) if len(paths) == 1 and path != given else path).as_posix(): _content(path)
        for given in map(Path, paths)
        for path in _below(given, suffixes)
    }


def _below(given: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    if not given.is_dir():
        yield given
        return
    yield from (path for path in sorted(given.rglob("*")) if path.name.endswith(suffixes) and path.is_file())


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(FILE_BYTES + 1)
    if len(content) > FILE_BYTES:
        raise UnreadableResults(f"{path} is larger than {FILE_BYTES} bytes: let the tool log less")
    return content
