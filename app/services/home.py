"""What the home page shows, gathered in few statements. Whole pages have services of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import (
    Campaign,
    Chapter,
    ChapterText,
    Edition,
    HotIssue,
    HotIssueText,
    Plan,
    PlanItem,
    PlanItemText,
    Suggestion,
    Target,
)
from app.services import campaigns, plans
from app.services.plans import TargetCount
from app.vocabulary import EditionStatus

SHOWN_ISSUES = 5
SHOWN_SUGGESTIONS = 5


@dataclass(frozen=True)
class Overview:
    """The home page's rows; `voices` and `targets` are told by the item's number."""

    calls: Sequence[Campaign]
    chapters: Sequence[Chapter]
    targets: Mapping[int, TargetCount]
    voices: Mapping[int, int]
    edition: Edition | None
    issues: Sequence[HotIssue]
    suggestions: Sequence[Suggestion]


def overview(session: Session, *, year: int, today: date) -> Overview:
    """What is asked now, the year's plan, the newest hot issues and the newest suggestions."""
    edition = newest_edition(session)
    return Overview(
        calls=campaigns.open_calls(session, today=today),
        chapters=_chapters(session, year),
        targets=_target_counts(session, year),
        voices=plans.voices(session, year),
        edition=edition,
        issues=leading_issues(session, edition) if edition else (),
        suggestions=newest_suggestions(session),
    )


def newest_edition(session: Session) -> Edition | None:
    """The hot-issue list that was published last, or None before there is one."""
    return session.scalar(
        select(Edition)
        .where(Edition.status == EditionStatus.PUBLISHED)
        .order_by(Edition.published_at.desc(), Edition.number.desc())
        .limit(1)
    )


def leading_issues(session: Session, edition: Edition) -> Sequence[HotIssue]:
    """The first issues of an edition by rank, with their texts."""
    return (
        session.scalars(
            select(HotIssue)
            .where(HotIssue.edition_id == edition.id, HotIssue.rank.is_not(None))
            .options(
                joinedload(HotIssue.texts).load_only(
                    HotIssueText.title, HotIssueText.place, HotIssueText.people
                )
            )
            .order_by(HotIssue.rank)
            .limit(SHOWN_ISSUES)
        )
        .unique()
        .all()
    )


def newest_suggestions(session: Session) -> Sequence[Suggestion]:
    """What anybody may read and was published last."""
    return session.scalars(
        select(Suggestion)
        .where(Suggestion.publicly_visible())
        .options(joinedload(Suggestion.district))
        .order_by(Suggestion.published_at.desc(), Suggestion.id.desc())
        .limit(SHOWN_SUGGESTIONS)
    ).all()


def _chapters(session: Session, year: int) -> Sequence[Chapter]:
    """Titles alone, in one statement: digests and targets would make it a hundred kilobytes."""
    items = joinedload(Chapter.items)
    return (
        session.scalars(
            select(Chapter)
            .join(Chapter.plan)
            .where(Plan.year == year)
            .options(
                joinedload(Chapter.texts).load_only(ChapterText.title),
                items.load_only(PlanItem.number),
                items.joinedload(PlanItem.texts).load_only(PlanItemText.title),
            )
            .order_by(Chapter.number)
        )
        .unique()
        .all()
    )


def _target_counts(session: Session, year: int) -> dict[int, TargetCount]:
    items = session.scalars(
        select(PlanItem)
        .join(PlanItem.plan)
        .where(Plan.year == year)
        .options(
            joinedload(PlanItem.targets).joinedload(Target.progress),
        )
    ).unique()
    return {item.number: plans.target_count(item) for item in items}
