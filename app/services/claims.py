"""Claims: which moderator works on a suggestion just now.

A claim tells colleagues, it locks nothing: everybody may read, and whose decision counts is
settled by the suggestion's version, not here. It ends by itself.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Insert, and_, case, delete, or_, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, joinedload

from app.errors import NotFoundError
from app.models import Claim, StaffMember, Suggestion
from app.services import audit
from app.services.staff import require
from app.vocabulary import Role

CLAIM_LASTS = timedelta(minutes=10)
"""How long a claim holds without a sign of its holder."""


@dataclass(frozen=True)
class Standing:
    """A suggestion as somebody sees it who only wants to know whether to work on it.

    `is_waiting` is whether the queue holds it; `claim` is None while nobody works on it.
    """

    suggestion_id: int
    number: str
    version: int
    is_waiting: bool
    claim: Claim | None


def standing(session: Session, number: str, *, now: datetime) -> Standing:
    """How the suggestion of that number stands, whatever its state; raises NotFoundError."""
    row = session.execute(
        select(Suggestion.id, Suggestion.version, Suggestion.review_cause).where(
            Suggestion.number == number
        )
    ).first()
    if row is None:
        raise NotFoundError("suggestion", number)
    return Standing(
        suggestion_id=row.id,
        number=number,
        version=row.version,
        is_waiting=row.review_cause is not None,
        claim=holder(session, row.id, now=now),
    )


def claim(
    session: Session,
    suggestion_id: int,
    by: StaffMember,
    *,
    now: datetime,
    take_over: bool = False,
) -> Claim:
    """Claim it, or renew one's own claim; returns the claim that holds afterwards.

    That is a colleague's where one holds it, unless `take_over` is asked for. Of several who ask
    at once the database lets one in: all of it is one statement, and the row stays locked until
    the transaction ends, whether it was changed or not. A take-over is entered in the log.
    Raises NotAllowedError.
    """
    require(by, "claim", Role.MODERATOR)
    former = holder(session, suggestion_id, now=now) if take_over else None
    session.execute(_asked(session, suggestion_id, by, now=now, is_final=take_over))
    if former is not None and former.staff_id != by.id:
        _log_take_over(session, former, by, now=now)
    return session.scalars(
        select(Claim)
        .where(Claim.suggestion_id == suggestion_id)
        .options(joinedload(Claim.staff))
        .execution_options(populate_existing=True)
    ).one()


def _asked(
    session: Session, suggestion_id: int, by: StaffMember, *, now: datetime, is_final: bool
) -> Insert:
    """The statement that claims; unless it is final, a colleague's claim stays as it is."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql_insert if is_postgresql else sqlite_insert
    asked = insert(Claim).values(
        suggestion_id=suggestion_id,
        staff_id=by.id,
        claimed_at=now,
        expires_at=now + CLAIM_LASTS,
    )
    is_own = Claim.staff_id == by.id
    is_over = Claim.expires_at <= now
    return asked.on_conflict_do_update(
        index_elements=[Claim.suggestion_id],
        set_={
            "staff_id": asked.excluded.staff_id,
            # A renewed claim began when it was made, one that had ended begins again.
            "claimed_at": case(
                (and_(is_own, Claim.expires_at > now), Claim.claimed_at),
                else_=asked.excluded.claimed_at,
            ),
            "expires_at": asked.excluded.expires_at,
        },
        where=None if is_final else or_(is_own, is_over),
    )


def _log_take_over(session: Session, former: Claim, by: StaffMember, *, now: datetime) -> None:
    number = session.scalars(
        select(Suggestion.number).where(Suggestion.id == former.suggestion_id)
    ).one()
    audit.append(
        session,
        act="claim.taken_over",
        subject=number,
        detail={"from": former.staff_id},
        staff=by,
        now=now,
    )


def holder(session: Session, suggestion_id: int, *, now: datetime) -> Claim | None:
    """The claim on a suggestion with its staff member, or None where nobody works on it."""
    return held(session, [suggestion_id], now=now).get(suggestion_id)


def held(
    session: Session, suggestion_ids: Collection[int], *, now: datetime
) -> Mapping[int, Claim]:
    """The claims on these suggestions, by suggestion, in one query; the free ones are left out."""
    if not suggestion_ids:
        return {}
    found = session.scalars(
        select(Claim)
        .where(Claim.suggestion_id.in_(suggestion_ids), Claim.expires_at > now)
        .options(joinedload(Claim.staff))
    )
    return {each.suggestion_id: each for each in found}


def held_by_number(
    session: Session, numbers: Collection[str], *, now: datetime
) -> Mapping[str, Claim]:
    """As `held`, for suggestions named by their numbers; unknown numbers are left out."""
    if not numbers:
        return {}
    rows = session.execute(
        select(Suggestion.number, Claim)
        .join(Claim, Claim.suggestion_id == Suggestion.id)
        .where(Suggestion.number.in_(numbers), Claim.expires_at > now)
        .options(joinedload(Claim.staff))
    )
    found: dict[str, Claim] = dict(rows.all())
    return found


def release(session: Session, suggestion_id: int, by: StaffMember | None = None) -> None:
    """End the claim on a suggestion: whoever's it is, or only that member's own.

    Nothing happens where there is none.
    """
    ended = delete(Claim).where(Claim.suggestion_id == suggestion_id)
    if by is not None:
        ended = ended.where(Claim.staff_id == by.id)
    session.execute(ended)
