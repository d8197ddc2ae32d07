"""Whether the portal is in order, as findings an operator can act on."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from app.engines.moderation.deadlines import year_is_covered
from app.errors import IndexUnavailableError
from app.models import Base, PlanItem, StaffMember, Suggestion, WorkingDayRule
from app.services import audit, indexing
from app.services.audit import Damage
from app.services.indexing import Indexer

WAL_WARNING_BYTES = 256 * 1024 * 1024
LAG_WARNING_SECONDS = 60
ANNOUNCED_BY_MONTH = 10
"""From October on the next year's holidays are to be asked for."""


class Level(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what to do about it."""

    level: Level
    about: str
    sentence: str


def examine(
    session: Session, indexer: Indexer, *, instance: Path, today: date, lag_seconds: float
) -> list[Finding]:
    """Everything that is looked at, in order."""
    return [
        _schema(session),
        _integrity(session),
        _content(session),
        _staff(session),
        _index(session, indexer),
        _lag(lag_seconds),
        _log_size(instance),
        _audit(session),
        _calendar(session, today),
    ]


def _schema(session: Session) -> Finding:
    present = set(inspect(session.get_bind()).get_table_names())
    missing = sorted(set(Base.metadata.tables) - present)
    if missing:
        return Finding(
            Level.FAULT,
            "schema",
            f"Tables are missing: {', '.join(missing)}. Run `flask db upgrade`.",
        )
    return Finding(Level.OK, "schema", "Every table is there.")


def _integrity(session: Session) -> Finding:
    if session.get_bind().dialect.name != "sqlite":
        return Finding(Level.OK, "database", "PostgreSQL answers.")
    answer = session.execute(text("PRAGMA quick_check")).scalar()
    broken = session.execute(text("PRAGMA foreign_key_check")).first()
    if answer != "ok" or broken is not None:
        return Finding(
            Level.FAULT,
            "database",
            "The database is damaged. Stop the portal and restore a backup.",
        )
    return Finding(Level.OK, "database", "The database is whole.")


def _content(session: Session) -> Finding:
    items = session.scalar(select(func.count()).select_from(PlanItem)) or 0
    suggestions = session.scalar(select(func.count()).select_from(Suggestion)) or 0
    if not items:
        return Finding(Level.WARNING, "content", "There is no plan. Run `flask plan load`.")
    return Finding(Level.OK, "content", f"{items} plan items, {suggestions} suggestions.")


def _staff(session: Session) -> Finding:
    count = session.scalar(
        select(func.count()).select_from(StaffMember).where(StaffMember.is_active)
    )
    if not count:
        return Finding(
            Level.WARNING, "staff", "Nobody can sign in. Run `flask staff add EMAIL --role admin`."
        )
    return Finding(Level.OK, "staff", f"{count} people can sign in.")


def _index(session: Session, indexer: Indexer) -> Finding:
    try:
        difference = indexer.compare()
    except IndexUnavailableError as error:
        return Finding(
            Level.FAULT, "index", f"The index is {error.reason}. Run `flask search rebuild`."
        )
    waiting, _ = indexing.waiting(session)
    if not difference.is_empty and not waiting:
        return Finding(
            Level.FAULT, "index", "The index differs from the database. Run `flask search check`."
        )
    return Finding(
        Level.OK, "index", f"{difference.documents} documents, {waiting} changes waiting."
    )


def _lag(seconds: float) -> Finding:
    if seconds > LAG_WARNING_SECONDS:
        return Finding(
            Level.WARNING,
            "worker",
            f"A change waits since {seconds:.0f} seconds. Is the worker up?",
        )
    return Finding(Level.OK, "worker", "No change waits long.")


def _log_size(instance: Path) -> Finding:
    log = instance / "portal.db-wal"
    size = log.stat().st_size if log.exists() else 0
    if size > WAL_WARNING_BYTES:
        return Finding(
            Level.WARNING,
            "write-ahead log",
            f"It has grown to {size >> 20} MB: only the worker empties it. Is it running?",
        )
    return Finding(Level.OK, "write-ahead log", f"{size >> 10} kB.")


def _audit(session: Session) -> Finding:
    broken = audit.verify(session)
    if broken is None:
        head = audit.head(session)
        words = f"{head.lines} lines, each bound to the one before it; the last is {head.digest}."
        return Finding(Level.OK, "log", words)
    how = {
        Damage.CHAIN: "does not follow on the line before it: one is missing or was changed",
        Damage.CONTENT: "does not say what it said when it was written",
        Damage.UNREADABLE: "cannot be read",
    }
    return Finding(
        Level.FAULT,
        "log",
        f"Line {broken.id} {how[broken.what]}. Somebody changed the database by hand: compare"
        " with a backup, and keep both.",
    )


def _calendar(session: Session, today: date) -> Finding:
    """A year's holidays are announced in the autumn before it; staff may have entered them."""
    wanted = (today.year, today.year + 1) if today.month >= ANNOUNCED_BY_MONTH else (today.year,)
    unknown = [
        year for year in wanted if not year_is_covered(year) and not _is_entered(session, year)
    ]
    if unknown:
        years = ", ".join(str(year) for year in unknown)
        return Finding(
            Level.WARNING,
            "calendar",
            f"Make-up working days of {years} are not known yet; deadlines count Monday to Friday."
            " Enter them at the desk, under working days.",
        )
    return Finding(Level.OK, "calendar", "The working days are known.")


def _is_entered(session: Session, year: int) -> bool:
    first, last = date(year, 1, 1), date(year, 12, 31)
    rule = select(WorkingDayRule.day).where(WorkingDayRule.day.between(first, last)).limit(1)
    return session.scalar(rule) is not None
