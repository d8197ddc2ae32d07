"""The calls that put the three questions to the people."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.errors import NotFoundError
from app.models import Campaign, PlanItem


def calls(session: Session) -> Sequence[Campaign]:
    """Every campaign, the one that closes last first."""
    return session.scalars(
        select(Campaign)
        .options(selectinload(Campaign.texts))
        .order_by(Campaign.closes_on.desc(), Campaign.id)
    ).all()


def open_calls(session: Session, *, today: date) -> Sequence[Campaign]:
    """The campaigns that take suggestions today, the one that closes first first."""
    return session.scalars(
        select(Campaign)
        .where(Campaign.opens_on <= today, Campaign.closes_on >= today)
        .options(selectinload(Campaign.texts))
        .order_by(Campaign.closes_on, Campaign.id)
    ).all()


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
