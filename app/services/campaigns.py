"""The calls that put the three questions to the people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.errors import NotFoundError
from app.models import Campaign, PlanItem, Suggestion

SHOWN_SUGGESTIONS = 5


def calls(session: Session) -> Sequence[Campaign]:
    """Every campaign, the one that closes last first."""
    return session.scalars(
        select(Campaign)
        .options(selectinload(Campaign.texts))
        .order_by(Campaign.closes_on.desc(), Campaign.id)
    ).all()


def open_calls(session: Session, *, today: date) -> Sequence[Campaign]:
    """The campaigns that take suggestions today, the one that closes first first."""
    return (
        session.scalars(
            select(Campaign)
            .where(Campaign.opens_on <= today, Campaign.closes_on >= today)
            .options(joinedload(Campaign.texts))
            .order_by(Campaign.closes_on, Campaign.id)
        )
        .unique()
        .all()
    )


def call(session: Session, slug: str) -> Campaign:
    """The campaign of that slug with its items; raises NotFoundError."""
    found = session.scalar(
        select(Campaign)
        .where(Campaign.slug == slug)
        .options(
            selectinload(Campaign.texts),
            selectinload(Campaign.items).selectinload(PlanItem.texts),
            selectinload(Campaign.items).selectinload(PlanItem.plan),
        )
    )
    if found is None:
        raise NotFoundError("campaign", slug)
    return found


@dataclass(frozen=True)
class CallPage:
    """A campaign, how many public suggestions it has brought, and the newest of them."""

    campaign: Campaign
    suggestion_count: int
    suggestions: Sequence[Suggestion]


def call_page(session: Session, slug: str) -> CallPage:
    """The campaign of that slug with what came of it so far; raises NotFoundError."""
    campaign = call(session, slug)
    public = and_(Suggestion.campaign_id == campaign.id, Suggestion.publicly_visible())
    return CallPage(
        campaign=campaign,
        suggestion_count=session.scalar(select(func.count()).select_from(Suggestion).where(public))
        or 0,
        suggestions=session.scalars(
            select(Suggestion)
            .where(public)
            .options(selectinload(Suggestion.district))
            .order_by(Suggestion.published_at.desc(), Suggestion.id.desc())
            .limit(SHOWN_SUGGESTIONS)
        ).all(),
    )
