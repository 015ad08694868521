"""Signatures of models: verified by a process of its own, which is gone before anyone misses its memory."""
