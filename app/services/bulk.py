"""One decision on many suggestions: each by `moderation.decide`, piece by piece, and taken back so.

What cannot be done to one of them is said of that one and holds nobody else up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engines.moderation.workflow import UNDO_WINDOW
from app.engines.text import personal_data
from app.errors import (
    InvalidInputError,
    InvalidTransitionError,
    NotAllowedError,
    NotFoundError,
    StaleEditError,
)
from app.models import Claim, Decision, ReasonCode, StaffMember, Suggestion
from app.secrecy import Keys
from app.services import claims, moderation, plans
from app.services.moderation import Act
from app.services.review_queue import masked
from app.vocabulary import Language, ModerationAction, Visibility

PIECE = 50
"""Suggestions decided in one transaction: nobody else's act waits longer than that takes."""

MOST = 2000
"""Suggestions of one batch; it is kept in the browser's session while it is carried out."""

ACTIONS = (
    ModerationAction.PUBLISH,
    ModerationAction.RETAG,
    ModerationAction.DECLINE,
    ModerationAction.SPAM,
)
"""What can be done to many at once."""


class Obstacle(StrEnum):
    """Why one suggestion of a batch is left as it is."""

    GONE = "gone"
    STALE = "stale"
    NOT_WAITING = "not_waiting"
    CLAIMED = "claimed"
    PERSONAL_DATA = "personal_data"
    NOT_FITTING = "not_fitting"
    NOT_ALLOWED = "not_allowed"


@dataclass(frozen=True)
class Pick:
    """A suggestion of a batch, and the version of it that was on the screen."""

    number: str
    seen_version: int


@dataclass(frozen=True)
class Order:
    """What is to be done to each; `begun_at` tells this batch's decisions from earlier ones."""

    action: ModerationAction
    begun_at: datetime
    reason_code: str | None = None
    note: str = ""
    item_numbers: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Refusal:
    """A suggestion that was left as it is, why, and who holds it if that is why."""

    number: str
    obstacle: Obstacle
    holder: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a piece: `done` carries the versions that an undo must find."""

    done: tuple[Pick, ...]
    refused: tuple[Refusal, ...]


@dataclass(frozen=True)
class Expected:
    """A suggestion on the page that asks before a batch begins; `refusal` if nothing will be."""

    number: str
    title: str
    language: Language
    refusal: Refusal | None


def preview(
    session: Session,
    picks: Sequence[Pick],
    action: ModerationAction,
    *,
    by: StaffMember,
    now: datetime,
) -> Sequence[Expected]:
    """What will happen to each, as far as can be said beforehand; unknown numbers are left out."""
    rows = _rows(session, picks)
    held = claims.held_by_number(session, list(rows), now=now)
    return [
        Expected(
            number=pick.number,
            title=masked(rows[pick.number].title),
            language=rows[pick.number].language,
            refusal=_refusal(pick, rows[pick.number], action, held=held, by=by),
        )
        for pick in picks
        if pick.number in rows
    ]


def reasons(session: Session) -> Sequence[ReasonCode]:
    """The reasons that many may be declined for, in the office's order."""
    return session.scalars(
        select(ReasonCode)
        .where(ReasonCode.action == ModerationAction.DECLINE, ReasonCode.is_active)
        .order_by(ReasonCode.position)
    ).all()


def check(session: Session, order: Order, *, plan_year: int) -> None:
    """Refuse with InvalidInputError, before anything is done, what no suggestion could take."""
    if order.action is ModerationAction.DECLINE:
        known = {reason.code for reason in reasons(session)}
        if order.reason_code not in known:
            raise InvalidInputError("reason_code", "unknown" if order.reason_code else "missing")
    if order.action is ModerationAction.RETAG:
        wanted = set(order.item_numbers or ())
        if not wanted:
            raise InvalidInputError("items", "missing")
        if not wanted <= {item.number for item in plans.choices(session, plan_year)}:
            raise InvalidInputError("items", "unknown")


