"""Deciding on many at once, as a moderator's browser does it, without any script."""

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.models import Decision, StaffMember, Suggestion
from app.resources import keys, now, reading, transaction
from app.services import bulk, claims, moderation
from app.services.moderation import Act
from app.vocabulary import ModerationAction, ReviewState, Role
from tests.factories import PASSWORD, SuggestionFields, make_staff, make_suggestion
from tests.pages import Page, PageClient

QUEUE = "/en/staff/queue"
BULK = f"{QUEUE}/bulk"


def given(over: SuggestionFields | None = None) -> str:
    with transaction() as session:
        return make_suggestion(session, ReviewState.PENDING, **(over or {})).number


def many(count: int) -> None:
    with transaction() as session:
        for _ in range(count):
            make_suggestion(session, ReviewState.PENDING)


def states() -> dict[ReviewState, int]:
    with reading() as session:
        rows = session.execute(
            select(Suggestion.review_state, func.count()).group_by(Suggestion.review_state)
        )
        return dict(iter(rows))


def stored(number: str) -> Suggestion:
    with reading() as session:
        return session.scalars(select(Suggestion).where(Suggestion.number == number)).one()


def signed_in(pages: PageClient, role: Role = Role.MODERATOR) -> PageClient:
    with transaction() as session:
        member = make_staff(session, role, name="赵审核")
    pages.get("/en/staff/sign-in")
    pages.post("/en/staff/sign-in", {"email": member.email, "password": PASSWORD})
    return pages


@pytest.fixture
def desk(pages: PageClient) -> PageClient:
    """A moderator's browser."""
    return signed_in(pages)


@pytest.fixture
def colleague(app: Flask) -> StaffMember:
    """Somebody else who may decide."""
    with transaction() as session:
        return make_staff(session, name="钱同事")


def choose(
    desk: PageClient,
    action: str,
    *,
    scope: str = "ticked",
    ticked: Sequence[str] = (),
    narrowing: str = "",
) -> Page:
    """The page that asks, for what was chosen on the queue's."""
    desk.get(f"{QUEUE}?{narrowing}")
    picks = [f"{number}:{stored(number).version}" for number in ticked]
    values = {"action": action, "scope": scope, "pick": picks}
    assert desk.post(BULK, values).status == 303
    return desk.follow()


def begin(desk: PageClient, values: dict[str, object] | None = None) -> Page:
    """The page after the confirmation."""
    assert desk.last is not None
    address = desk.last.response.request.path
    answer = desk.post(address, values)
    return desk.follow() if answer.status == 303 else answer


def go(page: Page) -> str:
    return page.text.split('http-equiv="refresh" content="0; url=')[1].split('"')[0]


# --- From the list to the result ------------------------------------------------------------------


def test_ticked_ones_are_shown_confirmed_and_done(desk: PageClient) -> None:
    first, second, other = given(), given({"title": "夜班公交末班车太早"}), given()
    page = choose(desk, "publish", ticked=[first, second])
    assert "Publish 2 suggestions?" in page.text
    assert "夜班公交末班车太早" in page.text
    assert other not in page.text
    assert states() == {ReviewState.PENDING: 3}
    page = begin(desk)
    assert "2 suggestions were published" in page.text
    assert stored(other).review_state is ReviewState.PENDING
    assert states() == {ReviewState.PENDING: 1, ReviewState.PUBLISHED: 2}


def test_all_on_the_page_are_those_that_were_shown(desk: PageClient) -> None:
    number = given()
    desk.get(QUEUE)
    given({"priority": 99})
    assert desk.post(BULK, {"action": "spam", "scope": "page"}).status == 303
    assert number in desk.follow().text
    begin(desk)
    assert states() == {ReviewState.PENDING: 1, ReviewState.DECLINED: 1}


def test_all_of_a_narrowing_go_through_piece_by_piece_without_a_script(desk: PageClient) -> None:
    many(bulk.PIECE + 5)
    english = given({"title": "Buses stop too early"})
    assert "on every page" in desk.get(f"{QUEUE}?q=充电桩").text
    choose(desk, "decline", scope="all", narrowing="q=充电桩")
    page = begin(desk, {"reason_code": "other-office", "note": "请拨打12345。"})
    assert f"{bulk.PIECE} of {bulk.PIECE + 5} gone through" in page.text
    assert states()[ReviewState.DECLINED] == bulk.PIECE
    desk.get(go(page).replace("&amp;", "&"))
    page = desk.follow()
    assert f"{bulk.PIECE + 5} suggestions were declined" in page.text
    assert stored(english).review_state is ReviewState.PENDING


def test_what_arrives_after_the_list_was_read_is_not_decided_unseen(desk: PageClient) -> None:
    many(25)
    desk.get(QUEUE)
    late = given()
    desk.post(BULK, {"action": "publish", "scope": "all"})
    desk.follow()
    begin(desk)
    assert stored(late).review_state is ReviewState.PENDING
    assert states()[ReviewState.PUBLISHED] == 25


def test_a_piece_that_is_loaded_twice_is_done_once(desk: PageClient) -> None:
    many(bulk.PIECE + 5)
    choose(desk, "publish", scope="all")
    address = go(begin(desk)).replace("&amp;", "&")
    desk.get(address)
    desk.get(address)
    assert "55 suggestions were published" in desk.follow().text
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == bulk.PIECE + 5


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_speak_both_languages(desk: PageClient, lang: str) -> None:
    many(bulk.PIECE + 1)
    choose(desk, "retag", scope="all")
    assert desk.last is not None
    address = desk.last.response.request.path.replace("/en/", f"/{lang}/")
    assert desk.get(address).status == 200
    begin(desk, {"items": ["4", "7"]})
    assert desk.get(address).status == 200
    assert desk.get(f"{address}/go?after={bulk.PIECE}").location == address
    assert desk.follow().status == 200


