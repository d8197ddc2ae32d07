"""Drafting: which suggestions are read, what is kept of them, which periods are refused."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.errors import InvalidInputError, NotAllowedError
from app.models import Edition
from app.resources import reading, transaction
from app.services import hot_issue_drafts
from app.vocabulary import EditionStatus, Language, LedgerAction, ReviewState, Role, Visibility
from tests.factories import make_staff, make_suggestion
from tests.hot_issue_rows import (
    FROM,
    NOISE,
    NOW,
    TO,
    ZONE,
    drafted,
    edition,
    given_draft,
    titles,
)

pytestmark = pytest.mark.usefixtures("app")


def test_a_draft_holds_each_matter_once_hottest_first() -> None:
    found = edition(given_draft())

    assert found.status is EditionStatus.DRAFT
    assert found.message_count == 10
    assert [issue.message_count for issue in found.issues] == [4, 3, 2]
    assert [(issue.number, issue.position, issue.rank) for issue in found.issues] == [
        (1, 1, 1),
        (2, 2, 2),
        (3, 3, 3),
    ]
    assert [issue.heat for issue in found.issues] == sorted(
        (issue.heat for issue in found.issues), reverse=True
    )


def test_a_headline_is_proposed_in_the_language_people_wrote_in() -> None:
    found = edition(given_draft())

    languages = [[text.language for text in issue.texts] for issue in found.issues]
    assert languages == [[Language.ZH], [Language.ZH], [Language.EN]]
    assert found.issues[0].texts[0].title in {title for title, _ in NOISE}
    assert found.issues[0].texts[0].place == "云杉里"


def test_a_matter_told_in_both_languages_gets_a_headline_in_each() -> None:
    given_draft()
    with transaction() as session:
        proposal = hot_issue_drafts.propose(session, FROM, TO, top=0, zone=ZONE)
        first, _, last = proposal.candidates
        joined = replace(first, message_ids=first.message_ids + last.message_ids)
        made = hot_issue_drafts.keep(
            session, replace(proposal, candidates=[joined]), by=None, now=NOW
        )

    texts = edition(made.number).issues[0].texts
    assert {text.language: text.title for text in texts} == {
        Language.ZH: first.title,
        Language.EN: last.title,
    }


def test_top_keeps_the_hottest_only() -> None:
    number = given_draft()

    assert titles(drafted(top=2)) == titles(number)[:2]


def test_weeks_are_counted_from_the_first_day_of_the_period() -> None:
    counts = edition(given_draft()).issues[0].weekly_counts

    assert counts == [3, 1, 0, 0, 0, 0, 0, 0, 0]


def test_the_days_of_the_period_are_days_of_the_city() -> None:
    with transaction() as session:
        for moment in (
            datetime(2023, 4, 30, 15, 59, tzinfo=UTC),
            datetime(2023, 4, 30, 16, 0, tzinfo=UTC),
            datetime(2023, 6, 30, 15, 59, tzinfo=UTC),
            datetime(2023, 6, 30, 16, 0, tzinfo=UTC),
        ):
            make_suggestion(session, submitted_at=moment)

    assert edition(drafted()).message_count == 2


@pytest.mark.parametrize(
    ("state", "visibility"),
    [
        (ReviewState.PENDING, Visibility.PUBLIC),
        (ReviewState.DECLINED, Visibility.PUBLIC),
        (ReviewState.WITHDRAWN, Visibility.PUBLIC),
        (ReviewState.PUBLISHED, Visibility.CONFIDENTIAL),
    ],
)
def test_what_the_public_may_not_read_is_not_counted(
    state: ReviewState, visibility: Visibility
) -> None:
    given_draft()
    with transaction() as session:
        title, text = NOISE[0]
        make_suggestion(session, state, title=title, text=text, visibility=visibility)

    assert edition(drafted()).issues[0].message_count == 4


def test_the_ledger_begins_with_what_the_machine_read_and_nobody_is_named() -> None:
    with transaction() as session:
        for title, text in NOISE[:2]:
            make_suggestion(session, title=title, text=text, person_key="钥匙")

    first = edition(drafted()).ledger[0]

    assert first.action is LedgerAction.DRAFTED
    inputs = first.detail["inputs"]
    assert isinstance(inputs, list)
    assert [one["author"] for one in inputs] == ["a1", "a1"]
    assert "钥匙" not in str(first.detail)
    assert NOISE[0][1] not in str(first.detail)


def test_numbers_of_editions_go_up() -> None:
    assert [given_draft(), drafted(), drafted()] == [1, 2, 3]


@pytest.mark.parametrize(
    ("from_on", "to_on", "field", "reason"),
    [
        (date(2023, 6, 2), date(2023, 6, 1), "to_on", "before_start"),
        (date(2003, 1, 1), date(2023, 1, 1), "to_on", "period_too_long"),
        (date(1, 1, 1), date(2023, 1, 1), "from_on", "out_of_range"),
        (date(2023, 1, 1), date(9999, 12, 31), "to_on", "out_of_range"),
        (date(1999, 1, 1), date(1999, 2, 1), "period", "no_messages"),
    ],
)
def test_an_unfit_period_is_refused(from_on: date, to_on: date, field: str, reason: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        drafted(from_on, to_on)

    assert (refused.value.field, refused.value.reason) == (field, reason)


@pytest.mark.parametrize("top", [-1, hot_issue_drafts.TOP_MAX + 1])
def test_an_unfit_length_is_refused(top: int) -> None:
    with pytest.raises(InvalidInputError):
        drafted(top=top)


def test_a_period_without_two_messages_alike_gives_an_empty_draft() -> None:
    with transaction() as session:
        make_suggestion(session)

    assert edition(drafted()).issues == []


def test_a_moderator_may_not_draft(app: Flask) -> None:
    given_draft()
    with pytest.raises(NotAllowedError), transaction() as session:
        hot_issue_drafts.draft(session, FROM, TO, top=0, zone=ZONE, by=make_staff(session), now=NOW)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Edition)) == 1


def test_a_compiler_may_draft_and_stands_in_the_ledger() -> None:
    given_draft()
    with transaction() as session:
        member = make_staff(session, Role.COMPILER)
        made = hot_issue_drafts.draft(session, FROM, TO, top=0, zone=ZONE, by=member, now=NOW)

    assert edition(made.number).ledger[0].staff_id == member.id
