"""What is kept of a run in a ConfigMap, and that nobody has changed it since."""

import pytest

from harness.evaluations import results, right, sampled
from leadsman.evals.kept import hashed, held_digest, keep, recall_config_map, to_config_map
from leadsman.evals.normal import UnreadableResults

FOUND = results(sampled("acc", right(9, 10)))
HELD = to_config_map(keep(FOUND))


def test_what_was_kept_comes_back_with_hashed_keys() -> None:
    back = recall_config_map(HELD, held_digest(HELD))

    kept, given = back.metrics["acc"], hashed(FOUND).metrics["acc"]
    assert {one.key: one.value for one in kept.samples} == {one.key: one.value for one in given.samples}
    assert kept.value == 0.9


@pytest.mark.parametrize("change", [{"data": {}}, {"binaryData": {"outcomes": "!"}}, {"binaryData": None}])
def test_what_was_changed_since_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(UnreadableResults, match="ConfigMap run-1-outcomes was changed since it was written"):
        recall_config_map({**HELD, **change, "metadata": {"name": "run-1-outcomes"}}, held_digest(HELD))
