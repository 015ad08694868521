"""How are revisions evaluated? Suites, runs, their Jobs, and how a revision stands by them."""
