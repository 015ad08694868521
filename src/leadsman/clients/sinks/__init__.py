"""Where entries of ledgers go: each sink takes lines in order, and has taken them once `deliver` returns."""
