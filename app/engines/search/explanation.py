"""How a hit's score is made up, part by part, for whoever must defend an order."""

from dataclasses import dataclass
from enum import StrEnum


class PartKind(StrEnum):
    """What a part of a score was given for."""

    WORD = "word"
    PAIR = "pair"
    OTHER_WORDING = "other_wording"
    BRIDGE = "bridge"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePart:
    """What one term in one field adds: in how many documents it is, and how often in this one."""

    kind: PartKind
    text: str
    field: str
    documents: int
    frequency: float
    worth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A score: the sum of its parts, times the share covered, times closeness and the signals."""

    total: float
    parts: tuple[ScorePart, ...]
    coverage: float
    closeness: float
    newness: float
    support: float
