"""Column types and names that every table shares."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import PrimaryKeyConstraint, String, Table, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError, StatementError

from app.models import Base, BrowserSession, Edition, Suggestion
from app.resources import reading, transaction
from tests.factories import MOMENT, make_suggestion

CITY = timezone(timedelta(hours=8))


def _stored(moment: datetime) -> datetime:
    with transaction() as session:
        session.add(
            BrowserSession(
                id_hash="x", content={}, created_at=moment, seen_at=moment, expires_at=moment
            )
        )
    with reading() as session:
        return session.scalars(select(BrowserSession.seen_at)).one()


def test_a_moment_is_stored_and_returned_in_utc(app: Flask) -> None:
    stored = _stored(datetime(2023, 6, 1, 7, 30, tzinfo=CITY))

    assert stored == datetime(2023, 5, 31, 23, 30, tzinfo=UTC)
    assert stored.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(StatementError, match="needs a time zone"):
        _stored(datetime(2023, 6, 1, 7, 30))  # noqa: DTZ001 - what shall be refused


def test_a_moment_without_a_zone_is_refused_in_a_condition_too(app: Flask) -> None:
    naive = datetime(2023, 6, 1)  # noqa: DTZ001 - what shall be refused
    with reading() as session, pytest.raises(StatementError, match="needs a time zone"):
        session.scalars(select(Suggestion).where(Suggestion.submitted_at > naive)).all()


def test_a_word_outside_a_closed_list_is_refused_before_and_by_the_database(app: Flask) -> None:
    with transaction() as session:
        suggestion = make_suggestion(session)
    with pytest.raises(StatementError), transaction() as session:
        session.execute(
            Suggestion.__table__.update().values(review_state="shelved")  # type: ignore[attr-defined] # a Table
        )
    with (
        pytest.raises(IntegrityError, match="CHECK"),
        transaction() as session,
    ):
        session.connection().exec_driver_sql(
            f"UPDATE suggestion SET review_state = 'shelved' WHERE id = {suggestion.id}"  # noqa: S608 - our own number
        )


def test_every_constraint_has_a_name_and_every_moment_a_zone() -> None:
    for table in Base.metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints), table.name
        for column in table.columns:
            assert type(column.type).__name__ != "DateTime", f"{table.name}.{column.name}"


def _leading(table: Table) -> set[str]:
    """The columns that an index, a key or a unique constraint begins with."""
    constraints = [
        constraint
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint)
    ]
    return {next(iter(each.columns)).name for each in (*table.indexes, *constraints)}


def test_every_foreign_key_to_what_grows_is_indexed() -> None:
    """A row that goes would otherwise be looked for in every row that may point to it."""
    stays_small = {"reason_code", "unit", "staff_member", "campaign", "plan", "chapter"}
    bare = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.foreign_keys
        and column.name not in _leading(table)
        and not any(key.column.table.name in stays_small for key in column.foreign_keys)
    ]

    assert bare == []


def test_short_texts_have_a_limit() -> None:
    limits = {
        f"{table.name}.{column.name}": column.type.length
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, String) and column.type.length
    }

    assert limits["suggestion.number"] == 24
    assert limits["suggestion.nickname"] == 200
    assert "suggestion.text" not in limits


def test_dates_of_an_edition_stand_in_order(app: Flask) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(
            Edition(
                number=1,
                status="draft",
                from_on=MOMENT.date(),
                to_on=MOMENT.date() - timedelta(days=1),
                settings={},
                message_count=0,
                drafted_at=MOMENT,
            )
        )
