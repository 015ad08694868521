"""What a metric provider is asked for budgets, and what its answers are to whom."""

from datetime import timedelta
from typing import NamedTuple

import pytest

from leadsman.planner.budgets.drawing import Events, Money, Place
from leadsman.planner.budgets.questions import REVISION, SERVICE, cost_query, count_queries, readings
from leadsman.planner.budgets.spending import Spent
from leadsman.planner.signals.queries import MARK, Labels
from leadsman.planner.signals.selectors import Selector

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASKED = Events("default", Selector.parse('hits{code="500"}'), Selector.parse("hits"))
SHOP, DESK = Place("store", "shop"), Place("office", "desk")


class Sample(NamedTuple):
    labels: dict[str, str]
    value: float


def counted(part: str, seconds: int, revision: str, value: float, namespace: str = "store") -> Sample:
    return Sample({MARK: f"{part}/{seconds}", "namespace": namespace, REVISION: revision}, value)


def test_all_windows_of_all_services_are_one_query() -> None:
    (query,) = count_queries(ASKED, [SHOP, DESK], Labels(), windows=[HOUR, DAY], measured=[DAY])
    assert query.count("\nor ") == 4
    assert query.splitlines()[0] == (
        'label_replace(sum by (namespace,leadsman_revision) (label_replace(increase(hits{code="500",'
        'namespace=~"office|store",pod=~"(?:desk|shop)-[0-9a-f]{10}-[a-z0-9]+(-[a-z0-9]{5})?"}[3600s]),'
        '"leadsman_revision","$1","pod","((?:desk|shop)-[0-9a-f]{10})-[a-z0-9]+(-[a-z0-9]{5})?")),'
        '"leadsman","bad/3600","","")'
    )
    assert "[86400s:60s]" in query.splitlines()[-1]


def test_many_services_are_several_queries() -> None:
    places = [Place("store", f"shop-{number}") for number in range(201)]
    assert len(list(count_queries(ASKED, places, Labels(), windows=[HOUR], measured=[]))) == 3


def test_answers_are_told_apart_by_namespace_service_revision_and_window() -> None:
    samples = [
        counted("bad", 3600, "shop-0123456789", 2),
        counted("total", 3600, "shop-0123456789", 100),
        counted("total", 3600, "shop-abcdef0123", 50),
        counted("total", 86400, "shop-abcdef0123", 500),
        counted("total", 3600, "shop-abcdef0123", 7, namespace="office"),  # no service of ours
        Sample({MARK: "measured/86400", "namespace": "store", SERVICE: "shop"}, 60.0),
    ]
    found = readings(samples, [SHOP, DESK], Labels())
    assert found[SHOP].spent == {
        HOUR: {"shop-0123456789": Spent(2, 100), "shop-abcdef0123": Spent(0, 50)},
        DAY: {"shop-abcdef0123": Spent(0, 500)},
    }
    assert found[SHOP].measured == {DAY: HOUR}
    assert not found[DESK].spent


def test_more_bad_events_than_events_are_as_many() -> None:
    """Each is extrapolated by itself."""
    found = readings(
        [counted("bad", 3600, "shop-0123456789", 10.01), counted("total", 3600, "shop-0123456789", 10)],
        [SHOP],
        Labels(),
    )
    assert found[SHOP].spent[HOUR]["shop-0123456789"] == Spent(10, 10)


def test_what_is_no_number_is_no_answer() -> None:
    with pytest.raises(ValueError, match="nan"):
        readings([counted("total", 3600, "shop-0123456789", float("nan"))], [SHOP], Labels())


def test_money_is_asked_for_a_whole_service() -> None:
    query = 'sum(increase(cost{namespace="{{ namespace }}",pod=~"{{podRegex}}"}[{{ window }}]))'
    assert cost_query(Money("default", query), SHOP, DAY) == (
        'sum(increase(cost{namespace="store",pod=~"shop-[0-9a-f]{10}-[a-z0-9]+(-[a-z0-9]{5})?"}[86400s]))'
    )


def test_a_revision_has_no_money_of_its_own() -> None:
    with pytest.raises(ValueError, match="has the variable revision: of a whole service there are namespace, podRegex"):
        cost_query(Money("default", 'cost{revision="{{ revision }}"}'), SHOP, DAY)
