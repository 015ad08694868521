"""Evaluations: real result formats in one normal form, and what may be concluded from them."""
