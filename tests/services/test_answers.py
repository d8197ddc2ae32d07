"""Answers: who may draft, review, publish and close them, and what follows for the suggestion."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.errors import (
    InvalidInputError,
    InvalidTransitionError,
    NotAllowedError,
    NotFoundError,
    StaleEditError,
)
from app.models import (
    Answer,
    Assignment,
    AuditEntry,
    FollowUp,
    IndexJob,
    PlanItem,
    Suggestion,
    Unit,
)
from app.models.answer import ANSWER_MAX
from app.resources import reading, settings, transaction
from app.services import answers, search_documents
from app.services.answers import FURTHEST, Said
from app.vocabulary import (
    AnswerStatus,
    HandlingState,
    Language,
    Outcome,
    ReviewCause,
    ReviewState,
    Role,
    Visibility,
)
from tests.factories import MOMENT, make_staff, make_suggestion
from tests.services.answer_rows import SAID, drafted, published, reviewed, stored

TODAY = MOMENT.date()
OTHER = Said("Two of the four chargers work again; the others follow in July.", Outcome.PARTLY)

Made = Callable[[Session, Suggestion], Answer]


def _given(made: Made, state: ReviewState = ReviewState.PUBLISHED) -> tuple[str, int, int]:
    """The number of a suggestion, its answer's id and version."""
    with transaction() as session:
        suggestion = make_suggestion(session)
        answer = made(session, suggestion)
        suggestion.review_state = state
        session.flush()
        return suggestion.number, answer.id, answer.version


def _row(answer_id: int) -> Answer:
    with reading() as session:
        return session.get_one(Answer, answer_id)


def _suggestion(number: str) -> Suggestion:
    with reading() as session:
        return stored(session, number)


def _acts() -> list[str]:
    with reading() as session:
        found = session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all()
    return [act for act in found if not act.startswith("staff.")]


# --- Drafting ------------------------------------------------------------------------------------


def test_a_moderator_drafts_an_answer_in_the_language_it_is_written_in(app: Flask) -> None:
    _number, chinese, _version = _given(drafted)
    _number, english, _version = _given(lambda session, row: drafted(session, row, OTHER))
    assert _row(chinese).status is AnswerStatus.DRAFT
    assert _row(chinese).language is Language.ZH
    assert _row(english).language is Language.EN
    assert _acts() == ["answer.drafted", "answer.drafted"]


def test_a_compiler_drafts_nothing(app: Flask) -> None:
    with transaction() as session:
        compiler = make_staff(session, Role.COMPILER)
        number = make_suggestion(session).number
    with pytest.raises(NotAllowedError), transaction() as session:
        answers.draft(session, number, SAID, by=compiler, now=MOMENT)


@pytest.mark.parametrize("state", [ReviewState.PENDING, ReviewState.DECLINED])
def test_only_what_is_published_is_answered(app: Flask, state: ReviewState) -> None:
    with pytest.raises(InvalidTransitionError), transaction() as session:
        drafted(session, make_suggestion(session, state))


def test_a_suggestion_has_one_answer_under_way(app: Flask) -> None:
    number, _answer_id, _version = _given(reviewed)
    with pytest.raises(InvalidTransitionError), transaction() as session:
        drafted(session, stored(session, number))


def test_what_does_not_exist_is_not_answered(app: Flask) -> None:
    with transaction() as session:
        by = make_staff(session)
    with pytest.raises(NotFoundError), transaction() as session:
        answers.draft(session, "QD-2023-999999", SAID, by=by, now=MOMENT)
    with pytest.raises(NotFoundError), transaction() as session:
        answers.publish(session, 404, seen_version=1, by=by, now=MOMENT)


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        (Said("  ！？", Outcome.ADOPTED), "text", "no_words"),
        (Said("修" * (ANSWER_MAX + 1), Outcome.ADOPTED), "text", "too_long"),
        (Said("您好，关于{item}的建议已办结。", Outcome.ADOPTED), "text", "placeholder"),
        (Said("已修好。", Outcome.ADOPTED, "no-such-unit"), "unit", "unknown"),
    ],
)
def test_words_that_cannot_stand_are_refused(
    app: Flask, said: Said, field: str, reason: str
) -> None:
    with pytest.raises(InvalidInputError) as refused, transaction() as session:
        drafted(session, make_suggestion(session), said)
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_the_longest_answer_and_braces_of_other_kinds_fit(app: Flask) -> None:
    _number, answer_id, _version = _given(
        lambda session, row: drafted(session, row, Said("{修}" * 1250, Outcome.REFERENCE))
    )
    assert len(_row(answer_id).text) == 3750


# --- Reviewing -----------------------------------------------------------------------------------


