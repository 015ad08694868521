"""Incidents: when one is opened, how it stands, and what it holds."""
