"""Counting in the database: windows, their ends, and many at once."""

import threading

import pytest
import time_machine
from flask import Flask

from app.web.rate_limits import DatabaseStorage


@pytest.fixture
def storage(app: Flask) -> DatabaseStorage:
    """The store of this test's portal."""
    return DatabaseStorage("database://")


def test_a_key_is_counted_up(storage: DatabaseStorage) -> None:
    assert [storage.incr("甲", 60) for _ in range(3)] == [1, 2, 3]
    assert storage.incr("甲", 60, amount=5) == 8
    assert storage.get("甲") == 8


def test_keys_are_counted_apart(storage: DatabaseStorage) -> None:
    storage.incr("甲", 60)
    assert storage.incr("乙", 60) == 1
    assert storage.get("丙") == 0


def test_a_window_that_is_over_begins_anew(storage: DatabaseStorage) -> None:
    with time_machine.travel(1_700_000_000, tick=False) as clock:
        storage.incr("甲", 60)
        clock.shift(59)
        assert storage.get("甲") == 1
        clock.shift(1)
        assert storage.get("甲") == 0
        assert storage.incr("甲", 60) == 1


def test_counting_does_not_move_the_end_of_the_window(storage: DatabaseStorage) -> None:
    with time_machine.travel(1_700_000_000, tick=False) as clock:
        storage.incr("甲", 60)
        clock.shift(30)
        storage.incr("甲", 60)
        assert storage.get_expiry("甲") == 1_700_000_060


def test_one_count_or_all_can_be_forgotten(storage: DatabaseStorage) -> None:
    for key in ("甲", "乙", "丙"):
        storage.incr(key, 60)
    storage.clear("甲")
    assert [storage.get(key) for key in ("甲", "乙", "丙")] == [0, 1, 1]
    storage.reset()
    assert [storage.get(key) for key in ("乙", "丙")] == [0, 0]


def test_the_store_says_that_it_answers(storage: DatabaseStorage) -> None:
    assert storage.check()


def test_many_at_once_are_all_counted(app: Flask, storage: DatabaseStorage) -> None:
    def count() -> None:
        with app.app_context():
            for _ in range(5):
                storage.incr("甲", 60)

    threads = [threading.Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert storage.get("甲") == 30
