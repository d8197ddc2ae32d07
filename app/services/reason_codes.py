"""The office's reasons for returning and declining: their wording, order and life.

A reason that was ever given is never deleted, only switched off: old decisions still name it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.engines.text.normalise import clean, has_words
from app.errors import InvalidInputError, NotFoundError, StaleEditError
from app.models import Decision, ReasonCode, StaffMember
from app.services import audit, turns
from app.services.staff import require
from app.vocabulary import ModerationAction, Role

LABEL_MAX = 60
EXPLAIN_MAX = 600
_CODE_MAX = 40
_RESERVED = frozenset({"new"})
"""Codes that would stand in the address of another page."""

ACTIONS = (ModerationAction.RETURN, ModerationAction.DECLINE)
"""What a new reason may be for; spam takes the one that the office keeps for it."""


class Direction(StrEnum):
    """Where a reason moves in its list."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class Wording:
    """A reason's short name and what its author reads, in both languages."""

    label_zh: str
    label_en: str
    explain_zh: str
    explain_en: str


@dataclass(frozen=True)
class Listed:
    """A reason with how many decisions gave it."""

    reason: ReasonCode
    uses: int


def listed(session: Session) -> Mapping[ModerationAction, Sequence[Listed]]:
    """Every reason by what it is for, in the order moderators see; switched off ones too."""
    rows = session.execute(
        select(Decision.reason_code, func.count()).group_by(Decision.reason_code)
    )
    used = {code: count for code, count in rows if code is not None}
    found: dict[ModerationAction, list[Listed]] = {action: [] for action in ACTIONS}
    for row in session.scalars(select(ReasonCode).order_by(ReasonCode.position, ReasonCode.code)):
        found.setdefault(row.action, []).append(Listed(row, used.get(row.code, 0)))
    return found


def one(session: Session, code: str) -> ReasonCode:
    """A reason; raises NotFoundError."""
    found = session.get(ReasonCode, code)
    if found is None:
        raise NotFoundError("reason", code)
    return found


def add(
    session: Session, action: ModerationAction, said: Wording, *, by: StaffMember, now: datetime
) -> ReasonCode:
    """A new reason at the end of its list; its code is made of the English label.

    Raises NotAllowedError, and InvalidInputError for `action` or a field of the wording
    (`missing`, `too_long`).
    """
    require(by, "reason codes", Role.MODERATOR)
    if action not in ACTIONS:
        raise InvalidInputError("action", "unknown")
    fit = _checked(said)
    turns.wait_for(session, "reason codes")
    last = session.scalar(select(func.max(ReasonCode.position)).where(ReasonCode.action == action))
    row = ReasonCode(
        code=_free_code(session, fit.label_en), action=action, position=(last or 0) + 1
    )
    _word(row, fit)
    session.add(row)
    session.flush()
    _note(session, "reason.add", row, {"after": asdict(fit)}, by=by, now=now)
    return row


def change(
    session: Session,
    code: str,
    said: Wording,
    *,
    seen_version: int,
    by: StaffMember,
    now: datetime,
) -> ReasonCode:
    """Word a reason anew; authors of earlier decisions read the new words too.

    Raises NotAllowedError, NotFoundError, StaleEditError and InvalidInputError as `add` does.
    """
    require(by, "reason codes", Role.MODERATOR)
    row = _unchanged(session, code, seen_version)
    before, fit = wording_of(row), _checked(said)
    _word(row, fit)
    _flush(session, row, seen_version)
    changes = {"before": asdict(before), "after": asdict(fit)}
    _note(session, "reason.change", row, changes, by=by, now=now)
    return row


def switch_on(
    session: Session, code: str, *, seen_version: int, by: StaffMember, now: datetime
) -> None:
    """Offer a reason again; raises NotAllowedError, NotFoundError or StaleEditError."""
    require(by, "reason codes", Role.MODERATOR)
    row = _unchanged(session, code, seen_version)
    row.is_active = True
    _flush(session, row, seen_version)
    _note(session, "reason.on", row, {}, by=by, now=now)


