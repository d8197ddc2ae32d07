"""Writing, checking and sending a suggestion; the list, one of them, and support."""

import re
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import func, select

from app.models import Suggestion
from app.resources import indexer, keys, reading, search_index, transaction
from app.vocabulary import Channel, Language, Question, ReviewState, Visibility
from app.web.public.forms import FORM_KEY_SALT
from app.web.sessions import COOKIE
from tests.factories import SuggestionFields, make_suggestion
from tests.pages import Page, PageClient
from tests.services.answer_rows import SAID, drafted, published

TYPED: Mapping[str, object] = {
    "question": "need",
    "kind": "suggest",
    "title": "小区充电桩总是坏",
    "text": "我们小区的充电桩坏了两个星期，报修以后一直没有人来。",
    "district": "laoshan",
    "visibility": "public",
    "nickname": "海边的老王",
}
MINUTES, HALF_A_DAY_AND_MORE = 300, 13 * 3600


def form_key(age: int = MINUTES, name: str = "one form") -> str:
    """A form key as it would be, had the form been opened so many seconds ago."""

    class EarlierSigner(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(time.time()) - age

    signer = URLSafeTimedSerializer(keys().signing, salt=FORM_KEY_SALT, signer=EarlierSigner)
    return str(signer.dumps(name))


def stored_count() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Suggestion)) or 0


def only_one() -> Suggestion:
    with reading() as session:
        return session.scalars(select(Suggestion)).one()


def publish(state: ReviewState = ReviewState.PUBLISHED, **fields: object) -> str:
    values: SuggestionFields = fields  # type: ignore[assignment] # named by the caller
    with transaction() as session:
        return make_suggestion(session, state, **values).number


def check(pages: PageClient, over: Mapping[str, object] | None = None) -> Page:
    pages.get("/zh/suggestions/new")
    return pages.post("/zh/suggestions/new", {**TYPED, **(over or {})})


def send(pages: PageClient, age: int = MINUTES, over: Mapping[str, object] | None = None) -> Page:
    check(pages)
    return pages.post("/zh/suggestions/send", {"form_key": form_key(age), **(over or {})})


def ticked(page: Page) -> set[str]:
    """The values of the boxes and radios that are chosen."""
    found = re.findall(r"<input[^>]*\schecked[^>]*>", page.text)
    return {re.findall(r'value="([^"]*)"', control)[0] for control in found}


# --- The form --------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_form_offers_every_item_and_district(pages: PageClient, lang: str) -> None:
    page = pages.get(f"/{lang}/suggestions/new")
    assert page.status == 200
    assert page.text.count('name="items"') == 24
    assert page.text.count("<option") == 11
    assert "120" in page.text
    assert "12345" in page.text


def test_the_form_takes_over_item_and_question_from_the_address(pages: PageClient) -> None:
    page = pages.get("/zh/suggestions/new?item=4&question=idea")
    assert ticked(page) == {"suggest", "public", "4", "idea"}


def test_wishes_that_name_nothing_are_left_out(pages: PageClient) -> None:
    page = pages.get("/zh/suggestions/new?item=99&item=x&question=what&campaign=never")
    assert page.status == 200
    assert ticked(page) == {"suggest", "public"}


def test_the_trap_is_named_for_screen_readers_and_out_of_the_way(pages: PageClient) -> None:
    page = pages.get("/en/suggestions/new")
    assert "Leave this field empty" in page.text
    assert (
        'tabindex="-1"'
        in page.text.split('name="website"')[0].rsplit("<input", 1)[1]
        + (page.text.split('name="website"')[1].split(">")[0])
    )


# --- Checking --------------------------------------------------------------------------------


def test_the_second_step_shows_everything_and_stores_nothing(pages: PageClient) -> None:
    page = check(pages)
    assert page.status == 200
    for words in ("小区充电桩总是坏", "报修以后一直没有人来", "海边的老王"):
        assert words in page.text
    assert stored_count() == 0


