"""The engine's records: a message comes in, an issue candidate goes out."""

from dataclasses import dataclass
from datetime import datetime

from app.engines.hot_issues.heat import Heat
from app.vocabulary import Language


@dataclass(frozen=True)
class Message:
    """What the engine may know of one suggestion; an empty author is somebody unknown."""

    id: str
    title: str
    body: str
    author: str
    sent_at: datetime
    district: str | None
    support: int
    against: int
    language: Language


@dataclass(frozen=True)
class IssueCandidate:
    """A proposed issue: its messages, how firmly they hold together, and what to call it."""

    message_ids: tuple[str, ...]
    cohesion: float
    title: str
    place: str
    people: str
    first_at: datetime
    last_at: datetime
    heat: Heat
