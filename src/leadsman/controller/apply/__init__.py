"""A plan is carried out: writes in one order, and what the API server answered goes into the store."""
