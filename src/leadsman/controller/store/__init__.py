"""What was seen of the cluster, in memory: small records, indexed by the service that they concern."""

from leadsman.controller.store.key import AnyKey, BudgetKey, Key, PolicyKey, RunKey, SuiteKey, concerned
from leadsman.controller.store.store import Store

__all__ = ["AnyKey", "BudgetKey", "Key", "PolicyKey", "RunKey", "Store", "SuiteKey", "concerned"]
