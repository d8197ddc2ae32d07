"""The search page: words in, marked finds out, and nothing typed has a power of its own."""

from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

from app.resources import reading, search_index, transaction
from app.services import indexing
from app.vocabulary import Language, ReviewState, Visibility
from tests.factories import make_suggestion
from tests.hot_issue_rows import given_published
from tests.pages import Page, PageClient


@pytest.fixture
def number(app: Flask) -> str:
    """The number of a public suggestion that can be found."""
    with transaction() as session:
        found = make_suggestion(session, title="海边步道的栏杆松了", text="栏杆一靠就晃。").number
        make_suggestion(session, ReviewState.PENDING, title="栏杆的另一条还没审核")
        make_suggestion(session, visibility=Visibility.CONFIDENTIAL, title="栏杆的不公开的一条")
    indexing.rebuild(reading, transaction, search_index())
    return found


def search(pages: PageClient, words: str, more: str = "", lang: str = "zh") -> Page:
    return pages.get(f"/{lang}/search?q={quote(words)}{more}")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_words_the_page_says_what_can_be_typed(pages: PageClient, lang: str) -> None:
    page = pages.get(f"/{lang}/search")
    assert page.status == 200
    assert 'role="search"' in page.text


def test_finds_are_marked_counted_and_dated(pages: PageClient, number: str) -> None:
    page = search(pages, "栏杆", lang="en")
    assert page.status == 200
    assert "<mark>栏杆</mark>" in page.text
    assert "1 result for “栏杆”" in page.text
    assert 'role="status"' in page.text
    assert f"/en/suggestions/{number}" in page.links
    assert "还没审核" not in page.text
    assert "不公开的" not in page.text


def test_the_title_says_what_was_looked_for(pages: PageClient, number: str) -> None:
    assert "栏杆" in search(pages, "栏杆").text.split("</title>")[0]


def test_items_and_cases_speak_the_language_of_the_page(pages: PageClient) -> None:
    chinese, english = search(pages, "社区"), search(pages, "社区", lang="en")
    assert "<mark>社区</mark>" in chinese.text
    assert "Bringing smart technology to <mark>communities</mark>" in english.text


def test_words_of_the_other_language_are_searched_too_and_named(pages: PageClient) -> None:
    page = pages.get("/en/search?q=pension")
    assert "Also searched:" in page.text
    assert '<span lang="zh-Hans">' in page.text
    exact = next(link for link in page.links if "exact=1" in link)
    assert "Also searched:" not in pages.get(exact).text


def test_what_is_typed_in_pinyin_is_searched_by_its_sound(pages: PageClient) -> None:
    page = pages.get("/en/search?q=yanglao")
    assert "Searched by its sound:" in page.text
    assert "养老" in page.text
    assert "Searched by its sound:" not in pages.get("/en/search?q=pension").text
    assert "Searched by its sound:" not in pages.get("/en/search?q=yanglao&exact=1").text


def test_unknown_words_are_searched_as_they_are(pages: PageClient) -> None:
    assert "Also searched:" not in pages.get("/en/search?q=zzyzx").text
    assert "Also searched:" not in pages.get("/en/search").text


def test_a_suggestion_in_the_other_language_says_so(pages: PageClient) -> None:
    with transaction() as session:
        make_suggestion(session, title="Loose railings", text="Oops!", language=Language.EN)
    indexing.rebuild(reading, transaction, search_index())
    assert 'lang="en"><mark>' in search(pages, "loose").text


def test_kinds_are_counted_and_can_be_chosen(pages: PageClient) -> None:
    page = search(pages, "数据", "&type=case")
    assert page.status == 200
    assert 'aria-current="true"' in page.text
    assert any("type=item" in link for link in page.links)


def test_days_narrow_and_can_be_taken_off(pages: PageClient, number: str) -> None:
    inside = search(pages, "栏杆", "&from=2023-05-01&to=2023-07-01")
    outside = search(pages, "栏杆", "&from=2024-01-01")
    assert f"/zh/suggestions/{number}" in inside.links
    assert f"/zh/suggestions/{number}" not in outside.links
    assert any("to=2023-07-01" in link and "from=" not in link for link in inside.links)


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_every_order_is_served(pages: PageClient, number: str, sort: str) -> None:
    assert f"/zh/suggestions/{number}" in search(pages, "栏杆", f"&sort={sort}").links


