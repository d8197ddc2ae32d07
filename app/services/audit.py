"""The log of the desk: who did what to what, each line bound to the line before it.

A line's digest is the SHA-256 over the digest before it and this line's content, so that a line
that is changed, taken out or put in between is found by reckoning anew. Lines cut off at the end
leave a chain that is whole; who keeps the last digest elsewhere finds those too. No line holds a
citizen's words or data about a person other than which member of the staff acted.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from sqlalchemy import Select, String, Text, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from app.models import AuditEntry, StaffMember
from app.services import turns
from app.services.paging import Page, paged

BEGINNING = "0" * 64
"""What stands in the place of the digest before the first line."""

PER_PAGE = 50
_AT_ONCE = 1000


class Damage(StrEnum):
    """In which way a line does not fit."""

    CHAIN = "chain"
    CONTENT = "content"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Break:
    """The first line that does not fit, and what is wrong with it.

    With `CHAIN` it does not follow on the line before it: one of the two was changed, or a line
    between them was taken out. With `CONTENT` it does not say what it said when it was written.
    """

    id: int
    what: Damage


@dataclass(frozen=True)
class Head:
    """How many lines there are, and the last one's digest."""

    lines: int
    digest: str


@dataclass(frozen=True)
class LogFilter:
    """What narrows the log; the days are the city's, both included."""

    staff_id: int | None = None
    act: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None


def append(
    session: Session,
    *,
    act: str,
    subject: str,
    detail: Mapping[str, object],
    staff: StaffMember | None,
    now: datetime,
) -> None:
    """Write one line, in the transaction of what it tells about.

    Lines are written one after the other, so call it after the rows are changed: until the
    transaction ends nobody else can append. `detail` holds what JSON can say and no personal data.
    """
    turns.wait_for(session, "audit")
    previous = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1))
    plain: dict[str, object] = json.loads(_canonical(detail))
    staff_id = staff.id if staff is not None else None
    entry = AuditEntry(
        made_at=now,
        staff_id=staff_id,
        act=act,
        subject=subject,
        detail=plain,
        previous_digest=previous or BEGINNING,
        digest=_digest(previous or BEGINNING, [_moment(now), staff_id, act, subject, plain]),
    )
    session.add(entry)
    session.flush()


def verify(session: Session) -> Break | None:
    """The first line that does not fit, or None; it is read in portions, however long the log is.

    Texts are read as they are stored: what somebody wrote by hand need be neither JSON nor a date.
    """
    query = select(
        AuditEntry.id,
        type_coerce(AuditEntry.made_at, String),
        AuditEntry.staff_id,
        AuditEntry.act,
        AuditEntry.subject,
        cast(AuditEntry.detail, Text),
        AuditEntry.previous_digest,
        AuditEntry.digest,
    ).order_by(AuditEntry.id)
    before = BEGINNING
    with session.execute(query, execution_options={"yield_per": _AT_ONCE}) as lines:
        for entry_id, *content, detail, previous, digest in lines:
            if previous != before:
                return Break(entry_id, Damage.CHAIN)
            found = _reckoned(previous, *content, detail)
            if found != digest:
                return Break(entry_id, Damage.CONTENT if found else Damage.UNREADABLE)
            before = digest
    return None


def _reckoned(previous: str, made_at: object, *content: object) -> str | None:
    """The digest of a line as it is stored; None where date or detail cannot be read."""
    *plain, detail = content
    try:
        return _digest(previous, [_moment(made_at), *plain, json.loads(str(detail))])
    except ValueError:
        return None


def head(session: Session) -> Head:
    """How long the log is and how it ends."""
    lines = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    last = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1))
    return Head(lines, last or BEGINNING)


def listed(session: Session, narrowed: LogFilter, *, zone: tzinfo, page: int) -> Page[AuditEntry]:
    """One page of the log, the newest line first."""
    query = _narrowed(narrowed, zone).order_by(AuditEntry.id.desc())
    return paged(session, query, number=page, per_page=PER_PAGE)


def all_lines(session: Session, narrowed: LogFilter, *, zone: tzinfo) -> Iterator[AuditEntry]:
    """Every line that is wanted, the oldest first, read in portions."""
    query = _narrowed(narrowed, zone).order_by(AuditEntry.id)
    return iter(session.scalars(query, execution_options={"yield_per": _AT_ONCE}))


def acts(session: Session) -> Sequence[str]:
    """The acts that the log knows, by name."""
    return session.scalars(select(AuditEntry.act).distinct().order_by(AuditEntry.act)).all()


def subjects_since(session: Session, act: str, *, since: datetime) -> frozenset[str]:
    """What an act was done to since that moment."""
    return frozenset(
        session.scalars(
            select(AuditEntry.subject).where(AuditEntry.act == act, AuditEntry.made_at >= since)
        )
    )


def _narrowed(narrowed: LogFilter, zone: tzinfo) -> Select[AuditEntry]:
    query = select(AuditEntry)
    if narrowed.staff_id is not None:
        query = query.where(AuditEntry.staff_id == narrowed.staff_id)
    if narrowed.act:
        query = query.where(AuditEntry.act == narrowed.act)
    if narrowed.subject:
        query = query.where(AuditEntry.subject == narrowed.subject)
    if narrowed.first is not None:
        query = query.where(AuditEntry.made_at >= _midnight(narrowed.first, zone))
    if narrowed.last is not None:
        query = query.where(AuditEntry.made_at < _midnight(narrowed.last + timedelta(days=1), zone))
    return query


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _digest(previous: str, content: Sequence[object]) -> str:
    return hashlib.sha256(f"{previous}\n{_canonical(content)}".encode()).hexdigest()


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def _moment(value: object) -> str:
    """A moment in UTC to the microsecond; SQLite gives a text without a zone. Else ValueError."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    aware = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="microseconds")
