"""Risk budgets that a real Prometheus is asked for."""
