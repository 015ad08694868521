"""When each service is looked at: one at a time, never twice for one reason, and again after a failure."""
