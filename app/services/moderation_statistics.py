"""What the desk did month by month: for the public page of figures and for its file."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from statistics import median

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.models import Answer, Appeal, Decision, ReasonCode, Suggestion
from app.services.open_data import Cell
from app.vocabulary import AnswerStatus, Channel, ModerationAction

MONTHS = 12

DECLINING = (ModerationAction.DECLINE, ModerationAction.SPAM)
FIRST_DECISIONS = (ModerationAction.PUBLISH, ModerationAction.RETURN, *DECLINING)

COLUMNS = (
    "month",
    "received",
    "published",
    "returned",
    "declined",
    "median_hours_to_first_decision",
    "reversed_on_appeal",
    "answered",
    "declined_by_reason",
)


@dataclass(frozen=True)
class Month:
    """What happened in one month of the city; acts count in the month in which they were done.

    `declined_by` counts by reason, the most frequent first; spam is among the declined.
    `median_hours` is of the first decisions that were made in the month, imported messages left
    out; None without one. `reversed` are appeals after which something else stands than before.
    """

    first: date
    received: int
    published: int
    returned: int
    declined_by: Sequence[tuple[ReasonCode, int]]
    median_hours: float | None
    reversed: int
    answered: int

    @property
    def declined(self) -> int:
        """How many were declined, for whatever reason."""
        return sum(count for _, count in self.declined_by)

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened at all."""
        return not any((self.received, self.published, self.returned, self.declined, self.answered))


_Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


class _Months:
    """The months that are counted, the oldest first, and how moments fall into them."""

    def __init__(self, today: date, zone: tzinfo, count: int) -> None:
        last = today.year * 12 + today.month - 1
        places = range(last - count + 1, last + 1)
        self.firsts = [date(place // 12, place % 12 + 1, 1) for place in places]
        self.starts = [datetime.combine(first, time(), zone) for first in self.firsts]

    def place(self, moment: datetime) -> int:
        """Which of the months a moment is in; below nought before them all."""
        return bisect_right(self.starts, moment) - 1

    def placed(self, column: _Moment) -> ColumnElement[int]:
        """The same, reckoned by the database."""
        later = list(enumerate(self.starts))[:0:-1]
        return case(*((column >= start, place) for place, start in later), else_=0)


def by_month(
    session: Session, *, today: date, zone: tzinfo, count: int = MONTHS
) -> Sequence[Month]:
    """The months up to the present one, the latest first; those before the first act left out."""
    months = _Months(today, zone, count)
    received = _counts(session, months, Suggestion.submitted_at, select(Suggestion.id))
    done = {
        action: _counts(session, months, Decision.decided_at, _standing(action))
        for action in (ModerationAction.PUBLISH, ModerationAction.RETURN)
    }
    declined = _declined_by(session, months)
    hours = _hours(session, months)
    reversed_ = _counts(session, months, Appeal.settled_at, _reversed())
    answered = _counts(
        session,
        months,
        Answer.published_at,
        select(Answer.id).where(Answer.status == AnswerStatus.PUBLISHED),
    )
    found = [
        Month(
            first=first,
            received=received.get(place, 0),
            published=done[ModerationAction.PUBLISH].get(place, 0),
            returned=done[ModerationAction.RETURN].get(place, 0),
            declined_by=declined[place],
            median_hours=median(hours[place]) if hours[place] else None,
            reversed=reversed_.get(place, 0),
            answered=answered.get(place, 0),
        )
        for place, first in enumerate(months.firsts)
    ]
    while found and found[0].is_empty:
        del found[0]
    return found[::-1]


def rows(months: Sequence[Month]) -> Iterator[Mapping[str, Cell]]:
    """The months as rows of a file, the oldest first, under `COLUMNS`."""
    for month in reversed(months):
        yield {
            "month": f"{month.first:%Y-%m}",
            "received": month.received,
            "published": month.published,
            "returned": month.returned,
            "declined": month.declined,
            "median_hours_to_first_decision": (
                None if month.median_hours is None else round(month.median_hours, 1)
            ),
            "reversed_on_appeal": month.reversed,
            "answered": month.answered,
            "declined_by_reason": " ".join(
                f"{reason.code}:{count}" for reason, count in month.declined_by
            ),
        }


def _counts(
    session: Session,
    months: _Months,
    moment: _Moment,
    query: Select[int],
) -> Mapping[int, int]:
    """How many rows of the query fall into each month by that moment."""
    place = months.placed(moment)
    counted = (
        query.with_only_columns(place.label("place"), func.count())
        .where(moment >= months.starts[0])
        .group_by("place")
    )
    return dict(session.execute(counted).all())


def _standing(*actions: ModerationAction) -> Select[int]:
    """The decisions of these sorts that were not undone."""
    undo = aliased(Decision)
    return select(Decision.id).where(
        Decision.action.in_(actions), ~exists().where(undo.undoes_id == Decision.id)
    )


def _declined_by(
    session: Session, months: _Months
) -> Mapping[int, Sequence[tuple[ReasonCode, int]]]:
    place = months.placed(Decision.decided_at)
    counted = session.execute(
        _standing(*DECLINING)
        .with_only_columns(place.label("place"), Decision.reason_code, func.count())
        .where(Decision.decided_at >= months.starts[0])
        .group_by("place", Decision.reason_code)
    )
    known = {row.code: row for row in session.scalars(select(ReasonCode))}
    found: defaultdict[int, list[tuple[ReasonCode, int]]] = defaultdict(list)
    for month, code, count in counted:
        if code is not None:
            found[month].append((known[code], count))
    for each in found.values():
        each.sort(key=lambda pair: (-pair[1], pair[0].position, pair[0].code))
    return found


def _hours(session: Session, months: _Months) -> Mapping[int, list[float]]:
    """Hours from sending to the first decision, under the month of the decision."""
    decided = func.min(Decision.decided_at)
    rows = session.execute(
        select(Suggestion.submitted_at, decided)
        .join(Decision, Decision.suggestion_id == Suggestion.id)
        .where(Decision.action.in_(FIRST_DECISIONS), Suggestion.channel != Channel.IMPORT)
        .group_by(Suggestion.id, Suggestion.submitted_at)
        .having(decided >= months.starts[0])
    )
    found: defaultdict[int, list[float]] = defaultdict(list)
    for sent, first in rows:
        found[months.place(first)].append((first - sent).total_seconds() / 3600)
    return found


def _reversed() -> Select[int]:
    """The appeals whose settling left the suggestion elsewhere than the contested decision."""
    contested, settled = aliased(Decision), aliased(Decision)
    return (
        select(Appeal.id)
        .join(contested, contested.id == Appeal.decision_id)
        .join(settled, settled.id == Appeal.settled_by_decision_id)
        .where(contested.to_state != settled.to_state)
    )