# --- What could not be done -----------------------------------------------------------------------


def test_the_result_names_what_was_left_alone_and_why(
    desk: PageClient, colleague: StaffMember
) -> None:
    stale, held, fine = given(), given(), given()
    choose(desk, "publish", ticked=[stale, held, fine])
    with transaction() as session:
        act = Act(ModerationAction.RETAG, 1, item_numbers=(4,))
        moderation.decide(session, stale, act, by=colleague, plan_year=2023, now=now(), keys=keys())
        claims.claim(session, stored(held).id, colleague, now=now())
    text = begin(desk).text
    assert "1 suggestion was published" in text
    assert "2 were left as they are" in text
    assert "It was changed after you saw it." in text
    assert "钱同事 is working on it." in text


def test_the_page_that_asks_says_beforehand_what_will_be_left_alone(desk: PageClient) -> None:
    named, fine = given({"title": "请打13800138000找我"}), given()
    text = choose(desk, "publish", ticked=[named, fine]).text
    assert "Publish 1 suggestion?" in text
    assert "1 stays as it is" in text
    assert "It may hold personal data: look at it by itself." in text
    assert "13800138000" not in text


def test_where_nothing_can_be_done_there_is_nothing_to_confirm(desk: PageClient) -> None:
    text = choose(desk, "publish", ticked=[given({"title": "请打13800138000找我"})]).text
    assert "Nothing can be done to these" in text
    assert "Do it for" not in text


# --- What is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ("decline", {"note": "请补充地点"}),
        ("decline", {"note": "请补充地点", "reason_code": "place-missing"}),
        ("retag", {"note": "请补充地点"}),
        ("retag", {"note": "请补充地点", "items": ["99"]}),
    ],
)
def test_a_batch_without_its_reason_or_items_is_refused_and_the_note_kept(
    desk: PageClient, action: str, values: dict[str, object]
) -> None:
    choose(desk, action, ticked=[given()])
    answer = begin(desk, values)
    assert answer.status == 422
    assert "Error:" in answer.text.split("</title>")[0]
    assert "请补充地点</textarea>" in answer.text
    assert states() == {ReviewState.PENDING: 1}


@pytest.mark.parametrize("action", ["", "return", "undo", "no-such-act"])
def test_what_no_button_of_ours_sends_is_refused(desk: PageClient, action: str) -> None:
    given()
    desk.get(QUEUE)
    assert desk.post(BULK, {"action": action, "scope": "page"}).status == 400


@pytest.mark.parametrize("picks", [[], ["x"], ["QD-2023-1:0"], ["QD-2023-1"]])
def test_who_ticks_nothing_comes_back_to_the_list(desk: PageClient, picks: list[str]) -> None:
    given()
    desk.get(f"{QUEUE}?language=zh")
    answer = desk.post(BULK, {"action": "publish", "scope": "ticked", "pick": picks})
    assert answer.location.startswith(f"{QUEUE}?language=zh&since=")


def test_a_piece_is_done_only_of_a_batch_that_was_confirmed_in_this_browser(
    desk: PageClient,
) -> None:
    given()
    choose(desk, "publish", scope="page")
    assert desk.last is not None
    address = desk.last.response.request.path
    assert desk.get(f"{address}/go?after=0").location == address
    assert desk.get(f"{BULK}/another/go?after=0").status == 404
    assert states() == {ReviewState.PENDING: 1}


def test_a_compiler_decides_on_nothing(pages: PageClient) -> None:
    number = given()
    signed_in(pages, Role.COMPILER)
    pages.get("/en/staff/account")
    picks = {"action": "publish", "scope": "ticked", "pick": [f"{number}:1"]}
    assert pages.post(BULK, picks).status == 403
    assert pages.get(f"{BULK}/any").status == 403


def test_a_batch_without_the_page_s_token_is_refused(desk: PageClient) -> None:
    answer = desk.client.post(BULK, data={"action": "publish", "scope": "page"})
    assert answer.status_code == 400


# --- Undo -----------------------------------------------------------------------------------------


def test_the_whole_batch_is_taken_back(desk: PageClient) -> None:
    many(bulk.PIECE + 5)
    choose(desk, "publish", scope="all")
    page = begin(desk)
    desk.get(go(page).replace("&amp;", "&"))
    page = desk.follow()
    assert "Undo all of it" in page.text
    address = page.response.request.path
    desk.post(f"{address}/undo")
    page = desk.follow()
    desk.get(go(page).replace("&amp;", "&"))
    page = desk.follow()
    assert f"{bulk.PIECE + 5} decisions were taken back" in page.text
    assert "Undo all of it" not in page.text
    assert states() == {ReviewState.PENDING: bulk.PIECE + 5}


def test_a_batch_that_has_not_begun_cannot_be_taken_back(desk: PageClient) -> None:
    choose(desk, "publish", ticked=[given()])
    assert desk.last is not None
    address = desk.last.response.request.path
    assert desk.post(f"{address}/undo").location == address
    assert desk.get(f"{address}/undo").location == address


def test_the_address_of_the_form_leads_back_to_the_queue(desk: PageClient) -> None:
    assert desk.get(BULK).location == QUEUE
