"""What Prometheus is told to scrape."""

from pathlib import Path

from leadsman.sandbox.parts import prometheus

KUBECONFIG = Path("/somewhere/kubeconfig")


def test_its_rights_are_to_find_pods_and_nodes_and_no_more() -> None:
    role, binding = prometheus.permissions()

    assert role["rules"] == [{"apiGroups": [""], "resources": ["pods", "nodes"], "verbs": ["get", "list", "watch"]}]
    assert [subject["name"] for subject in binding["subjects"]] == [prometheus.USER]


def test_simulated_pods_are_asked_of_their_node_and_never_at_their_made_up_addresses() -> None:
    job = prometheus.simulated_pods(KUBECONFIG, "127.0.0.1:1234")

    assert {rule["replacement"] for rule in job["relabel_configs"] if rule["target_label"] == "__address__"} == {
        "127.0.0.1:1234"
    }
    assert job["kubernetes_sd_configs"][0]["role"] == "node"


def test_pods_behind_an_api_server_are_asked_through_it() -> None:
    tls = {"ca_file": "ca", "cert_file": "crt", "key_file": "key"}

    job = prometheus.proxied_pods(KUBECONFIG, "127.0.0.1:6443", tls)

    assert (job["scheme"], job["tls_config"]) == ("https", tls)
    assert {"target_label": "__address__", "replacement": "127.0.0.1:6443"} in job["relabel_configs"]
