"""Following one's own suggestion by number and code."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Appeal, Decision, FollowUp, Rating, Suggestion
from app.resources import keys, now, reading, today, transaction
from app.secrecy import plain_lookup_code
from app.services import follow_ups, moderation
from app.services.moderation import Act
from app.vocabulary import HandlingState, ModerationAction, ReviewCause, ReviewState, Visibility
from tests.factories import MOMENT, make_staff, make_suggestion
from tests.pages import Page, PageClient
from tests.services.answer_rows import SAID, published

CODE = "7KQM-X2DP-9RTA"


def written(state: ReviewState = ReviewState.PENDING) -> str:
    """The number of a suggestion that the code opens."""
    with transaction() as session:
        row = make_suggestion(session, state, title="海边步道的栏杆松了")
        row.lookup_hash = keys().hash("lookup", plain_lookup_code(CODE))
        return row.number


def decided(number: str, action: ModerationAction, reason: str | None, note: str = "") -> None:
    with transaction() as session:
        seen = row(number).version
        act = Act(action=action, seen_version=seen, reason_code=reason, note=note)
        by = make_staff(session)
        moderation.decide(session, number, act, by=by, plan_year=2023, now=MOMENT, keys=keys())


def row(number: str) -> Suggestion:
    with reading() as session:
        return session.scalars(select(Suggestion).where(Suggestion.number == number)).one()


def look_up(pages: PageClient, number: str, code: str = CODE, lang: str = "en") -> Page:
    pages.get(f"/{lang}/track")
    return pages.post(f"/{lang}/track", {"number": number, "code": code})


def opened(pages: PageClient, number: str, lang: str = "en") -> Page:
    assert look_up(pages, number, lang=lang).status == 303
    return pages.follow()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_number_and_code_open_the_suggestion(pages: PageClient, lang: str) -> None:
    page = opened(pages, written(), lang)
    assert page.status == 200
    assert "海边步道的栏杆松了" in page.text


@pytest.mark.parametrize("typed", ["7kqm x2dp 9rta", "7KQMX2DP9RTA", "７ＫＱＭ－X2DP－9RTA"])
def test_the_code_may_be_typed_as_one_likes(pages: PageClient, typed: str) -> None:
    number = written().lower()
    assert look_up(pages, number, typed).status == 303


def test_neither_number_nor_code_stands_in_the_address(pages: PageClient) -> None:
    number = written()
    answer = look_up(pages, number)
    assert answer.location == "/en/track/suggestion"


def test_the_pages_are_kept_out_of_caches_and_search_engines(pages: PageClient) -> None:
    for page in (pages.get("/zh/track"), opened(pages, written())):
        assert page.response.headers["Cache-Control"] == "no-store"
        assert page.response.headers["X-Robots-Tag"] == "noindex"
        assert page.response.headers["Referrer-Policy"] == "same-origin"


def without_what_was_typed(page: Page) -> str:
    text = re.sub(r'value="[^"]*"', "", page.text)
    return re.sub(r"/track\?[^\"]*", "", text)


def test_a_wrong_number_and_a_wrong_code_are_answered_alike(pages: PageClient) -> None:
    number = written()
    wrong_number = look_up(pages, "QD-2023-999999")
    wrong_code = look_up(pages, number, "AAAA-AAAA-AAAA")
    assert wrong_number.status == wrong_code.status == 404
    assert without_what_was_typed(wrong_number) == without_what_was_typed(wrong_code)
    assert "海边步道" not in wrong_number.text + wrong_code.text


@pytest.mark.parametrize("code", ["x" * 5000, "../../etc/passwd", "' OR 1=1 --", "查询码"])
def test_hostile_codes_open_nothing(pages: PageClient, code: str) -> None:
    assert look_up(pages, written(), code).status == 404


def test_empty_fields_are_named(pages: PageClient) -> None:
    page = look_up(pages, "", "")
    assert page.status == 422
    assert 'href="#number"' in page.text
    assert 'href="#code"' in page.text


def test_guessing_is_stopped_for_an_hour(app: Flask, pages: PageClient) -> None:
    number = written()
    for _count in range(20):
        assert look_up(pages, number, "AAAA-AAAA-AAAA").status == 404
    page = look_up(pages, number, "AAAA-AAAA-AAAA")
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0
    token = pages.get("/en/track").hidden["csrf_token"]
    elsewhere = pages.client.post(
        "/en/track",
        data={"number": number, "code": CODE, "csrf_token": token},
        environ_base={"REMOTE_ADDR": "10.0.0.9"},
    )
    assert elsewhere.status_code == 303


def test_looking_up_ones_own_often_is_no_guessing(pages: PageClient) -> None:
    number = written()
    assert {look_up(pages, number).status for _count in range(22)} == {303}


def test_without_looking_up_there_is_nothing_to_see(pages: PageClient) -> None:
    written()
    assert pages.get("/zh/track/suggestion").location == "/zh/track"


def test_closing_forgets_the_suggestion_in_this_browser(pages: PageClient) -> None:
    opened(pages, written())
    assert pages.post("/en/track/leave").status == 303
    assert pages.get("/en/track/suggestion").location == "/en/track"


def test_a_reason_is_shown_with_its_explanation_and_note(pages: PageClient) -> None:
    number = written()
    decided(number, ModerationAction.RETURN, "place-missing", "请写明是哪一段步道。")
    page = opened(pages, number)
    assert "Please say where" in page.text
    assert "we do not know where it happened" in page.text
    assert "请写明是哪一段步道。" in page.text


def test_a_declined_suggestion_says_why_in_chinese_too(pages: PageClient) -> None:
    number = written()
    decided(number, ModerationAction.DECLINE, "other-office")
    page = opened(pages, number, "zh")
    assert "12345" in page.text.split("<main")[1].split("<footer")[0]
    assert 'action="/zh/track/suggestion/revise"' not in page.text


def test_a_published_one_links_to_what_everybody_sees(pages: PageClient) -> None:
    number = written()
    decided(number, ModerationAction.PUBLISH, None)
    assert f"/en/suggestions/{number}" in opened(pages, number).links


NEW = {"title": "海边步道三号栏杆松了", "text": "在三号观景台旁边，栏杆一靠就晃，很危险。"}


def returned(pages: PageClient) -> str:
    number = written()
    decided(number, ModerationAction.RETURN, "place-missing")
    opened(pages, number)
    return number


def test_a_returned_suggestion_can_be_reworded(pages: PageClient) -> None:
    number = returned(pages)
    assert pages.post("/en/track/suggestion/revise", NEW).status == 303
    assert row(number).review_state is ReviewState.PENDING
    assert row(number).title == "海边步道三号栏杆松了"
    assert "You sent a new wording" in pages.follow().text


@pytest.mark.parametrize(
    "over", [{"title": "短"}, {"text": "短"}, {"text": "！？！？！？！？！？"}]
)
def test_a_wording_that_does_not_fit_is_kept_and_explained(
    pages: PageClient, over: dict[str, str]
) -> None:
    number = returned(pages)
    page = pages.post("/en/track/suggestion/revise", {**NEW, **over})
    assert page.status == 422
    assert {**NEW, **over}["text"] in page.text
    assert row(number).review_state is ReviewState.RETURNED


def test_a_wording_for_what_has_changed_meanwhile_is_kept(pages: PageClient) -> None:
    returned(pages)
    page = pages.post("/en/track/suggestion/revise", {**NEW, "seen_version": "1"})
    assert page.status == 409
    assert NEW["text"] in page.text
    assert pages.post("/en/track/suggestion/revise", NEW).status == 303


def test_a_wording_for_what_is_not_returned_any_more_is_kept(pages: PageClient) -> None:
    number = returned(pages)
    with transaction() as session:
        act = Act(action=ModerationAction.PUBLISH, seen_version=row(number).version)
        staff = make_staff(session)
        moderation.decide(session, number, act, by=staff, plan_year=2023, now=MOMENT, keys=keys())
    page = pages.post("/en/track/suggestion/revise", NEW)
    assert page.status == 409
    assert NEW["text"] in page.text
    assert row(number).title == "海边步道的栏杆松了"


def test_an_expired_page_gives_the_wording_back(pages: PageClient) -> None:
    returned(pages)
    page = pages.post("/en/track/suggestion/revise", {**NEW, "csrf_token": "old"})
    assert page.status == 400
    assert NEW["text"] in page.text
    assert pages.post("/en/track/suggestion/revise", NEW).status == 303


def test_an_expired_session_gives_the_wording_back_to_copy(pages: PageClient, app: Flask) -> None:
    returned(pages)
    stranger = PageClient(app.test_client())
    page = stranger.post("/en/track/suggestion/revise", NEW)
    assert page.status == 400
    assert NEW["text"] in page.text
    assert "海边步道的栏杆松了" not in page.text


def test_withdrawing_asks_first_and_is_recorded(pages: PageClient) -> None:
    number = written(ReviewState.PUBLISHED)
    page = opened(pages, number)
    assert "<summary" in page.text.split("What you can do")[1]
    pages.post("/en/track/suggestion/withdraw")
    pages.post("/en/track/suggestion/withdraw")
    assert row(number).review_state is ReviewState.WITHDRAWN
    with reading() as session:
        acts = session.scalars(select(Decision.action)).all()
    assert acts == [ModerationAction.WITHDRAW]
    assert pages.get(f"/en/suggestions/{number}").status == 404


@pytest.mark.parametrize("act", ["revise", "withdraw"])
def test_a_stranger_can_do_nothing(pages: PageClient, act: str) -> None:
    number = written(ReviewState.RETURNED)
    pages.get("/en/track")
    answer = pages.post(f"/en/track/suggestion/{act}", NEW)
    assert answer.status in {303, 400}
    assert row(number).review_state is ReviewState.RETURNED
    assert row(number).title == "海边步道的栏杆松了"


# --- The office's answer, grades, the last question ----------------------------------------------


def answered(pages: PageClient, lang: str = "en", *, is_open: bool = True) -> str:
    number = written(ReviewState.PUBLISHED)
    with transaction() as session:
        answer = published(session, session.get_one(Suggestion, row(number).id))
        answer.published_at = now()
    if is_open:
        opened(pages, number, lang)
    return number


def main_of(page: Page) -> str:
    return page.text.split("<main")[1].split("</main>")[0]


RATE, APPEAL, FOLLOW_UP = (f"/en/track/suggestion/{act}" for act in ("rate", "appeal", "follow-up"))
GOOD = {"attitude": "5", "result": "4", "note": "修得很快。"}
LOW = {"attitude": "4", "result": "1", "note": "只修好了一个。"}


def ratings_kept() -> list[tuple[int, int, str]]:
    with reading() as session:
        return [(each.attitude, each.result, each.note) for each in session.scalars(select(Rating))]


@pytest.mark.parametrize(
    ("lang", "words"), [("en", ("Adopted", "Very satisfied")), ("zh", (SAID.text,))]
)
def test_the_author_reads_the_answer_and_is_asked_for_grades(
    pages: PageClient, lang: str, words: tuple[str, ...]
) -> None:
    page = opened(pages, answered(pages, is_open=False), lang)
    assert SAID.text in main_of(page)
    assert all(each in main_of(page) for each in words)
    assert f'action="/{lang}/track/suggestion/rate"' in page.text
    assert "The office answered: Adopted" in page.text or lang == "zh"


def test_the_answer_to_a_confidential_one_is_read_by_its_author_alone(pages: PageClient) -> None:
    number = answered(pages, is_open=False)
    with transaction() as session:
        session.get_one(Suggestion, row(number).id).visibility = Visibility.CONFIDENTIAL
    assert SAID.text in opened(pages, number).text
    assert pages.get(f"/en/suggestions/{number}").status == 404


def test_good_grades_are_kept_shown_and_can_be_changed(pages: PageClient) -> None:
    number = answered(pages)
    assert pages.post(RATE, GOOD).status == 303
    page = pages.follow()
    assert ratings_kept() == [(5, 4, "修得很快。")]
    assert "You graded the answer" in page.text
    assert "修得很快。</textarea>" in page.text.replace("\r\n", "")
    assert re.search(r"<input[^>]*checked[^>]*id=\"attitude-0\"", page.text)
    assert pages.post(RATE, {**GOOD, "result": "3"}).status == 303
    assert ratings_kept() == [(5, 3, "修得很快。")]
    assert row(number).handling_state is HandlingState.ANSWERED


def test_low_grades_open_the_matter_again_and_the_page_says_so(pages: PageClient) -> None:
    number = answered(pages)
    assert pages.post(RATE, LOW).status == 303
    assert "looks at it again, for you were not satisfied" in pages.follow().text
    assert row(number).review_cause is ReviewCause.LOW_RATING
    assert row(number).handling_state is HandlingState.REOPENED


@pytest.mark.parametrize(
    "over", [{"attitude": ""}, {"result": "6"}, {"note": "慢" * 501}, {"attitude": "abc"}]
)
def test_grades_that_do_not_fit_come_back(pages: PageClient, over: dict[str, str]) -> None:
    answered(pages)
    page = pages.post(RATE, {**GOOD, **over})
    assert page.status == 422
    assert {**GOOD, **over}["note"] in page.text
    assert f'href="#{next(iter(over))}' in page.text
    assert ratings_kept() == []


def test_grades_from_an_expired_page_come_back(pages: PageClient) -> None:
    answered(pages)
    page = pages.post(RATE, {**GOOD, "csrf_token": "old"})
    assert page.status == 400
    assert GOOD["note"] in page.text
    assert ratings_kept() == []
    assert pages.post(RATE, GOOD).status == 303


def test_after_seven_days_grades_stay_and_what_was_typed_is_kept(pages: PageClient) -> None:
    answered(pages)
    pages.post(RATE, GOOD)
    pages.follow()
    with transaction() as session:
        session.scalars(select(Rating)).one().rated_at = now() - timedelta(days=8)
    page = pages.post(RATE, LOW)
    assert page.status == 409
    assert LOW["note"] in page.text
    assert 'action="/en/track/suggestion/rate"' not in page.text
    assert ratings_kept() == [(5, 4, "修得很快。")]


def closed(pages: PageClient, *, days_ago: int) -> str:
    number = answered(pages, is_open=False)
    with transaction() as session:
        found = session.get_one(Suggestion, row(number).id)
        found.handling_state = HandlingState.CLOSED
        follow_ups.plan(session, found.id, today=today() - timedelta(days=days_ago))
    return number


def helped() -> bool | None:
    with reading() as session:
        return session.scalars(select(FollowUp.has_helped)).one()


@pytest.mark.parametrize("typed", ["yes", "no"])
def test_four_weeks_after_closing_the_author_is_asked_once(pages: PageClient, typed: str) -> None:
    opened(pages, closed(pages, days_ago=28))
    assert pages.post(FOLLOW_UP, {"helped": typed}).status == 303
    page = pages.follow()
    assert helped() is (typed == "yes")
    assert 'action="/en/track/suggestion/follow-up"' not in page.text
    assert pages.post(FOLLOW_UP, {"helped": "no"}).status == 409
    assert helped() is (typed == "yes")


def test_before_four_weeks_nothing_is_asked(pages: PageClient) -> None:
    page = opened(pages, closed(pages, days_ago=27))
    assert 'action="/en/track/suggestion/follow-up"' not in page.text


def test_the_question_wants_one_of_two_answers(pages: PageClient) -> None:
    opened(pages, closed(pages, days_ago=28))
    assert pages.post(FOLLOW_UP, {"helped": "perhaps"}).status == 422
    assert helped() is None


# --- Asking for a second look --------------------------------------------------------------------

REASONS = {"reasons": "栏杆就在本市管的海边步道上，不是外地。"}


def declined(pages: PageClient, lang: str = "en") -> str:
    number = written()
    decided(number, ModerationAction.DECLINE, "outside-city", "请向当地反映。")
    opened(pages, number, lang)
    return number


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_refusal_is_shown_with_its_reason_and_the_way_to_a_second_look(
    pages: PageClient, lang: str
) -> None:
    number = written()
    decided(number, ModerationAction.DECLINE, "outside-city", "请向当地反映。")
    page = opened(pages, number, lang)
    assert "请向当地反映。" in main_of(page)
    assert f'action="/{lang}/track/suggestion/appeal"' in page.text


def test_an_appeal_goes_to_somebody_else_and_the_page_says_so(pages: PageClient) -> None:
    number = declined(pages)
    assert pages.post(APPEAL, REASONS).status == 303
    page = pages.follow()
    assert row(number).review_cause is ReviewCause.APPEALED
    assert "Somebody else than the one who decided before" in page.text
    assert "You asked for it to be looked at again" in page.text
    assert REASONS["reasons"] in page.text


def test_a_second_appeal_is_refused_with_what_was_typed(pages: PageClient) -> None:
    declined(pages)
    pages.post(APPEAL, REASONS)
    pages.follow()
    page = pages.post(APPEAL, {"reasons": "还是不服。"})
    assert page.status == 409
    assert "还是不服。" in page.text
    with reading() as session:
        assert session.scalars(select(Appeal.text)).all() == [REASONS["reasons"]]


@pytest.mark.parametrize("typed", ["", "！？！？", "错" * 1001])
def test_an_appeal_without_reasons_comes_back(pages: PageClient, typed: str) -> None:
    number = declined(pages)
    page = pages.post(APPEAL, {"reasons": typed})
    assert page.status == 422
    assert 'href="#reasons"' in page.text
    assert typed in page.text
    assert row(number).review_state is ReviewState.DECLINED


def test_an_appeal_from_an_expired_page_or_session_comes_back(
    pages: PageClient, app: Flask
) -> None:
    number = declined(pages)
    page = pages.post(APPEAL, {**REASONS, "csrf_token": "old"})
    assert page.status == 400
    assert REASONS["reasons"] in page.text
    stranger = PageClient(app.test_client())
    page = stranger.post(APPEAL, REASONS)
    assert page.status == 400
    assert REASONS["reasons"] in page.text
    assert row(number).review_state is ReviewState.DECLINED


@pytest.mark.parametrize("act", ["rate", "appeal", "follow-up"])
def test_who_comes_by_the_address_of_an_act_sees_how_things_stand(
    pages: PageClient, act: str
) -> None:
    answered(pages)
    assert pages.get(f"/en/track/suggestion/{act}").location == "/en/track/suggestion"


def test_a_masked_suggestion_comes_back_to_its_author_as_it_was_sent(pages: PageClient) -> None:
    with transaction() as session:
        number = make_suggestion(session, ReviewState.PENDING).number
    with transaction() as session:
        found = session.scalars(select(Suggestion).where(Suggestion.number == number)).one()
        found.lookup_hash = keys().hash("lookup", plain_lookup_code(CODE))
        found.text, found.original_text = (
            "请打电话给我，号码***。",
            "请打电话给我，号码13812345678。",
        )
    decided(number, ModerationAction.RETURN, "place-missing")
    assert "13812345678" in opened(pages, number).text
