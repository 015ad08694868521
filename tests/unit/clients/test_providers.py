from dataclasses import replace
from typing import Any

import pytest

from leadsman.clients.providers import Provider


@pytest.mark.parametrize(
    "address", ["http://prometheus:9090", "https://mimir.example.com/prometheus", "http://[::1]:9090/"]
)
def test_addresses_of_providers(address: str) -> None:
    assert Provider(name="default", address=address).address == address


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"address": "prometheus:9090"}, "starts with http:// or https://"),
        ({"address": "file:///etc/passwd"}, "starts with http:// or https://"),
        ({"address": "http://"}, "starts with http:// or https://"),
        ({"address": "http://host:port"}, "no URL"),
        ({"address": "http://user:secret@prometheus"}, "named under authentication"),
        ({"address": "http://prometheus/?x=1"}, "never sent"),
        ({"headers": {"authorization": "Bearer secret"}}, "named under authentication"),
        ({"timeout_seconds": 0}, "more than 0"),
    ],
)
def test_a_provider_that_could_not_work_or_would_leak_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        replace(Provider(name="default", address="http://prometheus:9090"), **wrong)

    assert str(caught.value).startswith("provider default: ")
    assert "secret" not in str(caught.value)
