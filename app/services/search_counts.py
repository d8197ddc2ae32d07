"""What readers asked of the search, counted by the week, and never who asked.

A query is stored only where nothing in it looks like personal data, a suggestion's number or a
look-up code; the rest is forgotten at once.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.engines.text import personal_data
from app.engines.text.language import detect
from app.engines.text.normalise import has_words, normalise
from app.models import QueryCount
from app.models.search import QUERY_MAX
from app.secrecy import LOOKUP_ALPHABET, LOOKUP_GROUP_LENGTH, LOOKUP_GROUPS
from app.services.paging import Page, paged

WEEKS_KEPT = 53
FREQUENT = 3
"""A query is proposed to others only after it was asked so often with results."""

# A code is its groups with anything but letters and digits between them, a suggestion's number is
# letters, a year and a count; and no word of a matter has seven digits.
_GROUP = f"[{LOOKUP_ALPHABET}]{{{LOOKUP_GROUP_LENGTH}}}"
_CODE = re.compile(
    r"(?<![A-Z0-9])" + r"[\W_]*".join([_GROUP] * LOOKUP_GROUPS) + r"(?![A-Z0-9])", re.ASCII
)
_NUMBER = re.compile(r"[A-Z]{1,6}[\W_]*[0-9]{4}[\W_]*[0-9]{6}", re.ASCII)
_LONG_NUMBER = re.compile(r"[0-9]{7}", re.ASCII)


@dataclass(frozen=True)
class Week:
    """A week's sums; `asked` counts different queries."""

    monday: date
    asked: int
    searches: int
    without_results: int

    @property
    def percent_without_results(self) -> int:
        """How many of a hundred searches found nothing, rounded."""
        return round(100 * self.without_results / self.searches)


def monday(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def note(session: Session, text: str, *, found: int, today: date) -> None:
    """Count a search of that many results; one that may tell something private is not counted."""
    normal = normalise(text)
    if not has_words(normal) or len(normal) > QUERY_MAX or _is_private(text, normal):
        return
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql_insert if is_postgresql else sqlite_insert
    in_vain = 0 if found else 1
    statement = insert(QueryCount).values(
        week=monday(today),
        text=normal,
        language=detect(normal),
        searches=1,
        without_results=in_vain,
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[QueryCount.week, QueryCount.text],
            set_={
                "searches": QueryCount.searches + 1,
                "without_results": QueryCount.without_results + in_vain,
            },
        )
    )


def _is_private(text: str, normal: str) -> bool:
    if personal_data.find(text) or personal_data.find(normal):
        return True
    capital = unicodedata.normalize("NFKC", normal).upper()
    return any(shape.search(capital) for shape in (_CODE, _NUMBER, _LONG_NUMBER))


def weeks(session: Session) -> Sequence[Week]:
    """The weeks in which something was asked, newest first."""
    rows = session.execute(
        select(
            QueryCount.week,
            func.count(),
            func.sum(QueryCount.searches),
            func.sum(QueryCount.without_results),
        )
        .group_by(QueryCount.week)
        .order_by(QueryCount.week.desc())
    )
    return [Week(*row) for row in rows]


def without_results(session: Session, week: date, *, page: int = 1) -> Page[QueryCount]:
    """What was asked in vain in the week that begins then, the most frequent first."""
    query = (
        select(QueryCount)
        .where(QueryCount.week == week, QueryCount.without_results > 0)
        .order_by(QueryCount.without_results.desc(), QueryCount.searches.desc(), QueryCount.text)
    )
    return paged(session, query, number=page)


def frequent(session: Session, prefix: str, *, since: date, limit: int) -> Sequence[str]:
    """Queries that begin so and were asked with results at least three times, most asked first.

    Every query begins with nothing, so an empty prefix gives the most frequent of all.
    It counts searches, not people, for nothing about people is kept: whoever shows these in public
    shall let through only what stands in public texts too.
    """
    start = normalise(prefix)
    successes = func.sum(QueryCount.searches - QueryCount.without_results)
    return session.scalars(
        select(QueryCount.text)
        .where(QueryCount.week >= monday(since), QueryCount.text.startswith(start, autoescape=True))
        .group_by(QueryCount.text)
        .having(successes >= FREQUENT)
        .order_by(successes.desc(), QueryCount.text)
        .limit(limit)
    ).all()


def sweep(session: Session, *, today: date) -> None:
    """Keep the week of today and the 52 before it; forget the others."""
    oldest = monday(today) - timedelta(weeks=WEEKS_KEPT - 1)
    session.execute(delete(QueryCount).where(QueryCount.week < oldest))
