"""Prometheus beside the cluster: it finds pods through the API server and scrapes those that ask for it.

A pod asks by the annotation `prometheus.io/scrape: "true"` (with `prometheus.io/port` and `prometheus.io/path`), or by
naming a container port `metrics` or `http-metrics`, as a PodMonitor would select it. Series carry `namespace`, `pod`,
`node` and the pod's labels `leadsman.dev/service` and `leadsman.dev/revision`.
"""

from typing import Any

import yaml

from leadsman.sandbox.blueprint import Blueprint
from leadsman.sandbox.process import Command
from leadsman.sandbox.status import Nodes

USER = "leadsman-prometheus"
SCRAPE_EVERY = "2s"
# What the simulated nodes answer with, see nodes/simulated.py.
SIMULATED_METRICS_PATH = "/metrics/nodes/{node}/metrics/pods"

_META = "__meta_kubernetes_pod_"
_PLACE_LABELS = [
    {"source_labels": [f"{_META}{meta}"], "target_label": label}
    for meta, label in (
        ("label_leadsman_dev_service", "leadsman_service"),
        ("label_leadsman_dev_revision", "leadsman_revision"),
    )
]


def permissions() -> list[dict[str, Any]]:
    """What its discovery may read."""
    group = "rbac.authorization.k8s.io"
    return [
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRole",
            "metadata": {"name": USER},
            "rules": [{"apiGroups": [""], "resources": ["pods", "nodes"], "verbs": ["get", "list", "watch"]}],
        },
        {
            "apiVersion": f"{group}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": USER},
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": USER},
            "subjects": [{"apiGroup": group, "kind": "User", "name": USER}],
        },
    ]


def prometheus(plan: Blueprint, nodes: Nodes) -> Command:
    kubeconfig = plan.client_config("prometheus", user=USER)
    path = plan.place.config / "prometheus.yaml"
    path.write_text(yaml.safe_dump(configuration(plan, nodes, str(kubeconfig)), sort_keys=False))
    return Command(
        name="prometheus",
        argv=(
            str(plan.binaries["prometheus"]),
            f"--config.file={path}",
            f"--storage.tsdb.path={plan.place.data / 'prometheus'}",
            f"--web.listen-address={plan.addresses.at('prometheus')}",
            "--web.enable-lifecycle",
            # Tests write series of the past, and of pods that never ran.
            "--web.enable-remote-write-receiver",
            "--log.level=warn",
        ),
        ready=plan.answers(f"{plan.addresses.prometheus}/-/ready"),
    )


def configuration(plan: Blueprint, nodes: Nodes, kubeconfig: str) -> dict[str, Any]:
    job = _real_pods(kubeconfig) if nodes is Nodes.REAL else _simulated_pods(kubeconfig, plan.addresses.at("kwok"))
    return {
        "global": {"scrape_interval": SCRAPE_EVERY, "scrape_timeout": SCRAPE_EVERY},
        "storage": {"tsdb": {"out_of_order_time_window": "1h"}},
        "scrape_configs": [job],
    }


def _real_pods(kubeconfig: str) -> dict[str, Any]:
    return {
        "job_name": "pods",
        "kubernetes_sd_configs": [{"role": "pod", "kubeconfig_file": kubeconfig}],
        "relabel_configs": [
            {"source_labels": [f"{_META}phase"], "regex": "Running", "action": "keep"},
            {
                "source_labels": [f"{_META}annotation_prometheus_io_scrape", f"{_META}container_port_name"],
                "regex": "true;.*|;(http-)?metrics",
                "action": "keep",
            },
            {
                "source_labels": [f"{_META}annotation_prometheus_io_path"],
                "regex": "(.+)",
                "target_label": "__metrics_path__",
            },
            {
                "source_labels": [f"{_META}ip", f"{_META}annotation_prometheus_io_port"],
                "regex": "([^;]+);([0-9]+)",
                "replacement": "$1:$2",
                "target_label": "__address__",
            },
            {
                "source_labels": [f"{_META}annotation_prometheus_io_scheme"],
                "regex": "(https?)",
                "target_label": "__scheme__",
            },
            {"source_labels": ["__meta_kubernetes_namespace"], "target_label": "namespace"},
            {"source_labels": [f"{_META}name"], "target_label": "pod"},
            {"source_labels": [f"{_META}node_name"], "target_label": "node"},
            *_PLACE_LABELS,
        ],
    }


def _simulated_pods(kubeconfig: str, kwok: str) -> dict[str, Any]:
    """Simulated pods have no address that anyone may knock at: their node answers for them."""
    return {
        "job_name": "pods",
        "honor_labels": True,
        "kubernetes_sd_configs": [{"role": "node", "kubeconfig_file": kubeconfig}],
        "relabel_configs": [
            {"target_label": "__address__", "replacement": kwok},
            {
                "source_labels": ["__meta_kubernetes_node_name"],
                "target_label": "__metrics_path__",
                "replacement": SIMULATED_METRICS_PATH.format(node="$1"),
            },
            {"source_labels": ["__meta_kubernetes_node_name"], "target_label": "node"},
        ],
        "metric_relabel_configs": [
            {"source_labels": ["scraped"], "regex": "true", "action": "keep"},
            {"regex": "scraped", "action": "labeldrop"},
        ],
    }
