"""Readers' reports: what may be reported, how often, and what follows."""

import pytest
from flask import Flask

from app.errors import InvalidInputError, NotFoundError
from app.models import Report, Suggestion
from app.models.review import REPORT_NOTE_MAX
from app.resources import reading, transaction
from app.services import reports
from app.services.queueing import Term
from app.services.reports import Complaint, ReportReason
from app.vocabulary import ReviewCause, ReviewState, Visibility
from tests.factories import MOMENT, make_suggestion
from tests.services.answer_rows import stored

TERM = Term(MOMENT.date(), 5)
ADVERTISING = Complaint(ReportReason.ADVERTISING)


def _given(state: ReviewState = ReviewState.PUBLISHED) -> str:
    with transaction() as session:
        return make_suggestion(session, state).number


def _report(number: str, complaint: Complaint = ADVERTISING, person: str = "reader 1") -> None:
    with transaction() as session:
        reports.report(session, number, complaint, person_key=person, now=MOMENT, term=TERM)


def _suggestion(number: str) -> Suggestion:
    with reading() as session:
        return stored(session, number)


def _open(number: str) -> list[Report]:
    with reading() as session:
        return list(reports.open_on(session, stored(session, number).id))


def test_a_report_puts_the_suggestion_into_the_queue_and_leaves_it_published(app: Flask) -> None:
    number = _given()
    _report(number, Complaint("insult", "骂了隔壁的老人"))
    row = _suggestion(number)
    assert row.review_cause is ReviewCause.REPORTED
    assert row.is_public
    assert row.due_on is not None
    assert row.due_on > MOMENT.date()
    assert [(each.reason, each.note) for each in _open(number)] == [("insult", "骂了隔壁的老人")]


def test_one_person_reports_once_and_others_too(app: Flask) -> None:
    number = _given()
    _report(number)
    _report(number, Complaint("insult"))
    _report(number, person="reader 2")
    assert [each.reason for each in _open(number)] == ["advertising", "advertising"]


def test_what_waits_for_another_cause_keeps_it(app: Flask) -> None:
    number = _given()
    with transaction() as session:
        stored(session, number).review_cause = ReviewCause.LOW_RATING
    _report(number)
    assert _suggestion(number).review_cause is ReviewCause.LOW_RATING
    assert len(_open(number)) == 1


@pytest.mark.parametrize("state", [ReviewState.PENDING, ReviewState.DECLINED])
def test_what_is_not_public_cannot_be_reported(app: Flask, state: ReviewState) -> None:
    number = _given(state)
    with pytest.raises(NotFoundError):
        _report(number)


def test_what_is_confidential_cannot_be_reported(app: Flask) -> None:
    with transaction() as session:
        number = make_suggestion(session, visibility=Visibility.CONFIDENTIAL).number
    with pytest.raises(NotFoundError):
        _report(number)


@pytest.mark.parametrize(
    ("complaint", "field"),
    [
        (Complaint("boring"), "reason"),
        (Complaint("other", "  "), "note"),
        (Complaint("untrue", "假" * (REPORT_NOTE_MAX + 1)), "note"),
    ],
)
def test_a_report_needs_a_reason_of_the_list_and_other_needs_words(
    app: Flask, complaint: Complaint, field: str
) -> None:
    number = _given()
    with pytest.raises(InvalidInputError) as refused:
        _report(number, complaint)
    assert refused.value.field == field
    assert _suggestion(number).review_cause is None


def test_settled_reports_are_not_open_and_the_same_person_cannot_begin_again(app: Flask) -> None:
    number = _given()
    _report(number)
    with transaction() as session:
        row = stored(session, number)
        reports.settle(session, row.id, now=MOMENT)
        row.review_cause = None
    assert _open(number) == []
    _report(number)
    assert _suggestion(number).review_cause is None
    _report(number, person="reader 2")
    assert _suggestion(number).review_cause is ReviewCause.REPORTED
