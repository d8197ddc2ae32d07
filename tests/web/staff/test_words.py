"""The desk's words: counts of signs, the list of insults, the office's reasons."""

import pytest

from app.engines.moderation.checks import SignCode
from app.models import ReasonCode
from app.resources import now, reading, transaction
from app.services import flags, insult_words, reason_codes
from app.vocabulary import ModerationAction, ReviewState, Role
from tests.factories import PASSWORD, make_staff, make_suggestion
from tests.pages import PageClient

DESK = "/zh/staff"
INSULTS = f"{DESK}/words/insults"
REASONS = f"{DESK}/reasons"
WORDS = {
    "label_zh": "请附上照片",
    "label_en": "Please add a photo",
    "explain_zh": "看了照片才能判断。",
    "explain_en": "We need to see it.",
}
DOORS = ["/words", "/words/insults", "/reasons", "/reasons/new", "/reasons/place-missing"]


def signed_in(pages: PageClient, role: Role) -> PageClient:
    with transaction() as session:
        member = make_staff(session, role)
    pages.get("/zh/staff/sign-in")
    answer = pages.post("/zh/staff/sign-in", {"email": member.email, "password": PASSWORD})
    assert answer.status == 303
    return pages


@pytest.fixture
def desk(pages: PageClient) -> PageClient:
    """A moderator's browser."""
    return signed_in(pages, Role.MODERATOR)


def given_word(word: str = "老糊涂虫") -> None:
    with transaction() as session:
        insult_words.add(session, word, by=make_staff(session), now=now())


def words() -> list[str]:
    with reading() as session:
        return [row.word for row in insult_words.listed(session).rows]


def reason(code: str = "place-missing") -> ReasonCode:
    with reading() as session:
        return reason_codes.one(session, code)


def order(action: ModerationAction = ModerationAction.RETURN) -> list[str]:
    with reading() as session:
        return [row.reason.code for row in reason_codes.listed(session)[action]]


# --- Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN])
def test_moderators_and_administrators_come_in(pages: PageClient, role: Role, path: str) -> None:
    assert pages.get(DESK + path).status == 303

    assert signed_in(pages, role).get(DESK + path).status == 200


@pytest.mark.parametrize("path", DOORS)
def test_a_compiler_stays_outside(pages: PageClient, path: str) -> None:
    assert signed_in(pages, Role.COMPILER).get(DESK + path).status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/words/insults",
        "/words/insults/remove",
        "/reasons/new",
        "/reasons/place-missing",
        "/reasons/place-missing/switch",
        "/reasons/place-missing/move",
    ],
)
def test_a_compiler_changes_nothing(pages: PageClient, path: str) -> None:
    given_word()
    signed_in(pages, Role.COMPILER).get(f"{DESK}/calendar")
    sent = {**WORDS, "word": "老糊涂虫", "version": "1", "to": "off", "action": "return"}

    assert pages.post(DESK + path, sent).status == 403
    assert words() == ["老糊涂虫"]
    assert reason().version == 1


# --- Signs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_sign_is_counted_by_name(desk: PageClient, lang: str) -> None:
    with transaction() as session:
        row = make_suggestion(session, ReviewState.PENDING)
        flags.raise_by_person(session, row, "flood", make_staff(session), now())

    text = desk.get(f"/{lang}/staff/words").text

    assert text.count('<th scope="row">') == len(SignCode)
    assert '<td class="number" data-label' in text


# --- Insults -------------------------------------------------------------------------------------


def test_a_word_is_added_removed_and_put_back(desk: PageClient) -> None:
    desk.get(INSULTS)
    assert desk.post(INSULTS, {"word": "老糊涂虫"}).status == 303
    assert words() == ["老糊涂虫"]

    assert "老糊涂虫" in desk.follow().text
    assert desk.post(f"{INSULTS}/remove", {"word": "老糊涂虫"}).status == 303
    assert words() == []

    assert "老糊涂虫" in desk.follow().text
    assert desk.post(INSULTS, {"word": "老糊涂虫"}).status == 303
    assert words() == ["老糊涂虫"]


def test_the_bundled_words_are_shown_and_have_no_button(desk: PageClient) -> None:
    page = desk.get(INSULTS)

    assert "笨蛋" in page.text
    assert "/words/insults/remove" not in page.text


@pytest.mark.parametrize("typed", ["", "蠢", "笨蛋", "词" * 41, "***"])
def test_what_is_no_new_word_is_refused_at_its_field(desk: PageClient, typed: str) -> None:
    desk.get(INSULTS)

    answer = desk.post(INSULTS, {"word": typed})

    assert answer.status == 422
    assert "error-summary" in answer.text
    assert words() == []


def test_a_word_that_somebody_removed_before_is_no_error(desk: PageClient) -> None:
    desk.get(INSULTS)

    assert desk.post(f"{INSULTS}/remove", {"word": "没有这个词"}).status == 303


def test_a_hostile_word_is_shown_as_text(desk: PageClient) -> None:
    given_word("<script>a")

    assert "<script>a" not in desk.get(INSULTS).text


# --- Reasons -------------------------------------------------------------------------------------


def test_reasons_stand_in_their_lists_with_a_way_to_add_one(desk: PageClient) -> None:
    page = desk.get(REASONS)

    assert "请补充地点" in page.text
    assert f"{REASONS}/new?for=return" in page.links
    assert f"{REASONS}/new?for=decline" in page.links
    assert f"{REASONS}/place-missing" in page.links


def test_a_new_reason_is_offered_last(desk: PageClient) -> None:
    desk.get(f"{REASONS}/new?for=return")

    assert desk.post(f"{REASONS}/new", {**WORDS, "action": "return"}).status == 303

    assert order()[-1] == "please-add-a-photo"
    assert "请附上照片" in desk.follow().text


