"""Service accounts as programs have them: with a token, so that the API server knows their uid and groups."""

from pathlib import Path

import yaml

from harness.cluster import Space


def kubeconfig_of(space: Space, account: str, folder: Path) -> Path:
    """Of a service account of the namespace."""
    config = yaml.safe_load(space.cluster.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": space.kubectl("create", "token", account).stdout.strip()}
    written = folder / f"kubeconfig-of-{account}"
    written.write_text(yaml.safe_dump(config))
    return written
