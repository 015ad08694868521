"""What is wrong with a service's declaration, beside the suites that its gates name."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from leadsman.api.remarks import Remark
from leadsman.api.v1alpha1.aiservice import AIServiceSpec
from leadsman.planner.forecast import forecast


def lint_service(
    name: str, raw: Mapping[str, Any], spec: AIServiceSpec, inputs: Mapping[str, str], suites: Collection[str]
) -> Iterator[Remark]:
    """What the forecast remarks, and gates whose suite is not at hand.

    Args:
        name: the service's.
        raw: the spec as its user wrote it.
        spec: the same, read.
        inputs: digests of those ConfigMaps under spec.inputs that are at hand.
        suites: names of the EvalSuites that are at hand, in the service's namespace.
    """
    yield from forecast(name, raw, spec, inputs, None).remarks
    for gate in spec.gates:
        if gate.suite not in suites:
            yield Remark(
                severity="Warning",
                about=f"spec.gates[{gate.name}].suite",
                message=f"EvalSuite {gate.suite} is not in the files given: without it nothing passes the gate",
                instead="add its file, or correct the name",
            )
