"""Counting how often something was done, in windows that every process shares."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.models import RateCount


def count(session: Session, key: str, *, amount: int, ends_at: float, now: float) -> int:
    """Count in the key's window and return the sum; a window that is over starts anew."""
    session.execute(delete(RateCount).where(RateCount.key == key, RateCount.expires_at <= now))
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql_insert if is_postgresql else sqlite_insert
    statement = insert(RateCount).values(key=key, count=amount, expires_at=ends_at)
    counted = session.scalar(
        statement.on_conflict_do_update(
            index_elements=[RateCount.key], set_={"count": RateCount.count + amount}
        ).returning(RateCount.count)
    )
    return int(counted or 0)


def current(session: Session, key: str, *, now: float) -> tuple[int, float]:
    """The count of the key's present window and when it ends; (0, now) where there is none."""
    row = session.get(RateCount, key)
    return (row.count, row.expires_at) if row and row.expires_at > now else (0, now)


def clear(session: Session, key: str) -> None:
    """Forget one count."""
    session.execute(delete(RateCount).where(RateCount.key == key))


def clear_all(session: Session) -> None:
    """Forget every count."""
    session.execute(delete(RateCount))


def sweep(session: Session, *, now: float) -> None:
    """Remove the windows that are over."""
    session.execute(delete(RateCount).where(RateCount.expires_at <= now))
