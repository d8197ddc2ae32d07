"""The desk's work month by month, on both databases."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.extensions import db
from app.factory import create_app
from app.models import Answer, Appeal, Base, Decision, Suggestion
from app.resources import now, reading, search_index, transaction
from app.services import bundle, moderation_statistics
from app.services.moderation_statistics import Month
from app.vocabulary import AnswerStatus, Channel, Language, ModerationAction, Outcome, ReviewState
from tests.conftest import make_settings
from tests.factories import make_staff, make_suggestion

CITY = ZoneInfo("Asia/Shanghai")
TODAY = date(2023, 7, 20)
JUNE, JULY = datetime(2023, 6, 10, 2, tzinfo=UTC), datetime(2023, 7, 10, 2, tzinfo=UTC)
ENDS = {
    ModerationAction.PUBLISH: ReviewState.PUBLISHED,
    ModerationAction.RETURN: ReviewState.RETURNED,
    ModerationAction.DECLINE: ReviewState.DECLINED,
    ModerationAction.SPAM: ReviewState.DECLINED,
}


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, tmp_path: Path, loaded_world: Path) -> Iterator[Flask]:
    """A portal with reasons and no suggestions, on each database."""
    folder = tmp_path / "portal"
    shutil.copytree(loaded_world, folder)
    over: dict[str, object] = {}
    if request.param == "postgresql":
        over["database_url"] = request.getfixturevalue("postgresql_address")
    app = create_app(make_settings(folder, **over))
    with app.app_context():
        if over:
            Base.metadata.drop_all(db.engine)
            Base.metadata.create_all(db.engine)
            with transaction() as session:
                bundle.load(session, now=now())
        yield app
        search_index().close()
        db.engine.dispose()


def decide(
    session: Session,
    suggestion: Suggestion,
    action: ModerationAction,
    moment: datetime,
    reason: str | None = None,
) -> Decision:
    decision = Decision(
        suggestion_id=suggestion.id,
        action=action,
        from_state=ReviewState.PENDING,
        to_state=ENDS[action],
        reason_code=reason,
        version_after=2,
        decided_at=moment,
    )
    session.add(decision)
    session.flush()
    return decision


def months(session: Session) -> dict[int, Month]:
    found = moderation_statistics.by_month(session, today=TODAY, zone=CITY)
    return {month.first.month: month for month in found}


def test_a_portal_without_suggestions_has_no_months(portal: Flask) -> None:
    with reading() as session:
        assert moderation_statistics.by_month(session, today=TODAY, zone=CITY) == []


def test_each_act_counts_in_the_month_in_which_it_was_done(portal: Flask) -> None:
    with transaction() as session:
        for action, reason in (
            (ModerationAction.PUBLISH, None),
            (ModerationAction.RETURN, "place-missing"),
            (ModerationAction.DECLINE, "advertising"),
            (ModerationAction.DECLINE, "repeated"),
            (ModerationAction.DECLINE, "repeated"),
        ):
            suggestion = make_suggestion(session, submitted_at=JUNE)
            decide(session, suggestion, action, JULY, reason)
    with reading() as session:
        found = months(session)
    assert list(found) == [7, 6]
    assert (found[6].received, found[6].published, found[6].declined) == (5, 0, 0)
    july = found[7]
    assert (july.received, july.published, july.returned, july.declined) == (0, 1, 1, 3)
    by_reason = [(reason.code, count) for reason, count in july.declined_by]
    assert by_reason == [("repeated", 2), ("advertising", 1)]


def test_spam_counts_among_the_declined(portal: Flask) -> None:
    with transaction() as session:
        suggestion = make_suggestion(session, submitted_at=JUNE)
        decide(session, suggestion, ModerationAction.SPAM, JUNE, "advertising")
    with reading() as session:
        assert months(session)[6].declined == 1


def test_a_month_begins_at_the_city_s_midnight(portal: Flask) -> None:
    midnight = datetime(2023, 7, 1, tzinfo=CITY)
    with transaction() as session:
        make_suggestion(session, submitted_at=midnight - timedelta(seconds=1))
        make_suggestion(session, submitted_at=midnight)
        make_suggestion(session, submitted_at=midnight)
    with reading() as session:
        found = months(session)
    assert (found[6].received, found[7].received) == (1, 2)


def test_what_is_older_than_a_year_is_left_out(portal: Flask) -> None:
    with transaction() as session:
        make_suggestion(session, submitted_at=datetime(2022, 7, 31, 15, 59, tzinfo=UTC))
        make_suggestion(session, submitted_at=datetime(2022, 7, 31, 16, 0, tzinfo=UTC))
    with reading() as session:
        found = moderation_statistics.by_month(session, today=TODAY, zone=CITY)
    assert (found[-1].first, found[-1].received) == (date(2022, 8, 1), 1)
    assert sum(month.received for month in found) == 1


def test_the_median_is_of_first_decisions_and_leaves_imports_out(portal: Flask) -> None:
    with transaction() as session:
        for hours in (1, 5, 30):
            suggestion = make_suggestion(session, submitted_at=JUNE)
            for later in (0, 100):
                moment = JUNE + timedelta(hours=hours + later)
                decide(session, suggestion, ModerationAction.PUBLISH, moment)
        imported = make_suggestion(session, submitted_at=JUNE)
        imported.channel = Channel.IMPORT
        decide(session, imported, ModerationAction.PUBLISH, JUNE + timedelta(hours=300))
    with reading() as session:
        found = months(session)
    assert found[6].median_hours == 5
    assert found[7].median_hours is None


def test_what_was_undone_was_not_done(portal: Flask) -> None:
    with transaction() as session:
        suggestion = make_suggestion(session, submitted_at=JUNE)
        wrong = decide(session, suggestion, ModerationAction.DECLINE, JUNE, "repeated")
        undo = decide(session, suggestion, ModerationAction.PUBLISH, JUNE)
        undo.action, undo.undoes_id = ModerationAction.UNDO, wrong.id
        decide(session, suggestion, ModerationAction.PUBLISH, JUNE)
    with reading() as session:
        june = months(session)[6]
    assert (june.published, june.declined) == (1, 0)


@pytest.mark.parametrize(
    ("after", "count"), [(ModerationAction.PUBLISH, 1), (ModerationAction.DECLINE, 0)]
)
def test_an_appeal_counts_where_something_else_stands_after_it(
    portal: Flask, after: ModerationAction, count: int
) -> None:
    with transaction() as session:
        suggestion = make_suggestion(session, submitted_at=JUNE)
        first = decide(session, suggestion, ModerationAction.DECLINE, JUNE, "repeated")
        second = decide(session, suggestion, after, JULY, "repeated")
        session.add(
            Appeal(
                suggestion_id=suggestion.id,
                decision_id=first.id,
                text="我说的不是同一件事。",
                lodged_at=JUNE,
                settled_by_decision_id=second.id,
                settled_at=JULY,
            )
        )
    with reading() as session:
        found = months(session)
    assert (found[6].reversed, found[7].reversed) == (0, count)


def test_only_published_answers_count(portal: Flask) -> None:
    with transaction() as session:
        member = make_staff(session)
        for status in (AnswerStatus.PUBLISHED, AnswerStatus.REVIEWED):
            session.add(
                Answer(
                    suggestion_id=make_suggestion(session, submitted_at=JUNE).id,
                    language=Language.ZH,
                    text="已经安排检修。",
                    outcome=Outcome.ADOPTED,
                    status=status,
                    drafted_by_id=member.id,
                    drafted_at=JUNE,
                    reviewed_by_id=member.id,
                    published_at=JULY if status is AnswerStatus.PUBLISHED else None,
                )
            )
    with reading() as session:
        assert months(session)[7].answered == 1


def test_the_file_has_one_row_a_month_the_oldest_first(portal: Flask) -> None:
    with transaction() as session:
        suggestion = make_suggestion(session, submitted_at=JUNE)
        decide(session, suggestion, ModerationAction.DECLINE, JULY, "repeated")
    with reading() as session:
        found = moderation_statistics.by_month(session, today=TODAY, zone=CITY)
    rows = list(moderation_statistics.rows(found))
    assert [row["month"] for row in rows] == ["2023-06", "2023-07"]
    assert rows[1]["declined_by_reason"] == "repeated:1"
    assert rows[1]["median_hours_to_first_decision"] == 720.0
    assert all(tuple(row) == moderation_statistics.COLUMNS for row in rows)
