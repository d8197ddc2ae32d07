"""An issue's heat: how much it moves how many people, where, how long, and whether it grows.

Formula `heat-1`. Each part turns a raw figure into a value from 0 to 1, and the heat is one hundred
times the weighted mean of the values. Counting starts high and tires: a part that has reached its
half-way figure has the value one half, and no figure ever reaches one, so nobody wins by flooding.

- people: distinct authors; an unknown author counts as one person per message.
- messages: messages, so that someone who must write again is heard, at a small weight.
- support: support less opposition, never below nothing, message by message.
- breadth: districts beyond the first one.
- persistence: weeks of the period in which somebody wrote.
- growth: people of the second half of the period over people of the first, both raised by a
  constant so that two messages make no trend; an issue that does not grow has the value nothing.

Only messages within the period count. Values are rounded before they are added, so that anybody who
has the messages' facts and the weights arrives at the same score.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Protocol, Self

from app.engines.hot_issues.window import Window
from app.errors import InvalidInputError

FORMULA = "heat-1"
_VALUE_DIGITS = 6
_SCORE_DIGITS = 2


class HeatFacts(Protocol):
    """The facts of a message that its issue's heat is computed from."""

    @property
    def id(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def sent_at(self) -> datetime: ...
    @property
    def district(self) -> str | None: ...
    @property
    def support(self) -> int: ...
    @property
    def against(self) -> int: ...


@dataclass(frozen=True)
class HeatWeights:
    """The published weights of the parts, and the figures at which a part is worth one half."""

    people: float = 0.35
    messages: float = 0.05
    support: float = 0.25
    breadth: float = 0.10
    persistence: float = 0.15
    growth: float = 0.10
    half_people: float = 10.0
    half_messages: float = 20.0
    half_support: float = 100.0
    half_breadth: float = 3.0
    half_persistence: float = 6.0
    growth_shrinkage: float = 3.0
    formula: str = FORMULA

    def __post_init__(self) -> None:
        """Refuse weights that cannot be a mean, and a formula this module does not know."""
        if self.formula != FORMULA:
            raise InvalidInputError(field="formula", reason="unknown_formula")
        if min(self.part_weights().values()) < 0 or sum(self.part_weights().values()) <= 0:
            raise InvalidInputError(field="weights", reason="not_a_mean")
        figures = (value for name, value in self.as_dict().items() if name.startswith("half_"))
        if min(self.growth_shrinkage, *(float(figure) for figure in figures)) <= 0:
            raise InvalidInputError(field="weights", reason="not_positive")

    def part_weights(self) -> dict[str, float]:
        """Return the weight of each part by its name."""
        return {
            "people": self.people,
            "messages": self.messages,
            "support": self.support,
            "breadth": self.breadth,
            "persistence": self.persistence,
            "growth": self.growth,
        }

    def as_dict(self) -> dict[str, float | str]:
        """Return the weights as values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, object]) -> Self:
        """Return the weights that `as_dict` gave; refuses unknown names and wrong kinds."""
        kinds = {one.name: str if one.name == "formula" else float for one in fields(cls)}
        if set(stored) != set(kinds):
            raise InvalidInputError(field="weights", reason="wrong_names")
        return cls(
            formula=str(stored["formula"]),
            **{name: _number(stored[name]) for name in kinds if name != "formula"},
        )


@dataclass(frozen=True)
class HeatPart:
    """One part of the heat: the raw figure, its value from 0 to 1, and its published weight."""

    name: str
    raw: float
    value: float
    weight: float


@dataclass(frozen=True)
class Heat:
    """An issue's score from 0 to 100 and the parts it is made of."""

    score: float
    parts: tuple[HeatPart, ...]


def heat(messages: Iterable[HeatFacts], *, window: Window, weights: HeatWeights) -> Heat:
    """Return the heat of an issue's messages within a period."""
    inside = [message for message in messages if message.sent_at in window]
    raw = {
        "people": float(len(_people(inside))),
        "messages": float(len(inside)),
        "support": float(sum(max(0, one.support - one.against) for one in inside)),
        "breadth": float(len({one.district for one in inside if one.district})),
        "persistence": float(len({window.week_of(one.sent_at) for one in inside})),
        "growth": _growth(inside, window, weights.growth_shrinkage),
    }
    values = {
        "people": _tiring(raw["people"], weights.half_people),
        "messages": _tiring(raw["messages"], weights.half_messages),
        "support": _tiring(raw["support"], weights.half_support),
        "breadth": _tiring(max(0.0, raw["breadth"] - 1), weights.half_breadth),
        "persistence": _tiring(raw["persistence"], weights.half_persistence),
        "growth": max(0.0, (raw["growth"] - 1) / (raw["growth"] + 1)),
    }
    parts = tuple(
        HeatPart(
            name=name,
            raw=round(raw[name], _VALUE_DIGITS),
            value=round(values[name], _VALUE_DIGITS),
            weight=weight,
        )
        for name, weight in weights.part_weights().items()
    )
    return Heat(score=score_of(parts), parts=parts)


def score_of(parts: Iterable[HeatPart]) -> float:
    """Return the score that the parts add up to."""
    listed = list(parts)
    total = sum(part.weight for part in listed)
    mean = sum(part.value * part.weight for part in listed) / total
    return round(100 * mean, _SCORE_DIGITS)


def _people(messages: Iterable[HeatFacts]) -> set[tuple[str, str]]:
    return {("author", one.author) if one.author else ("message", one.id) for one in messages}


def _growth(messages: list[HeatFacts], window: Window, shrinkage: float) -> float:
    early = len(_people(one for one in messages if one.sent_at < window.middle))
    late = len(_people(one for one in messages if one.sent_at >= window.middle))
    return (late + shrinkage) / (early + shrinkage)


def _tiring(raw: float, half: float) -> float:
    return raw / (raw + half)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInputError(field="weights", reason="not_a_number")
    return float(value)
