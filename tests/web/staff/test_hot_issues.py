"""The workbench as a compiler uses it: draft, correct, collide with a colleague, publish."""

import re

import pytest
from flask import Flask

from app.resources import indexer, search_index, transaction
from app.services import hot_issue_desk
from app.services.hot_issue_desk import REASON_MAX
from app.vocabulary import EditionStatus, Role
from tests.factories import PASSWORD, make_staff, make_suggestion
from tests.hot_issue_rows import (
    NOISE,
    NOW,
    edition,
    given_compiler,
    given_draft,
    given_published,
    make_world,
    numbers_in_order,
    spot,
)
from tests.pages import PageClient

DESK = "/zh/staff/hot-issues"
PERIOD = {"from_on": "2023-05-01", "to_on": "2023-06-30", "top": "0"}


def signed_in(pages: PageClient, role: Role) -> PageClient:
    with transaction() as session:
        member = make_staff(session, role)
    pages.get("/zh/staff/sign-in")
    answer = pages.post("/zh/staff/sign-in", {"email": member.email, "password": PASSWORD})
    assert answer.status == 303
    return pages


@pytest.fixture
def desk(pages: PageClient) -> PageClient:
    """A compiler's browser."""
    return signed_in(pages, Role.COMPILER)


def overtake(number: int) -> None:
    """A colleague moves the first issue down."""
    colleague = given_compiler("周同事")
    with transaction() as session:
        hot_issue_desk.move(session, spot(number), 2, by=colleague, now=NOW)


@pytest.mark.parametrize("path", ["", "/new", "/1", "/1/issues/1", "/1/publish"])
def test_the_workbench_is_for_compilers_and_administrators(pages: PageClient, path: str) -> None:
    given_draft()
    assert pages.get(DESK + path).status == 303
    assert signed_in(pages, Role.ADMIN).get(DESK + path).status == 200


@pytest.mark.parametrize("path", ["", "/new", "/1", "/1/issues/1", "/1/publish"])
def test_a_moderator_is_turned_away(pages: PageClient, path: str) -> None:
    given_draft()

    assert signed_in(pages, Role.MODERATOR).get(DESK + path).status == 403


def test_a_moderator_cannot_send_what_only_a_compiler_may(pages: PageClient) -> None:
    number = given_draft()
    signed_in(pages, Role.MODERATOR)
    pages.get("/zh/staff/queue")

    answer = pages.post(f"{DESK}/{number}/publish", {"version": "1"})

    assert answer.status == 403
    assert edition(number).status is EditionStatus.DRAFT


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_of_lists_begins_empty_and_shows_drafts(pages: PageClient, lang: str) -> None:
    signed_in(pages, Role.COMPILER)
    assert f"/{lang}/staff/hot-issues/new" in pages.get(f"/{lang}/staff/hot-issues").links
    number = given_draft()

    assert f"/{lang}/staff/hot-issues/{number}" in pages.get(f"/{lang}/staff/hot-issues").links


def test_a_period_becomes_a_draft_that_is_shown_at_once(desk: PageClient) -> None:
    with transaction() as session:
        make_world(session)
    desk.get(f"{DESK}/new")

    answer = desk.post(f"{DESK}/new", PERIOD)

    assert answer.status == 303
    page = desk.follow()
    assert NOISE[0][0] in page.text
    assert edition(1).ledger[0].staff_id is not None


@pytest.mark.parametrize(
    "over",
    [
        {"from_on": "2023-02-30"},
        {"from_on": ""},
        {"from_on": "2023-07-01"},
        {"from_on": "0001-01-01"},
        {"from_on": "1999-01-01", "to_on": "1999-02-01"},
        {"top": "-1"},
        {"top": "9" * 30},
        {"top": "viele"},
    ],
)
def test_an_unfit_period_comes_back_with_what_was_typed(
    desk: PageClient, over: dict[str, str]
) -> None:
    with transaction() as session:
        make_world(session)
    desk.get(f"{DESK}/new")

    answer = desk.post(f"{DESK}/new", PERIOD | over)

    assert answer.status == 422
    assert "error-summary" in answer.text
    assert 'value="2023-06-30"' in answer.text or "to_on" in over


def test_an_issue_is_worded_anew_in_each_language(desk: PageClient) -> None:
    number = given_draft()
    address = f"{DESK}/{number}/issues/1"
    desk.get(address)

    assert desk.post(f"{address}/rename/zh", {"zh-title": "云杉里夜间施工扰民"}).status == 303
    desk.follow()
    answer = desk.post(f"{address}/rename/en", {"en-title": "Building noise at night"})

    assert answer.status == 303
    texts = {text.title for text in edition(number).issues[0].texts}
    assert texts == {"云杉里夜间施工扰民", "Building noise at night"}


@pytest.mark.parametrize("title", ["", "短", "长" * 81, "？？？？？？"])
def test_an_unfit_headline_comes_back_with_its_error(desk: PageClient, title: str) -> None:
    number = given_draft()
    address = f"{DESK}/{number}/issues/1"
    desk.get(address)

    answer = desk.post(f"{address}/rename/zh", {"zh-title": title, "zh-place": "云杉里旁"})

    assert answer.status == 422
    assert 'value="云杉里旁"' in answer.text
    assert edition(number).version == 1


def test_an_issue_is_moved_left_out_and_taken_back(desk: PageClient) -> None:
    number = given_draft()
    address = f"{DESK}/{number}/issues/1"
    desk.get(address)

    desk.post(f"{address}/move", {"move-to_rank": "3"})
    assert numbers_in_order(number) == [(2, 1), (3, 2), (1, 3)]
    desk.follow()
    desk.post(f"{address}/exclude", {"exclude-reason": "已经办结的事项"})
    assert numbers_in_order(number) == [(2, 1), (3, 2), (1, None)]
    assert "已经办结的事项" in desk.follow().text
    desk.post(f"{address}/restore")
    assert numbers_in_order(number) == [(2, 1), (3, 2), (1, 3)]
    assert desk.follow().status == 200


