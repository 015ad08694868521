"""Prometheus beside the cluster: it finds pods through the API server and scrapes those that ask for it.

A pod asks by the annotation or the label `prometheus.io/scrape: "true"` (with the annotations `prometheus.io/port` and
`prometheus.io/path`), or by naming a container port `metrics` or `http-metrics`, as PodMonitors select them. Series
carry `namespace`, `pod`, `node`, and the pod's labels `leadsman.dev/service` and `leadsman.dev/revision`.
"""

from pathlib import Path
from typing import Any

import yaml

from leadsman.sandbox.parts.probes import answers
from leadsman.sandbox.parts.process import Command
from leadsman.sandbox.place import Place

USER = "leadsman-prometheus"
SCRAPE_EVERY = "2s"
# What the simulated nodes answer with, see local/nodes/pods.yaml.
SIMULATED_METRICS_PATH = "/metrics/nodes/{node}/metrics/pods"

Job = dict[str, Any]
"""One entry of `scrape_configs`."""


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


def prometheus(place: Place, binary: Path, address: str, job: Job) -> Command:
    path = place.config / "prometheus.yaml"
    path.write_text(yaml.safe_dump(configuration(job), sort_keys=False))
    return Command(
        name="prometheus",
        argv=(
            str(binary),
            f"--config.file={path}",
            f"--storage.tsdb.path={place.data / 'prometheus'}",
            f"--web.listen-address={address}",
            # Tests write series of the past, and of pods that never ran.
            "--web.enable-remote-write-receiver",
            "--log.level=warn",
        ),
        ready=answers(f"http://{address}/-/ready"),
    )


def configuration(job: Job) -> dict[str, Any]:
    return {
        "global": {"scrape_interval": SCRAPE_EVERY, "scrape_timeout": SCRAPE_EVERY},
        "storage": {"tsdb": {"out_of_order_time_window": "1h"}},
        "scrape_configs": [job],
    }


def real_pods(kubeconfig: Path) -> Job:
    """Pods with addresses that this machine has a route to."""
    return {
        "job_name": "pods",
        "kubernetes_sd_configs": [{"role": "pod", "kubeconfig_file": str(kubeconfig)}],
        "relabel_configs": [*_WHO_ASKS, _DIRECT, *_LABELS],
    }


def proxied_pods(kubeconfig: Path, server: str, tls: dict[str, str]) -> Job:
    """Pods that only their API server can reach (kind on another operating system): it passes each scrape on.

    Args:
        kubeconfig: of someone who may use the proxy of pods.
        server: host and port of the API server.
        tls: `ca_file`, `cert_file` and `key_file` for it.
    """
    proxy = "/api/v1/namespaces/$1/pods/$2:$3/proxy$4"
    source = ["__meta_kubernetes_namespace", f"{_POD}name", f"{_POD}annotation_prometheus_io_port", "__metrics_path__"]
    return {
        "job_name": "pods",
        "scheme": "https",
        "tls_config": tls,
        "kubernetes_sd_configs": [{"role": "pod", "kubeconfig_file": str(kubeconfig)}],
        "relabel_configs": [
            *_WHO_ASKS,
            {
                "source_labels": source,
                "regex": "([^;]+);([^;]+);([^;]+);(.+)",
                "replacement": proxy,
                "target_label": "__metrics_path__",
            },
            {"target_label": "__address__", "replacement": server},
            *_LABELS,
        ],
    }


def simulated_pods(kubeconfig: Path, kwok: str) -> Job:
    """Simulated pods have no address that anyone may knock at: their node, at `kwok`, answers for them."""
    return {
        "job_name": "pods",
        "honor_labels": True,
        "kubernetes_sd_configs": [{"role": "node", "kubeconfig_file": str(kubeconfig)}],
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


_POD = "__meta_kubernetes_pod_"
_ASKS = "prometheus_io_scrape"
_WHO_ASKS = [
    {"source_labels": [f"{_POD}phase"], "regex": "Running", "action": "keep"},
    {
        "source_labels": [f"{_POD}annotation_{_ASKS}", f"{_POD}label_{_ASKS}", f"{_POD}container_port_name"],
        "regex": "true;.*|;true;.*|;;(http-)?metrics",
        "action": "keep",
    },
    {"source_labels": [f"{_POD}annotation_prometheus_io_path"], "regex": "(.+)", "target_label": "__metrics_path__"},
    {
        # A pod that names a container port but no port by annotation: that one.
        "source_labels": [f"{_POD}annotation_prometheus_io_port", f"{_POD}container_port_number"],
        "regex": ";(.+)",
        "replacement": "$1",
        "target_label": f"{_POD}annotation_prometheus_io_port",
    },
]
_DIRECT = {
    "source_labels": [f"{_POD}ip", f"{_POD}annotation_prometheus_io_port"],
    "separator": ":",
    "target_label": "__address__",
}
_LABELS = [
    {"source_labels": [meta], "target_label": label}
    for meta, label in (
        ("__meta_kubernetes_namespace", "namespace"),
        (f"{_POD}name", "pod"),
        (f"{_POD}node_name", "node"),
        (f"{_POD}label_leadsman_dev_service", "leadsman_service"),
        (f"{_POD}label_leadsman_dev_revision", "leadsman_revision"),
    )
]
