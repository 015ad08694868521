"""What a user writes goes through the models unchanged; what a user must not write does not get in."""

import copy
from datetime import datetime, timedelta, timezone
from typing import Any

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.manifests import EXAMPLES, STATUSES
from leadsman.api import meta, scalars
from leadsman.api.v1alpha1 import KINDS, AIService
from leadsman.api.v1alpha1.monitors import Monitor

BY_NAME = {kind.__name__: kind for kind in KINDS}


def changed(name: str, *path: str, value: Any) -> dict[str, Any]:
    document = copy.deepcopy(EXAMPLES[name])
    node = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return document


def test_every_kind_has_an_example_and_a_status() -> None:
    kinds = {kind.__name__.lower() for kind in KINDS}

    assert set(EXAMPLES) == {*kinds, "aiservice-minimal"}
    assert set(STATUSES) == kinds


def test_every_example_comes_back_as_it_was_written(example: dict[str, Any]) -> None:
    assert BY_NAME[example["kind"]].from_dict(example).to_dict() == example


@pytest.mark.parametrize("name", sorted(STATUSES))
def test_every_status_comes_back_as_it_was_written(name: str) -> None:
    document: dict[str, Any] = EXAMPLES[name] | {"status": STATUSES[name]}

    assert BY_NAME[document["kind"]].from_dict(document).to_dict() == document


def test_the_examples_show_every_field_that_a_user_can_write() -> None:
    def unset(model: pydantic.BaseModel, path: str) -> set[str]:
        found = {f"{path}.{name}" for name in type(model).model_fields if name not in model.model_fields_set}
        for name in model.model_fields_set:
            value = getattr(model, name)
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, pydantic.BaseModel) and not isinstance(part, meta.ObjectMeta):
                    found |= unset(part, f"{path}.{name}")
        return found

    service = AIService.from_dict(EXAMPLES["aiservice"])
    # Lists whose items are of several kinds: no item sets every field.
    several = (".spec.monitors.", ".spec.risk_budget.", ".spec.model.data", ".spec.service.ports")
    missing = {path for path in unset(service, "") if not path.startswith(several)}

    alternatives = {".status", ".spec.risk_budget_ref", ".spec.model.signature.key"}
    in_one_stage_only = {".spec.rollout.stages.min_requests", ".spec.rollout.stages.approval"}
    assert missing == alternatives | in_one_stage_only


def test_models_cannot_be_changed() -> None:
    service = AIService.from_dict(EXAMPLES["aiservice"])

    with pytest.raises(pydantic.ValidationError, match="frozen"):
        service.spec.owner.team = "another"  # pyright: ignore[reportAttributeAccessIssue] - that is the point


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("spec", "tier"), "High"),
        (("spec", "risk_budget"), {"channels": []}),
        (("spec", "owner", "accountable"), ""),
        (("spec", "risk", "tier"), "high"),
        (("spec", "replicas"), "4"),
        (("spec", "replicas"), 4.0),
        (("spec", "replicas"), True),
        (("spec", "restartedAt"), 1763892000),
        (("spec", "restartedAt"), "2026-11-23T10:00:00"),
        (("spec", "lifecycle"), {"reviewBy": 20270331}),
        (("spec", "rollout", "stages"), [{"name": f"s{n}", "weight": n} for n in range(1, 12)]),
        (("apiVersion",), "leadsman.dev/v1"),
        (("kind",), "AIRevision"),
    ],
)
def test_the_models_refuse_offline_what_the_schema_refuses(path: tuple[str, ...], value: Any) -> None:
    with pytest.raises(pydantic.ValidationError):
        AIService.from_dict(changed("aiservice", *path, value=value))


def test_snake_case_is_for_python_only() -> None:
    monitor = Monitor(name="errors", class_="Health", interval_seconds=30)
    assert monitor.to_dict() == {"name": "errors", "class": "Health", "intervalSeconds": 30}

    with pytest.raises(pydantic.ValidationError, match="interval_seconds"):
        Monitor.from_dict({"name": "errors", "class": "Health", "interval_seconds": 30})


def test_metadata_keeps_what_only_the_api_server_knows() -> None:
    metadata = {"name": "x", "managedFields": [{"manager": "kubectl"}], "labels": {"a": "b"}}
    document = changed("aiservice-minimal", "metadata", value=metadata)

    assert AIService.from_dict(document).to_dict() == document


def test_a_resource_made_in_python_names_its_version_and_kind() -> None:
    minimal = AIService.from_dict(EXAMPLES["aiservice-minimal"])

    made = AIService(metadata=meta.ObjectMeta(name="faq-bot"), spec=minimal.spec)

    assert made.to_dict() == EXAMPLES["aiservice-minimal"]


@pytest.mark.parametrize(
    ("interval", "window", "effective"),
    [(15, None, 60), (5, None, 60), (30, None, 120), (30, 45, 45)],
)
def test_a_window_is_four_intervals_and_at_least_a_minute_unless_it_is_given(
    interval: int, window: int | None, effective: int
) -> None:
    monitor = Monitor(name="m", class_="Cost", interval_seconds=interval, window_seconds=window)

    assert monitor.effective_window_seconds == effective


DECIMALS = pydantic.TypeAdapter[str](scalars.DecimalString)


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=4))
def test_any_plain_decimal_is_taken_as_it_is(number: Any) -> None:
    text = f"{number:f}"

    assert DECIMALS.validate_python(text) == text


@given(
    st.floats() | st.integers() | st.sampled_from(["1e3", "NaN", "Infinity", "2%", "1,5", "", ".5", "1.", "01", "+1"])
)
def test_nothing_else_is_taken_for_a_decimal(value: object) -> None:
    with pytest.raises(pydantic.ValidationError):
        DECIMALS.validate_python(value)


OFFSETS = st.builds(timezone, st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes)))
TIMES = pydantic.TypeAdapter[Any](scalars.Time)


@given(st.datetimes(datetime(1971, 1, 1), datetime(9998, 1, 1), timezones=OFFSETS))  # noqa: DTZ001 - OFFSETS has the zones
def test_a_time_comes_back_as_the_same_instant(moment: Any) -> None:
    text = TIMES.dump_json(moment).decode().strip('"')

    assert TIMES.validate_python(text) == moment
