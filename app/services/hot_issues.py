"""Reading published hot-issue lists: the editions, one of them, one issue, and what changed.

Drafts do not exist here; compiling them is `hot_issue_drafts` and `hot_issue_desk`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Select, func, not_, select
from sqlalchemy.orm import Session, aliased, defer, selectinload

from app.engines.hot_issues.heat import HeatPart, HeatWeights
from app.errors import NotFoundError
from app.models import Edition, HotIssue, HotIssueMember, LedgerEntry, Suggestion
from app.services.hot_issue_desk import ledger_of
from app.services.paging import Page, paged
from app.vocabulary import EditionStatus

MEMBERS_SHOWN = 10
# Two issues count as one matter when they share at least this part of the smaller one.
_SAME_SHARE = 0.5


class Standing(StrEnum):
    """Where an issue stands compared with the list before."""

    NEW = "new"
    UP = "up"
    DOWN = "down"
    SAME = "same"


@dataclass(frozen=True)
class Change:
    """How an issue moved, and from which place."""

    standing: Standing
    before: int | None = None


@dataclass(frozen=True)
class Comparison:
    """A list beside the one before it: how each issue moved, and what left the list.

    `changes` goes by the issue's id.
    """

    previous: Edition
    changes: Mapping[int, Change]
    gone: Sequence[HotIssue]


@dataclass(frozen=True)
class EditionSummary:
    """An edition with the number of its issues."""

    edition: Edition
    issue_count: int


@dataclass(frozen=True)
class EditionPage:
    """One page of an edition: its issues with words and first members, and what is said of it.

    `withdrawn` counts the members, by issue id, that left the public pages since.
    """

    edition: Edition
    issues: Page[HotIssue]
    top_heat: float
    withdrawn: Mapping[int, int]
    comparison: Comparison | None
    ledger: Sequence[LedgerEntry]
    newest: Edition | None


@dataclass(frozen=True)
class IssuePage:
    """One issue of a published edition with a page of its public members."""

    edition: Edition
    issue: HotIssue
    top_heat: float
    withdrawn: int
    change: Change | None
    previous: Edition | None
    members: Page[Suggestion]


def public_editions(session: Session, *, page: int) -> Page[EditionSummary]:
    """One page of the editions that were published, newest first."""
    rows = paged(session, _public().order_by(Edition.published_at.desc()), number=page)
    counts = _issue_counts(session, [edition.id for edition in rows.rows])
    return Page(
        rows=[EditionSummary(edition, counts.get(edition.id, 0)) for edition in rows.rows],
        number=rows.number,
        per_page=rows.per_page,
        total=rows.total,
    )


def edition_page(session: Session, number: int, *, page: int) -> EditionPage:
    """A published edition; raises NotFoundError, also for a draft."""
    edition = published(session, number)
    shown = selectinload(HotIssue.members.and_(HotIssueMember.position <= MEMBERS_SHOWN))
    issues = paged(
        session,
        _ranked(edition.id).options(shown.selectinload(HotIssueMember.suggestion)),
        number=page,
    )
    return EditionPage(
        edition=edition,
        issues=issues,
        top_heat=_top_heat(session, edition.id),
        withdrawn=_withdrawn(session, [issue.id for issue in issues.rows]),
        comparison=compare(session, edition),
        ledger=ledger_of(session, edition.id),
        newest=_newer_of_the_same_period(session, edition),
    )


def issue_page(session: Session, number: int, issue_number: int, *, page: int) -> IssuePage:
    """One ranked issue of a published edition; raises NotFoundError."""
    edition = published(session, number)
    issue = session.scalar(_ranked(edition.id).where(HotIssue.number == issue_number))
    if issue is None:
        raise NotFoundError("issue", f"{number}-{issue_number}")
    members = (
        select(Suggestion)
        .join(HotIssueMember, HotIssueMember.suggestion_id == Suggestion.id)
        .where(HotIssueMember.issue_id == issue.id, Suggestion.publicly_visible())
        .order_by(HotIssueMember.position)
    )
    comparison = compare(session, edition)
    return IssuePage(
        edition=edition,
        issue=issue,
        top_heat=_top_heat(session, edition.id),
        withdrawn=_withdrawn(session, [issue.id]).get(issue.id, 0),
        change=comparison.changes.get(issue.id) if comparison else None,
        previous=comparison.previous if comparison else None,
        members=paged(session, members, number=page),
    )


def published(session: Session, number: int) -> Edition:
    """The published or superseded edition of that number; raises NotFoundError."""
    edition = session.scalar(_public().where(Edition.number == number))
    if edition is None:
        raise NotFoundError("edition", str(number))
    return edition


def evidence(session: Session, number: int) -> str:
    """The frozen record of a published edition as JSON; raises NotFoundError."""
    found = session.scalar(
        select(Edition.evidence).where(
            Edition.number == number, Edition.status != EditionStatus.DRAFT
        )
    )
    if found is None:
        raise NotFoundError("edition", str(number))
    return found


def heat_parts(issue: HotIssue) -> tuple[HeatPart, ...]:
    """The stored parts of an issue's heat as records."""
    return tuple(
        HeatPart(
            name=str(part["name"]),
            raw=float(str(part["raw"])),
            value=float(str(part["value"])),
            weight=float(str(part["weight"])),
        )
        for part in issue.heat_parts
    )


