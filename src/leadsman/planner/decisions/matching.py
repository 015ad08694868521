"""Who fills which place? As many places as can be, each by one person, each person at most one."""

from collections.abc import Mapping, Sequence


def match(may_fill: Sequence[Sequence[str]]) -> Mapping[int, str]:
    """Maximum matching of a bipartite graph, by augmenting paths.

    Taking whoever comes first would not do: the only owner may have been spent as the second risk officer.
    https://en.wikipedia.org/wiki/Maximum_cardinality_matching

    Args:
        may_fill: for each place the people who may fill it, the preferred ones first.

    Returns:
        Who fills a place, by its index. Places that nobody fills are absent.
    """
    place_of: dict[str, int] = {}

    def finds(place: int, tried: set[str]) -> bool:
        for person in may_fill[place]:
            if person not in tried:
                tried.add(person)
                if person not in place_of or finds(place_of[person], tried):
                    place_of[person] = place
                    return True
        return False

    for place in range(len(may_fill)):
        finds(place, set())
    return {place: person for person, place in place_of.items()}
