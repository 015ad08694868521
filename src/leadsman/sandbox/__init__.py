"""A real Kubernetes on this machine: `leadsman sandbox`.

`lifecycle` starts and ends a sandbox; `supervisor` is the process that holds it; `choice` says which kind of cluster it
is; `binaries`, `parts`, `local`, `kind` and `images` are what it is made of.
"""
