#!/bin/sh
# Writes inspect_ai/ anew, with inspect-ai's own writer and its mock model: make_inspect_ai.sh <python that has inspect-ai>
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/make.py" <<'P'
import os
import shutil
import sys
import tempfile
from pathlib import Path

from inspect_ai import Epochs, Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import ProvenanceData, edit_score, read_eval_log, write_eval_log
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, ScoreEdit, accuracy, includes, mean, scorer, stderr
from inspect_ai.solver import Generate, TaskState, generate, solver

HERE = Path(sys.argv[1])
LANGUAGES = ("de", "en", "en")


@scorer(metrics={"tone": [mean(), stderr()], "length": [mean()]})
def judge():
    """Tone from 0 to 1, not scored once; length in words."""

    async def score(state: TaskState, target) -> Score:
        tone = float("nan") if state.sample_id == "q3" else 0.5
        return Score(value={"tone": tone, "length": len(state.output.completion.split())})

    return score


@solver
def breaks():
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if state.sample_id == "q2" and state.epoch == 1:
            raise RuntimeError("the candidate answered 503")
        return state

    return solve


def samples():
    return MemoryDataset(
        name="support",
        samples=[
            Sample(
                id=f"q{i}",
                input=f"Say yes, {i}.",
                target="yes" if i % 2 else "no",
                metadata={"language": LANGUAGES[i % 3], "number": i, "note": f"item {i}"},
            )
            for i in range(6)
        ],
    )


def answers():
    while True:
        output = ModelOutput.from_content("mockllm/model", "yes of course")
        output.usage = ModelUsage(input_tokens=4, output_tokens=3, total_tokens=7)  # or it wants a tokenizer's files
        yield output


def model():
    return get_model("mockllm/model", custom_outputs=answers())


def run(name: str, log_format: str, task: Task, **options) -> str:
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    (log,) = eval(task, model=model(), log_dir=str(folder), log_format=log_format, display="none", **options)
    slim(log.location)
    return log.location


def slim(location: str) -> None:
    """Without events and tracebacks: they are large, and name the folders of the machine that this ran on."""
    log = read_eval_log(location)
    for sample in log.samples or ():
        sample.events = []
        if sample.error:
            sample.error.traceback = sample.error.traceback_ansi = ""
    if log.error:
        log.error.traceback = log.error.traceback_ansi = ""
    write_eval_log(log, location)


def main() -> None:
    os.chdir(tempfile.mkdtemp())  # no Git repository, so that no revision of one is written
    for form in ("eval", "json"):
        run(f"full_{form}", form, Task(name="support", dataset=samples(), solver=generate(), scorer=[includes(), judge()]))
    epochs = Task(
        name="support",
        dataset=samples(),
        solver=[generate(), breaks()],
        scorer=includes(),
        epochs=Epochs(3, ["mean", "mode"]),
    )
    run("epochs_errored", "eval", epochs, fail_on_error=False)
    run("limited", "json", Task(name="support", dataset=samples(), solver=generate(), scorer=includes()), limit=2)
    failed = Task(name="support", dataset=samples(), solver=[generate(), breaks()], scorer=includes())
    run("failed", "eval", failed, fail_on_error=True)
    location = run("edited", "eval", Task(name="support", dataset=samples(), solver=generate(), scorer=includes()))
    log = read_eval_log(location)
    edit = ScoreEdit(value="C", provenance=ProvenanceData(author="somebody", reason="looked right to me"))
    edit_score(log, "q0", "includes", edit)
    write_eval_log(log, location)


main()
P
"$1" "$work/make.py" "$here/inspect_ai"
