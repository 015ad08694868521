"""What clients of a support assistant build on: the contract of its API, as a pytest suite."""