@pytest.mark.parametrize(
    "more",
    [
        "&from=2023-02-30",
        "&from=99999-01-01",
        "&to=yesterday",
        "&from=2023-05-01&to=2023-04-01",
        "&sort=password",
        "&type=staff",
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_words_kept(pages: PageClient, more: str) -> None:
    page = search(pages, "栏杆", more, lang="en")
    assert page.status == 422
    assert "Error:" in page.text.split("</title>")[0]
    assert 'value="栏杆"' in page.text
    assert 'class="error-summary"' in page.text


def test_a_letter_instead_of_words_is_refused_and_kept(pages: PageClient) -> None:
    page = search(pages, "栏" * 101)
    assert page.status == 422
    assert "栏" * 101 in page.text


def test_a_hundred_characters_are_searched(pages: PageClient) -> None:
    assert search(pages, "栏杆" * 50).status == 200


@pytest.mark.parametrize("page", ["0", "-1", "abc", "1_0", "٣", "7", "999999"])
def test_a_page_that_does_not_exist_is_not_found(pages: PageClient, number: str, page: str) -> None:
    assert search(pages, "栏杆", f"&page={page}").status == 404


def test_a_later_page_says_so_in_its_title(pages: PageClient) -> None:
    with transaction() as session:
        for _count in range(21):
            make_suggestion(session, title="海边步道的栏杆松了")
    indexing.rebuild(reading, transaction, search_index())
    page = search(pages, "海边步道栏杆", "&page=2&type=suggestion", lang="en")
    assert page.status == 200
    assert "page 2 of 2" in page.text.split("</title>")[0]


@pytest.mark.parametrize("typed", ["{}", " {} ", "{} "])
def test_a_number_leads_straight_to_the_suggestion(
    pages: PageClient, number: str, typed: str
) -> None:
    for spelling in (number, number.lower()):
        answer = search(pages, typed.format(spelling))
        assert answer.status == 303
        assert answer.location == f"/zh/suggestions/{number}"


def test_the_number_of_a_private_suggestion_leads_nowhere(pages: PageClient) -> None:
    with transaction() as session:
        hidden = make_suggestion(session, ReviewState.PENDING).number
    known, unknown = search(pages, hidden), search(pages, "QD-2023-999999")
    assert known.status == unknown.status == 200
    assert known.text.replace(hidden, "") == unknown.text.replace("QD-2023-999999", "")


@pytest.mark.parametrize(
    "words",
    [
        "*",
        "?" * 30,
        "(" * 90,
        "status:pending",
        "title:栏杆 AND NOT",
        '"',
        "\\" * 90,
        "[a TO]",
        "<script>alert(1)</script>",
        "'; DROP TABLE suggestion",
        "😀",
        "%00",
        "\u202e",
    ],
)
def test_hostile_strings_are_plain_words(pages: PageClient, number: str, words: str) -> None:
    page = search(pages, words)
    assert page.status == 200
    assert "<script>alert" not in page.text
    assert "还没审核" not in page.text


def test_an_issue_leads_to_its_own_page(pages: PageClient) -> None:
    edition = given_published()
    indexing.rebuild(reading, transaction, search_index())
    page = search(pages, "噪音", "&type=issue")
    assert page.status == 200
    assert f"/zh/hot-issues/{edition}/issues/1" in page.links


def test_nothing_found_says_what_to_try(pages: PageClient) -> None:
    page = search(pages, "zzzzqq")
    assert page.status == 200
    assert 'class="empty"' in page.text
    assert "/zh/suggestions/new" in page.links


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_an_index_the_page_says_so_and_keeps_the_words(
    pages: PageClient, app: Flask, lang: str
) -> None:
    search_index().close()
    folder: Path = app.extensions["portal_settings"].index_path
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    page = search(pages, "栏杆", lang=lang)
    assert page.status == 503
    assert 'value="栏杆"' in page.text
    assert f"/{lang}/suggestions" in page.links
    assert "Traceback" not in page.text
