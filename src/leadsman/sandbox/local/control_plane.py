"""The control plane: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, as commands to run."""

import json

from leadsman.sandbox.parts.addresses import LOOPBACK
from leadsman.sandbox.parts.blueprint import Blueprint
from leadsman.sandbox.parts.process import Command

# The components throttle themselves at 20 to 50 requests a second by default: a benchmark would measure them.
CLIENT_RATE = ("--kube-api-qps=500", "--kube-api-burst=1000")
ADMINISTRATORS = ("system:masters",)


def etcd(plan: Blueprint) -> Command:
    server = plan.authority.issue("etcd", user="etcd", addresses=(LOOPBACK, "localhost"))
    client, peer, metrics = (plan.addresses.at(part) for part in ("etcd", "etcd-peer", "etcd-metrics"))
    return Command(
        name="etcd",
        argv=(
            str(plan.binaries["etcd"]),
            f"--data-dir={plan.place.data / 'etcd'}",
            f"--listen-client-urls=https://{client}",
            f"--advertise-client-urls=https://{client}",
            f"--listen-peer-urls=https://{peer}",
            f"--initial-advertise-peer-urls=https://{peer}",
            f"--initial-cluster=default=https://{peer}",
            f"--listen-metrics-urls=http://{metrics}",
            f"--cert-file={server.certificate}",
            f"--key-file={server.key}",
            f"--trusted-ca-file={plan.authority.ca.certificate}",
            "--client-cert-auth",
            f"--peer-cert-file={server.certificate}",
            f"--peer-key-file={server.key}",
            f"--peer-trusted-ca-file={plan.authority.ca.certificate}",
            "--peer-client-cert-auth",
            # A sandbox is thrown away: speed is worth more than surviving a power cut.
            "--unsafe-no-fsync",
            "--log-level=warn",
        ),
        ready=plan.answers(f"http://{metrics}/readyz"),
    )


def api_server(plan: Blueprint) -> Command:
    host, port = plan.addresses.api_host, plan.addresses.ports["api-server"]
    administrator = plan.authority.issue("administrator", user="leadsman-administrator", groups=ADMINISTRATORS)
    plan.kubeconfig(plan.place.kubeconfig, administrator)
    return Command(
        name="kube-apiserver",
        argv=(
            str(plan.binaries["kube-apiserver"]),
            f"--bind-address={host}",
            f"--advertise-address={host}",
            f"--secure-port={port}",
            f"--service-cluster-ip-range={plan.addresses.services}",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged=true",
            *_certificates_of_api_server(plan),
            *_service_account_tokens(plan),
            *_aggregation(plan),
            *_audit(plan),
            *_endpoints(host),
        ),
        ready=plan.answers(f"{plan.addresses.api_server}/readyz", pair=administrator),
    )


def _certificates_of_api_server(plan: Blueprint) -> tuple[str, ...]:
    first_service_address = str(plan.addresses.services[1])
    names = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")
    addresses = (plan.addresses.api_host, LOOPBACK, "localhost", first_service_address, *names)
    serving = plan.authority.issue("api-server", user="kube-apiserver", addresses=addresses)
    etcd_client = plan.authority.issue("api-server-etcd-client", user="kube-apiserver")
    kubelet_client = plan.authority.issue("api-server-kubelet-client", user="kube-apiserver", groups=ADMINISTRATORS)
    ca = plan.authority.ca.certificate
    return (
        f"--client-ca-file={ca}",
        f"--tls-cert-file={serving.certificate}",
        f"--tls-private-key-file={serving.key}",
        f"--etcd-servers=https://{plan.addresses.at('etcd')}",
        f"--etcd-cafile={ca}",
        f"--etcd-certfile={etcd_client.certificate}",
        f"--etcd-keyfile={etcd_client.key}",
        f"--kubelet-certificate-authority={ca}",
        f"--kubelet-client-certificate={kubelet_client.certificate}",
        f"--kubelet-client-key={kubelet_client.key}",
        # Real nodes have no name that anyone could resolve.
        "--kubelet-preferred-address-types=InternalIP",
    )


def _service_account_tokens(plan: Blueprint) -> tuple[str, ...]:
    keys = plan.authority.signing_key("service-accounts")
    return (
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={keys.certificate}",
        f"--service-account-signing-key-file={keys.key}",
    )


def _aggregation(plan: Blueprint) -> tuple[str, ...]:
    """For aggregated APIs, and for the delegated authentication of the controller manager and the scheduler."""
    client = plan.authority.issue("front-proxy", user="front-proxy")
    return (
        f"--requestheader-client-ca-file={plan.authority.ca.certificate}",
        "--requestheader-allowed-names=front-proxy",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={client.certificate}",
        f"--proxy-client-key-file={client.key}",
    )


def _endpoints(host: str) -> tuple[str, ...]:
    # The API server refuses to publish a loopback address as the endpoint of the service `kubernetes`.
    return ("--endpoint-reconciler-type=none",) if host == LOOPBACK else ()


def _audit(plan: Blueprint) -> tuple[str, ...]:
    """Who did what: the log that a test holds against what the operator may do."""
    path = plan.place.config / "audit-policy.yaml"
    rules = [
        {"level": "None", "nonResourceURLs": ["/healthz*", "/readyz*", "/livez*"]},
        {"level": "None", "resources": [{"group": "coordination.k8s.io", "resources": ["leases"]}]},
        {"level": "Metadata", "omitStages": ["RequestReceived"]},
    ]
    path.write_text(json.dumps({"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": rules}))  # JSON is YAML
    return (
        f"--audit-policy-file={path}",
        f"--audit-log-path={plan.place.logs / 'audit.log'}",
        "--audit-log-maxsize=100",
        "--audit-log-maxbackup=2",
    )


def controller_manager(plan: Blueprint) -> Command:
    return Command(
        name="kube-controller-manager",
        argv=(
            str(plan.binaries["kube-controller-manager"]),
            *_client_and_server(plan, "controller-manager", "system:kube-controller-manager"),
            f"--root-ca-file={plan.authority.ca.certificate}",
            f"--cluster-signing-cert-file={plan.authority.ca.certificate}",
            f"--cluster-signing-key-file={plan.authority.ca.key}",
            f"--service-account-private-key-file={plan.authority.folder / 'service-accounts.key'}",
            "--use-service-account-credentials",
            # It makes this folder, by default below /usr.
            f"--flex-volume-plugin-dir={plan.place.data / 'volume-plugins'}",
        ),
        ready=plan.answers(f"https://{plan.addresses.at('controller-manager')}/healthz"),
    )


def scheduler(plan: Blueprint) -> Command:
    return Command(
        name="kube-scheduler",
        argv=(
            str(plan.binaries["kube-scheduler"]),
            *_client_and_server(plan, "scheduler", "system:kube-scheduler"),
        ),
        ready=plan.answers(f"https://{plan.addresses.at('scheduler')}/healthz"),
    )


def _client_and_server(plan: Blueprint, part: str, user: str) -> tuple[str, ...]:
    """What the two clients of the API server share, which serve their health and metrics themselves."""
    config = plan.client_config(part, user=user)
    serving = plan.authority.issue(f"{part}-serving", user=part, addresses=(LOOPBACK,))
    return (
        f"--kubeconfig={config}",
        f"--authentication-kubeconfig={config}",
        f"--authorization-kubeconfig={config}",
        f"--bind-address={LOOPBACK}",
        f"--secure-port={plan.addresses.ports[part]}",
        f"--tls-cert-file={serving.certificate}",
        f"--tls-private-key-file={serving.key}",
        "--leader-elect=false",
        *CLIENT_RATE,
    )
