"""What a cluster is built from: pinned Go modules, made into binaries and kept in a cache."""
