"""What the metric providers say of the pods that are watched."""

from leadsman.controller.signals.signals import Signals

__all__ = ["Signals"]
