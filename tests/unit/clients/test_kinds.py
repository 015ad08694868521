import pytest

from leadsman.clients import kinds


def test_paths_are_those_of_the_api_server() -> None:
    assert kinds.POD.path() == "/api/v1/pods"
    assert kinds.POD.path("support", "web-0") == "/api/v1/namespaces/support/pods/web-0"
    assert (
        kinds.AI_SERVICE.path("support", "assistant", subresource="status")
        == "/apis/leadsman.dev/v1alpha1/namespaces/support/aiservices/assistant/status"
    )
    assert kinds.GOVERNANCE_POLICY.path(name="high") == "/apis/leadsman.dev/v1alpha1/governancepolicies/high"


def test_a_name_cannot_leave_its_place() -> None:
    assert kinds.POD.path("support", "../../secrets?x") == "/api/v1/namespaces/support/pods/..%2F..%2Fsecrets%3Fx"


@pytest.mark.parametrize(
    ("kind", "namespace", "name", "says"),
    [
        (kinds.POD, "support", "", "is not a name"),
        (kinds.POD, "", "web-0", "is not a name"),
        (kinds.POD, "support", "..", "is not a name"),
        (kinds.POD, ".", "web-0", "is not a name"),
        (kinds.POD, None, "web-0", "its namespace is missing"),
        (kinds.GOVERNANCE_POLICY, "support", "high", "has no namespace"),
    ],
)
def test_a_place_that_would_be_another_one_is_refused(
    kind: kinds.Kind, namespace: str | None, name: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        kind.path(namespace, name)
