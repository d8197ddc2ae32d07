"""Waiting for one's turn where a database lets several write at the same time."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def wait_for(session: Session, matter: str) -> None:
    """Go on when no other transaction is at the same matter; the turn ends with the transaction.

    SQLite has one writer at a time, so there is nobody to wait for.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(matter, 0))))
