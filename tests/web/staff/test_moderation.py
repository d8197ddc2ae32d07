"""One suggestion on the desk, as a moderator uses it."""

import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.engines.moderation.workflow import Wording
from app.models import AuditEntry, Decision, Report, StaffMember, Suggestion
from app.resources import indexer, keys, now, reading, search_index, transaction
from app.services import appeals, moderation, originals
from app.services.moderation import Act
from app.vocabulary import (
    Language,
    ModerationAction,
    ReviewCause,
    ReviewState,
    Role,
    Visibility,
)
from app.web import labels
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


def by_colleague(number: str, act: Act, colleague: StaffMember) -> None:
    with transaction() as session:
        moderation.decide(
            session, number, act, by=colleague, plan_year=2023, now=now(), keys=keys()
        )


def publish(pages: PageClient, number: str) -> Page:
    return decide(pages, number, "publish", {"public_text": stored(number).text})


# --- Who comes in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_who_decides_sees_the_suggestion(pages: PageClient, role: Role) -> None:
    assert signed_in(pages, role).get(f"{QUEUE}/{given()}").status == 200


def test_a_compiler_sees_no_suggestion_and_nothing_beside_it(pages: PageClient) -> None:
    number = given()
    signed_in(pages, Role.COMPILER)
    for address in ("", "/spam", "/original", "/flags"):
        assert pages.get(f"{QUEUE}/{number}{address}").status == 403
    pages.get("/en/staff/account")
    answer = pages.post(f"{QUEUE}/{number}", {"action": "publish", "seen_version": 1})
    assert answer.status == 403
    assert stored(number).review_state is ReviewState.PENDING


@pytest.mark.parametrize("address", [f"{QUEUE}/QD-2023-000001", f"{QUEUE}/QD-2023-000001/spam"])
def test_a_stranger_is_sent_to_sign_in(pages: PageClient, address: str) -> None:
    answer = pages.get(address)
    assert (answer.status, answer.location.split("?")[0]) == (303, "/en/staff/sign-in")


def test_a_number_that_does_not_exist_is_not_found(desk: PageClient) -> None:
    assert desk.get(f"{QUEUE}/QD-1999-000001").status == 404


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
        (
            ReviewState.PENDING,
            {"publish", "return", "decline", "spam", "retag", "reclassify", "forward"},
        ),
        (ReviewState.RETURNED, {"publish", "decline", "spam", "reopen"}),
        (
            ReviewState.PUBLISHED,
            {"decline", "spam", "retag", "reclassify", "forward", "reopen"},
        ),
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


def test_every_action_says_what_it_brings_about(desk: PageClient) -> None:
    text = desk.get(f"{QUEUE}/{given()}").text
    assert text.count('class="consequence"') == text.count('name="action" value=')
    assert "its author sees that it was published." in text


@pytest.mark.parametrize("wording", Wording)
def test_every_wording_of_the_workflow_has_words(wording: Wording) -> None:
    assert wording in labels.transition
    if wording not in {"revise", "appeal", "withdraw", "undo"}:
        assert wording in labels.consequence


def test_personal_data_is_marked_with_its_name_and_ticked_to_be_hidden(desk: PageClient) -> None:
    number = given(over={"text": f"请联系我，电话{PHONE}，充电桩坏了两周。"})
    text = desk.get(f"{QUEUE}/{number}").text
    assert "looks like a mobile number:" in text
    assert f"“{PHONE}”: a mobile number" in text
    box = text.split('name="publish-masks"')[0].rsplit("<input", 1)[1]
    box += text.split('name="publish-masks"')[1].split(">", 1)[0]
    assert "checked" in box


def test_a_title_is_edited_only_where_something_was_found_in_it(desk: PageClient) -> None:
    assert "publish-public_title" not in desk.get(f"{QUEUE}/{given()}").text
    number = given(over={"title": f"请打{PHONE}找我"})
    assert f'value="请打{PHONE}找我"' in desk.get(f"{QUEUE}/{number}").text


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
    assert f"Undo the decision on {first}" in text


def test_after_the_last_one_comes_the_queue(desk: PageClient) -> None:
    number = given()
    assert publish(desk, number).location == f"{QUEUE}?done={number}"
    text = desk.follow().text
    assert f"{number} was published." in text


