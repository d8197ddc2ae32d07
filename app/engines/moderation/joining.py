"""Suggestions joined into one matter, as bare facts: what a change settles, what can be taken back.

A change can be taken back when the history without it would still have been possible. So the newest
change that holds can always be taken back, and taking back all of them leads to where all began.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LEAST_MEMBERS = 2
"""One suggestion alone is no matter."""


@dataclass(frozen=True)
class Facts:
    """Where some suggestions are, and who leads some matters, all by id.

    `members` gives the matter a suggestion is in, or None; `leads` gives the suggestion that leads
    a matter, or None for a matter without members.
    """

    members: Mapping[int, int | None]
    leads: Mapping[int, int | None]


@dataclass(frozen=True)
class Change:
    """One change: the facts it touched, as they were and as it left them."""

    id: int
    before: Facts
    after: Facts

    @property
    def was(self) -> Facts:
        """What it changed, as it was before."""
        return _differing(self.before, self.after)

    @property
    def became(self) -> Facts:
        """What it changed, as it was afterwards."""
        return _differing(self.after, self.before)


def _differing(facts: Facts, other: Facts) -> Facts:
    return Facts(
        {key: value for key, value in facts.members.items() if other.members.get(key) != value},
        {key: value for key, value in facts.leads.items() if other.leads.get(key) != value},
    )


def settled(
    present: Facts, members: Mapping[int, int | None], leads: Mapping[int, int | None]
) -> Facts:
    """The present facts with the wanted ones in their place, each matter made whole.

    `present` holds every member of each matter it names. A matter that is left with one member
    lets it go; where the lead has left, the first member that stays leads.
    """
    board = _Board(Facts({**present.members, **members}, {**present.leads, **leads}))
    for matter in list(board.leads):
        group = [each for each, place in board.members.items() if place == matter]
        if len(group) < LEAST_MEMBERS:
            board.write(Facts(dict.fromkeys(group), {matter: None}))
        elif board.leads[matter] not in group:
            board.write(Facts({}, {matter: group[0]}))
    return Facts(board.members, board.leads)


def first_in_the_way(present: Facts, undone: Change, later: Sequence[Change]) -> int | None:
    """The id of the first later change that needs the undone one; None when it can go.

    `later` are the changes after it that hold now, oldest first, and `present` covers all they
    touch. A change needs another when, without it, it would not have found the facts as they were,
    or would have left a matter without its lead or with a single member.
    """
    board = _Board(present)
    for change in reversed(later):
        board.write(change.was)
    board.write(undone.was)
    for change in later:
        if not board.holds(change.was):
            return change.id
        board.write(change.became)
        if not all(board.is_sound(matter) for matter in change.after.leads):
            return change.id
    return None


class _Board:
    """Facts that can be written on, with the members of each matter at hand."""

    def __init__(self, facts: Facts) -> None:
        self.members = dict(facts.members)
        self.leads = dict(facts.leads)
        self._groups: dict[int | None, set[int]] = {}
        for suggestion, matter in self.members.items():
            self._group(matter).add(suggestion)

    def _group(self, matter: int | None) -> set[int]:
        return self._groups.setdefault(matter, set())

    def write(self, facts: Facts) -> None:
        for suggestion, matter in facts.members.items():
            self._group(self.members.get(suggestion)).discard(suggestion)
            self._group(matter).add(suggestion)
            self.members[suggestion] = matter
        self.leads.update(facts.leads)

    def holds(self, facts: Facts) -> bool:
        return _agree(self.members, facts.members.items()) and _agree(
            self.leads, facts.leads.items()
        )

    def is_sound(self, matter: int) -> bool:
        group = self._group(matter)
        lead = self.leads.get(matter)
        return lead is None if not group else len(group) >= LEAST_MEMBERS and lead in group


def _agree(found: Mapping[int, int | None], wanted: Iterable[tuple[int, int | None]]) -> bool:
    return all(found.get(key) == value for key, value in wanted)
