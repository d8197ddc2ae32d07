"""The published lists as a citizen reads, checks and downloads them."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.models import Suggestion
from app.resources import transaction
from app.services import hot_issue_desk
from app.services.hot_issue_desk import Wording
from app.services.hot_issue_evidence import digest_of
from app.vocabulary import Language, ReviewState
from tests.factories import make_suggestion
from tests.hot_issue_rows import (
    CHARGING,
    FROM,
    NOISE,
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
from tests.pages import PageClient

FILES = ("hot-issues.xlsx", "issues.csv", "messages.csv", "evidence.json")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_list_the_page_says_so_and_shows_a_way_on(pages: PageClient, lang: str) -> None:
    page = pages.get(f"/{lang}/hot-issues")

    assert page.status == 200
    assert f"/{lang}/suggestions" in page.links


def test_a_published_list_is_listed_with_its_figures(pages: PageClient) -> None:
    number = given_published()

    page = pages.get("/en/hot-issues")

    assert f"/en/hot-issues/{number}" in page.links
    assert "3 issues" in page.text
    assert "10 messages read" in page.text


@pytest.mark.parametrize("path", ["", "/issues/1", "/verify", *(f"/{name}" for name in FILES)])
def test_a_draft_is_not_found_at_any_address(pages: PageClient, path: str) -> None:
    number = given_draft()

    assert pages.get(f"/zh/hot-issues/{number}{path}").status == 404


@pytest.mark.parametrize(
    "path", ["99", "0", "99999999999999999999", "abc", "1/issues/99", "1?page=0", "1?page=abc"]
)
def test_what_does_not_exist_is_not_found(pages: PageClient, path: str) -> None:
    given_published()

    assert pages.get(f"/zh/hot-issues/{path}").status == 404


def test_an_issue_says_why_it_stands_where_it_stands(pages: PageClient) -> None:
    number = given_published()

    page = pages.get(f"/en/hot-issues/{number}")

    assert "4 different people wrote" in page.text
    assert "Heat 19.4 of 100" in page.text
    assert "Chinese original, not translated" in page.text
    assert f'lang="zh-Hans">{NOISE[0][0]}</a>' in page.text
    assert '<span lang="zh-Hans">云杉里</span>' in page.text


def test_messages_of_an_issue_are_linked_and_a_withdrawn_one_is_counted(
    pages: PageClient,
) -> None:
    number = given_published()
    with transaction() as session:
        session.execute(
            update(Suggestion)
            .where(Suggestion.title == NOISE[1][0])
            .values(review_state=ReviewState.WITHDRAWN)
        )

    for address in (f"/en/hot-issues/{number}", f"/en/hot-issues/{number}/issues/1"):
        page = pages.get(address)
        assert NOISE[1][0] not in page.text
        assert NOISE[2][0] in page.text
        assert "1 message that was counted is no longer public" in page.text


def test_a_translated_headline_stands_in_the_readers_language(pages: PageClient) -> None:
    number = given_draft()
    member = given_compiler()
    with transaction() as session:
        hot_issue_desk.rename(
            session,
            spot(number),
            Language.EN,
            Wording("Building noise at night"),
            by=member,
            now=NOW,
        )
    publish(number)

    assert "Building noise at night" in pages.get(f"/en/hot-issues/{number}").text
    assert "Building noise at night" not in pages.get(f"/zh/hot-issues/{number}").text


def test_changes_by_hand_stand_beside_the_list_without_the_name_of_who_made_them(
    pages: PageClient,
) -> None:
    number = given_draft()
    member = given_compiler(name="孙编纂")
    with transaction() as session:
        hot_issue_desk.exclude(
            session, spot(number, 2), "与上一期相同，已经办结", by=member, now=NOW
        )
    publish(number)

    page = pages.get(f"/en/hot-issues/{number}")

    assert "Issue 2: left out, it stood at place 2" in page.text
    assert '<span lang="zh-Hans">与上一期相同，已经办结</span>' in page.text
    assert "孙编纂" not in page.text
    assert str(edition(number).digest) in page.text


def test_a_list_says_what_moved_since_the_one_before(pages: PageClient) -> None:
    first = given_published()
    with transaction() as session:
        for title, text in CHARGING:
            make_suggestion(session, title=title, text=text, outside_support=60)
    second = drafted(FROM, TO + timedelta(days=1))
    publish(second, at=NOW + timedelta(days=1))

    page = pages.get(f"/en/hot-issues/{second}")

    assert f"Up 1 place since list no. {first}" in page.text
    assert f"Same place as in list no. {first}" in page.text


def test_a_superseded_list_leads_to_the_corrected_one(pages: PageClient) -> None:
    first = given_published()
    second = drafted()
    publish(second, at=NOW + timedelta(days=1))

    page = pages.get(f"/zh/hot-issues/{first}")

    assert page.status == 200
    assert f"/zh/hot-issues/{second}" in page.links
    assert f"/zh/hot-issues/{first}/issues/1" in page.links


def test_an_untouched_list_passes_the_check(pages: PageClient) -> None:
    number = given_published()

    page = pages.get(f"/en/hot-issues/{number}/verify")

    assert "The list is as it was published" in page.text


def test_a_touched_list_fails_the_check_and_the_place_is_named(pages: PageClient) -> None:
    number = given_published()
    with transaction() as session:
        session.connection().exec_driver_sql("UPDATE hot_issue SET rank = 9 WHERE number = 2")

    page = pages.get(f"/en/hot-issues/{number}/verify")

    assert "The list is not as it was published" in page.text
    assert "result/2/rank" in page.text


@pytest.mark.parametrize("name", FILES)
def test_a_list_can_be_taken_away(pages: PageClient, name: str) -> None:
    number = given_published()

    answer = pages.client.get(f"/zh/hot-issues/{number}/{name}")

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.data


def test_the_evidence_is_byte_for_byte_what_the_digest_is_taken_of(pages: PageClient) -> None:
    number = given_published()

    text = pages.get(f"/zh/hot-issues/{number}/evidence.json").text

    assert digest_of(text) == edition(number).digest
    assert json.loads(text)["edition"]["number"] == number


def test_a_public_table_names_no_writer_of_another_channel(pages: PageClient) -> None:
    number = given_published()
    with transaction() as session:
        session.execute(update(Suggestion).values(outside_author="A00040066", nickname=None))

    text = pages.get(f"/zh/hot-issues/{number}/messages.csv").text

    assert "A00040066" not in text
    assert NOISE[0][0] in text


def test_a_page_beyond_the_end_says_so_and_still_leads_back(pages: PageClient) -> None:
    number = given_published()

    page = pages.get(f"/en/hot-issues/{number}?page=9")

    assert page.status == 200
    assert "There is no issue on this page of the list." in page.text
