"""The search page: words in, marked finds out, and nothing typed has a power of its own."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.models import QueryCount
from app.resources import indexer, reading, search_index, today, transaction
from app.services import search_counts
from app.vocabulary import Language, Question, ReviewState, Visibility
from app.web.public import search as search_page
from app.web.public.search_typing import PerMinute
from tests.factories import make_suggestion
from tests.hot_issue_rows import given_published
from tests.pages import Page, PageClient

WRONG, RIGHT = "堵差", "督查"
"""Two words of one sound; only the second stands in the plan."""


@pytest.fixture
def number(app: Flask) -> str:
    """The number of a public suggestion that can be found."""
    with transaction() as session:
        found = make_suggestion(
            session, title="海边步道的栏杆松了", text="栏杆一靠就晃。", district_code="shinan"
        ).number
        make_suggestion(session, ReviewState.PENDING, title="栏杆的另一条还没审核")
        make_suggestion(session, visibility=Visibility.CONFIDENTIAL, title="栏杆的不公开的一条")
    indexer().rebuild()
    return found


@pytest.fixture
def no_index(number: str, app: Flask) -> None:
    """A portal whose index has gone from the disk."""
    for path in _index_files(app):
        path.unlink()


def _index_files(app: Flask) -> list[Path]:
    search_index().close()
    folder: Path = app.extensions["portal_settings"].index_path
    return [path for path in folder.rglob("*") if path.is_file()]


def search(pages: PageClient, words: str, more: str = "", lang: str = "zh") -> Page:
    return pages.get(f"/{lang}/search?q={quote(words)}{more}")


# --- Words and finds -------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_words_the_page_says_what_can_be_typed(pages: PageClient, lang: str) -> None:
    page = pages.get(f"/{lang}/search")
    assert page.status == 200
    assert 'role="search"' in page.text
    assert f"/{lang}/cases" in page.links


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
    assert "养老" in pages.get("/en/search?q=yanglao").text
    assert "养老" not in pages.get("/en/search?q=yanglao&exact=1").text


def test_what_was_likely_meant_is_shown_instead_and_can_be_refused(pages: PageClient) -> None:
    page = search(pages, WRONG, lang="en")
    assert f"Nothing for “{WRONG}”. Showing “{RIGHT}” instead." in page.text
    exact = next(link for link in page.links if "exact=1" in link)
    assert "instead." not in pages.get(exact).text


def test_nothing_is_shown_instead_of_what_is_found(pages: PageClient, number: str) -> None:
    page = search(pages, "栏杆", lang="en")
    assert "instead." not in page.text
    assert "Did you mean" not in page.text


def test_a_better_query_is_offered_where_little_is_found(pages: PageClient) -> None:
    with transaction() as session:
        make_suggestion(session, text=f"这里写的是{WRONG}，请看一看。")
        for _count in range(3):
            make_suggestion(session, title="请加强工作督查")
    indexer().rebuild()
    page = search(pages, WRONG, lang="en")
    assert "Did you mean:" in page.text
    assert f"/en/search?q={quote(RIGHT)}" in page.links


def test_unknown_words_are_searched_as_they_are(pages: PageClient) -> None:
    assert "Also searched:" not in pages.get("/en/search?q=zzyzx").text
    assert "Also searched:" not in pages.get("/en/search").text


def test_a_suggestion_in_the_other_language_says_so(pages: PageClient) -> None:
    with transaction() as session:
        make_suggestion(session, title="Loose railings", text="Oops!", language=Language.EN)
    indexer().rebuild()
    assert 'lang="en"><mark>' in search(pages, "loose").text


def test_an_issue_leads_to_its_own_page(pages: PageClient) -> None:
    edition = given_published()
    indexer().rebuild()
    page = search(pages, "噪音", "&type=issue")
    assert page.status == 200
    assert f"/zh/hot-issues/{edition}/issues/1" in page.links


def test_nothing_found_says_what_to_try(pages: PageClient) -> None:
    page = search(pages, "zzzzqq")
    assert page.status == 200
    assert 'class="empty"' in page.text
    assert "/zh/suggestions/new" in page.links
    assert "/zh/track" in page.links


# --- Narrowing, order, pages -----------------------------------------------------------------


def test_kinds_are_counted_and_can_be_chosen(pages: PageClient) -> None:
    page = search(pages, "数据", "&type=case")
    assert page.status == 200
    assert 'aria-current="true"' in page.text
    assert any("type=item" in link for link in page.links)


def test_facets_are_links_with_names_in_the_readers_language(pages: PageClient) -> None:
    given_suggestions()
    page = search(pages, "充电桩", lang="en")
    assert "Shinan District" in page.text
    assert any("district=shinan" in link for link in page.links)
    assert any("item=2023-5" in link for link in page.links)
    assert any("question=idea" in link for link in page.links)
    narrowed = search(pages, "充电桩", "&district=shinan", lang="en")
    assert "2 results" in narrowed.text
    assert "District: Shinan District" in narrowed.text
    assert f"/en/search?q={quote('充电桩')}" in narrowed.links


def given_suggestions() -> None:
    """Suggestions of two districts, questions and items."""
    with transaction() as session:
        for question, district, item in (
            ("need", "shinan", 5),
            ("idea", "shinan", 4),
            ("idea", "laoshan", 5),
        ):
            make_suggestion(
                session,
                items=(item,),
                title="充电桩不够用",
                question=Question(question),
                district_code=district,
            )
    indexer().rebuild()


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ("&item=2023-5&type=suggestion", 2),
        ("&question=idea", 2),
        ("&question=idea&district=laoshan", 1),
        ("&state=received", 3),
        ("&year=2023&type=suggestion", 3),
        ("&year=2022", 0),
        ("&state=closed", 0),
        ("&type=case", 0),
    ],
)
def test_every_fact_narrows(pages: PageClient, more: str, count: int) -> None:
    given_suggestions()
    page = search(pages, "充电桩", f"{more}&exact=1", lang="en")
    assert page.status == 200
    assert f"{count} result" in page.text
    assert "Remove:" in page.text


def test_more_than_eight_values_are_folded_away(pages: PageClient) -> None:
    with transaction() as session:
        for item in range(1, 11):
            make_suggestion(session, items=(item,), title="充电桩不够用")
    indexer().rebuild()
    page = search(pages, "充电桩", "&exact=1", lang="en")
    assert "2 more" in page.text
    assert 'class="facet-more"' in page.text


def test_addresses_have_one_order_and_no_defaults(pages: PageClient, number: str) -> None:
    page = pages.get(f"/zh/search?sort=relevance&year=2023&x=1&type=&q={quote('栏杆')}")
    assert f"/zh/search?q={quote('栏杆')}&year=2023&sort=oldest" in page.links
    assert not any("sort=relevance" in link or "x=1" in link for link in result_links(page))


def result_links(page: Page) -> Iterator[str]:
    main = page.text.split("<main")[1].split("</main>")[0]
    return (link for link in page.links if "/search?" in link and link in main)


def test_days_narrow_and_can_be_taken_off(pages: PageClient, number: str) -> None:
    inside = search(pages, "栏杆", "&from=2023-05-01&to=2023-07-01")
    outside = search(pages, "栏杆", "&from=2024-01-01")
    assert f"/zh/suggestions/{number}" in inside.links
    assert f"/zh/suggestions/{number}" not in outside.links
    assert any("to=2023-07-01" in link and "from=" not in link for link in inside.links)


def test_the_form_for_days_keeps_the_other_narrowing(pages: PageClient, number: str) -> None:
    page = search(pages, "栏杆", "&district=shinan&sort=newest&from=2023-05-01")
    assert page.hidden["district"] == "shinan"
    assert page.hidden["sort"] == "newest"
    assert "from" not in page.hidden


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
        "&item=2023-99",
        "&item=1%20OR%201=1",
        "&question=why",
        "&district=atlantis",
        "&state=pending",
        "&year=23",
        "&year=%D9%A2%D9%A0%D9%A2%D9%A3",
        "&exact=yes",
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
    indexer().rebuild()
    page = search(pages, "海边步道栏杆", "&page=2&type=suggestion", lang="en")
    assert page.status == 200
    assert "page 2 of 2" in page.text.split("</title>")[0]


# --- Numbers and hostile words ---------------------------------------------------------------


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
        "a* b* c*",
        "(" * 90,
        "status:pending",
        "phone:138*",
        "title:栏杆 AND NOT",
        '"',
        "\\" * 90,
        "::::",
        "[a TO]",
        "%_%",
        "<script>alert(1)</script>",
        "'; DROP TABLE suggestion",
        "{{7*7}}",
        "😀",
        "%00",
        "\u202e",
        "\ufffd\ufffe",
        "e" + "\u0301" * 90,
    ],
)
def test_hostile_strings_are_plain_words(pages: PageClient, number: str, words: str) -> None:
    for more in ("", "&exact=1", "&type=suggestion&year=2023"):
        page = search(pages, words, more)
        assert page.status == 200
        assert "<script>alert" not in page.text
        assert "还没审核" not in page.text


# --- Without an index ------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_an_index_results_are_simpler_and_say_so(
    pages: PageClient, number: str, no_index: None, lang: str
) -> None:
    page = search(pages, "栏杆", lang=lang)
    assert page.status == 200
    assert "notice-attention" in page.text
    assert "<mark>栏杆</mark>" in page.text
    assert f"/{lang}/suggestions/{number}" in page.links
    assert "还没审核" not in page.text
    assert "不公开的" not in page.text
    assert 'class="narrow"' not in page.text


def test_a_damaged_index_is_no_index(pages: PageClient, number: str, app: Flask) -> None:
    for path in _index_files(app):
        path.write_bytes(b"\x00garbled")
    page = search(pages, "栏杆", lang="en")
    assert page.status == 200
    assert "Search is being restored" in page.text
    assert f"/en/suggestions/{number}" in page.links


def test_without_an_index_narrowing_and_later_pages_are_no_errors(
    pages: PageClient, number: str, no_index: None
) -> None:
    assert search(pages, "栏杆", "&page=2&district=shinan&exact=1").status == 200
    assert search(pages, "栏杆", "&type=case").status == 200
    assert search(pages, "%%%").status == 200


def test_with_an_index_nothing_is_said_about_it(pages: PageClient, number: str) -> None:
    assert "Search is being restored" not in search(pages, "栏杆", lang="en").text


def test_without_an_index_the_first_page_and_the_proposals_are_there(
    pages: PageClient, no_index: None
) -> None:
    assert pages.get("/zh/search").status == 200
    assert pages.get(f"/zh/search/suggestions?q={quote('社区')}").status == 200


# --- Counting --------------------------------------------------------------------------------


def counted(client: FlaskClient, address: str, method: str = "GET") -> dict[str, tuple[int, int]]:
    """What is counted after the answer was sent: searches, and those without results."""
    client.open(address, method=method, buffered=True).close()
    with reading() as session:
        rows = session.scalars(select(QueryCount))
        return {row.text: (row.searches, row.without_results) for row in rows}


def test_a_search_is_counted_once_the_answer_is_sent(client: FlaskClient, number: str) -> None:
    assert counted(client, f"/zh/search?q={quote('栏杆')}") == {"栏杆": (1, 0)}


def test_a_search_in_vain_is_counted_as_such(client: FlaskClient) -> None:
    assert counted(client, "/zh/search?q=zzzzqq") == {"zzzzqq": (1, 1)}


def test_what_was_shown_instead_counts_as_nothing_found(client: FlaskClient) -> None:
    assert counted(client, f"/zh/search?q={quote(WRONG)}") == {WRONG: (1, 1)}


@pytest.mark.parametrize(
    "more", ["&type=suggestion", "&from=2023-01-01", "&page=2", "&sort=password"]
)
def test_further_looks_at_one_search_are_not_counted(
    client: FlaskClient, number: str, more: str
) -> None:
    assert counted(client, f"/zh/search?q={quote('栏杆')}{more}") == {}


def test_programmes_are_not_counted(client: FlaskClient, number: str) -> None:
    assert counted(client, f"/zh/search?q={quote('栏杆')}", "HEAD") == {}
    assert counted(client, f"/zh/search.atom?q={quote('栏杆')}") == {}


def test_a_number_is_not_counted(client: FlaskClient, number: str) -> None:
    assert counted(client, f"/zh/search?q={number}") == {}


def test_a_busy_database_costs_the_count_and_not_the_page(client: FlaskClient, number: str) -> None:
    def refuse(*told: object) -> None:
        if "query_count" in str(told[2]) and "INSERT" in str(told[2]):
            raise OperationalError("insert", {}, Exception("database is locked"))

    event.listen(db.engine, "before_cursor_execute", refuse)
    answer = client.get(f"/zh/search?q={quote('栏杆')}", buffered=True)
    event.remove(db.engine, "before_cursor_execute", refuse)
    assert answer.status_code == 200
    with reading() as session:
        assert session.scalars(select(QueryCount)).all() == []


def test_what_is_asked_often_is_shown_to_who_has_typed_nothing(pages: PageClient) -> None:
    with transaction() as session:
        for _time in range(search_counts.FREQUENT):
            search_counts.note(session, "停车场", found=4, today=today())
            search_counts.note(session, "欧阳镝镝", found=4, today=today())
    page = pages.get("/zh/search")
    assert f"/zh/search?q={quote('停车场')}" in page.links
    assert "欧阳镝镝" not in page.text


# --- Feed and proposals ----------------------------------------------------------------------


def test_the_page_names_its_feed(pages: PageClient, number: str) -> None:
    page = search(pages, "栏杆", "&type=suggestion&sort=oldest")
    assert 'type="application/atom+xml"' in page.text
    assert f"/zh/search.atom?q={quote('栏杆')}&type=suggestion" in page.links


def test_the_feed_has_the_newest_public_finds(client: FlaskClient, number: str) -> None:
    answer = client.get(f"/zh/search.atom?q={quote('栏杆')}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    assert "max-age" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert answer.text.count("<entry") == 1
    assert f"/zh/suggestions/{number}</id>" in answer.text
    assert "还没审核" not in answer.text


def test_an_unchanged_feed_is_not_sent_again(client: FlaskClient, number: str) -> None:
    address = f"/zh/search.atom?q={quote('栏杆')}"
    mark = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": mark}).status_code == 304
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_feed_never_shows_another_spelling(client: FlaskClient) -> None:
    answer = client.get(f"/zh/search.atom?q={quote(WRONG)}")
    assert answer.status_code == 200
    assert "<entry" not in answer.text


@pytest.mark.parametrize("query", ["", "q=", f"q={'a' * 101}", "q=a&type=staff"])
def test_a_feed_of_nothing_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/zh/search.atom?{query}").status_code == 422


def test_without_an_index_the_feed_says_so(client: FlaskClient, no_index: None) -> None:
    assert client.get(f"/zh/search.atom?q={quote('栏杆')}").status_code == 503


def test_titles_are_proposed_as_json(client: FlaskClient) -> None:
    answer = client.get(f"/en/search/suggestions?q={quote('社区')}")
    assert answer.status_code == 200
    assert "max-age=60" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    found = answer.get_json()
    assert 0 < len(found["suggestions"]) <= 8
    assert all(each["address"].startswith("/en/") for each in found["suggestions"])
    assert found["said"].startswith(str(len(found["suggestions"])))


@pytest.mark.parametrize("typed", ["", "zzqqxx", "<b>", "%", "a" * 5000])
def test_where_nothing_fits_nothing_is_proposed(client: FlaskClient, typed: str) -> None:
    answer = client.get(f"/en/search/suggestions?q={quote(typed)}")
    assert answer.status_code == 200
    assert answer.get_json()["suggestions"] == []


def test_a_machine_that_types_too_fast_has_to_wait(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_page, "_typing", PerMinute(2))
    codes = [client.get("/en/search/suggestions?q=").status_code for _time in range(6)]
    assert codes[:2] == [200, 200]
    assert 429 in codes