def test_undo_puts_it_back_into_the_queue(desk: PageClient) -> None:
    number = given()
    publish(desk, number)
    desk.follow()
    answer = desk.post(f"{QUEUE}/{number}", {"action": "undo", "seen_version": 2})
    assert answer.location == f"{QUEUE}/{number}?done={number}"
    assert stored(number).review_state is ReviewState.PENDING
    assert "it stands as before." in desk.follow().text


def test_the_history_offers_the_undo_to_whoever_decided(
    desk: PageClient, colleague: StaffMember
) -> None:
    own, other = given(), given()
    decide(desk, own, "retag", {"items": ["4"]})
    act = Act(ModerationAction.RETAG, 1, item_numbers=(4,))
    by_colleague(other, act, colleague)
    assert "Undo the decision on" in desk.get(f"{QUEUE}/{own}").text
    assert "Undo the decision on" not in desk.get(f"{QUEUE}/{other}").text


def test_what_is_too_old_is_not_undone_and_the_page_says_so(desk: PageClient) -> None:
    number = given()
    publish(desk, number)
    with transaction() as session:
        decision = session.scalars(select(Decision)).one()
        decision.decided_at -= timedelta(minutes=11)
    desk.get(f"{QUEUE}/{number}")
    answer = desk.post(f"{QUEUE}/{number}", {"action": "undo", "seen_version": 2})
    assert answer.status == 409
    assert "It can no longer be undone" in answer.text
    assert stored(number).review_state is ReviewState.PUBLISHED


def test_what_somebody_else_did_is_not_told_as_one_s_own(
    desk: PageClient, colleague: StaffMember
) -> None:
    number = given()
    by_colleague(number, Act(ModerationAction.PUBLISH, 1), colleague)
    assert "was published." not in desk.get(f"{QUEUE}?done={number}").text


def test_the_public_reads_what_the_moderator_left(desk: PageClient) -> None:
    number = given(over={"text": f"请联系我，电话{PHONE}，充电桩坏了两周。"})
    decide(desk, number, "publish", {"public_text": "充电桩坏了两周。\r\n请修一修。"})
    assert stored(number).text == "充电桩坏了两周。\n请修一修。"
    assert PHONE in originals.words_sent(stored(number), keys()).text


def test_what_is_ticked_and_what_is_named_is_hidden(desk: PageClient) -> None:
    words = f"请联系我，电话{PHONE}，找老王头，充电桩坏了两周。"
    number = given(over={"text": words, "title": f"请打{PHONE}找老王头"})
    sent = {
        "public_title": f"请打{PHONE}找老王头",
        "public_text": words,
        "masks": [PHONE],
        "also_mask": "老王头\r\n\r\n",
    }
    assert decide(desk, number, "publish", sent).status == 303
    assert stored(number).title == "请打****找****"
    assert stored(number).text == "请联系我，电话****，找****，充电桩坏了两周。"


def test_what_is_not_ticked_stays(desk: PageClient) -> None:
    words = "请拨打市民热线053212345678，充电桩坏了两周。"
    number = given(over={"text": words})
    decide(desk, number, "publish", {"public_text": words})
    assert stored(number).text == words


def test_words_too_short_to_hide_are_refused_and_kept(desk: PageClient) -> None:
    number = given()
    sent = {"public_text": stored(number).text, "also_mask": "的"}
    answer = decide(desk, number, "publish", sent)
    assert answer.status == 422
    assert "Words to hide need at least two characters." in answer.text
    assert "的</textarea>" in answer.text


def test_a_confidential_suggestion_is_accepted_with_its_words_as_they_are(
    desk: PageClient,
) -> None:
    number = given(over={"visibility": Visibility.CONFIDENTIAL})
    decide(desk, number, "publish", {"public_text": "别的话，不该写进来。"})
    assert stored(number).original_sealed is None
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


# --- Kind, unit, spam -----------------------------------------------------------------------------


