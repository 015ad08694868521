"""What did people decide, what of it counts, and what is it worth now? The effects are in the rollout."""
