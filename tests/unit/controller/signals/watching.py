"""Watches as a plan has them."""

from dataclasses import replace
from typing import Any

from leadsman.api.v1alpha1.monitors import Monitor
from leadsman.controller.store import Key
from leadsman.planner.plan import Watch

CHAT, MAIL = Key("support", "chat"), Key("office", "mail")


def errors(**more: Any) -> Monitor:
    ratio = {"bad": 'http_requests_total{code=~"5.."}', "total": "http_requests_total"}
    return Monitor.from_dict({"name": "errors", "class": "Health", "ratio": ratio, "max": "0.02", **more})


def thumbs() -> Monitor:
    ratio = {"bad": "thumbs_down_total", "total": "thumbs_total"}
    return Monitor.from_dict(
        {"name": "thumbs", "class": "Quality", "ratio": ratio, "compare": {"toServing": "NotWorse"}}
    )


def latency() -> Monitor:
    query = 'latency{pod=~"{{ podRegex }}"}'
    return Monitor.from_dict({"name": "p95", "class": "Latency", "query": query, "max": "2.5"})


def revision(key: Key, number: int = 1) -> str:
    return f"{key.name}-{number:010d}"


def watch(key: Key, monitor: Monitor | None = None, **more: Any) -> Watch:
    return replace(Watch(revision=revision(key), monitor=monitor or errors(), attempt=1), **more)
