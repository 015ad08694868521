"""The evaluation: each question is asked once, and the answer must include the fact."""

# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportUntypedFunctionDecorator=false
# (inspect-ai is in this example's image, not in the project's development environment)

from inspect_ai import Task, task
from inspect_ai.dataset import json_dataset
from inspect_ai.scorer import accuracy, includes
from inspect_ai.solver import Generate, Solver, TaskState, solver

from quality.questions import DATASET


@task
def support_quality() -> Task:
    dataset = json_dataset(str(DATASET), name="support-questions")
    scorer = includes(ignore_case=False)
    # Without stderr, for which inspect-ai needs numpy: Leadsman goes by the samples, and by exact intervals.
    return Task(dataset=dataset, solver=ask(), scorer=scorer, metrics=[accuracy()], fail_on_error=False)


@solver
def ask() -> Solver:
    """The sample's id goes along, so that whoever looks into the server's logs finds it again."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        return await generate(state, extra_headers={"x-request-id": f"quality-{state.sample_id}"})

    return solve
