"""What was seen of the cluster, in memory: small records, indexed by the service that they concern."""

from leadsman.controller.store.key import AnyKey, Key, PolicyKey, RunKey, SuiteKey, concerned
from leadsman.controller.store.store import Store

__all__ = ["AnyKey", "Key", "PolicyKey", "RunKey", "Store", "SuiteKey", "concerned"]
