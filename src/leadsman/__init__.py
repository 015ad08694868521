"""Leadsman: the Kubernetes operator for governed AI deployments."""
