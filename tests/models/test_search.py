"""What the tables of search refuse by themselves."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.models import QueryCount, UserWord
from app.resources import transaction
from app.vocabulary import Language
from tests.factories import MOMENT, make_staff

MONDAY = date(2023, 5, 29)


def _count(searches: int, without_results: int) -> None:
    with transaction() as session:
        session.add(
            QueryCount(
                week=MONDAY,
                text="停车",
                language=Language.ZH,
                searches=searches,
                without_results=without_results,
            )
        )


def test_a_query_is_counted_once_a_week(app: Flask) -> None:
    _count(3, 3)

    with pytest.raises(IntegrityError):
        _count(1, 0)


@pytest.mark.parametrize(("searches", "without_results"), [(1, 2), (1, -1)])
def test_no_more_searches_are_in_vain_than_there_were(
    app: Flask, searches: int, without_results: int
) -> None:
    with pytest.raises(IntegrityError):
        _count(searches, without_results)


def _add_word(word: str, staff_id: int) -> None:
    with transaction() as session:
        session.add(UserWord(word=word, added_by_id=staff_id, added_at=MOMENT))


def test_a_dictionary_word_is_kept_once(app: Flask) -> None:
    with transaction() as session:
        member = make_staff(session)
    _add_word("全域停车", member.id)

    with pytest.raises(IntegrityError):
        _add_word("全域停车", member.id)


def test_a_dictionary_word_belongs_to_somebody(app: Flask) -> None:
    with pytest.raises(IntegrityError):
        _add_word("全域停车", 999)
