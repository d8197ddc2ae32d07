"""How often one address may ask while somebody types."""

from datetime import UTC, datetime, timedelta

from app.web.public.search_typing import PerMinute

NOON = datetime(2023, 6, 1, 12, tzinfo=UTC)


def test_so_many_a_minute_are_let_in_and_no_more() -> None:
    door = PerMinute(2)
    assert [door.let_in("192.0.2.1", NOON) for _time in range(4)] == [True, True, False, False]


def test_another_address_has_its_own_count() -> None:
    door = PerMinute(1)
    assert door.let_in("192.0.2.1", NOON)
    assert door.let_in("192.0.2.2", NOON)


def test_the_next_minute_begins_anew() -> None:
    door = PerMinute(1)
    door.let_in("192.0.2.1", NOON)
    assert not door.let_in("192.0.2.1", NOON + timedelta(seconds=59))
    assert door.let_in("192.0.2.1", NOON + timedelta(seconds=60))
