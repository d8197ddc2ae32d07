"""Reading published lists: what is public, what moved since the list before, what is gone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from app.errors import NotFoundError
from app.models import Suggestion
from app.resources import reading, transaction
from app.services import hot_issue_desk, hot_issues
from app.services.hot_issues import Comparison, Standing
from app.vocabulary import ReviewState
from tests.factories import make_suggestion
from tests.hot_issue_rows import (
    CHARGING,
    FROM,
    NOW,
    TO,
    drafted,
    edition,
    given_compiler,
    given_draft,
    given_published,
    publish,
    spot,
)

pytestmark = pytest.mark.usefixtures("app")


def compared(number: int) -> Comparison | None:
    with reading() as session:
        return hot_issues.compare(session, hot_issues.published(session, number))


def test_a_draft_does_not_exist_for_the_public() -> None:
    number = given_draft()
    with reading() as session:
        assert hot_issues.public_editions(session, page=1).total == 0
        for read in (hot_issues.published, hot_issues.evidence):
            with pytest.raises(NotFoundError):
                read(session, number)


def test_an_excluded_issue_is_not_on_the_public_list() -> None:
    number = given_draft()
    member = given_compiler()
    with transaction() as session:
        hot_issue_desk.exclude(session, spot(number), "重复的问题", by=member, now=NOW)
    publish(number)

    with reading() as session:
        page = hot_issues.edition_page(session, number, page=1)
        assert [(issue.number, issue.rank) for issue in page.issues.rows] == [(2, 1), (3, 2)]
        with pytest.raises(NotFoundError):
            hot_issues.issue_page(session, number, 1, page=1)


def test_a_withdrawn_message_is_counted_and_not_listed() -> None:
    number = given_published()
    first = edition(number).issues[0]
    with transaction() as session:
        session.execute(
            update(Suggestion)
            .where(Suggestion.id == first.members[0].suggestion_id)
            .values(review_state=ReviewState.WITHDRAWN)
        )
    with reading() as session:
        page = hot_issues.issue_page(session, number, 1, page=1)

    assert (page.withdrawn, page.members.total) == (1, 3)


def test_the_first_list_has_nothing_to_be_compared_with() -> None:
    assert compared(given_published()) is None


def test_an_issue_that_overtook_another_went_up_and_the_other_down() -> None:
    first = given_published()
    with transaction() as session:
        for title, text in (*CHARGING, *CHARGING):
            make_suggestion(session, title=title, text=text, outside_support=30)
    second = drafted(FROM, TO + timedelta(days=1))
    publish(second, at=NOW + timedelta(days=1))

    found = compared(second)

    assert found is not None
    assert found.previous.number == first
    by_rank = {issue.rank: found.changes[issue.id] for issue in edition(second).issues}
    assert [by_rank[rank].standing for rank in (1, 2, 3)] == [
        Standing.UP,
        Standing.DOWN,
        Standing.SAME,
    ]
    assert by_rank[1].before == 2


def test_an_issue_without_shared_messages_is_new_and_a_missing_one_is_gone() -> None:
    given_published()
    with transaction() as session:
        for number in range(3):
            make_suggestion(
                session,
                title=f"望海路公交站没有候车亭{number}",
                text="望海路公交站没有候车亭，下雨天老人站着等车，公交站应该有候车亭。",
            )
    second = drafted(date(2023, 5, 8), TO)
    publish(second, at=NOW + timedelta(days=1))

    found = compared(second)

    assert found is not None
    standings = {change.standing for change in found.changes.values()}
    assert Standing.NEW in standings
    assert [issue.texts[0].place for issue in found.gone] == ["云杉里"]


def test_lists_of_periods_that_do_not_meet_are_not_compared() -> None:
    given_published()
    with transaction() as session:
        for title, text in CHARGING:
            make_suggestion(session, title=title, text=text, submitted_at=NOW - timedelta(days=1))
    second = drafted(date(2023, 7, 1), date(2023, 7, 31))
    publish(second, at=NOW + timedelta(days=1))

    assert compared(second) is None


def test_the_stored_parts_add_up_to_the_heat() -> None:
    issue = edition(given_draft()).issues[0]
    parts = hot_issues.heat_parts(issue)

    assert [part.name for part in parts][:2] == ["people", "messages"]
    total = sum(part.weight for part in parts)
    assert issue.heat == round(100 * sum(part.value * part.weight for part in parts) / total, 2)
