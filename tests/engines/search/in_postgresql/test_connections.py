"""Connections are lent and taken back, and failures are told in our own words."""

import pytest
from psycopg import OperationalError, ProgrammingError, errors

from app.engines.search.in_postgresql.connections import (
    Connections,
    plain_conninfo,
    reason_of,
    told_plainly,
)
from app.errors import IndexUnavailableError


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("postgresql+psycopg://a@b/c", "postgresql://a@b/c"),
        ("postgres+psycopg2://a@b/c", "postgresql://a@b/c"),
        ("postgresql://a@b/c", "postgresql://a@b/c"),
        ("host=b dbname=c", "host=b dbname=c"),
    ],
)
def test_a_driver_in_the_address_is_left_out(address: str, plain: str) -> None:
    assert plain_conninfo(address) == plain


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (errors.LockNotAvailable(), "busy"),
        (errors.QueryCanceled(), "busy"),
        (errors.DiskFull(), "unwritable"),
        (errors.ReadOnlySqlTransaction(), "unwritable"),
        (OperationalError(), "away"),
        (errors.AdminShutdown(), "away"),
        (errors.UndefinedTable(), "corrupt"),
        (errors.IndexCorrupted(), "corrupt"),
        (ProgrammingError(), "corrupt"),
    ],
)
def test_every_failure_has_a_reason(error: OperationalError, reason: str) -> None:
    with pytest.raises(IndexUnavailableError) as refusal, told_plainly():
        raise error

    assert refusal.value.reason == reason == reason_of(error)


def test_a_connection_is_lent_again(postgresql_address: str) -> None:
    connections = Connections(postgresql_address)

    with connections.lent() as first:
        pass
    with connections.lent() as again:
        pass

    assert again is first
    connections.close()
    assert first.closed


def test_two_at_once_get_one_each(postgresql_address: str) -> None:
    connections = Connections(postgresql_address)

    with connections.lent() as first, connections.lent() as second:
        assert first is not second

    connections.close()


def test_what_fails_inside_is_rolled_back(postgresql_address: str) -> None:
    connections = Connections(postgresql_address)

    def fail() -> None:
        with connections.lent() as connection:
            connection.execute("CREATE TABLE draft (note text)")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with connections.lent() as connection:
        row = connection.execute("SELECT to_regclass('draft')").fetchone()

    assert row == (None,)
    connections.close()
