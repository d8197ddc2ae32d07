"""Counting what is asked: by the week, without whoever asked, on both databases."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import WRITING
from app.extensions import db
from app.factory import create_app
from app.models import Base, QueryCount
from app.resources import engine, reading, transaction
from app.services import search_counts
from app.services.search_counts import Week
from app.vocabulary import Language
from tests.conftest import make_settings
from tests.parallel import at_once

MONDAY = date(2023, 5, 29)
SUNDAY = date(2023, 6, 4)


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """A portal with empty tables, once on each database."""
    is_postgresql = request.param == "postgresql"
    address = request.getfixturevalue("postgresql_address") if is_postgresql else ""
    app = create_app(make_settings(tmp_path, database_url=address))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        yield app
        Base.metadata.drop_all(db.engine)
        db.engine.dispose()


def _note(*texts: str, found: int = 0, today: date = MONDAY) -> None:
    with transaction() as session:
        for text in texts:
            search_counts.note(session, text, found=found, today=today)


def _stored() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(QueryCount.text).order_by(QueryCount.text)))


def test_searches_of_a_week_add_up_under_one_text(portal: Flask) -> None:
    _note("充电樁", found=3, today=MONDAY)
    _note(" 充电桩 ", found=0, today=SUNDAY)

    with reading() as session:
        row = session.scalars(select(QueryCount)).one()
    assert (row.week, row.text, row.language) == (MONDAY, "充电桩", Language.ZH)
    assert (row.searches, row.without_results) == (2, 1)


def test_weeks_are_counted_apart_and_listed_newest_first(portal: Flask) -> None:
    _note("停车", "停车", "Parking fee")
    _note("停车", found=9, today=SUNDAY + timedelta(days=1))

    with reading() as session:
        assert search_counts.weeks(session) == [
            Week(SUNDAY + timedelta(days=1), asked=1, searches=1, without_results=0),
            Week(MONDAY, asked=2, searches=3, without_results=3),
        ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ？！ ",
        "长" * 61,
        "我的手机13800138000",
        "QD-2023-000123",
        "ｑｄ－2023－000123 到哪了",
        "qd2023000123",
        "7KQM-X2DP-9RTA",
        "7kqm x2dp 9rta",
        "查询码：7KQMX2DP9RTA",
        "someone@example.org",
        "身份证 11010119900307",
    ],
)
def test_what_may_tell_something_private_is_not_stored(portal: Flask, text: str) -> None:
    _note(text)

    assert _stored() == []


@pytest.mark.parametrize(
    "text",
    ["停车", "neighborhood", "2023 work plan", "5g基站", "12345", "长" * 60, "registration"],
)
def test_an_everyday_question_is_stored(portal: Flask, text: str) -> None:
    _note(text)

    assert _stored() == [text]


def test_what_was_asked_in_vain_is_listed_the_most_frequent_first(portal: Flask) -> None:
    _note("地铁", "停车位", "停车位", "噪音")
    _note("噪音", "公园", found=4)
    _note("游泳馆", today=SUNDAY + timedelta(days=1))

    with reading() as session:
        page = search_counts.without_results(session, MONDAY)

    assert [(row.text, row.without_results) for row in page.rows] == [
        ("停车位", 2),
        ("噪音", 1),
        ("地铁", 1),
    ]
    assert page.total == 3


def test_only_what_was_found_three_times_is_frequent(portal: Flask) -> None:
    _note("停车费", "停车费", "停车费", "停车场", "停车场", found=2)
    _note("停车难", "停车难", "停车难", found=0)
    _note("停车位", "停车位", found=1)
    _note("停车位", found=1, today=SUNDAY + timedelta(days=1))
    _note("公园", "公园", "公园", "公园", found=1)

    with reading() as session:
        assert search_counts.frequent(session, "停車", since=MONDAY, limit=5) == [
            "停车位",
            "停车费",
        ]
        assert search_counts.frequent(session, "停车", since=MONDAY, limit=1) == ["停车位"]


def test_signs_of_a_pattern_are_plain_signs(portal: Flask) -> None:
    _note("停车费", "停车费", "停车费", found=2)

    with reading() as session:
        for prefix in ("%", "_车", "停%"):
            assert search_counts.frequent(session, prefix, since=MONDAY, limit=5) == []


def test_without_a_beginning_the_most_frequent_of_all_are_given(portal: Flask) -> None:
    _note("停车费", "停车费", "停车费", "公园", "公园", found=2)

    with reading() as session:
        assert search_counts.frequent(session, " ", since=MONDAY, limit=5) == ["停车费"]


def test_old_weeks_do_not_count_as_frequent(portal: Flask) -> None:
    _note("停车费", "停车费", "停车费", found=2)

    with reading() as session:
        later = SUNDAY + timedelta(days=1)
        assert search_counts.frequent(session, "停", since=later, limit=5) == []


def test_fifty_three_weeks_are_kept(portal: Flask) -> None:
    _note("旧", today=MONDAY - timedelta(weeks=53))
    _note("最早", today=MONDAY - timedelta(weeks=52))
    _note("新", today=MONDAY)

    with transaction() as session:
        search_counts.sweep(session, today=SUNDAY)

    assert sorted(_stored()) == sorted(["新", "最早"])


def test_no_search_is_lost_when_many_ask_at_once(portal: Flask) -> None:
    own = engine().execution_options(**{WRITING: True})

    def ask(_: int) -> None:
        with Session(own) as session, session.begin():
            search_counts.note(session, "停车", found=0, today=MONDAY)

    at_once(8, ask)

    with reading() as session:
        assert [week.searches for week in search_counts.weeks(session)] == [8]
