"""One reading of everything that stands in one line: questions to the provider, and what the answers are to whom."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from leadsman.clients.errors import ClientError, MetricsUnavailable
from leadsman.clients.prometheus import Prometheus
from leadsman.clients.samples import Samples
from leadsman.controller.signals.asking import Asked, answer
from leadsman.controller.signals.names import Names, Standing
from leadsman.controller.signals.roster import Batch, Member
from leadsman.planner.signals.queries import (
    Counting,
    Labels,
    PodCounts,
    Pods,
    by_revision,
    count_queries,
    parts_of,
    ratio_queries,
)
from leadsman.planner.signals.readings import Answered, Counted, Observation, Unavailable, unheard_of
from leadsman.planner.signals.selectors import Selector

Found = Mapping[Pods, Mapping[str, PodCounts]]


class Reader:
    """Of one provider."""

    def __init__(self, provider: Prometheus, asked: Asked) -> None:
        self.name = provider.provider.name
        self._provider = provider
        self._asked = asked
        self._names = Names(provider)
        self._labels = Labels(provider.provider.namespace_label, provider.provider.pod_label)

    async def read(self, batch: Batch, at: datetime) -> Mapping[Member, Observation]:
        """What there is to say to each member.

        Raises:
            QueryRejected: the question is wrong.
            MetricsUnavailable: there is no answer.
        """
        asks, tenant = batch.question.asks, batch.question.tenant
        if isinstance(asks, Counting):
            return await self._count(asks, batch, at)
        answer = await self._query(asks, tenant, at)
        return dict.fromkeys(batch.members, Answered(samples=answer.values, partial="; ".join(answer.partial)))

    async def _count(self, asks: Counting, batch: Batch, at: datetime) -> Mapping[Member, Observation]:
        members, tenant = batch.members, batch.question.tenant
        pods = {one for member in members for one in (member.candidate, member.serving) if one is not None}
        parts = {part for member in members for part in parts_of(member.watch.monitor)}
        answer = await self._queries(ratio_queries(asks, parts, pods, self._labels), tenant, at)
        found, partial = by_revision(answer.values, pods, self._labels), "; ".join(answer.partial)
        requests = await self._requests(asks.total, batch, at)
        said: dict[Member, Observation] = {}
        for member in members:
            counted = Counted(
                candidate=found[member.candidate],
                serving=found[member.serving] if member.serving else {},
                requests=requests.get(member),
                partial=partial,
            )
            said[member] = await self._unheard(asks, counted, tenant, at) or counted
        return said

    async def _unheard(self, asks: Counting, counted: Counted, tenant: str | None, at: datetime) -> Observation | None:
        """Where a counter is missing: is there such a metric at all?"""
        pods = (*counted.candidate.values(), *counted.serving.values())
        has_bad = any(one.bad is not None or one.bad_increase is not None for one in pods)
        has_total = any(one.total is not None or one.total_increase is not None for one in pods)
        try:
            for has, selector in ((has_total, asks.total), (has_bad, asks.bad)):
                if has or counted.partial or (has_total and selector.metric == asks.total.metric):
                    continue
                if selector.metric is None:
                    return Unavailable(_nameless(selector))
                standing = await self._names.standing(selector.metric, tenant=tenant, now=at)
                if standing is Standing.UNHEARD_OF:
                    return unheard_of(selector.metric, self.name)
                if standing is Standing.NOT_YET:
                    return Unavailable(f"no series named {selector.metric} in provider {self.name} yet")
        except MetricsUnavailable as error:
            return Unavailable(error.message)
        return None

    async def _requests(self, total: Selector, batch: Batch, at: datetime) -> Mapping[Member, int]:
        """Since the stage began, for those who ask. Without an answer the last count stands."""
        lines: dict[datetime, list[Member]] = {}
        for member in batch.members:
            if member.watch.count_since is not None and _is_count_due(member, member.watch.count_since, at):
                lines.setdefault(member.watch.count_since, []).append(member)
        counts: dict[Member, int] = {}
        for since, members in lines.items():
            pods = [member.candidate for member in members]
            seconds = max(1, int((at - since).total_seconds()))
            try:
                answer = await self._queries(
                    count_queries(total, seconds, pods, self._labels), batch.question.tenant, at
                )
            except ClientError:
                continue
            found = by_revision(answer.values, pods, self._labels)
            for member in members:
                if not answer.partial and (count := _sum(found[member.candidate])) is not None:
                    counts[member], member.counted_at = count, at
        return counts

    async def _queries(self, queries: Sequence[str], tenant: str | None, at: datetime) -> Samples:
        whole = Samples(())
        for query in queries:
            one = await self._query(query, tenant, at)
            whole = replace(whole, values=whole.values + one.values, partial=whole.partial + one.partial)
        return whole

    async def _query(self, query: str, tenant: str | None, at: datetime) -> Samples:
        return await answer(self._provider, query, at=at, tenant=tenant, asked=self._asked)


def _sum(pods: Mapping[str, PodCounts]) -> int | None:
    values = [one.total_increase for one in pods.values() if one.total_increase is not None]
    return math.floor(sum(values)) if values and all(map(math.isfinite, values)) else None


def _is_count_due(member: Member, since: datetime, at: datetime) -> bool:
    """The longer a stage lasts the more a count costs, and the less it changes by."""
    if member.counted_at is None or member.counted_at < since:
        return at > since
    return at - member.counted_at >= (at - since) / 20 or at - since < timedelta(minutes=5)


def _nameless(selector: Selector) -> str:
    return f"no series of {selector}, and as it names no metric it cannot be looked up: name one"
