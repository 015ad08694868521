"""GovernancePolicies with rules: written into the API server, and asked about what runs."""
