"""What a person writes into the operator's configuration, and what they are told."""

from pathlib import Path

import pytest

from leadsman.clients.providers import Basic
from leadsman.controller.settings import Listen, Misconfigured, Settings, read


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "operator.yaml"


def test_nothing_said_looks_after_the_whole_cluster() -> None:
    settings = read(None, {})
    assert settings == Settings()
    assert settings.namespaces == ()


def test_flags_win_over_the_file_and_flags_that_were_not_given_leave_it(file: Path) -> None:
    file.write_text("namespaces: [support]\nworkers: 4\nlisten: 127.0.0.1:9000\n")
    settings = read(file, {"workers": 8, "logFormat": None})
    assert (settings.namespaces, settings.workers, settings.listen) == (("support",), 8, Listen("127.0.0.1", 9000))


def test_a_flag_about_the_ledger_leaves_what_else_is_said_of_it(file: Path) -> None:
    file.write_text("ledger: {cluster: prod, sinks: [{name: out, stdout: {}}]}\n")
    flags = {"ledger": {"sinks": [{"name": "file", "file": {"path": "/tmp/l"}}], "keyFile": None}}  # noqa: S108  never opened
    settings = read(file, flags)
    assert settings.ledger.cluster == "prod"
    assert [sink.name for sink in settings.ledger.sinks] == ["file"]


def test_an_empty_file_is_no_mistake(file: Path) -> None:
    file.write_text("# all as it is by default\n")
    assert read(file, {}) == Settings()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("worker: 4", "worker: there is no such setting"),
        ("workers: 0", "workers: Input should be greater than or equal to 1"),
        ("listen: everywhere", "listen: write host:port, such as 127.0.0.1:8080 or :8080, not everywhere"),
        ("listen: localhost:99999", "listen: write host:port"),
        ("log_format: json", "log_format: there is no such setting"),
        ("metricProviders: [{name: a, address: 'http://a:1'}, {name: a, address: 'http://b:1'}]", "two providers are"),
        ("metricProviders: [{name: a, address: 'ftp://a'}]", "metricProviders.0: provider a: its address starts with"),
        (
            "metricProviders: [{name: a, address: 'http://a', authentication: {}}]",
            "metricProviders.0.authentication: name one of bearerTokenFile and basic",
        ),
        ("ledger: {sinks: [{name: a, stdout: {}}, {name: a, stdout: {}}]}", "two sinks are called a"),
        ("ledger: {sinks: [{name: a}]}", "ledger.sinks.0: sink a: write one of file: {path: …}, stdout: {}"),
        (
            "ledger: {sinks: [{name: a, webhook: {address: 'http://siem.example.com', keyFile: key}}]}",
            "ledger.sinks.0.webhook: its address starts with https://",
        ),
        ("- workers", "write keys and values, such as `workers: 16`"),
        ("workers: [", "is no YAML"),
        ("namespaces: [Support]", "namespaces.0: String should match pattern"),
    ],
)
def test_a_mistake_is_named_with_the_file_and_what_to_write(file: Path, text: str, told: str) -> None:
    file.write_text(text)
    with pytest.raises(Misconfigured) as caught:
        read(file, {})
    assert str(file) in str(caught.value)
    assert told in str(caught.value)


def test_a_provider_is_what_the_file_says(file: Path) -> None:
    file.write_text("""
metricProviders:
  - name: default
    address: https://metrics.example.com/prometheus
    authentication: {basic: {username: leadsman, passwordFile: /etc/metrics/password}}
    tenantHeader: X-Scope-OrgID
""")
    (provider,) = read(file, {}).metric_providers
    client = provider.to_client()
    assert client.authentication == Basic("leadsman", Path("/etc/metrics/password"))
    assert (client.tenant_header, client.pod_label) == ("X-Scope-OrgID", "pod")


def test_every_mistake_is_named_at_once(file: Path) -> None:
    file.write_text("worker: 4\nlogLevel: loud\n")
    with pytest.raises(Misconfigured) as caught:
        read(file, {})
    assert len(str(caught.value).splitlines()) == 2


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"missing\.yaml cannot be read"):
        read(tmp_path / "missing.yaml", {})


def test_addresses_of_ipv6_and_all_addresses_can_be_written() -> None:
    assert Listen.of("[::1]:8080") == Listen("::1", 8080)
    assert Listen.of(":0") == Listen("", 0)
