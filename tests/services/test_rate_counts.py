"""Counting in windows."""

from flask import Flask
from sqlalchemy.orm import Session

from app.database import WRITING
from app.resources import engine, reading, transaction
from app.services import rate_counts
from tests.parallel import at_once


def _count(key: str, *, now: float, amount: int = 1) -> int:
    with transaction() as session:
        return rate_counts.count(session, key, amount=amount, ends_at=now + 60, now=now)


def _current(key: str, *, now: float) -> tuple[int, float]:
    with reading() as session:
        return rate_counts.current(session, key, now=now)


def test_counts_add_up_within_a_window_whose_end_stays(app: Flask) -> None:
    assert [_count("发送/10.0.0.1", now=moment) for moment in (100, 110, 159)] == [1, 2, 3]
    assert _current("发送/10.0.0.1", now=159) == (3, 160)


def test_a_window_that_is_over_starts_anew(app: Flask) -> None:
    _count("a", now=100, amount=5)

    assert _current("a", now=160) == (0, 160)
    assert _count("a", now=160) == 1
    assert _current("a", now=161) == (1, 220)


def test_keys_are_counted_apart(app: Flask) -> None:
    _count("a", now=100)

    assert _count("b", now=100) == 1
    assert _current("c", now=100) == (0, 100)


def test_forgetting_one_count_leaves_the_others(app: Flask) -> None:
    _count("a", now=100)
    _count("b", now=100)
    with transaction() as session:
        rate_counts.clear(session, "a")

    assert (_current("a", now=101)[0], _current("b", now=101)[0]) == (0, 1)
    with transaction() as session:
        rate_counts.clear_all(session)
    assert _current("b", now=101)[0] == 0


def test_sweeping_removes_only_what_is_over(app: Flask) -> None:
    _count("old", now=100)
    _count("new", now=150)
    with transaction() as session:
        rate_counts.sweep(session, now=160)

    assert (_current("old", now=120)[0], _current("new", now=170)[0]) == (0, 1)


def test_no_count_is_lost_when_many_count_at_once(app: Flask) -> None:
    own = engine()

    def count(_: int) -> int:
        with Session(own.execution_options(**{WRITING: True})) as session, session.begin():
            return rate_counts.count(session, "a", amount=1, ends_at=200, now=100)

    assert sorted(at_once(16, count)) == list(range(1, 17))
