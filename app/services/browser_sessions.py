"""Server-side sessions as rows: find, create, update, remove, sweep."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy import update as sql_update
from sqlalchemy.orm import Session

from app.models import BrowserSession


@dataclass(frozen=True)
class Content:
    """What a session's row holds beside its times."""

    id_hash: str
    content: dict[str, object]
    staff_id: int | None


def find(
    session: Session, id_hash: str, *, now: datetime, staff_idle: timedelta
) -> BrowserSession | None:
    """The row of that name, unless it has expired or a signed-in browser was idle too long."""
    row = session.get(BrowserSession, id_hash)
    if row is None or row.expires_at <= now:
        return None
    if row.staff_id is not None and now - row.seen_at > staff_idle:
        return None
    return row


def create(session: Session, content: Content, *, now: datetime, lifetime: timedelta) -> None:
    """A new row that ends after `lifetime`, whatever happens in it."""
    session.add(
        BrowserSession(
            id_hash=content.id_hash,
            content=content.content,
            staff_id=content.staff_id,
            created_at=now,
            seen_at=now,
            expires_at=now + lifetime,
        )
    )


def update(session: Session, content: Content, *, now: datetime) -> None:
    """Write the content, if the row is still there: one that was removed stays removed."""
    session.execute(
        sql_update(BrowserSession)
        .where(BrowserSession.id_hash == content.id_hash)
        .values(content=content.content, staff_id=content.staff_id, seen_at=now)
    )


def remove(session: Session, id_hash: str) -> None:
    """End a session."""
    session.execute(delete(BrowserSession).where(BrowserSession.id_hash == id_hash))


def remove_of_staff(session: Session, staff_id: int) -> None:
    """End every session of a staff member."""
    session.execute(delete(BrowserSession).where(BrowserSession.staff_id == staff_id))


def sweep(session: Session, *, now: datetime) -> None:
    """Remove the rows that have expired."""
    session.execute(delete(BrowserSession).where(BrowserSession.expires_at <= now))