@pytest.mark.parametrize("place", ["", "0", "4", "1", "９９", "1.5", "9" * 5000])
def test_an_unfit_place_is_refused(desk: PageClient, place: str) -> None:
    number = given_draft()
    address = f"{DESK}/{number}/issues/1"
    desk.get(address)

    assert desk.post(f"{address}/move", {"move-to_rank": place}).status == 422
    assert edition(number).version == 1


@pytest.mark.parametrize("reason", ["", "短", "长" * (REASON_MAX + 1)])
def test_leaving_out_needs_a_reason(desk: PageClient, reason: str) -> None:
    number = given_draft()
    address = f"{DESK}/{number}/issues/1"
    desk.get(address)

    assert desk.post(f"{address}/exclude", {"exclude-reason": reason}).status == 422


def test_a_colleagues_change_stops_mine_and_keeps_what_i_typed(desk: PageClient) -> None:
    number = given_draft()
    address = f"{DESK}/{number}/issues/1"
    desk.get(address)
    overtake(number)

    answer = desk.post(f"{address}/rename/zh", {"zh-title": "我写好的新标题"})

    assert answer.status == 409
    assert 'value="我写好的新标题"' in answer.text
    assert "周同事" in answer.text
    assert desk.post(f"{address}/rename/zh", {"zh-title": "我写好的新标题"}).status == 303


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "1" * 40])
def test_an_act_without_the_version_that_was_seen_is_refused(
    desk: PageClient, version: str
) -> None:
    number = given_draft()
    address = f"{DESK}/{number}/issues/1"
    desk.get(address)

    assert desk.post(f"{address}/restore", {"version": version}).status == 400


def test_publishing_asks_first_and_then_shows_the_public_page(desk: PageClient) -> None:
    number = given_draft()
    desk.get(f"{DESK}/{number}/publish")

    answer = desk.post(f"{DESK}/{number}/publish")

    assert (answer.status, answer.location) == (303, f"/zh/hot-issues/{number}")
    assert desk.follow().status == 200
    assert edition(number).status is EditionStatus.PUBLISHED


def test_a_second_click_on_publish_finds_it_done(desk: PageClient) -> None:
    number = given_draft()
    desk.get(f"{DESK}/{number}/publish")
    sent = dict(desk.last.hidden) if desk.last else {}

    first = desk.post(f"{DESK}/{number}/publish", sent)
    second = desk.post(f"{DESK}/{number}/publish", sent)

    assert (first.status, second.status) == (303, 303)
    assert first.location == second.location


def test_publishing_what_a_colleague_has_just_changed_is_stopped(desk: PageClient) -> None:
    number = given_draft()
    desk.get(f"{DESK}/{number}/publish")
    overtake(number)

    answer = desk.post(f"{DESK}/{number}/publish")

    assert answer.status == 409
    assert "周同事" in answer.text
    assert edition(number).status is EditionStatus.DRAFT


def test_an_empty_list_is_not_published(desk: PageClient) -> None:
    number = given_draft()
    member = given_compiler()
    for issue in (1, 2, 3):
        with transaction() as session:
            hot_issue_desk.exclude(session, spot(number, issue), "已经办结", by=member, now=NOW)
    desk.get(f"{DESK}/{number}/publish")

    assert desk.post(f"{DESK}/{number}/publish").status == 422


def test_a_published_list_offers_nothing_to_change(desk: PageClient) -> None:
    number = given_published()

    page = desk.get(f"{DESK}/{number}/issues/1")

    assert not re.search(r"/(rename|move|exclude|restore)", page.text)
    assert desk.get(f"{DESK}/{number}/publish").location == f"/zh/hot-issues/{number}"
    assert f"/zh/hot-issues/{number}" in desk.get(f"{DESK}/{number}").links


def test_changing_a_published_list_is_a_conflict(desk: PageClient) -> None:
    number = given_draft()
    address = f"{DESK}/{number}/issues/1"
    desk.get(address)
    version = {"version": "1"}
    with transaction() as session:
        hot_issue_desk.publish(session, number, by=None, now=NOW)

    assert desk.post(f"{address}/move", version | {"move-to_rank": "2"}).status == 409


@pytest.mark.parametrize("path", ["/99", "/99/issues/1", "/1/issues/99", "/99/publish"])
def test_an_unknown_list_is_not_found(desk: PageClient, path: str) -> None:
    given_draft()

    assert desk.get(DESK + path).status == 404


def test_an_issue_shows_what_is_like_it_and_not_in_it(desk: PageClient, app: Flask) -> None:
    number = given_draft()
    with transaction() as session:
        issue = hot_issue_desk.issue_desk(session, number, 1, page=1)
        lead = issue.members.rows[0]
        twin = make_suggestion(
            session, number="QD-2023-900500", title=lead.title, text=lead.text
        ).number
        own = [member.number for member in issue.members.rows]
    indexer().rebuild()

    beside = desk.get(f"{DESK}/{number}/issues/1").text.partition("但不在本问题中")[2]

    assert twin in beside
    assert all(member not in beside for member in own)


def test_without_an_index_the_issue_says_what_is_missing(desk: PageClient, app: Flask) -> None:
    number = given_draft()
    search_index().set_aside()

    answer = desk.get(f"{DESK}/{number}/issues/1")

    assert answer.status == 200
    assert "搜索索引暂时无法读取" in answer.text
