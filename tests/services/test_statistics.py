"""The portal's own figures, and the published formula."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.models import Decision, Suggestion
from app.resources import reading, transaction
from app.services import statistics
from app.vocabulary import Channel, ModerationAction, ReviewState, Visibility
from tests.factories import MOMENT, make_suggestion

pytestmark = pytest.mark.usefixtures("app")

NOW = MOMENT + timedelta(days=30)

ENDS = {
    ModerationAction.PUBLISH: ReviewState.PUBLISHED,
    ModerationAction.DECLINE: ReviewState.DECLINED,
    ModerationAction.REOPEN: ReviewState.PENDING,
}


def decide(
    session: Session,
    suggestion: Suggestion,
    action: ModerationAction,
    *,
    hours: float,
    reason: str | None = None,
) -> None:
    """Write a decision on the suggestion, so many hours after it was sent."""
    session.add(
        Decision(
            suggestion_id=suggestion.id,
            action=action,
            from_state=ReviewState.PENDING,
            to_state=ENDS[action],
            reason_code=reason,
            version_after=1,
            decided_at=suggestion.submitted_at + timedelta(hours=hours),
        )
    )


def test_a_portal_without_suggestions_has_nothing_to_tell() -> None:
    with reading() as session:
        found = statistics.statistics(session, year=2023, now=NOW)

    assert found.handling.received == 0
    assert found.handling.median_hours is None
    assert len(found.items) == 24
    assert {count for _, count in found.items} == {0}


def test_states_are_counted_and_confidential_ones_told_apart() -> None:
    with transaction() as session:
        make_suggestion(session, district_code="shinan", items=(4,))
        make_suggestion(session, visibility=Visibility.CONFIDENTIAL, district_code="shinan")
        make_suggestion(session, ReviewState.PENDING, district_code="shinan")

    with reading() as session:
        found = statistics.statistics(session, year=2023, now=NOW)

    assert found.handling.received == 3
    assert found.handling.states[ReviewState.PUBLISHED] == 2
    assert found.handling.confidential == 1
    assert {district.code: count for district, count in found.districts}["shinan"] == 1
    assert found.without_district == 0


def test_only_the_reason_that_stands_is_counted() -> None:
    with transaction() as session:
        declined = make_suggestion(session, ReviewState.DECLINED)
        decide(session, declined, ModerationAction.DECLINE, hours=1, reason="repeated")
        decide(session, declined, ModerationAction.REOPEN, hours=2)
        decide(session, declined, ModerationAction.DECLINE, hours=3, reason="advertising")
        reopened = make_suggestion(session)
        decide(session, reopened, ModerationAction.DECLINE, hours=1, reason="repeated")

    with reading() as session:
        found = statistics.handling(session, now=NOW)

    assert [(reason.code, count) for reason, count in found.declined_by] == [("advertising", 1)]


def test_the_median_takes_the_first_decision_of_each() -> None:
    with transaction() as session:
        for hours in (1, 5, 30):
            suggestion = make_suggestion(session)
            decide(session, suggestion, ModerationAction.PUBLISH, hours=hours)
            decide(session, suggestion, ModerationAction.PUBLISH, hours=hours + 100)

    with reading() as session:
        found = statistics.handling(session, now=NOW)

    assert found.median_hours == 5
    assert found.decided == 3


def test_old_and_imported_suggestions_are_left_out_of_the_median() -> None:
    with transaction() as session:
        old = make_suggestion(session, submitted_at=NOW - timedelta(days=400))
        decide(session, old, ModerationAction.PUBLISH, hours=500)
        imported = make_suggestion(session)
        imported.channel = Channel.IMPORT
        decide(session, imported, ModerationAction.PUBLISH, hours=700)

    with reading() as session:
        assert statistics.handling(session, now=NOW).median_hours is None


def test_the_published_shares_make_a_whole_and_the_heaviest_comes_first() -> None:
    method = statistics.heat_method()

    shares = [part.share for part in method.parts]
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)
    assert method.parts[0].name == "people"
    assert {part.name for part in method.parts if part.half is None} == {"growth"}
