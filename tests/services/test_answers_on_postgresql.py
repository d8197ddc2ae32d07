"""Answers, grades and reports where several really write at once: nothing is lost or done twice."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from app.errors import InvalidTransitionError, PortalError
from app.extensions import db
from app.factory import create_app
from app.models import Answer, AuditEntry, Rating, Report
from app.resources import now, reading, search_index, transaction
from app.services import answers, audit, bundle, ratings, reports
from app.services.queueing import Term
from app.services.ratings import Grades
from app.services.reports import Complaint
from app.vocabulary import AnswerStatus, HandlingState, Outcome, ReviewCause
from tests.conftest import make_settings
from tests.factories import MOMENT, make_staff, make_suggestion
from tests.parallel import at_once
from tests.services.answer_rows import SAID, published, reviewed, stored

TODAY = MOMENT.date()
TERM = Term(TODAY, 5)


@pytest.fixture(scope="module")
def portal(postgresql_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A portal on PostgreSQL with the bundled plan; the module's tests share its rows."""
    folder = tmp_path_factory.mktemp("answers-on-postgresql")
    app = create_app(make_settings(folder, database_url=postgresql_address))
    with app.app_context():
        upgrade()
        with transaction() as session:
            bundle.load(session, now=now())
        yield app
        search_index().close()
        db.engine.dispose()


def test_readers_who_report_at_once_are_all_kept_and_each_once(portal: Flask) -> None:
    with transaction() as session:
        suggestion = make_suggestion(session)
        number, suggestion_id = suggestion.number, suggestion.id

    def report(place: int) -> None:
        with portal.app_context(), transaction() as session:
            complaint = Complaint("insult", "骂人")
            person = f"reader {place % 4}"
            reports.report(session, number, complaint, person_key=person, now=MOMENT, term=TERM)

    at_once(8, report)
    with reading() as session:
        kept = select(func.count()).select_from(Report).where(Report.suggestion_id == suggestion_id)
        assert session.scalar(kept) == 4
        assert stored(session, number).review_cause is ReviewCause.REPORTED


def test_a_suggestion_gets_one_answer_however_many_begin_it_at_once(portal: Flask) -> None:
    with transaction() as session:
        suggestion = make_suggestion(session)
        number, suggestion_id = suggestion.number, suggestion.id
        members = [make_staff(session) for _count in range(4)]

    def draft(place: int) -> bool:
        try:
            with portal.app_context(), transaction() as session:
                answers.draft(session, number, SAID, by=members[place], now=MOMENT)
        except PortalError:
            return False
        return True

    assert sorted(at_once(4, draft)) == [False, False, False, True]
    with reading() as session:
        rows = session.scalars(select(Answer).where(Answer.suggestion_id == suggestion_id)).all()
    assert len(rows) == 1


def test_due_answers_are_published_once_by_workers_and_colleagues_at_once(portal: Flask) -> None:
    with transaction() as session:
        rows = [reviewed(session, make_suggestion(session)) for _count in range(6)]
        for answer in rows:
            answer.publish_on = TODAY
        session.flush()
        seen = {answer.id: answer.version for answer in rows}
        member = make_staff(session)

    def publish(place: int) -> int:
        with portal.app_context(), transaction() as session:
            if place % 2:
                return answers.publish_due(session, TODAY, MOMENT)
            return answers.publish_many(session, seen, by=member, now=MOMENT).count

    assert sum(at_once(4, publish)) == 6
    with reading() as session:
        states = {session.get_one(Answer, answer_id).status for answer_id in seen}
        told = session.scalars(
            select(AuditEntry.detail).where(AuditEntry.act == "answer.published")
        ).all()
        assert audit.verify(session) is None
    assert states == {AnswerStatus.PUBLISHED}
    assert sorted(each["answer"] for each in told if each["answer"] in seen) == sorted(seen)


def test_grades_sent_twice_at_once_while_the_matter_is_closed_are_one_rating(
    portal: Flask,
) -> None:
    with transaction() as session:
        suggestion = make_suggestion(session)
        answer = published(session, suggestion)
        number, answer_id, version = suggestion.number, answer.id, answer.version
        member = make_staff(session)

    def act(place: int) -> None:
        # Closing comes too late where a low grade was quicker.
        with suppress(InvalidTransitionError), portal.app_context(), transaction() as session:
            if place:
                grades = Grades(1, 1, "没有修好。")
                ratings.rate(session, stored(session, number), grades, now=MOMENT, term=TERM)
                return
            answers.close(
                session,
                answer_id,
                Outcome.ADOPTED,
                seen_version=version,
                by=member,
                today=TODAY,
                now=MOMENT,
            )

    at_once(4, act)
    with reading() as session:
        kept = select(func.count()).select_from(Rating).where(Rating.answer_id == answer_id)
        assert session.scalar(kept) == 1
        row = stored(session, number)
        assert row.handling_state is HandlingState.REOPENED
        assert row.review_cause is ReviewCause.LOW_RATING
