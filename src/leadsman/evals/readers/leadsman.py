"""Leadsman's own format: one JSON file in the normal form, as `leadsman.evals.form` describes it."""

from collections.abc import Mapping
from typing import Final

from leadsman.evals.bounds import parse_json
from leadsman.evals.form import from_json
from leadsman.evals.normal import Results, UnreadableResults
from leadsman.evals.shape import Node

SUFFIXES: Final = (".json",)


def read(files: Mapping[str, bytes]) -> Results:
    paths = sorted(path for path in files if path.endswith(".json"))
    if len(paths) != 1:
        found = f"{paths[0]} and {paths[1]}" if paths else "no *.json file"
        raise UnreadableResults(f"{found}: write the results in normal form into one file, such as results.json")
    return from_json(Node(parse_json(files[paths[0]], paths[0]), paths[0]))
