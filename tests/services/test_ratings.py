"""Grades: by whom, for what, how often, and what low ones set going."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.errors import InvalidInputError, InvalidTransitionError
from app.models import IndexJob, Rating, Suggestion
from app.models.answer import RATING_NOTE_MAX
from app.resources import reading, transaction
from app.services import ratings
from app.services.queueing import Term
from app.services.ratings import CHANGEABLE, Grades, Tally
from app.vocabulary import HandlingState, ReviewCause, ReviewState
from tests.factories import MOMENT, make_suggestion
from tests.services.answer_rows import published, reviewed, stored

TERM = Term(MOMENT.date(), 5)
GOOD = Grades(5, 3, "谢谢，充电桩修好了。")
LOW = Grades(4, 2, "只修好了一个。")


def _answered() -> str:
    with transaction() as session:
        suggestion = make_suggestion(session)
        published(session, suggestion)
        session.execute(delete(IndexJob))
        return suggestion.number


def _rate(number: str, grades: Grades, *, later: timedelta = timedelta()) -> None:
    with transaction() as session:
        ratings.rate(session, stored(session, number), grades, now=MOMENT + later, term=TERM)


def _suggestion(number: str) -> Suggestion:
    with reading() as session:
        return stored(session, number)


def _kept() -> list[tuple[int, int, str]]:
    with reading() as session:
        return [(row.attitude, row.result, row.note) for row in session.scalars(select(Rating))]


def test_good_grades_are_kept_and_open_nothing(app: Flask) -> None:
    number = _answered()
    _rate(number, GOOD)
    assert _kept() == [(5, 3, "谢谢，充电桩修好了。")]
    row = _suggestion(number)
    assert (row.handling_state, row.review_cause) == (HandlingState.ANSWERED, None)


@pytest.mark.parametrize("grades", [LOW, Grades(2, 5), Grades(1, 1)])
def test_one_low_grade_opens_the_matter_again(app: Flask, grades: Grades) -> None:
    number = _answered()
    _rate(number, grades)
    row = _suggestion(number)
    assert row.handling_state is HandlingState.REOPENED
    assert row.review_cause is ReviewCause.LOW_RATING
    assert row.review_state is ReviewState.PUBLISHED
    assert row.due_on is not None
    assert row.due_on >= MOMENT.date() + timedelta(days=5)
    with reading() as session:
        assert session.scalars(select(IndexJob.document_id)).all() == [row.id]


def test_a_closed_matter_opens_again_too(app: Flask) -> None:
    number = _answered()
    with transaction() as session:
        stored(session, number).handling_state = HandlingState.CLOSED
    _rate(number, LOW)
    assert _suggestion(number).handling_state is HandlingState.REOPENED


def test_what_waits_for_another_cause_keeps_it(app: Flask) -> None:
    number = _answered()
    with transaction() as session:
        stored(session, number).review_cause = ReviewCause.REPORTED
    _rate(number, LOW)
    assert _suggestion(number).review_cause is ReviewCause.REPORTED
    assert _suggestion(number).handling_state is HandlingState.REOPENED


def test_grades_can_be_changed_for_seven_days(app: Flask) -> None:
    number = _answered()
    _rate(number, GOOD)
    _rate(number, LOW, later=CHANGEABLE)
    assert _kept() == [(4, 2, "只修好了一个。")]
    assert _suggestion(number).handling_state is HandlingState.REOPENED


def test_the_seven_days_count_from_the_first_grades(app: Flask) -> None:
    number = _answered()
    _rate(number, GOOD)
    _rate(number, GOOD, later=timedelta(days=6))
    with pytest.raises(InvalidTransitionError):
        _rate(number, LOW, later=CHANGEABLE + timedelta(seconds=1))
    assert _kept() == [(5, 3, "谢谢，充电桩修好了。")]


def test_a_better_grade_does_not_close_what_a_low_one_opened(app: Flask) -> None:
    number = _answered()
    _rate(number, LOW)
    _rate(number, GOOD)
    assert _suggestion(number).handling_state is HandlingState.REOPENED


def test_each_answer_is_graded_by_itself(app: Flask) -> None:
    number = _answered()
    _rate(number, LOW)
    with transaction() as session:
        published(session, stored(session, number))
    _rate(number, GOOD, later=timedelta(days=30))
    assert _kept() == [(4, 2, "只修好了一个。"), (5, 3, "谢谢，充电桩修好了。")]
    assert _suggestion(number).handling_state is HandlingState.ANSWERED


def test_what_is_not_answered_is_not_graded(app: Flask) -> None:
    with transaction() as session:
        suggestion = make_suggestion(session)
        reviewed(session, suggestion)
    with pytest.raises(InvalidTransitionError):
        _rate(suggestion.number, GOOD)


@pytest.mark.parametrize("state", [ReviewState.PENDING, ReviewState.WITHDRAWN])
def test_what_is_not_published_any_more_is_not_graded(app: Flask, state: ReviewState) -> None:
    number = _answered()
    with transaction() as session:
        stored(session, number).review_state = state
    with pytest.raises(InvalidTransitionError):
        _rate(number, GOOD)


@pytest.mark.parametrize(
    ("grades", "field"),
    [
        (Grades(0, 5), "attitude"),
        (Grades(5, 6), "result"),
        (Grades(5, 5, "好" * (RATING_NOTE_MAX + 1)), "note"),
    ],
)
def test_grades_outside_the_five_and_long_notes_are_refused(
    app: Flask, grades: Grades, field: str
) -> None:
    number = _answered()
    with pytest.raises(InvalidInputError) as refused:
        _rate(number, grades)
    assert refused.value.field == field


def test_three_and_more_count_as_satisfied(app: Flask) -> None:
    for grades in (GOOD, LOW, Grades(3, 3)):
        _rate(_answered(), grades)
    with reading() as session:
        assert ratings.tally(session) == Tally(3, attitude_satisfied=3, result_satisfied=2)
