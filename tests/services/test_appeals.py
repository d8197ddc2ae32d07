"""Appeals: once, by the author of what was refused; settled by a later decision."""

import pytest
from flask import Flask

from app.errors import InvalidInputError, InvalidTransitionError
from app.models import Appeal, Decision, Suggestion
from app.models.review import APPEAL_MAX
from app.resources import keys, reading, transaction
from app.services import appeals, moderation, suggestions
from app.services.moderation import Act
from app.services.queueing import Term
from app.vocabulary import ModerationAction, ReviewCause, ReviewState
from tests.factories import MOMENT, make_staff, make_suggestion
from tests.services.answer_rows import stored

TERM = Term(MOMENT.date(), 5)
REASONS = "栏杆就在本市管的海边步道上，不是外地。"


def _declined() -> str:
    with transaction() as session:
        number = make_suggestion(session, ReviewState.PENDING).number
    _decide(number, ModerationAction.DECLINE, "outside-city")
    return number


def _decide(number: str, action: ModerationAction, reason: str | None = None) -> Decision:
    with transaction() as session:
        act = Act(action, stored(session, number).version, reason_code=reason)
        by = make_staff(session)
        return moderation.decide(
            session, number, act, by=by, plan_year=2023, now=MOMENT, keys=keys()
        )


def _lodge(number: str, text: str = REASONS) -> None:
    with transaction() as session:
        appeals.lodge(session, stored(session, number), text, now=MOMENT, term=TERM)


def _suggestion(number: str) -> Suggestion:
    with reading() as session:
        return stored(session, number)


def _appeal(number: str) -> Appeal | None:
    with reading() as session:
        return appeals.of(session, stored(session, number).id)


def test_an_appeal_puts_a_declined_suggestion_back_into_the_queue(app: Flask) -> None:
    number = _declined()
    _lodge(number)
    row = _suggestion(number)
    assert (row.review_state, row.review_cause) == (ReviewState.PENDING, ReviewCause.APPEALED)
    assert row.due_on is not None
    assert row.due_on > MOMENT.date()
    kept = _appeal(number)
    assert kept is not None
    assert kept.text == REASONS
    assert kept.decision.action is ModerationAction.DECLINE
    with reading() as session:
        last = suggestions.decisions_on(session, row.id)[-1]
    assert (last.action, last.staff_id) == (ModerationAction.APPEAL, None)
    assert (last.from_state, last.to_state) == (ReviewState.DECLINED, ReviewState.PENDING)


def test_spam_can_be_appealed_against_too(app: Flask) -> None:
    with transaction() as session:
        number = make_suggestion(session, ReviewState.PENDING).number
    _decide(number, ModerationAction.SPAM, "advertising")
    _lodge(number)
    assert _suggestion(number).review_cause is ReviewCause.APPEALED


def test_without_a_term_the_due_day_stays(app: Flask) -> None:
    number = _declined()
    before = _suggestion(number).due_on
    with transaction() as session:
        appeals.lodge(session, stored(session, number), REASONS, now=MOMENT)
    assert _suggestion(number).due_on == before


@pytest.mark.parametrize(
    ("text", "reason"), [("  ！？", "no_words"), ("错" * (APPEAL_MAX + 1), "too_long")]
)
def test_an_appeal_says_something_and_not_too_much(app: Flask, text: str, reason: str) -> None:
    number = _declined()
    with pytest.raises(InvalidInputError) as refused:
        _lodge(number, text)
    assert refused.value.reason == reason
    assert _suggestion(number).review_state is ReviewState.DECLINED


@pytest.mark.parametrize(
    "state", [ReviewState.PENDING, ReviewState.PUBLISHED, ReviewState.WITHDRAWN]
)
def test_only_a_refusal_can_be_appealed_against(app: Flask, state: ReviewState) -> None:
    with transaction() as session:
        number = make_suggestion(session, state).number
    with pytest.raises(InvalidTransitionError):
        _lodge(number)


def test_an_author_appeals_once_even_after_a_second_refusal(app: Flask) -> None:
    number = _declined()
    _lodge(number)
    with pytest.raises(InvalidTransitionError):
        _lodge(number)
    _decide(number, ModerationAction.DECLINE, "other-office")
    with pytest.raises(InvalidTransitionError):
        _lodge(number)
    with reading() as session:
        assert appeals.contested_decision(session, stored(session, number)) is None


def test_the_next_decision_settles_the_appeal(app: Flask) -> None:
    number = _declined()
    _lodge(number)
    decision = _decide(number, ModerationAction.DECLINE, "other-office")
    kept = _appeal(number)
    assert kept is not None
    assert kept.settled_by_decision_id == decision.id
    assert kept.settled_at == MOMENT


def test_a_settled_appeal_stays_settled_and_nothing_is_settled_without_one(app: Flask) -> None:
    number = _declined()
    with reading() as session:
        decision = suggestions.decisions_on(session, stored(session, number).id)[0]
    with transaction() as session:
        appeals.settle(session, stored(session, number).id, decision, now=MOMENT)
    assert _appeal(number) is None
    _lodge(number)
    first = _decide(number, ModerationAction.DECLINE, "other-office")
    with transaction() as session:
        appeals.settle(session, stored(session, number).id, decision, now=MOMENT)
    kept = _appeal(number)
    assert kept is not None
    assert kept.settled_by_decision_id == first.id