def weights_of(edition: Edition) -> HeatWeights:
    """The weights that an edition was made with."""
    stored = edition.settings["weights"]
    return HeatWeights.from_dict(stored if isinstance(stored, dict) else {})


def compare(session: Session, edition: Edition) -> Comparison | None:
    """The edition beside the one published before it; None where their periods do not meet.

    Lists of periods that do not overlap share no message, so nothing can be said of movement.
    """
    previous = session.scalar(
        _public()
        .where(Edition.published_at < edition.published_at, Edition.id != edition.id)
        .order_by(Edition.published_at.desc())
        .limit(1)
    )
    if previous is None or not _overlap(edition, previous):
        return None
    now, before = _places(session, edition.id), _places(session, previous.id)
    same = _matched(_shared(session, edition.id, previous.id), now, before)
    gone_ids = [issue_id for issue_id in before if issue_id not in set(same.values())]
    changes = {
        issue_id: _change(place.rank, before[same[issue_id]].rank if issue_id in same else None)
        for issue_id, place in now.items()
    }
    gone = session.scalars(_ranked(previous.id).where(HotIssue.id.in_(gone_ids))).all()
    return Comparison(previous=previous, changes=changes, gone=gone)


def _overlap(one: Edition, other: Edition) -> bool:
    return one.from_on <= other.to_on and other.from_on <= one.to_on


@dataclass(frozen=True)
class _Place:
    rank: int
    size: int


def _places(session: Session, edition_id: int) -> dict[int, _Place]:
    rows = session.execute(
        select(HotIssue.id, HotIssue.rank, HotIssue.message_count).where(
            HotIssue.edition_id == edition_id, HotIssue.rank.is_not(None)
        )
    )
    return {row.id: _Place(row.rank, row.message_count) for row in rows}


def _shared(session: Session, edition_id: int, previous_id: int) -> list[tuple[int, int, int]]:
    """How many messages each pair of issues has in common."""
    here, there = aliased(HotIssueMember), aliased(HotIssueMember)
    now, before = aliased(HotIssue), aliased(HotIssue)
    rows = session.execute(
        select(here.issue_id, there.issue_id, func.count())
        .join(there, there.suggestion_id == here.suggestion_id)
        .join(now, now.id == here.issue_id)
        .join(before, before.id == there.issue_id)
        .where(
            now.edition_id == edition_id,
            now.rank.is_not(None),
            before.edition_id == previous_id,
            before.rank.is_not(None),
        )
        .group_by(here.issue_id, there.issue_id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _matched(
    shared: Sequence[tuple[int, int, int]],
    now: Mapping[int, _Place],
    before: Mapping[int, _Place],
) -> dict[int, int]:
    """Which issue of the list before each issue continues; each is continued once at most."""
    order = sorted(shared, key=lambda row: (-row[2], now[row[0]].rank, before[row[1]].rank))
    found: dict[int, int] = {}
    for issue_id, previous_id, count in order:
        smaller = min(now[issue_id].size, before[previous_id].size)
        is_free = issue_id not in found and previous_id not in found.values()
        if is_free and count >= _SAME_SHARE * smaller:
            found[issue_id] = previous_id
    return found


def _change(rank: int, before: int | None) -> Change:
    if before is None:
        return Change(Standing.NEW)
    if before == rank:
        return Change(Standing.SAME, before)
    return Change(Standing.UP if rank < before else Standing.DOWN, before)


def _public() -> Select[Edition]:
    """Editions that anybody may read, without their long evidence."""
    return (
        select(Edition)
        .where(Edition.status != EditionStatus.DRAFT)
        .options(defer(Edition.evidence, raiseload=True))
    )


def _ranked(edition_id: int) -> Select[HotIssue]:
    return (
        select(HotIssue)
        .where(HotIssue.edition_id == edition_id, HotIssue.rank.is_not(None))
        .options(selectinload(HotIssue.texts))
        .order_by(HotIssue.rank)
    )


def _issue_counts(session: Session, edition_ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(HotIssue.edition_id, func.count())
        .where(HotIssue.edition_id.in_(edition_ids), HotIssue.rank.is_not(None))
        .group_by(HotIssue.edition_id)
    )
    return dict(rows.all())


def _top_heat(session: Session, edition_id: int) -> float:
    return (
        session.scalar(
            select(func.max(HotIssue.heat)).where(
                HotIssue.edition_id == edition_id, HotIssue.rank.is_not(None)
            )
        )
        or 0.0
    )


def _withdrawn(session: Session, issue_ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(HotIssueMember.issue_id, func.count())
        .join(HotIssueMember.suggestion)
        .where(HotIssueMember.issue_id.in_(issue_ids), not_(Suggestion.publicly_visible()))
        .group_by(HotIssueMember.issue_id)
    )
    return dict(rows.all())


def _newer_of_the_same_period(session: Session, edition: Edition) -> Edition | None:
    """The edition that superseded this one."""
    if edition.status is not EditionStatus.SUPERSEDED:
        return None
    return session.scalar(
        _public().where(
            Edition.status == EditionStatus.PUBLISHED,
            Edition.from_on == edition.from_on,
            Edition.to_on == edition.to_on,
        )
    )


def week_starts(edition: Edition, weeks: int) -> list[date]:
    """The first day of each week of the edition's period; weeks count from its first day."""
    first = edition.from_on.toordinal()
    return [date.fromordinal(first + 7 * week) for week in range(weeks)]