def carry_out(
    session: Session,
    picks: Sequence[Pick],
    order: Order,
    *,
    by: StaffMember,
    plan_year: int,
    now: datetime,
    keys: Keys,
) -> Outcome:
    """Decide on each; one that cannot be decided leaves no trace of the attempt.

    A piece may be carried out twice: what this batch has decided already counts as done.
    """
    rows = _rows(session, picks)
    held = claims.held_by_number(session, list(rows), now=now)
    done: list[Pick] = []
    refused: list[Refusal] = []
    for pick in picks:
        row = rows.get(pick.number)
        refusal = _refusal(pick, row, order.action, held=held, by=by)
        if refusal is None:
            refusal = _decide(session, pick, order, by=by, plan_year=plan_year, now=now, keys=keys)
        if refusal is None or (row is not None and _was_done(session, row, pick, order, by)):
            done.append(Pick(pick.number, pick.seen_version + 1))
        else:
            refused.append(refusal)
    return Outcome(tuple(done), tuple(refused))


def may_be_undone(finished_at: datetime, *, now: datetime) -> bool:
    """Whether a batch is young enough to be taken back."""
    return now - finished_at <= UNDO_WINDOW


def _rows(session: Session, picks: Sequence[Pick]) -> Mapping[str, Suggestion]:
    found = session.scalars(
        select(Suggestion).where(Suggestion.number.in_([pick.number for pick in picks]))
    )
    return {suggestion.number: suggestion for suggestion in found}


def _refusal(
    pick: Pick,
    row: Suggestion | None,
    action: ModerationAction,
    *,
    held: Mapping[str, Claim],
    by: StaffMember,
) -> Refusal | None:
    if row is None:
        return Refusal(pick.number, Obstacle.GONE)
    if action is ModerationAction.UNDO:
        # Whether it can be taken back the workflow knows; who holds it now has not decided yet.
        return None
    claim = held.get(pick.number)
    if row.review_cause is None:
        return Refusal(pick.number, Obstacle.NOT_WAITING)
    if row.version != pick.seen_version:
        return Refusal(pick.number, Obstacle.STALE)
    if claim is not None and claim.staff_id != by.id:
        return Refusal(pick.number, Obstacle.CLAIMED, claim.staff.name)
    if action is ModerationAction.PUBLISH and _names_somebody(row):
        return Refusal(pick.number, Obstacle.PERSONAL_DATA)
    return None


def _names_somebody(row: Suggestion) -> bool:
    """Whether publishing it unread could show personal data: that needs a person's eye."""
    if row.visibility is not Visibility.PUBLIC:
        return False
    return bool(personal_data.find(row.title) or personal_data.find(row.text))


def _decide(
    session: Session,
    pick: Pick,
    order: Order,
    *,
    by: StaffMember,
    plan_year: int,
    now: datetime,
    keys: Keys,
) -> Refusal | None:
    act = Act(
        order.action,
        pick.seen_version,
        reason_code=order.reason_code,
        note=order.note,
        item_numbers=order.item_numbers,
    )
    try:
        with session.begin_nested():
            moderation.decide(
                session, pick.number, act, by=by, plan_year=plan_year, now=now, keys=keys
            )
    except NotFoundError:
        return Refusal(pick.number, Obstacle.GONE)
    except StaleEditError:
        return Refusal(pick.number, Obstacle.STALE)
    except NotAllowedError:
        return Refusal(pick.number, Obstacle.NOT_ALLOWED)
    except (InvalidTransitionError, InvalidInputError):
        return Refusal(pick.number, Obstacle.NOT_FITTING)
    return None


def _was_done(session: Session, row: Suggestion, pick: Pick, order: Order, by: StaffMember) -> bool:
    """Whether this batch made the decision that followed on the version the screen showed."""
    made = select(Decision.id).where(
        Decision.suggestion_id == row.id,
        Decision.staff_id == by.id,
        Decision.action == order.action,
        Decision.version_after == pick.seen_version + 1,
        Decision.decided_at >= order.begun_at,
    )
    return session.scalar(made) is not None