def test_kind_and_district_are_changed_and_the_history_says_how(desk: PageClient) -> None:
    number = given()
    sent = {"kind": "complain", "district_code": "laoshan"}
    answer = decide(desk, number, "reclassify", sent)
    assert answer.location == f"{QUEUE}/{number}?done={number}"
    text = desk.follow().text
    assert "Kind: Suggestion → Complaint" in text
    assert "District: None given → Laoshan" in text


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "hidden", "district_code": ""},
        {"kind": "suggest", "district_code": ""},
        {"kind": "suggest", "district_code": "nowhere"},
    ],
)
def test_a_kind_or_district_that_does_not_do_is_refused(
    desk: PageClient, sent: dict[str, str]
) -> None:
    assert decide(desk, given(), "reclassify", sent).status == 422


def test_a_unit_is_given_it_and_named(desk: PageClient) -> None:
    number = given()
    decide(desk, number, "forward", {"unit_code": "smart-city"})
    text = desk.follow().text
    assert f"{number} was given to a unit." in text
    assert "Unit: Smart city development" in text
    assert "Given to Smart city development on" in text


@pytest.mark.parametrize("unit", ["", "no-such-unit"])
def test_a_unit_must_be_on_the_list(desk: PageClient, unit: str) -> None:
    assert decide(desk, given(), "forward", {"unit_code": unit}).status == 422


def spam_of_one_author() -> list[str]:
    return [
        given(over={"person_key": "一个人", "title": f"加微信{PHONE}领红包"}),
        given(over={"person_key": "一个人"}),
        given(over={"person_key": "一个人"}),
    ]


def test_what_else_an_author_sent_is_listed_with_masked_titles(desk: PageClient) -> None:
    first, second, third = spam_of_one_author()
    assert "2 other suggestions of the same author wait" in desk.get(f"{QUEUE}/{first}").text
    text = desk.get(f"{QUEUE}/{first}/spam").text
    assert all(number in text for number in (first, second, third))
    assert PHONE not in text


def test_all_that_is_ticked_is_declined_each_with_an_undo(desk: PageClient) -> None:
    first, second, third = spam_of_one_author()
    desk.get(f"{QUEUE}/{first}/spam")
    picks = [f"{number}:1" for number in (first, second)]
    answer = desk.post(f"{QUEUE}/{first}/spam", {"pick": picks})
    assert answer.location == f"{QUEUE}/{first}/spam"
    text = desk.follow().text
    for number in (first, second):
        assert stored(number).review_state is ReviewState.DECLINED
        assert f"Undo the decision on {number}" in text
    assert stored(third).review_state is ReviewState.PENDING
    assert f'value="{third}:1"' in text


def test_what_somebody_changed_meanwhile_is_left_and_listed_again(
    desk: PageClient, colleague: StaffMember
) -> None:
    first, second, _third = spam_of_one_author()
    desk.get(f"{QUEUE}/{first}/spam")
    by_colleague(second, Act(ModerationAction.RETAG, 1, item_numbers=(4,)), colleague)
    desk.post(f"{QUEUE}/{first}/spam", {"pick": [f"{first}:1", f"{second}:1"]})
    text = desk.follow().text
    assert stored(first).review_state is ReviewState.DECLINED
    assert stored(second).review_state is ReviewState.PENDING
    assert f'value="{second}:2"' in text


@pytest.mark.parametrize("pick", ["QD-2023-000001", "QD-2023-000001:x", ":"])
def test_a_tick_that_no_page_of_ours_sends_is_refused(desk: PageClient, pick: str) -> None:
    number = given()
    desk.get(f"{QUEUE}/{number}/spam")
    assert desk.post(f"{QUEUE}/{number}/spam", {"pick": pick}).status == 400


# --- Originals and flags --------------------------------------------------------------------------


def with_masked_text(desk: PageClient) -> str:
    words = f"请联系我，电话{PHONE}，充电桩坏了两周。"
    number = given(over={"text": words})
    decide(desk, number, "publish", {"public_text": words, "masks": [PHONE]})
    return number


def test_the_desk_shows_the_masked_text_and_how_to_open_the_original(desk: PageClient) -> None:
    text = desk.get(f"{QUEUE}/{with_masked_text(desk)}").text
    assert PHONE not in text
    assert "Open the original" in text


def test_the_original_is_shown_for_a_reason_and_kept_nowhere(desk: PageClient) -> None:
    number = with_masked_text(desk)
    desk.get(f"{QUEUE}/{number}")
    answer = desk.post(f"{QUEUE}/{number}/original", {"reason": "核对遮盖是否恰当"})
    assert answer.status == 200
    assert PHONE in answer.text
    assert answer.response.headers["Cache-Control"] == "no-store"
    assert PHONE not in desk.get(f"{QUEUE}/{number}").text
    with reading() as session:
        acts = session.scalars(select(AuditEntry.act)).all()
    assert acts.count("original.open") == 1


