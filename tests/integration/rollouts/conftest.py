"""One operator for all tests of this folder, which looks after all namespaces, as in production."""

from harness.residents import operator, resident

__all__ = ["operator", "resident"]