@pytest.mark.parametrize(
    ("over", "target"),
    [
        ({"title": "太短了"}, "#title"),
        ({"title": "长" * 61}, "#title"),
        ({"title": "！？……、"}, "#title"),
        ({"text": "太短"}, "#text"),
        ({"text": "长" * 2001}, "#text"),
        ({"text": "😀" * 50}, "#text"),
        ({"question": ""}, "#question-0"),
        ({"nickname": "长" * 21}, "#nickname"),
        ({"contact": "wang@example.org"}, "#has_consented"),
        ({"district": "atlantis"}, "#district"),
    ],
)
def test_a_refused_form_says_what_is_wrong_and_keeps_everything(
    pages: PageClient, over: Mapping[str, object], target: str
) -> None:
    pages.get("/en/suggestions/new")
    page = pages.post("/en/suggestions/new", {**TYPED, **over})
    assert page.status == 422
    assert "<title>" in page.text
    assert "Error:" in page.text.split("</title>")[0]
    assert f'href="{target}"' in page.text
    assert 'role="alert"' in page.text
    kept = {**TYPED, **over}
    assert str(kept["title"]) in page.text
    assert str(kept["text"]) in page.text
    assert stored_count() == 0


def test_line_ends_of_a_browser_count_once(pages: PageClient) -> None:
    lines = "\r\n".join(["长" * 99] * 20)
    assert len(lines.replace("\r\n", "\n")) == 1999
    assert check(pages, {"text": lines}).status == 200


def test_hostile_words_are_shown_as_words(pages: PageClient) -> None:
    hostile = "<script>alert(1)</script>{{7*7}}' OR 1=1 --"
    page = check(pages, {"text": hostile})
    assert "<script>alert" not in page.text
    assert "{{7*7}}" in page.text


def test_personal_data_is_marked_with_advice(pages: PageClient) -> None:
    page = check(pages, {"text": "充电桩坏了两个星期，请打13812345678找我。"})
    assert "<mark>13812345678</mark>" in page.text
    assert page.status == 200


def test_without_personal_data_there_is_no_warning(pages: PageClient) -> None:
    assert "<mark>" not in check(pages).text


def test_items_are_proposed_with_their_words_where_none_was_chosen(pages: PageClient) -> None:
    page = check(pages)
    assert 'id="proposed-5"' in page.text
    assert "充电桩" in page.text


def test_no_item_is_proposed_beside_a_chosen_one(pages: PageClient) -> None:
    assert "proposed-" not in check(pages, {"items": ["7"]}).text


def test_similar_suggestions_can_be_supported_instead(pages: PageClient) -> None:
    number = publish(title="小区充电桩坏了", text="小区的充电桩坏了两个星期，没有人来修。")
    hidden = publish(ReviewState.PENDING, title="小区充电桩坏了", text="小区的充电桩坏了很久。")
    indexer().rebuild()
    page = check(pages)
    assert f"/zh/suggestions/{number}/support" in page.text
    assert hidden not in page.text
    assert "<mark>" in page.text
    pages.post(f"/zh/suggestions/{number}/support")
    assert pages.follow().status == 200
    with reading() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        assert row.support_count == 1


def test_without_an_index_the_step_goes_on(pages: PageClient, app: Flask) -> None:
    lose_index(app)
    page = check(pages)
    assert page.status == 200
    assert "小区充电桩总是坏" in page.text


def lose_index(app: Flask) -> None:
    search_index().close()
    folder: Path = app.extensions["portal_settings"].index_path
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()


def test_changing_brings_everything_back_into_the_form(pages: PageClient) -> None:
    check(pages, {"items": ["7"], "visibility": "confidential"})
    page = pages.post("/zh/suggestions/new", {"change": "1"})
    assert page.status == 200
    assert "报修以后一直没有人来" in page.text
    assert 'value="海边的老王"' in page.text
    assert ticked(page) == {"need", "suggest", "confidential", "7"}


# --- Sending ---------------------------------------------------------------------------------


def test_a_sent_suggestion_leads_to_its_receipt(pages: PageClient) -> None:
    answer = send(pages)
    assert answer.status == 303
    page = pages.follow()
    stored = only_one()
    assert page.status == 200
    assert stored.number in page.text
    assert page.text.count("receipt-code") > 1
    assert page.response.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.text
    assert stored.title == "小区充电桩总是坏"
    assert stored.nickname == "海边的老王"
    assert stored.district_code == "laoshan"


def test_the_receipt_survives_a_reload_in_either_language(pages: PageClient) -> None:
    send(pages)
    first, second = pages.follow(), pages.get("/en/suggestions/receipt")
    assert second.status == 200
    code = first.text.split('id="receipt-code">')[1][:14]
    assert code in second.text


