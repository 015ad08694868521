"""What speaks over the network: the API server and the metric providers."""