def test_a_second_person_reviews(app: Flask) -> None:
    _number, answer_id, _version = _given(reviewed)
    row = _row(answer_id)
    assert row.status is AnswerStatus.REVIEWED
    assert row.reviewed_by_id not in {None, row.drafted_by_id}
    assert row.reviewed_at == MOMENT


def test_nobody_reviews_what_they_wrote_themselves(app: Flask) -> None:
    with transaction() as session:
        admin = make_staff(session, Role.ADMIN)
        answer = drafted(session, make_suggestion(session), by=admin)
    with pytest.raises(NotAllowedError), transaction() as session:
        answers.review(session, answer.id, seen_version=answer.version, by=admin, now=MOMENT)


def test_who_changes_an_answer_cannot_review_it_and_the_first_drafter_can(app: Flask) -> None:
    with transaction() as session:
        first, second = make_staff(session), make_staff(session)
        answer = drafted(session, make_suggestion(session), by=first)
        answers.change(
            session, answer.id, OTHER, seen_version=answer.version, by=second, now=MOMENT
        )
    with pytest.raises(NotAllowedError), transaction() as session:
        answers.review(session, answer.id, seen_version=answer.version, by=second, now=MOMENT)
    with transaction() as session:
        answers.review(session, answer.id, seen_version=answer.version, by=first, now=MOMENT)
    assert _row(answer.id).status is AnswerStatus.REVIEWED


def test_a_reviewed_answer_that_is_changed_is_reviewed_again(app: Flask) -> None:
    _number, answer_id, version = _given(reviewed)
    with transaction() as session:
        by = make_staff(session)
        answers.change(session, answer_id, OTHER, seen_version=version, by=by, now=MOMENT)
    row = _row(answer_id)
    assert row.status is AnswerStatus.DRAFT
    assert row.reviewed_by_id is None
    assert row.text == OTHER.text


def _change(session: Session, answer_id: int, version: int) -> None:
    by = make_staff(session)
    answers.change(session, answer_id, OTHER, seen_version=version, by=by, now=MOMENT)


def _review(session: Session, answer_id: int, version: int) -> None:
    by = make_staff(session)
    answers.review(session, answer_id, seen_version=version, by=by, now=MOMENT)


def _publish(session: Session, answer_id: int, version: int) -> None:
    by = make_staff(session)
    answers.publish(session, answer_id, seen_version=version, by=by, now=MOMENT)


def _discard(session: Session, answer_id: int, version: int) -> None:
    by = make_staff(session)
    answers.discard(session, answer_id, seen_version=version, by=by, now=MOMENT)


def _schedule(
    session: Session, answer_id: int, version: int, day: date | None = TODAY + timedelta(days=3)
) -> None:
    answers.schedule(
        session,
        answer_id,
        day,
        seen_version=version,
        by=make_staff(session),
        today=TODAY,
        now=MOMENT,
    )


def _close(
    session: Session, answer_id: int, version: int, outcome: Outcome = Outcome.ADOPTED
) -> None:
    answers.close(
        session,
        answer_id,
        outcome,
        seen_version=version,
        by=make_staff(session),
        today=TODAY,
        now=MOMENT,
    )


Act = Callable[[Session, int, int], None]


@pytest.mark.parametrize("act", [_change, _review, _publish, _discard, _schedule, _close])
def test_nothing_is_done_to_an_answer_that_changed_since_it_was_seen(app: Flask, act: Act) -> None:
    _number, answer_id, version = _given(reviewed)
    with pytest.raises(StaleEditError), transaction() as session:
        act(session, answer_id, version - 1)


@pytest.mark.parametrize(
    ("made", "act"),
    [
        (drafted, _publish),
        (drafted, _schedule),
        (drafted, _close),
        (reviewed, _review),
        (reviewed, _close),
        (published, _change),
        (published, _review),
        (published, _publish),
        (published, _discard),
        (published, _schedule),
    ],
)
def test_what_does_not_fit_the_status_is_refused(app: Flask, made: Made, act: Act) -> None:
    _number, answer_id, version = _given(made)
    with pytest.raises(InvalidTransitionError), transaction() as session:
        act(session, answer_id, version)


@pytest.mark.parametrize("made", [drafted, reviewed])
def test_an_unpublished_answer_can_be_thrown_away(app: Flask, made: Made) -> None:
    number, answer_id, version = _given(made)
    with transaction() as session:
        _discard(session, answer_id, version)
    with reading() as session:
        assert answers.under_way(session, stored(session, number).id) is None
    assert _acts()[-1] == "answer.discarded"


# --- Publishing ----------------------------------------------------------------------------------