def test_a_receipt_is_not_shared_with_who_knew_the_session_before(
    pages: PageClient, app: Flask
) -> None:
    send(pages)
    known = pages.client.get_cookie(COOKIE)
    pages.get("/zh/suggestions/new")
    pages.post("/zh/suggestions/send", {**TYPED, "form_key": form_key(name="another form")})
    assert known is not None
    stranger = app.test_client()
    stranger.set_cookie(COOKIE, known.value)
    assert pages.follow().status == 200
    assert stranger.get("/zh/suggestions/receipt").status_code == 404


def test_a_double_click_makes_one_suggestion(pages: PageClient) -> None:
    check(pages)
    key = form_key()
    assert pages.post("/zh/suggestions/send", {"form_key": key}).status == 303
    pages.get("/zh/suggestions/new")
    assert pages.post("/zh/suggestions/send", {**TYPED, "form_key": key}).status == 303
    assert stored_count() == 1


def test_items_ticked_on_the_second_step_are_kept(pages: PageClient) -> None:
    send(pages, over={"items": ["5", "7"]})
    number = only_one().number
    publish_row(number)
    page = pages.get(f"/zh/suggestions/{number}")
    assert "/zh/plan/2023/items/5" in page.text
    assert "/zh/plan/2023/items/7" in page.text


def publish_row(number: str) -> None:
    with transaction() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        row.review_state, row.published_at = ReviewState.PUBLISHED, row.submitted_at


def test_fields_nobody_asked_for_change_nothing(pages: PageClient) -> None:
    send(pages, over={"review_state": "published", "channel": "import", "number": "QD-1-000001"})
    stored = only_one()
    assert stored.review_state is ReviewState.PENDING
    assert stored.channel is Channel.PORTAL


def test_a_contact_with_leave_is_sealed_and_shown_nowhere(pages: PageClient) -> None:
    send(pages, over={"contact": "wang@example.org", "has_consented": "y"})
    assert "wang@example.org" not in pages.follow().text
    assert keys().unseal(only_one().contact_sealed or "") == "wang@example.org"


def test_what_was_sent_too_quickly_is_asked_for_once_more(pages: PageClient) -> None:
    page = send(pages, age=1)
    assert page.status == 422
    assert "报修以后一直没有人来" in page.text
    assert stored_count() == 0


def test_what_lay_open_for_too_long_comes_back_with_a_new_key(pages: PageClient) -> None:
    old = form_key(HALF_A_DAY_AND_MORE)
    check(pages)
    page = pages.post("/zh/suggestions/send", {"form_key": old})
    assert page.status == 400
    assert "报修以后一直没有人来" in page.text
    assert page.hidden["form_key"] not in {"", old}
    assert stored_count() == 0


@pytest.mark.parametrize("key", ["", "made up", "x" * 3000])
def test_a_key_that_is_not_ours_comes_back_with_one_that_is(pages: PageClient, key: str) -> None:
    check(pages)
    page = pages.post("/zh/suggestions/send", {"form_key": key})
    assert page.status == 400
    assert "海边的老王" in page.text
    assert stored_count() == 0


@pytest.mark.parametrize("step", ["new", "send"])
@pytest.mark.parametrize("token", ["", "made up"])
def test_without_proof_of_origin_the_form_comes_back_with_everything(
    pages: PageClient, step: str, token: str
) -> None:
    key = form_key()
    page = pages.post(
        f"/zh/suggestions/{step}", {**TYPED, "csrf_token": token, "form_key": key, "items": ["7"]}
    )
    assert page.status == 400
    for words in ("小区充电桩总是坏", "报修以后一直没有人来", "海边的老王"):
        assert words in page.text
    assert page.hidden["form_key"] == key
    assert stored_count() == 0
    assert pages.post("/zh/suggestions/send", {**TYPED, "form_key": key}).status == 303


def test_a_filled_trap_looks_like_success_and_stores_nothing(pages: PageClient) -> None:
    answer = send(pages, over={"website": "https://buy.example"})
    assert answer.status == 303
    assert stored_count() == 0
    page = pages.follow()
    assert page.status == 404
    assert "/zh/suggestions/new" in page.links


