"""The queue and one suggestion on the desk, as a moderator uses them."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import StaffMember, Suggestion
from app.resources import indexer, now, reading, search_index, transaction
from app.services import moderation
from app.services.moderation import Act
from app.services.paging import PER_PAGE
from app.vocabulary import Language, ModerationAction, ReviewState, Role, Visibility
from app.web.staff.moderation import WORDS_MAX
from tests.factories import PASSWORD, SuggestionFields, make_staff, make_suggestion
from tests.pages import Page, PageClient

QUEUE = "/en/staff/queue"
PHONE = "13800138000"


def given(
    state: ReviewState = ReviewState.PENDING,
    items: tuple[int, ...] = (),
    over: SuggestionFields | None = None,
) -> str:
    with transaction() as session:
        return make_suggestion(session, state, items, **(over or {})).number


def stored(number: str) -> Suggestion:
    with reading() as session:
        return session.scalars(select(Suggestion).where(Suggestion.number == number)).one()


def signed_in(pages: PageClient, role: Role = Role.MODERATOR, name: str = "赵审核") -> PageClient:
    with transaction() as session:
        member = make_staff(session, role, name=name)
    pages.get("/en/staff/sign-in")
    answer = pages.post("/en/staff/sign-in", {"email": member.email, "password": PASSWORD})
    assert answer.status == 303
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


def decide(
    pages: PageClient, number: str, action: str, values: Mapping[str, object] | None = None
) -> Page:
    version = stored(number).version
    pages.get(f"{QUEUE}/{number}")
    sent = {f"{action}-{name}": value for name, value in (values or {}).items()}
    return pages.post(f"{QUEUE}/{number}", {"action": action, "seen_version": version, **sent})


def publish(pages: PageClient, number: str) -> Page:
    return decide(pages, number, "publish", {"public_text": stored(number).text})


# --- Who comes in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_who_decides_sees_the_queue(pages: PageClient, role: Role) -> None:
    assert signed_in(pages, role).get(QUEUE).status == 200


def test_a_compiler_sees_neither_queue_nor_suggestion(pages: PageClient) -> None:
    number = given()
    signed_in(pages, Role.COMPILER)
    assert pages.get(QUEUE).status == 403
    assert pages.get(f"{QUEUE}/{number}").status == 403
    pages.get("/en/staff/account")
    answer = pages.post(f"{QUEUE}/{number}", {"action": "publish", "seen_version": 1})
    assert answer.status == 403
    assert stored(number).review_state is ReviewState.PENDING


@pytest.mark.parametrize("address", [QUEUE, f"{QUEUE}/QD-2023-000001"])
def test_a_stranger_is_sent_to_sign_in(pages: PageClient, address: str) -> None:
    answer = pages.get(address)
    assert (answer.status, answer.location.split("?")[0]) == (303, "/en/staff/sign-in")


def test_a_number_that_does_not_exist_is_not_found(desk: PageClient) -> None:
    assert desk.get(f"{QUEUE}/QD-1999-000001").status == 404


# --- The queue ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_queue_shows_what_waits(desk: PageClient, lang: str) -> None:
    number = given(items=(4,), over={"title": "夜班公交末班车太早", "district_code": "laoshan"})
    text = desk.get(f"/{lang}/staff/queue").text
    assert number in text
    assert "夜班公交末班车太早" in text
    assert "status-attention" in text


def test_a_chinese_title_on_an_english_page_says_its_language(desk: PageClient) -> None:
    given(over={"title": "夜班公交末班车太早"})
    assert 'lang="zh-Hans">夜班公交末班车太早' in desk.get("/en/staff/queue").text


def test_an_empty_queue_says_that_nothing_waits(desk: PageClient) -> None:
    assert "Nothing waits" in desk.get(QUEUE).text


def test_personal_data_in_a_title_is_not_listed(desk: PageClient) -> None:
    number = given(over={"title": f"请打{PHONE}找我"})
    for address in (QUEUE, f"{QUEUE}/{given()}"):
        listed = desk.get(address).text
        assert number in listed
        assert PHONE not in listed


@pytest.mark.parametrize(
    "query", ["item=4", "question=idea", "district=laoshan", "language=en", "q=bus"]
)
def test_a_narrowed_queue_says_by_what_and_how_to_widen_it(desk: PageClient, query: str) -> None:
    given()
    text = desk.get(f"{QUEUE}?{query}").text
    assert 'class="chip"' in text
    assert "Nothing fits" in text


def test_a_chip_takes_off_its_own_condition_only(desk: PageClient) -> None:
    links = desk.get(f"{QUEUE}?state=declined&district=laoshan&q=公交").links
    assert f"{QUEUE}?state=declined&q=%E5%85%AC%E4%BA%A4" in links
    assert f"{QUEUE}?state=declined&district=laoshan" in links


@pytest.mark.parametrize(
    "query",
    ["state=hidden", "item=x", "item=-1", "question=why", "language=fr", f"q={'长' * 101}"],
)
def test_a_condition_that_does_not_exist_is_refused(desk: PageClient, query: str) -> None:
    assert desk.get(f"{QUEUE}?{query}").status == 422


def test_a_question_to_the_queue_may_be_a_hundred_characters_long(desk: PageClient) -> None:
    assert desk.get(f"{QUEUE}?q={'长' * WORDS_MAX}").status == 200


def test_a_long_queue_has_pages(desk: PageClient) -> None:
    with transaction() as session:
        for _ in range(PER_PAGE + 1):
            make_suggestion(session, ReviewState.PENDING)
    assert f"{QUEUE}?page=2" in desk.get(QUEUE).links
    assert desk.get(f"{QUEUE}?page=2").text.count('<th scope="row">') == 1


@pytest.mark.parametrize("page", ["0", "-1", "x", "1_0"])
def test_a_page_that_is_no_number_is_not_found(desk: PageClient, page: str) -> None:
    assert desk.get(f"{QUEUE}?page={page}").status == 404


def test_the_states_stand_above_the_queue_with_their_counts(desk: PageClient) -> None:
    given(ReviewState.DECLINED)
    text = desk.get(f"{QUEUE}?state=declined").text
    assert (
        'aria-current="page">\n            Not published <span class="figure muted">1</span>'
        in text
    )


# --- One suggestion -------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("state", ReviewState)
def test_a_suggestion_can_be_looked_at_in_every_state(
    desk: PageClient, state: ReviewState, lang: str
) -> None:
    number = given(state, items=(3, 4), over={"nickname": "海边的人"})
    answer = desk.get(f"/{lang}/staff/queue/{number}")
    assert answer.status == 200
    assert "海边的人" in answer.text


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (ReviewState.PENDING, {"publish", "return", "decline", "retag"}),
        (ReviewState.RETURNED, {"publish", "decline"}),
        (ReviewState.PUBLISHED, {"decline", "retag", "reopen"}),
        (ReviewState.DECLINED, {"reopen"}),
        (ReviewState.WITHDRAWN, set()),
    ],
)
def test_the_actions_at_hand_are_those_of_the_state(
    desk: PageClient, state: ReviewState, offered: set[str]
) -> None:
    text = desk.get(f"{QUEUE}/{given(state)}").text
    found = {
        action.value for action in ModerationAction if f'name="action" value="{action}"' in text
    }
    assert found == offered


def test_personal_data_is_marked_with_its_name_and_masked_for_the_public(desk: PageClient) -> None:
    number = given(over={"text": f"请联系我，电话{PHONE}，充电桩坏了两周。"})
    text = desk.get(f"{QUEUE}/{number}").text
    assert "looks like a mobile number:" in text
    assert "请联系我，电话****，充电桩坏了两周。</textarea>" in text


def test_a_title_is_edited_only_where_something_was_found_in_it(desk: PageClient) -> None:
    assert "publish-public_title" not in desk.get(f"{QUEUE}/{given()}").text
    number = given(over={"title": f"请打{PHONE}找我"})
    assert 'value="请打****找我"' in desk.get(f"{QUEUE}/{number}").text


def test_the_page_s_title_is_the_number_and_no_citizen_s_words(desk: PageClient) -> None:
    number = given(over={"title": f"请打{PHONE}找我"})
    title = desk.get(f"{QUEUE}/{number}").text.split("<title>")[1].split("</title>")[0]
    assert number in title
    assert "找我" not in title


def test_script_in_a_text_is_shown_and_not_run(desk: PageClient) -> None:
    number = given(over={"title": "<b>公交</b>", "text": "<script>alert(1)</script>末班车太早了。"})
    text = desk.get(f"{QUEUE}/{number}").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "<b>公交" not in text


def test_a_confidential_suggestion_says_so_and_has_no_public_text(desk: PageClient) -> None:
    number = given(over={"visibility": Visibility.CONFIDENTIAL})
    text = desk.get(f"{QUEUE}/{number}").text
    assert "Confidential: it is handled, but never shown in public." in text
    assert "Accept without publishing" in text
    assert "publish-public_text" not in text


def test_similar_ones_show_the_shared_words_marked(desk: PageClient) -> None:
    published = given(ReviewState.PUBLISHED)
    indexer().rebuild()
    text = desk.get(f"{QUEUE}/{given()}").text
    assert published in text
    assert "<mark>" in text


def test_without_an_index_the_page_says_so(desk: PageClient, app: Flask) -> None:
    number = given()
    search_index().close()
    shutil.rmtree(Path(app.instance_path) / "index")
    answer = desk.get(f"{QUEUE}/{number}")
    assert answer.status == 200
    assert "The search index cannot be read just now" in answer.text


# --- Deciding -------------------------------------------------------------------------------------


def test_publishing_goes_on_to_the_next_and_says_what_was_done(desk: PageClient) -> None:
    first, second = given(over={"priority": 9}), given()
    answer = publish(desk, first)
    assert (answer.status, answer.location) == (303, f"{QUEUE}/{second}?done={first}")
    text = desk.follow().text
    assert f"{first} was published." in text
    assert f"Undo: put {first} back" in text


def test_after_the_last_one_comes_the_queue(desk: PageClient) -> None:
    number = given()
    assert publish(desk, number).location == f"{QUEUE}?done={number}"
    text = desk.follow().text
    assert f"{number} was published." in text
    assert "Nothing waits" in text


def test_undo_puts_it_back_into_the_queue(desk: PageClient) -> None:
    number = given()
    publish(desk, number)
    desk.follow()
    answer = desk.post(f"{QUEUE}/{number}", {"action": "reopen"})
    assert answer.location == f"{QUEUE}/{number}?done={number}"
    assert stored(number).review_state is ReviewState.PENDING
    assert f"{number} is back in the queue." in desk.follow().text


def test_what_somebody_else_did_is_not_told_as_one_s_own(
    desk: PageClient, colleague: StaffMember
) -> None:
    number = given()
    with transaction() as session:
        act = Act(ModerationAction.PUBLISH, 1)
        moderation.decide(session, number, act, by=colleague, plan_year=2023, now=now())
    assert "was published." not in desk.get(f"{QUEUE}?done={number}").text


def test_the_public_reads_what_the_moderator_left(desk: PageClient) -> None:
    number = given(over={"text": f"请联系我，电话{PHONE}，充电桩坏了两周。"})
    decide(desk, number, "publish", {"public_text": "充电桩坏了两周。\r\n请修一修。"})
    assert stored(number).text == "充电桩坏了两周。\n请修一修。"
    assert PHONE in (stored(number).original_text or "")


def test_a_confidential_suggestion_is_accepted_with_its_words_as_they_are(
    desk: PageClient,
) -> None:
    number = given(over={"visibility": Visibility.CONFIDENTIAL})
    decide(desk, number, "publish", {"public_text": "别的话，不该写进来。"})
    assert stored(number).original_text is None
    assert "it stays confidential" in desk.follow().text


@pytest.mark.parametrize("action", ["return", "decline"])
def test_a_reason_must_be_chosen_and_the_note_is_kept(desk: PageClient, action: str) -> None:
    number = given()
    answer = decide(desk, number, action, {"reason_code": "", "note": "请补充地点"})
    assert answer.status == 422
    assert "Error:" in answer.text.split("</title>")[0]
    assert f'href="#{action}-reason_code"' in answer.text
    assert "请补充地点</textarea>" in answer.text
    assert stored(number).review_state is ReviewState.PENDING


@pytest.mark.parametrize("reason", ["no-such-reason", "place-missing"])
def test_a_reason_for_something_else_is_refused(desk: PageClient, reason: str) -> None:
    answer = decide(desk, given(), "decline", {"reason_code": reason})
    assert answer.status == 422
    assert "Choose a reason from the list." in answer.text


def test_a_declined_suggestion_carries_reason_and_note(desk: PageClient) -> None:
    number = given()
    decide(desk, number, "decline", {"reason_code": "other-office", "note": "请拨打12345。"})
    assert "was declined." in desk.follow().text
    text = desk.get(f"/en/staff/queue/{number}").text
    for words in ("A matter for another office", "请拨打12345。", "赵审核"):
        assert words in text


def test_a_note_is_measured_in_characters(desk: PageClient) -> None:
    assert decide(desk, given(), "reopen", {"note": "长" * 501}).status == 422
    assert decide(desk, given(ReviewState.DECLINED), "reopen", {"note": "长" * 500}).status == 303


def test_the_items_are_chosen_from_the_plan(desk: PageClient) -> None:
    number = given(items=(3,))
    answer = decide(desk, number, "retag", {"items": ["4", "7"]})
    assert answer.location == f"{QUEUE}/{number}?done={number}"
    text = desk.follow().text
    assert f"The plan items of {number} were changed." in text
    assert "set by a moderator" in text
    assert "Items: -3 +4 +7" in text


@pytest.mark.parametrize("items", [["99"], ["x"]])
def test_items_that_are_not_in_the_plan_are_refused(desk: PageClient, items: list[str]) -> None:
    assert decide(desk, given(items=(3,)), "retag", {"items": items}).status == 422


@pytest.mark.parametrize(
    "values",
    [
        {"action": "withdraw", "seen_version": "1"},
        {"action": "revise", "seen_version": "1"},
        {"action": "", "seen_version": "1"},
        {"action": "publish", "seen_version": ""},
        {"action": "publish", "seen_version": "一"},
    ],
)
def test_what_no_button_of_ours_sends_is_refused(desk: PageClient, values: dict[str, str]) -> None:
    number = given()
    desk.get(f"{QUEUE}/{number}")
    assert desk.post(f"{QUEUE}/{number}", values).status == 400
    assert stored(number).review_state is ReviewState.PENDING


def test_an_action_that_does_not_fit_the_state_is_refused(desk: PageClient) -> None:
    number = given(ReviewState.PUBLISHED)
    assert publish(desk, number).status == 409


def test_a_decision_without_the_page_s_token_is_refused(desk: PageClient) -> None:
    number = given()
    answer = desk.client.post(f"{QUEUE}/{number}", data={"action": "reopen", "seen_version": "1"})
    assert answer.status_code == 400


# --- When a colleague was faster ------------------------------------------------------------------


def overtaken(desk: PageClient, colleague: StaffMember, act: Act, action: str) -> Page:
    number = given()
    desk.get(f"{QUEUE}/{number}")
    with transaction() as session:
        moderation.decide(session, number, act, by=colleague, plan_year=2023, now=now())
    values = {
        "action": action,
        "seen_version": 1,
        f"{action}-reason_code": "other-office",
        f"{action}-note": "我写了很久的说明",
        f"{action}-public_text": "我遮盖过的文字",
    }
    return desk.post(f"{QUEUE}/{number}", values)


def test_the_slower_one_sees_who_did_what_and_keeps_what_was_written(
    desk: PageClient, colleague: StaffMember
) -> None:
    answer = overtaken(desk, colleague, Act(ModerationAction.PUBLISH, 1), "decline")
    assert answer.status == 409
    for words in (
        "钱同事",
        "Published",
        "我写了很久的说明</textarea>",
        'selected value="other-office"',
    ):
        assert words in answer.text


def test_the_slower_one_may_send_it_all_the_same(desk: PageClient, colleague: StaffMember) -> None:
    answer = overtaken(desk, colleague, Act(ModerationAction.PUBLISH, 1), "decline")
    assert answer.hidden["seen_version"] == "2"
    number = answer.text.split("What happened to ")[1].split(" ")[0]
    again = {"decline-reason_code": "other-office", "decline-note": "我写了很久的说明"}
    assert desk.post(f"{QUEUE}/{number}", again).status == 303
    assert stored(number).review_state is ReviewState.DECLINED


def test_what_no_longer_fits_is_kept_to_copy_and_cannot_be_sent(
    desk: PageClient, colleague: StaffMember
) -> None:
    act = Act(ModerationAction.DECLINE, 1, reason_code="repeated")
    answer = overtaken(desk, colleague, act, "publish")
    assert answer.status == 409
    assert "我遮盖过的文字</textarea>" in answer.text
    assert "Send it all the same" not in answer.text
    assert "It no longer fits the state" in answer.text


def test_an_english_suggestion_is_read_in_its_own_language(desk: PageClient) -> None:
    number = given(over={"language": Language.EN, "title": "Night buses end too early"})
    assert '<h1 lang="en">' in desk.get(f"/zh/staff/queue/{number}").text
    assert "<h1>" in desk.get(f"{QUEUE}/{number}").text
