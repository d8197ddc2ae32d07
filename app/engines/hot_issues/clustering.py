"""Groups messages by the sureness of their pairs: average linkage on a sparse graph.

The same pairs give the same groups, whatever order they were found in.
"""

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.engines.hot_issues.pairs import Pairs

# A pair less sure than this counts as no link at all; it keeps the graph thin.
_FAINTEST = 0.02


@dataclass(frozen=True)
class Group:
    """Row numbers that are one matter, and the mean sureness of all their pairs."""

    rows: tuple[int, ...]
    cohesion: float


@dataclass
class _Growing:
    """The groups while they grow; a group is named after one of its rows."""

    members: dict[int, list[int]]
    links: dict[int, dict[int, float]]
    inside: dict[int, float]
    exponent: float
    # How often a group has grown, so that an older offer to merge it is recognised.
    age: dict[int, int] = field(default_factory=dict)

    def tie(self, one: int, other: int) -> float:
        """Return how strongly two groups pull together."""
        pairs = len(self.members[one]) * len(self.members[other])
        return round(self.links[one][other] / math.pow(pairs, self.exponent), 9)

    def offer(self, one: int, other: int) -> tuple[float, int, int, int, int]:
        """Return a merge as the heap wants it: strongest first, then by row number."""
        low, high = min(one, other), max(one, other)
        return (-self.tie(low, high), low, high, self.age.get(low, 0), self.age.get(high, 0))

    def is_current(self, offer: tuple[float, int, int, int, int]) -> bool:
        """Return whether both groups still stand as they stood when the offer was made."""
        _, low, high, low_age, high_age = offer
        alive = low in self.members and high in self.members
        return alive and self.age.get(low, 0) == low_age and self.age.get(high, 0) == high_age

    def merge(self, kept: int, gone: int) -> Iterable[int]:
        """Put one group into the other and return the groups now linked to it."""
        self.inside[kept] = self.inside.get(kept, 0.0) + self.inside.pop(gone, 0.0)
        self.inside[kept] += self.links[kept].pop(gone)
        for neighbour, link in self.links.pop(gone).items():
            if neighbour == kept:
                continue
            total = self.links[kept].get(neighbour, 0.0) + link
            self.links[kept][neighbour] = total
            self.links[neighbour][kept] = total
            del self.links[neighbour][gone]
        self.members[kept].extend(self.members.pop(gone))
        self.age[kept] = self.age.get(kept, 0) + 1
        return self.links[kept]


def group_rows(pairs: Pairs, *, threshold: float, size_exponent: float) -> tuple[Group, ...]:
    """Return the groups of two and more rows, ordered by their first row.

    Two groups merge while the sum of their pairs' sureness, divided by the number of pairs raised
    to `size_exponent`, reaches `threshold`. An exponent of one is the plain average; a smaller one
    forgives a large group whose messages do not all resemble one another.
    """
    growing = _start(pairs, size_exponent)
    offers = [
        offer
        for one, links in growing.links.items()
        for other in links
        if one < other and -(offer := growing.offer(one, other))[0] >= threshold
    ]
    heapq.heapify(offers)
    while offers:
        offer = heapq.heappop(offers)
        if not growing.is_current(offer):
            continue
        kept, gone = offer[1], offer[2]
        for neighbour in growing.merge(kept, gone):
            renewed = growing.offer(kept, neighbour)
            if -renewed[0] >= threshold:
                heapq.heappush(offers, renewed)
    return _finished(growing)


def _start(pairs: Pairs, exponent: float) -> _Growing:
    links: dict[int, dict[int, float]] = {}
    rows = zip(pairs.left.tolist(), pairs.right.tolist(), pairs.sureness.tolist(), strict=True)
    for one, other, sureness in rows:
        if sureness > _FAINTEST:
            links.setdefault(one, {})[other] = sureness
            links.setdefault(other, {})[one] = sureness
    members = {row: [row] for row in links}
    return _Growing(members=members, links=links, inside={}, exponent=exponent)


def _finished(growing: _Growing) -> tuple[Group, ...]:
    groups = []
    for name, members in growing.members.items():
        if len(members) > 1:
            pairs = len(members) * (len(members) - 1) / 2
            cohesion = round(growing.inside[name] / pairs, 4)
            groups.append(Group(rows=tuple(sorted(members)), cohesion=cohesion))
    return tuple(sorted(groups, key=lambda group: group.rows))