def test_a_receipt_belongs_to_the_browser_that_sent(pages: PageClient, app: Flask) -> None:
    send(pages)
    stranger = PageClient(app.test_client())
    page = stranger.get("/zh/suggestions/receipt")
    assert page.status == 404
    assert only_one().number not in page.text


def test_the_address_of_the_last_step_leads_to_the_first(pages: PageClient) -> None:
    assert pages.get("/zh/suggestions/send").location == "/zh/suggestions/new"


def send_from(client: FlaskClient, address: str, name: str) -> Page:
    pages = PageClient(client)
    pages.get("/zh/suggestions/new")
    response = client.post(
        "/zh/suggestions/send",
        data={
            **TYPED,
            "form_key": form_key(name=name),
            "csrf_token": pages.last.hidden["csrf_token"] if pages.last else "",
        },
        environ_base={"REMOTE_ADDR": address},
    )
    return Page(response, response.get_data(as_text=True), {}, ())


def test_the_eleventh_within_an_hour_waits_and_loses_nothing(app: Flask) -> None:
    client = app.test_client()
    for number in range(10):
        assert send_from(client, "10.0.0.1", f"form {number}").status == 303
    page = send_from(client, "10.0.0.1", "form 10")
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0
    assert "报修以后一直没有人来" in page.text
    assert stored_count() == 10


def test_another_address_is_not_made_to_wait(app: Flask) -> None:
    client = app.test_client()
    for number in range(10):
        send_from(client, "10.0.0.1", f"form {number}")
    assert send_from(client, "10.0.0.2", "form 10").status == 303


# --- Proposals while typing ------------------------------------------------------------------


def test_proposals_come_in_the_readers_language_with_their_words(pages: PageClient) -> None:
    pages.get("/en/suggestions/new")
    answer = pages.post("/en/suggestions/proposals", TYPED)
    first = answer.response.get_json()["items"][0]
    assert first["number"] == 5
    assert first["title"] == "Bringing smart technology to communities"
    assert "充电桩" in first["words"]


def test_words_that_fit_no_item_bring_no_proposal(pages: PageClient) -> None:
    pages.get("/zh/suggestions/new")
    answer = pages.post("/zh/suggestions/proposals", {"title": "樱花", "text": "春天真好"})
    assert answer.response.get_json() == {"items": []}


def test_proposals_need_proof_of_origin(pages: PageClient) -> None:
    assert pages.post("/zh/suggestions/proposals", TYPED).status == 400


# --- The list --------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_list_says_so_and_what_to_do(pages: PageClient, lang: str) -> None:
    page = pages.get(f"/{lang}/suggestions")
    assert page.status == 200
    assert 'class="empty"' in page.text


def test_only_what_is_public_stands_in_the_list(pages: PageClient) -> None:
    publish(title="公开的这一条")
    publish(ReviewState.PENDING, title="还没审核的一条")
    publish(visibility=Visibility.CONFIDENTIAL, title="不公开的一条")
    page = pages.get("/zh/suggestions")
    assert "公开的这一条" in page.text
    assert "还没审核的一条" not in page.text
    assert "不公开的一条" not in page.text


def test_the_list_is_narrowed_and_each_narrowing_can_be_taken_off(pages: PageClient) -> None:
    publish(title="海边的这一条", district_code="laoshan", question=Question.IDEA)
    publish(title="城里的那一条", district_code="shibei")
    page = pages.get("/zh/suggestions?district=laoshan&question=idea")
    assert "海边的这一条" in page.text
    assert "城里的那一条" not in page.text
    assert "/zh/suggestions?question=idea" in page.links
    assert "/zh/suggestions?district=laoshan" in page.links


@pytest.mark.parametrize("query", ["item=abc", "item=９９９９", "question=*", "language=../etc"])
def test_what_cannot_be_meant_narrows_nothing(pages: PageClient, query: str) -> None:
    publish(title="这一条还在")
    assert "这一条还在" in pages.get(f"/zh/suggestions?{query}").text


def test_a_long_list_is_turned_over_and_says_where_it_is(pages: PageClient) -> None:
    with transaction() as session:
        for _count in range(21):
            make_suggestion(session)
    page = pages.get("/en/suggestions?page=2")
    assert page.status == 200
    assert "2 of 2" in page.text.split("</title>")[0]
    assert page.text.count("<article") == 1


