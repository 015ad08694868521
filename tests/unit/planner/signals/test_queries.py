"""What is asked of a provider, and whose the samples of the answer are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from leadsman.api.v1alpha1.monitors import Monitor
from leadsman.planner.signals.queries import (
    CHUNK,
    Counting,
    Labels,
    Part,
    PodCounts,
    Pods,
    by_revision,
    count_queries,
    parts_of,
    pod_regex,
    ratio_queries,
    rendered,
)

CHAT, MAIL = Pods("support", "chat-0123456789"), Pods("office", "mail-9876543210")
LABELS = Labels()


@dataclass(frozen=True)
class Sample:
    labels: Mapping[str, str]
    value: float


def monitor(**more: Any) -> Monitor:
    ratio = {"bad": 'http_requests_total{code=~"5.."}', "total": "http_requests_total"}
    return Monitor.from_dict({"name": "errors", "class": "Health", "ratio": ratio, "max": "0.02", **more})


def sample(namespace: str, pod: str, part: str, value: float) -> Sample:
    return Sample({"namespace": namespace, "pod": pod, "leadsman": part}, value)


def test_a_limit_asks_for_the_increases_of_the_pods_of_the_revision() -> None:
    errors = monitor()

    [query] = ratio_queries(Counting.of(errors), parts_of(errors), [CHAT], LABELS)

    pods = 'namespace="support",pod=~"chat-0123456789-[a-z0-9]+(-[a-z0-9]{5})?"'
    assert query == (
        f'label_replace(sum by (namespace,pod) (increase(http_requests_total{{code=~"5..",{pods}}}[60s])),'
        f'"leadsman","bad_increase","","")\n'
        f"or label_replace(sum by (namespace,pod) (increase(http_requests_total{{{pods}}}[60s])),"
        f'"leadsman","total_increase","","")'
    )


def test_a_comparison_asks_for_raw_counters() -> None:
    ratio = {"bad": "bad_total", "total": "all_total"}
    errors = Monitor.from_dict(
        {"name": "errors", "class": "Quality", "ratio": ratio, "compare": {"toServing": "NotWorse"}}
    )
    [query] = ratio_queries(Counting.of(errors), parts_of(errors), [CHAT], LABELS)
    assert "increase" not in query
    assert '"leadsman","bad",' in query
    assert '"leadsman","total",' in query


def test_several_services_share_a_query_and_get_their_own_samples() -> None:
    errors = monitor()
    [query] = ratio_queries(Counting.of(errors), parts_of(errors), [CHAT, MAIL], LABELS)
    assert 'namespace=~"office|support",pod=~"(?:mail-9876543210|chat-0123456789)-' in query

    found = by_revision(
        [
            sample("support", "chat-0123456789-7d9f8c-x2x4z", "bad_increase", 1),
            sample("support", "chat-0123456789-7d9f8c-x2x4z", "total_increase", 10),
            sample("office", "mail-9876543210-7d9f8c-x2x4z", "total_increase", 20),
            sample("office", "chat-0123456789-7d9f8c-x2x4z", "total_increase", 99),  # of nobody that was asked for
            sample("support", "chat-0123456789-7d9f8c-x2x4z", "else", 99),
        ],
        [CHAT, MAIL],
        LABELS,
    )

    assert found == {
        CHAT: {"chat-0123456789-7d9f8c-x2x4z": PodCounts(bad_increase=1, total_increase=10)},
        MAIL: {"mail-9876543210-7d9f8c-x2x4z": PodCounts(total_increase=20)},
    }


LONG = "a" * 46 + "-0123456789"


@pytest.mark.parametrize(
    ("revision", "pod", "is_its"),
    [
        ("chat-0123456789", "chat-0123456789-7d9f8c6b54-x2x4z", True),
        ("chat-0123456789", "chat-0123456789-7d9f8c-x2x4z", True),
        (LONG, f"{LONG}-x2x4z", True),  # the Deployment controller cuts names of pods at 63 characters
        (LONG[3:], f"{LONG[3:]}-7dx2x4z", True),
        ("chat-0123456789", "chat-0123456789-9876543210-7d9f8c-x2x4z", False),  # of a service chat-0123456789
        ("chat-0123456789", "chat-01234567890-7d9f8c-x2x4z", False),
        ("chat-0123456789", "xchat-0123456789-7d9f8c-x2x4z", False),
        ("chat-0123456789", "chat-0123456789", False),
    ],
)
def test_a_pod_is_of_the_revision_whose_deployment_made_it(revision: str, pod: str, is_its: bool) -> None:
    pods = Pods("support", revision)
    found = by_revision([sample("support", pod, "total", 1)], [pods], LABELS)
    assert bool(found[pods]) is is_its
    assert bool(re.fullmatch(pod_regex([revision]), pod)) is is_its


def test_a_query_has_no_more_revisions_than_a_provider_can_take() -> None:
    errors = monitor()
    many = [Pods(f"n{index % 3}", f"s{index}-0123456789") for index in range(2 * CHUNK + 1)]
    queries = ratio_queries(Counting.of(errors), parts_of(errors), many, LABELS)
    assert [len(set(re.findall(r"s\d+-0123456789", query))) for query in queries] == [CHUNK, CHUNK, 1]


def test_a_providers_own_names_of_labels_are_used_and_quoted_where_needed() -> None:
    labels = Labels(namespace="k8s.namespace", pod="kubernetes_pod")
    [query] = ratio_queries(Counting.of(monitor()), {Part.TOTAL}, [CHAT], labels)
    assert query.startswith(
        'label_replace(sum by ("k8s.namespace",kubernetes_pod) (http_requests_total{"k8s.namespace"="support",'
    )
    counted = Sample({"k8s.namespace": "support", "kubernetes_pod": "chat-0123456789-a-bcdfg", "leadsman": "total"}, 7)
    assert by_revision([counted], [CHAT], labels)[CHAT] == {"chat-0123456789-a-bcdfg": PodCounts(total=7)}


def test_requests_are_counted_since_the_stage_began() -> None:
    [query] = count_queries(Counting.of(monitor()).total, 754, [CHAT], LABELS)
    assert query.count("increase(http_requests_total{") == 1
    assert "}[754s])" in query


def test_monitors_that_mean_the_same_ask_the_same() -> None:
    other = monitor(ratio={"bad": 'http_requests_total { code =~ "5..", }', "total": "http_requests_total{}"})
    assert Counting.of(monitor()) == Counting.of(other)
    assert Counting.of(monitor()) != Counting.of(monitor(windowSeconds=90))


def test_a_users_query_gets_its_variables() -> None:
    written = (
        'f(x{n="{{ namespace }}",s="{{service}}",r="{{ revision }}",d="{{ deployment }}",pod=~"{{podRegex}}"}'
        "[{{\twindow }}])"
    )
    latency = Monitor.from_dict({"name": "p95", "class": "Latency", "query": written, "max": "2.5"})
    assert rendered(latency, "chat", CHAT) == (
        'f(x{n="support",s="chat",r="chat-0123456789",d="chat-0123456789",'
        'pod=~"chat-0123456789-[a-z0-9]+(-[a-z0-9]{5})?"}[60s])'
    )


@pytest.mark.parametrize("name", ['x"} or vector(0) #', "x\\", "x|.+", ""])
def test_a_name_that_could_change_the_query_does_not_get_into_it(name: str) -> None:
    latency = Monitor.from_dict({"name": "p95", "class": "Latency", "query": 'x{pod=~"{{ podRegex }}"}', "max": "2.5"})
    with pytest.raises(ValueError, match="no name of Kubernetes'"):
        rendered(latency, "chat", Pods("support", name))
