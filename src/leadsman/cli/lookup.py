"""A service by its name, or an error that says which one may have been meant."""

import difflib
from collections.abc import Iterable

from leadsman.cli.cluster import Cluster, Object, Selection
from leadsman.cli.errors import NotAllowed, NotFound
from leadsman.clients.kinds import AI_SERVICE

NEAR_ENOUGH = 0.5


def get_service(cluster: Cluster, name: str) -> Object:
    try:
        return cluster.get(AI_SERVICE, name)
    except NotFound as error:
        raise no_such_service(cluster, name) from error


def no_such_service(cluster: Cluster, name: str) -> NotFound:
    """With the names that are near, also in other namespaces where the user may look there."""
    here, elsewhere = list[str](), list[str]()
    for service in _all(cluster):
        metadata = service["metadata"]
        if metadata["namespace"] == cluster.namespace:
            here.append(metadata["name"])
        elif metadata["name"] == name:
            elsewhere.append(metadata["namespace"])
    return NotFound(
        f"there is no AIService {name} in namespace {cluster.namespace}", next_step=suggest(name, here, elsewhere)
    )


def _all(cluster: Cluster) -> tuple[Object, ...]:
    for namespace in (None, cluster.namespace):
        try:
            return cluster.list(Selection(kind=AI_SERVICE, namespace=namespace)).items
        except NotAllowed:
            continue
    return ()


def suggest(name: str, here: Iterable[str], elsewhere: Iterable[str]) -> str:
    if namespaces := sorted(elsewhere):
        return f"there is one in {', '.join(namespaces)}: add -n {namespaces[0]}"
    if near := difflib.get_close_matches(name, list(here), n=3, cutoff=NEAR_ENOUGH):
        return f"did you mean {', '.join(near)}?"
    return "see which there are: leadsman get -A"