@pytest.mark.parametrize("number", ["0", "-1", "abc", "1.5", "٣", "2", "999999", "1_0"])
def test_a_page_that_does_not_exist_is_not_found(pages: PageClient, number: str) -> None:
    assert pages.get(f"/zh/suggestions?page={number}").status == 404


# --- One suggestion --------------------------------------------------------------------------


def test_a_suggestion_keeps_its_language_on_a_page_in_the_other(pages: PageClient) -> None:
    number = publish(title="公园的路灯太暗")
    assert '<h1 lang="zh-Hans">公园的路灯太暗' in pages.get(f"/en/suggestions/{number}").text
    english = publish(title="The lamps are too dim", language=Language.EN)
    assert '<h1 lang="en">' in pages.get(f"/zh/suggestions/{english}").text


def test_a_number_in_small_letters_leads_to_the_suggestion(pages: PageClient) -> None:
    number = publish()
    assert pages.get(f"/zh/suggestions/{number.lower()}").location == f"/zh/suggestions/{number}"


@pytest.mark.parametrize(
    ("state", "visibility"),
    [
        (ReviewState.PENDING, Visibility.PUBLIC),
        (ReviewState.DECLINED, Visibility.PUBLIC),
        (ReviewState.WITHDRAWN, Visibility.PUBLIC),
        (ReviewState.PUBLISHED, Visibility.CONFIDENTIAL),
    ],
)
def test_what_is_not_public_is_not_found_in_any_spelling(
    pages: PageClient, state: ReviewState, visibility: Visibility
) -> None:
    number = publish(state, visibility=visibility)
    for typed in (number, number.lower()):
        page = pages.get(f"/zh/suggestions/{typed}")
        assert page.status == 404
        assert "充电桩" not in page.text


def test_an_unknown_number_is_not_found(pages: PageClient) -> None:
    assert pages.get("/zh/suggestions/QD-2023-999999").status == 404


def test_support_counts_once_and_can_be_taken_back(pages: PageClient) -> None:
    address = f"/en/suggestions/{publish()}"
    pages.get(address)
    assert pages.post(f"{address}/support").status == 303
    page = pages.follow()
    assert "One person supports it." in page.text
    pages.post(f"{address}/support")
    assert "One person supports it." in pages.follow().text
    pages.post(f"{address}/unsupport")
    assert "Nobody supports it yet." in pages.follow().text


def test_ones_own_suggestion_has_no_button_and_takes_no_support(pages: PageClient) -> None:
    send(pages)
    number = only_one().number
    publish_row(number)
    page = pages.get(f"/zh/suggestions/{number}")
    assert f"/zh/suggestions/{number}/support" not in page.text
    pages.post(f"/zh/suggestions/{number}/support")
    assert only_one().support_count == 0


def test_what_is_not_public_takes_no_support(pages: PageClient) -> None:
    number = publish(ReviewState.PENDING)
    pages.get("/zh/track")
    assert pages.post(f"/zh/suggestions/{number}/support").status == 404


def test_reading_sets_no_cookie_that_names_a_person(client: FlaskClient) -> None:
    number = publish()
    response = client.get(f"/zh/suggestions/{number}")
    assert not [one for one in response.headers.getlist("Set-Cookie") if "person" in one]


def test_sixty_supports_an_hour_are_enough(app: Flask, pages: PageClient) -> None:
    address = f"/zh/suggestions/{publish()}"
    pages.get(address)
    token = pages.last.hidden["csrf_token"] if pages.last else ""
    statuses = [
        pages.client.post(f"{address}/support", data={"csrf_token": token}).status_code
        for _count in range(61)
    ]
    assert statuses[:60] == [303] * 60
    assert statuses[60] == 429


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everybody_reads_the_published_answer(pages: PageClient, lang: str) -> None:
    number = publish()
    with transaction() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        published(session, row)
    page = pages.get(f"/{lang}/suggestions/{number}")
    assert '<div class="answer"' in page.text
    assert SAID.text in page.text


def test_nobody_reads_an_answer_before_it_is_published(pages: PageClient) -> None:
    number = publish()
    with transaction() as session:
        row = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        drafted(session, row)
    page = pages.get(f"/zh/suggestions/{number}")
    assert '<div class="answer"' not in page.text
    assert SAID.text not in page.text
