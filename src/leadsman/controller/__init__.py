"""The shell: what Kopf sees becomes a World, and a Plan becomes writes. Nothing is decided here."""
