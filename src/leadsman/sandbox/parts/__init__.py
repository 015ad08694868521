"""What clusters are put together from: processes, addresses, certificates, Prometheus."""
