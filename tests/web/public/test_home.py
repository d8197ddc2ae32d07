"""The home page: what is asked, the plan, the hot issues, what is new."""

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import event

from app.extensions import db
from app.models import Edition, HotIssue, HotIssueText
from app.resources import now, today, transaction
from app.vocabulary import EditionStatus, Language, ReviewState
from tests.factories import make_suggestion
from tests.pages import PageClient
from tests.services.test_campaigns import make_campaign

MOST_STATEMENTS = 8


def make_edition(number: int, status: EditionStatus, title: str) -> None:
    """A list with one issue."""
    is_draft = status is EditionStatus.DRAFT
    with transaction() as session:
        session.add(
            Edition(
                number=number,
                status=status,
                from_on=date(2023, 6, 1),
                to_on=date(2023, 6, 30),
                settings={},
                message_count=9,
                drafted_at=now(),
                published_at=None if is_draft else now(),
                evidence=None if is_draft else "{}",
                digest=None if is_draft else "digest",
                issues=[
                    HotIssue(
                        number=1,
                        position=1,
                        rank=1,
                        heat=40.0,
                        heat_parts=[
                            {"name": "people", "raw": 9.0, "value": 0.5, "weight": 0.6},
                            {"name": "support", "raw": 20.0, "value": 0.25, "weight": 0.4},
                        ],
                        cohesion=0.5,
                        first_on=date(2023, 6, 1),
                        last_on=date(2023, 6, 30),
                        message_count=9,
                        people_count=9,
                        weekly_counts=[9],
                        texts=[
                            HotIssueText(
                                language=Language.ZH, title=title, place="李沧区", people="居民"
                            )
                        ],
                    )
                ],
            )
        )


def test_home_says_what_it_is_and_where_to_search_and_speak(pages: PageClient) -> None:
    page = pages.get("/en/")

    assert page.status == 200
    assert page.text.count('role="search"') == 1
    assert "/en/suggestions/new" in page.links
    assert "/en/plan/2023/items/24" in page.links


def test_an_open_question_says_how_many_days_are_left(pages: PageClient) -> None:
    with transaction() as session:
        make_campaign(session).closes_on = today() + timedelta(days=3)

    page = pages.get("/en/")

    assert "3 days left" in page.text
    assert "问需于民" not in page.text
    assert "/en/campaigns/needs" in page.links


def test_a_closed_question_is_not_asked(pages: PageClient) -> None:
    with transaction() as session:
        make_campaign(session)

    assert "No question is open just now" in pages.get("/en/").text


def test_the_newest_published_list_is_shown_in_its_own_language(pages: PageClient) -> None:
    make_edition(1, EditionStatus.PUBLISHED, "共享单车占道")

    page = pages.get("/en/")

    assert 'lang="zh-Hans">共享单车占道' in page.text
    assert "/en/hot-issues/1" in page.links
    assert "/en/hot-issues/1/issues/1" in page.links
    assert "People and their messages" in page.text


def test_drafts_and_superseded_lists_are_not_shown(pages: PageClient) -> None:
    make_edition(2, EditionStatus.DRAFT, "还没有公布的题目")
    make_edition(1, EditionStatus.SUPERSEDED, "已经过时的题目")

    text = pages.get("/zh/").text

    assert "还没有公布的题目" not in text
    assert "已经过时的题目" not in text


def test_only_public_suggestions_are_new(pages: PageClient) -> None:
    with transaction() as session:
        make_suggestion(session, title="公交站没有座椅")
        make_suggestion(session, ReviewState.PENDING, title="还没审核的建议")

    text = pages.get("/zh/").text

    assert "公交站没有座椅" in text
    assert "还没审核的建议" not in text


def test_home_needs_few_statements(app: Flask, pages: PageClient) -> None:
    make_edition(1, EditionStatus.PUBLISHED, "共享单车占道")
    with transaction() as session:
        make_campaign(session).closes_on = today()
        for _ in range(6):
            make_suggestion(session, items=(1, 2))
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *told: said.append(str(told[2])))

    pages.get("/zh/")

    assert len(said) <= MOST_STATEMENTS, said


def test_the_plain_address_opens_in_the_language_read_last(pages: PageClient) -> None:
    pages.get("/en/")
    assert pages.get("/").location == "/en/"
    pages.get("/zh/")
    assert pages.get("/").location == "/zh/"
