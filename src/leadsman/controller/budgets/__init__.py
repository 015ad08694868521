"""RiskBudgets: what is read for them, together for all of them, and what their statuses say."""