def test_publishing_answers_the_suggestion_and_lets_the_index_know(app: Flask) -> None:
    number, answer_id, version = _given(reviewed)
    with transaction() as session:
        session.execute(delete(IndexJob))
        _publish(session, answer_id, version)
    assert _row(answer_id).published_at == MOMENT
    row = _suggestion(number)
    assert row.handling_state is HandlingState.ANSWERED
    with reading() as session:
        assert session.scalars(select(IndexJob.document_id)).all() == [row.id]
        found = [
            document.answer
            for document in search_documents.every(session, settings().zone)
            if document.ref == number
        ]
    assert found == [SAID.text]
    assert _acts() == ["answer.drafted", "answer.reviewed", "answer.published"]


@pytest.mark.parametrize("made", [drafted, reviewed])
def test_the_index_knows_no_answer_that_is_not_published(app: Flask, made: Made) -> None:
    _given(made)
    with reading() as session:
        assert not any(found.answer for found in search_documents.every(session, settings().zone))


@pytest.mark.parametrize("state", [ReviewState.PENDING, ReviewState.WITHDRAWN])
def test_no_answer_to_what_is_not_published_any_more(app: Flask, state: ReviewState) -> None:
    _number, answer_id, version = _given(reviewed, state)
    with pytest.raises(InvalidTransitionError), transaction() as session:
        _publish(session, answer_id, version)


@pytest.mark.parametrize(
    ("cause", "left"),
    [(ReviewCause.LOW_RATING, None), (ReviewCause.REPORTED, ReviewCause.REPORTED)],
)
def test_a_new_answer_settles_a_low_grade_and_nothing_else(
    app: Flask, cause: ReviewCause, left: ReviewCause | None
) -> None:
    number, answer_id, version = _given(reviewed)
    with transaction() as session:
        row = stored(session, number)
        row.review_cause, row.handling_state = cause, HandlingState.REOPENED
    with transaction() as session:
        _publish(session, answer_id, version)
    assert _suggestion(number).review_cause is left
    assert _suggestion(number).handling_state is HandlingState.ANSWERED


def test_reviewed_answers_are_published_together_each_as_it_was_seen(app: Flask) -> None:
    _number, first, first_version = _given(reviewed)
    _number, second, second_version = _given(reviewed)
    _number, draft, draft_version = _given(drafted)
    _number, gone, gone_version = _given(reviewed, ReviewState.WITHDRAWN)
    seen = {
        first: first_version,
        second: second_version - 1,
        draft: draft_version,
        gone: gone_version,
        404: 1,
    }
    with transaction() as session:
        done = answers.publish_many(session, seen, by=make_staff(session), now=MOMENT)
    assert done.count == 1
    assert done.refused == tuple(sorted((second, draft, gone, 404)))
    assert _row(first).status is AnswerStatus.PUBLISHED
    assert _row(second).status is AnswerStatus.REVIEWED


def test_a_compiler_publishes_nothing(app: Flask) -> None:
    _number, answer_id, version = _given(reviewed)
    with transaction() as session:
        compiler = make_staff(session, Role.COMPILER)
    with pytest.raises(NotAllowedError), transaction() as session:
        answers.publish_many(session, {answer_id: version}, by=compiler, now=MOMENT)
    with pytest.raises(NotAllowedError), transaction() as session:
        answers.publish(session, answer_id, seen_version=version, by=compiler, now=MOMENT)


def test_an_answer_is_published_when_its_day_has_come(app: Flask) -> None:
    number, answer_id, version = _given(reviewed)
    _given(reviewed)
    day = TODAY + timedelta(days=3)
    with transaction() as session:
        _schedule(session, answer_id, version, day)
    with transaction() as session:
        assert answers.publish_due(session, day - timedelta(days=1), MOMENT) == 0
    with transaction() as session:
        assert answers.publish_due(session, day, MOMENT) == 1
    with transaction() as session:
        assert answers.publish_due(session, day, MOMENT) == 0
    assert _row(answer_id).publish_on is None
    assert _suggestion(number).handling_state is HandlingState.ANSWERED


def test_a_due_answer_waits_while_its_suggestion_is_not_published(app: Flask) -> None:
    number, answer_id, version = _given(reviewed)
    with transaction() as session:
        _schedule(session, answer_id, version)
        stored(session, number).review_state = ReviewState.PENDING
    later = TODAY + timedelta(days=9)
    with transaction() as session:
        assert answers.publish_due(session, later, MOMENT) == 0
    with transaction() as session:
        stored(session, number).review_state = ReviewState.PUBLISHED
    with transaction() as session:
        assert answers.publish_due(session, later, MOMENT) == 1


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (TODAY, "past"),
        (TODAY - timedelta(days=1), "past"),
        (TODAY + FURTHEST + timedelta(days=1), "far"),
    ],
)
def test_a_day_of_publication_lies_ahead_and_not_too_far(
    app: Flask, day: date, reason: str
) -> None:
    _number, answer_id, version = _given(reviewed)
    with pytest.raises(InvalidInputError) as refused, transaction() as session:
        _schedule(session, answer_id, version, day)
    assert refused.value.reason == reason