@pytest.mark.parametrize(
    "over", [{"action": ""}, {"action": "publish"}, {"label_zh": ""}, {"explain_en": " "}]
)
def test_a_reason_that_lacks_something_is_not_kept(desk: PageClient, over: dict[str, str]) -> None:
    before = order()
    desk.get(f"{REASONS}/new")

    answer = desk.post(f"{REASONS}/new", {**WORDS, "action": "return", **over})

    assert answer.status == 422
    assert "error-summary" in answer.text
    assert order() == before


def test_a_preview_shows_both_languages_and_saves_nothing(desk: PageClient) -> None:
    before = order()
    desk.get(f"{REASONS}/new")

    answer = desk.post(f"{REASONS}/new", {**WORDS, "action": "return", "preview": "1"})

    assert answer.status == 200
    assert '<p class="notice-title">请附上照片</p><p>看了照片才能判断。</p>' in answer.text
    assert '<p class="notice-title">Please add a photo</p>' in answer.text
    assert order() == before


def test_a_reason_is_worded_anew(desk: PageClient) -> None:
    desk.get(f"{REASONS}/place-missing")

    assert desk.post(f"{REASONS}/place-missing", WORDS).status == 303

    assert reason().label_zh == "请附上照片"
    assert reason().version == 2


def test_who_comes_second_sees_what_it_reads_now_and_keeps_what_was_typed(
    desk: PageClient,
) -> None:
    desk.get(f"{REASONS}/place-missing")
    with transaction() as session:
        said = reason_codes.Wording("先改的", "Changed first", "先改的说明。", "Changed before.")
        reason_codes.change(
            session, "place-missing", said, seen_version=1, by=make_staff(session), now=now()
        )

    answer = desk.post(f"{REASONS}/place-missing", WORDS)

    assert answer.status == 409
    assert "先改的说明。" in answer.text
    assert "看了照片才能判断。" in answer.text
    assert reason().label_zh == "先改的"
    assert answer.hidden["version"] == "2"
    assert desk.post(f"{REASONS}/place-missing", WORDS).status == 303
    assert reason().label_zh == "请附上照片"


def test_a_preview_keeps_the_version_that_was_seen(desk: PageClient) -> None:
    desk.get(f"{REASONS}/place-missing")
    with transaction() as session:
        said = reason_codes.Wording("先改的", "Changed first", "先改的说明。", "Changed before.")
        reason_codes.change(
            session, "place-missing", said, seen_version=1, by=make_staff(session), now=now()
        )

    assert desk.post(f"{REASONS}/place-missing", {**WORDS, "preview": "1"}).status == 200
    assert desk.post(f"{REASONS}/place-missing", WORDS).status == 409


def test_a_reason_is_switched_off_and_on_again(desk: PageClient) -> None:
    desk.get(REASONS)

    sent = {"to": "off", "version": "1"}
    assert desk.post(f"{REASONS}/place-missing/switch", sent).status == 303
    assert not reason().is_active

    desk.follow()
    sent = {"to": "on", "version": "2"}
    assert desk.post(f"{REASONS}/place-missing/switch", sent).status == 303
    assert reason().is_active


@pytest.mark.parametrize(("version", "to", "status"), [("9", "off", 409), ("1", "away", 400)])
def test_a_switch_that_is_stale_or_none_does_nothing(
    desk: PageClient, version: str, to: str, status: int
) -> None:
    desk.get(REASONS)

    answer = desk.post(f"{REASONS}/place-missing/switch", {"to": to, "version": version})

    assert answer.status == status
    assert reason().is_active


def test_the_last_reason_cannot_be_switched_off(desk: PageClient) -> None:
    with transaction() as session:
        member = make_staff(session)
        for code in order()[1:]:
            reason_codes.switch_off(session, code, seen_version=1, by=member, now=now())
    desk.get(REASONS)

    answer = desk.post(f"{REASONS}/place-missing/switch", {"to": "off", "version": "1"})

    assert answer.status == 422
    assert reason().is_active


def test_a_reason_moves_down_and_up(desk: PageClient) -> None:
    before = order()
    desk.get(REASONS)

    assert desk.post(f"{REASONS}/{before[0]}/move", {"to": "down"}).status == 303
    assert order()[:2] == [before[1], before[0]]

    desk.follow()
    assert desk.post(f"{REASONS}/{before[0]}/move", {"to": "up"}).status == 303
    assert order() == before


@pytest.mark.parametrize("to", ["", "sideways"])
def test_a_reason_moves_in_no_other_direction(desk: PageClient, to: str) -> None:
    before = order()
    desk.get(REASONS)

    assert desk.post(f"{REASONS}/{before[0]}/move", {"to": to}).status == 400
    assert order() == before


@pytest.mark.parametrize("path", ["", "/switch", "/move"])
def test_a_reason_that_is_not_there_is_not_found(desk: PageClient, path: str) -> None:
    desk.get(REASONS)

    sent = {**WORDS, "version": "1", "to": "off" if path == "/switch" else "up"}
    assert desk.post(f"{REASONS}/no-such-reason{path}", sent).status == 404


@pytest.mark.parametrize("version", ["", "x", "１"])
def test_a_change_without_the_version_that_was_seen_is_refused(
    desk: PageClient, version: str
) -> None:
    desk.get(f"{REASONS}/place-missing")

    answer = desk.post(f"{REASONS}/place-missing", {**WORDS, "version": version})

    assert answer.status == 400
    assert reason().version == 1
