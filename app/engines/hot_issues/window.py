"""The period a list of hot issues looks at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.errors import InvalidInputError

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Window:
    """A period from `start` up to, and without, `end`; both know their time zone."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse an empty period and times without a zone."""
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise InvalidInputError(field="window", reason="naive_time")
        if self.start >= self.end:
            raise InvalidInputError(field="window", reason="empty_period")

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    @property
    def middle(self) -> datetime:
        """Return the moment that halves the period."""
        return self.start + (self.end - self.start) / 2

    def week_of(self, moment: datetime) -> int:
        """Return which week of the period a moment falls into, counted from zero."""
        return (moment - self.start) // _WEEK
