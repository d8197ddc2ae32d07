"""The whole way from messages to ranked issues: vectors, pairs, groups, heat, titles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self, TypeVar

from app.engines.hot_issues.clustering import Group, group_rows
from app.engines.hot_issues.heat import HeatWeights, heat
from app.engines.hot_issues.message import IssueCandidate, Message
from app.engines.hot_issues.pairs import judge_pairs
from app.engines.hot_issues.titling import describe
from app.engines.hot_issues.vectors import build_corpus
from app.engines.hot_issues.window import Window
from app.errors import InvalidInputError

_Kind = TypeVar("_Kind")

SCORER = "pairs-1"
_SMALLEST_ISSUE = 2


def _silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class DetectionSettings:
    """Everything that decides a list besides its messages, so that it can be made again."""

    window: Window
    threshold: float = 0.42
    size_exponent: float = 0.8
    neighbours: int = 40
    min_size: int = _SMALLEST_ISSUE
    weights: HeatWeights = field(default_factory=HeatWeights)
    scorer: str = SCORER

    def __post_init__(self) -> None:
        """Refuse figures that would group nothing, everything, or in another way than asked."""
        allowed = {
            "threshold": 0 < self.threshold <= 1,
            "size_exponent": 0 < self.size_exponent <= 1,
            "neighbours": self.neighbours >= 1,
            "min_size": self.min_size >= _SMALLEST_ISSUE,
            "scorer": self.scorer == SCORER,
        }
        for name, fits in allowed.items():
            if not fits:
                raise InvalidInputError(field=name, reason="out_of_range")

    def as_dict(self) -> dict[str, object]:
        """Return the settings as values that JSON can hold."""
        return {
            "window_start": self.window.start.isoformat(),
            "window_end": self.window.end.isoformat(),
            "threshold": self.threshold,
            "size_exponent": self.size_exponent,
            "neighbours": self.neighbours,
            "min_size": self.min_size,
            "weights": self.weights.as_dict(),
            "scorer": self.scorer,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, object]) -> Self:
        """Return the settings that `as_dict` gave; refuses what is missing or of a wrong kind."""
        weights = _value(stored, "weights", dict)
        return cls(
            window=Window(_moment(stored, "window_start"), _moment(stored, "window_end")),
            threshold=float(_value(stored, "threshold", float)),
            size_exponent=float(_value(stored, "size_exponent", float)),
            neighbours=_value(stored, "neighbours", int),
            min_size=_value(stored, "min_size", int),
            weights=HeatWeights.from_dict(weights),
            scorer=_value(stored, "scorer", str),
        )


def detect(
    messages: Sequence[Message],
    *,
    settings: DetectionSettings,
    progress: Callable[[str, int, int], None] = _silent,
) -> tuple[IssueCandidate, ...]:
    """Return the issues of the period, hottest first; refuses two messages of one id.

    The order of the messages makes no difference. `progress` hears of each step: its name, how
    much is done, and of how much.
    """
    if len({message.id for message in messages}) < len(messages):
        raise InvalidInputError(field="id", reason="duplicate")
    inside = [message for message in messages if message.sent_at in settings.window]
    ordered = sorted(inside, key=lambda message: (message.sent_at, message.id))
    progress("vectors", 0, len(ordered))
    corpus = build_corpus(ordered)
    progress("vectors", len(ordered), len(ordered))
    pairs = judge_pairs(corpus, neighbours=settings.neighbours, progress=progress)
    groups = [
        group
        for group in group_rows(
            pairs, threshold=settings.threshold, size_exponent=settings.size_exponent
        )
        if len(group.rows) >= settings.min_size
    ]
    found = []
    for done, group in enumerate(groups, start=1):
        found.append(_candidate(group, ordered, settings))
        progress("issues", done, len(groups))
    return tuple(sorted(found, key=_standing))


def _candidate(
    group: Group, ordered: Sequence[Message], settings: DetectionSettings
) -> IssueCandidate:
    members = [ordered[row] for row in group.rows]
    description = describe(members)
    return IssueCandidate(
        message_ids=tuple(member.id for member in members),
        cohesion=group.cohesion,
        title=description.title,
        place=description.place,
        people=description.people,
        first_at=members[0].sent_at,
        last_at=members[-1].sent_at,
        heat=heat(members, window=settings.window, weights=settings.weights),
    )


def _standing(issue: IssueCandidate) -> tuple[float, int, datetime, str]:
    return (-issue.heat.score, -len(issue.message_ids), issue.first_at, issue.message_ids[0])


def _moment(stored: Mapping[str, object], name: str) -> datetime:
    try:
        return datetime.fromisoformat(_value(stored, name, str))
    except ValueError as error:
        raise InvalidInputError(field=name, reason="not_a_time") from error


def _value(stored: Mapping[str, object], name: str, kind: type[_Kind]) -> _Kind:
    value = stored.get(name)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InvalidInputError(field=name, reason="wrong_kind")
    return value
