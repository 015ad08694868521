"""How a node joins a local cluster: real (kubelet, containerd) or simulated (kwok)."""