def switch_off(
    session: Session, code: str, *, seen_version: int, by: StaffMember, now: datetime
) -> None:
    """Offer a reason no longer; decisions that gave it keep it.

    Raises NotAllowedError, NotFoundError, StaleEditError, and InvalidInputError (`last_one`) for
    the only one left of its kind: without a reason nothing could be returned or declined.
    """
    require(by, "reason codes", Role.MODERATOR)
    turns.wait_for(session, "reason codes")
    row = _unchanged(session, code, seen_version)
    others = session.scalar(
        select(func.count()).where(
            ReasonCode.action == row.action, ReasonCode.is_active, ReasonCode.code != code
        )
    )
    if not others:
        raise InvalidInputError("is_active", "last_one")
    row.is_active = False
    _flush(session, row, seen_version)
    _note(session, "reason.off", row, {}, by=by, now=now)


def move(
    session: Session, code: str, direction: Direction, *, by: StaffMember, now: datetime
) -> None:
    """Move a reason one place in its list; at the end of the list nothing happens.

    The order is no part of the wording, so it makes nobody's edit stale. Raises NotAllowedError
    and NotFoundError.
    """
    require(by, "reason codes", Role.MODERATOR)
    turns.wait_for(session, "reason codes")
    row = one(session, code)
    order = list(
        session.scalars(
            select(ReasonCode.code)
            .where(ReasonCode.action == row.action)
            .order_by(ReasonCode.position, ReasonCode.code)
        )
    )
    place = order.index(code)
    beside = place + (1 if direction is Direction.DOWN else -1)
    if not 0 <= beside < len(order):
        return
    order[place], order[beside] = order[beside], order[place]
    for position, moved in enumerate(order, 1):
        session.execute(
            update(ReasonCode).where(ReasonCode.code == moved).values(position=position)
        )
    _note(session, "reason.move", row, {"place": beside + 1}, by=by, now=now)


def wording_of(row: ReasonCode) -> Wording:
    """What a stored reason says."""
    return Wording(row.label_zh, row.label_en, row.explain_zh, row.explain_en)


def _note(
    session: Session,
    act: str,
    row: ReasonCode,
    detail: Mapping[str, object],
    *,
    by: StaffMember,
    now: datetime,
) -> None:
    audit.append(session, act=act, subject=row.code, detail=detail, staff=by, now=now)


def _unchanged(session: Session, code: str, seen_version: int) -> ReasonCode:
    row = one(session, code)
    if row.version != seen_version:
        raise StaleEditError(seen_version, row.version)
    return row


def _flush(session: Session, row: ReasonCode, seen_version: int) -> None:
    try:
        session.flush()
    except StaleDataError as error:
        # Somebody's change came between reading the row and writing it.
        raise StaleEditError(seen_version, seen_version + 1) from error


def _word(row: ReasonCode, said: Wording) -> None:
    row.label_zh, row.label_en = said.label_zh, said.label_en
    row.explain_zh, row.explain_en = said.explain_zh, said.explain_en


def _checked(said: Wording) -> Wording:
    return Wording(
        label_zh=_fit("label_zh", said.label_zh, LABEL_MAX),
        label_en=_fit("label_en", said.label_en, LABEL_MAX),
        explain_zh=_fit("explain_zh", said.explain_zh, EXPLAIN_MAX),
        explain_en=_fit("explain_en", said.explain_en, EXPLAIN_MAX),
    )


def _fit(field: str, typed: str, longest: int) -> str:
    tidy = " ".join(clean(typed).split())
    if not has_words(tidy):
        raise InvalidInputError(field, "missing")
    if len(tidy) > longest:
        raise InvalidInputError(field, "too_long")
    return tidy


def _free_code(session: Session, label: str) -> str:
    """A code that no reason has: the label's English words, with a number where they are taken."""
    base = "-".join(re.findall("[a-z0-9]+", label.lower()))[:_CODE_MAX].strip("-") or "reason"
    known = session.scalars(select(ReasonCode.code).where(ReasonCode.code.startswith(base)))
    taken = _RESERVED | set(known)
    code, number = base, 2
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    return code
