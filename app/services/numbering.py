"""Numbers that are given once and never again."""

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.models import NumberSeries


def next_number(session: Session, series: str) -> int:
    """The series' next number, starting at 1; concurrent callers wait for one another."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql_insert if is_postgresql else sqlite_insert
    session.execute(insert(NumberSeries).values(name=series, last=0).on_conflict_do_nothing())
    given: int | None = session.scalar(
        update(NumberSeries)
        .where(NumberSeries.name == series)
        .values(last=NumberSeries.last + 1)
        .returning(NumberSeries.last)
    )
    assert given is not None  # noqa: S101 - the row was made above
    return given


def suggestion_number(session: Session, *, prefix: str, year: int) -> str:
    """The next public number of a suggestion, such as `QD-2023-000123`."""
    return f"{prefix}-{year}-{next_number(session, f'suggestion-{year}'):06d}"
