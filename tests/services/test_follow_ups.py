"""The question after closing: when it is asked, by whom it can be answered, and how often."""

from datetime import timedelta

import pytest
from flask import Flask

from app.errors import InvalidTransitionError
from app.models import FollowUp, Suggestion
from app.resources import reading, transaction
from app.services import follow_ups
from app.services.follow_ups import ASKED_AFTER, Tally
from app.vocabulary import HandlingState, ReviewState
from tests.factories import MOMENT, make_suggestion
from tests.services.answer_rows import stored

TODAY = MOMENT.date()
THEN = TODAY + ASKED_AFTER


def _closed() -> str:
    with transaction() as session:
        suggestion = make_suggestion(session)
        suggestion.handling_state = HandlingState.CLOSED
        follow_ups.plan(session, suggestion.id, today=TODAY)
        return suggestion.number


def _answer(number: str, *, has_helped: bool = True, days: int = ASKED_AFTER.days) -> None:
    with transaction() as session:
        follow_ups.answer(
            session,
            stored(session, number),
            has_helped=has_helped,
            today=TODAY + timedelta(days=days),
            now=MOMENT,
        )


def _both(number: str) -> tuple[FollowUp | None, Suggestion]:
    with reading() as session:
        row = stored(session, number)
        return follow_ups.of(session, row.id), row


def test_the_question_is_asked_from_the_twenty_eighth_day_on(app: Flask) -> None:
    question, row = _both(_closed())
    assert question is not None
    assert question.ask_on == TODAY + timedelta(days=28)
    assert not follow_ups.is_asked(question, row, today=THEN - timedelta(days=1))
    assert follow_ups.is_asked(question, row, today=THEN)
    assert follow_ups.is_asked(question, row, today=THEN + timedelta(days=400))


def test_nothing_is_asked_of_what_was_never_closed(app: Flask) -> None:
    with transaction() as session:
        number = make_suggestion(session).number
    assert not follow_ups.is_asked(*_both(number), today=THEN)
    with pytest.raises(InvalidTransitionError):
        _answer(number)


def test_it_is_answered_once(app: Flask) -> None:
    number = _closed()
    _answer(number, has_helped=False)
    with pytest.raises(InvalidTransitionError):
        _answer(number)
    question, _row = _both(number)
    assert question is not None
    assert question.has_helped is False


def test_it_is_not_answered_before_its_day(app: Flask) -> None:
    number = _closed()
    with pytest.raises(InvalidTransitionError):
        _answer(number, days=27)


@pytest.mark.parametrize(
    ("handling", "review"),
    [
        (HandlingState.REOPENED, ReviewState.PUBLISHED),
        (HandlingState.CLOSED, ReviewState.WITHDRAWN),
    ],
)
def test_it_is_not_asked_of_what_is_open_again_or_gone(
    app: Flask, handling: HandlingState, review: ReviewState
) -> None:
    number = _closed()
    with transaction() as session:
        row = stored(session, number)
        row.handling_state, row.review_state = handling, review
    with pytest.raises(InvalidTransitionError):
        _answer(number)


def test_closing_once_more_begins_the_four_weeks_anew_unless_answered(app: Flask) -> None:
    open_one, answered = _closed(), _closed()
    _answer(answered)
    later = TODAY + timedelta(days=10)
    with transaction() as session:
        for number in (open_one, answered):
            follow_ups.plan(session, stored(session, number).id, today=later)
    moved, stays = _both(open_one)[0], _both(answered)[0]
    assert moved is not None
    assert stays is not None
    assert moved.ask_on == later + ASKED_AFTER
    assert stays.ask_on == THEN


def test_the_answers_are_counted(app: Flask) -> None:
    for has_helped in (True, False, True):
        _answer(_closed(), has_helped=has_helped)
    _closed()
    with reading() as session:
        assert follow_ups.tally(session) == Tally(answered=3, helped=2)
