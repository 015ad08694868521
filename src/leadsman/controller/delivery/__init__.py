"""Entries of ledgers leave the cluster: each sink is given what it has not, and what every sink has is written down."""
