"""What do the GovernancePolicies that match ask for? One module for each field; the checks are in the rollout."""