@pytest.mark.parametrize("reason", ["", "长" * 201])
def test_without_a_proper_reason_the_original_stays_shut(desk: PageClient, reason: str) -> None:
    number = with_masked_text(desk)
    desk.get(f"{QUEUE}/{number}")
    answer = desk.post(f"{QUEUE}/{number}/original", {"reason": reason})
    assert answer.status == 422
    assert PHONE not in answer.text
    assert 'href="#reason"' in answer.text


def test_a_flag_is_put_on_and_taken_off(desk: PageClient) -> None:
    number = given()
    desk.get(f"{QUEUE}/{number}")
    desk.post(f"{QUEUE}/{number}/flags", {"code": "insults"})
    text = desk.follow().text
    assert "Take off “May insult somebody”" in text
    address = text.split("/lift")[0].rsplit('action="', 1)[1] + "/lift"
    desk.post(address)
    assert "Nothing out of the ordinary." in desk.follow().text


def test_a_flag_that_does_not_exist_is_refused(desk: PageClient) -> None:
    number = given()
    desk.get(f"{QUEUE}/{number}")
    assert desk.post(f"{QUEUE}/{number}/flags", {"code": "ugly"}).status == 422
    desk.get(f"{QUEUE}/{number}")
    assert desk.post(f"{QUEUE}/{number}/flags/999/lift").status == 404


@pytest.mark.parametrize("address", ["original", "flags", "flags/1/lift"])
def test_the_address_of_a_form_leads_back(desk: PageClient, address: str) -> None:
    number = given()
    assert desk.get(f"{QUEUE}/{number}/{address}").location == f"{QUEUE}/{number}"


# --- Appeals, reports, keys -----------------------------------------------------------------------


def test_an_appeal_against_the_own_decision_is_a_colleague_s_to_settle(
    desk: PageClient, colleague: StaffMember
) -> None:
    own, other = given(), given()
    decide(desk, own, "decline", {"reason_code": "repeated"})
    by_colleague(other, Act(ModerationAction.DECLINE, 1, reason_code="repeated"), colleague)
    with transaction() as session:
        for number in (own, other):
            row = moderation.by_number(session, number)
            appeals.lodge(session, row, "这不是重复提交，请再看一遍。", now=now())
    text = desk.get(f"{QUEUE}/{own}").text
    assert "这不是重复提交，请再看一遍。" in text
    assert "so a colleague settles the appeal." in text
    assert "Uphold the decision" not in text
    assert "Uphold the decision" in desk.get(f"{QUEUE}/{other}").text
    assert decide(desk, own, "publish", {"public_text": stored(own).text}).status == 403
    assert decide(desk, other, "keep").status == 303
    assert stored(other).review_state is ReviewState.DECLINED


def test_what_readers_reported_is_shown(desk: PageClient) -> None:
    number = given(ReviewState.PUBLISHED)
    with transaction() as session:
        row = moderation.by_number(session, number)
        row.review_cause = ReviewCause.REPORTED
        report = Report(
            suggestion_id=row.id,
            person_key="读者",
            reason="untrue",
            note="没有这回事",
            reported_at=now(),
        )
        session.add(report)
    text = desk.get(f"{QUEUE}/{number}").text
    assert "没有这回事" in text
    assert "Leave it published" in text


def test_keys_are_offered_and_can_be_switched_off(desk: PageClient) -> None:
    number = given()
    assert "desk-shortcuts.js" in desk.get(f"{QUEUE}/{number}").text
    with transaction() as session:
        session.scalars(select(StaffMember)).one().has_shortcuts = False
    text = desk.get(f"{QUEUE}/{number}").text
    assert "desk-shortcuts.js" not in text
    assert "aria-keyshortcuts" not in text


# --- When a colleague was faster ------------------------------------------------------------------


def overtaken(desk: PageClient, colleague: StaffMember, act: Act, action: str) -> Page:
    number = given()
    desk.get(f"{QUEUE}/{number}")
    by_colleague(number, act, colleague)
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