def test_a_day_of_publication_can_be_taken_off(app: Flask) -> None:
    _number, answer_id, version = _given(reviewed)
    with transaction() as session:
        _schedule(session, answer_id, version)
    with transaction() as session:
        _schedule(session, answer_id, version + 1, None)
    assert _row(answer_id).publish_on is None
    assert _row(answer_id).status is AnswerStatus.REVIEWED


# --- Closing -------------------------------------------------------------------------------------


def test_closing_keeps_the_outcome_and_asks_the_author_in_four_weeks(app: Flask) -> None:
    number, answer_id, version = _given(published)
    with transaction() as session:
        _close(session, answer_id, version, Outcome.PARTLY)
    row = _suggestion(number)
    assert row.handling_state is HandlingState.CLOSED
    assert _row(answer_id).outcome is Outcome.PARTLY
    with reading() as session:
        assert session.get_one(FollowUp, row.id).ask_on == TODAY + timedelta(days=28)
    assert _acts()[-1] == "suggestion.closed"


@pytest.mark.parametrize("state", [HandlingState.CLOSED, HandlingState.REOPENED])
def test_only_an_answered_matter_is_closed(app: Flask, state: HandlingState) -> None:
    number, answer_id, version = _given(published)
    with transaction() as session:
        stored(session, number).handling_state = state
    with pytest.raises(InvalidTransitionError), transaction() as session:
        _close(session, answer_id, version)


def test_a_matter_is_closed_with_its_latest_answer(app: Flask) -> None:
    number, first, version = _given(published)
    with transaction() as session:
        second = published(session, stored(session, number), OTHER)
    with pytest.raises(InvalidTransitionError), transaction() as session:
        _close(session, first, version)
    with transaction() as session:
        _close(session, second.id, second.version)


# --- Lists ---------------------------------------------------------------------------------------


def test_what_is_to_be_answered_has_no_answer_under_way_and_reopened_ones_come_first(
    app: Flask,
) -> None:
    _given(drafted)
    _given(published)
    with transaction() as session:
        make_suggestion(session, ReviewState.PENDING)
        plain = make_suggestion(session)
        reopened = make_suggestion(session)
        reopened.handling_state = HandlingState.REOPENED
        hidden = make_suggestion(
            session, visibility=Visibility.CONFIDENTIAL, title="请打我手机13812345678"
        )
    with reading() as session:
        page = answers.to_draft(session, number=1)
    assert [line.suggestion.number for line in page.rows] == [
        reopened.number,
        plain.number,
        hidden.number,
    ]
    assert "13812345678" not in page.rows[2].title
    assert page.total == 3


def test_answers_are_listed_by_status_and_counted(app: Flask) -> None:
    _number, draft, _version = _given(drafted)
    _given(reviewed)
    with reading() as session:
        page = answers.listed(session, AnswerStatus.DRAFT, number=1)
        counted = answers.counts(session)
    assert [line.answer.id for line in page.rows if line.answer] == [draft]
    assert counted == {
        AnswerStatus.DRAFT: 1,
        AnswerStatus.REVIEWED: 1,
        AnswerStatus.PUBLISHED: 0,
    }


def test_the_machine_points_at_personal_data_in_an_answer(app: Flask) -> None:
    said = Said("请联系李先生，手机13812345678。", Outcome.REFERENCE)
    _number, answer_id, _version = _given(lambda session, row: drafted(session, row, said))
    with reading() as session:
        assert answers.sheet(session, answer_id).personal_data


def test_the_unit_is_the_assigned_one_or_else_that_of_the_plan_item(app: Flask) -> None:
    with transaction() as session:
        suggestion = make_suggestion(session, items=(4,))
        item = session.scalars(select(PlanItem).where(PlanItem.number == 4)).one()
        units = session.scalars(select(Unit).order_by(Unit.code)).all()
        item.unit_code = units[0].code
        session.flush()
        assert answers.likely_unit(session, suggestion) == units[0]
        session.add(
            Assignment(
                suggestion_id=suggestion.id,
                unit_code=units[1].code,
                staff_id=make_staff(session).id,
                assigned_at=MOMENT,
            )
        )
        session.flush()
        assert answers.likely_unit(session, suggestion) == units[1]
        assert answers.likely_unit(session, make_suggestion(session)) is None
