"""Staff's pages on search: who may see and who may change, and what happens to what was typed."""

import re
import shutil
from datetime import date

import pytest

from app.engines.search.explanation import Explanation, PartKind, ScorePart
from app.resources import now, reading, search_index, settings, transaction
from app.services import search_counts, search_words
from app.services.search_words import PairWords
from app.vocabulary import Role
from tests.factories import PASSWORD, make_staff
from tests.pages import PageClient

DESK = "/zh/staff/search"
BINS = PairWords(zh=("智能垃圾箱", "智能垃圾桶"), en=("smart bin",))
MONDAY = date(2023, 5, 29)


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


@pytest.fixture
def reader(pages: PageClient) -> PageClient:
    """A moderator's browser: looks, and changes nothing."""
    return signed_in(pages, Role.MODERATOR)


def given_pair(said: PairWords = BINS) -> int:
    with transaction() as session:
        member = make_staff(session, Role.ADMIN, name="周同事")
        return search_words.add_pair(session, said, by=member, now=now()).id


def given_word(word: str = "全域停车") -> int:
    with transaction() as session:
        member = make_staff(session, Role.ADMIN, name="周同事")
        return search_words.add_word(session, word, by=member, now=now()).id


def given_searches(*texts: str, found: int = 0, today: date = MONDAY) -> None:
    with transaction() as session:
        for text in texts:
            search_counts.note(session, text, found=found, today=today)


def pairs() -> list[PairWords]:
    with reading() as session:
        return [search_words.words_of(row) for row in search_words.pairs(session)]


def spellings() -> tuple[str, ...]:
    with reading() as session:
        return search_words.spellings(session)


# --- Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/glossary", "/words", "/explain"])
@pytest.mark.parametrize("role", list(Role))
def test_everybody_at_the_desk_may_look(pages: PageClient, role: Role, path: str) -> None:
    assert pages.get(DESK + path).status == 303

    assert signed_in(pages, role).get(DESK + path).status == 200


@pytest.mark.parametrize("path", ["/glossary/new", "/glossary/1"])
@pytest.mark.parametrize("role", [Role.COMPILER, Role.ADMIN])
def test_forms_are_for_compilers_and_administrators(
    pages: PageClient, role: Role, path: str
) -> None:
    given_pair()

    assert signed_in(pages, role).get(DESK + path).status == 200


@pytest.mark.parametrize("path", ["/glossary/new", "/glossary/1"])
def test_a_moderator_is_offered_no_form(reader: PageClient, path: str) -> None:
    given_pair()

    assert reader.get(DESK + path).status == 403
    for link in reader.get(f"{DESK}/glossary").links:
        assert not link.startswith(f"{DESK}/glossary/")


@pytest.mark.parametrize(
    "path", ["/glossary/new", "/glossary/1", "/glossary/1/remove", "/words", "/words/1/remove"]
)
def test_a_moderator_cannot_send_what_a_compiler_may(reader: PageClient, path: str) -> None:
    given_pair()
    given_word()
    reader.get("/zh/staff/queue")

    answer = reader.post(DESK + path, {"version": "1", "words_zh": "甲乙\n乙甲", "word": "丙丁"})

    assert answer.status == 403
    assert pairs() == [BINS]
    assert spellings() == ("全域停车",)


# --- Asked without result ------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_before_anything_was_asked_the_page_says_so(desk: PageClient, lang: str) -> None:
    assert 'class="empty"' in desk.get(f"/{lang}/staff/search").text


def test_what_was_asked_in_vain_leads_to_a_pair_with_the_word_filled_in(desk: PageClient) -> None:
    given_searches("充电柱", "charging pole")

    page = desk.get(DESK)

    ways = [link for link in page.links if "/glossary/new?" in link]
    assert len(ways) == 2
    assert '<html lang="zh-Hans"' in page.text
    assert 'lang="en">charging pole</th>' in page.text
    forms = [desk.get(link).text for link in ways]
    assert any("充电柱</textarea>" in form.replace("\r\n", "") for form in forms)
    assert any("charging pole</textarea>" in form.replace("\r\n", "") for form in forms)


def test_another_week_can_be_chosen(desk: PageClient) -> None:
    given_searches("充电柱")
    given_searches("游泳馆", today=date(2023, 6, 5))

    assert "游泳馆" in desk.get(DESK).text
    older = desk.get(f"{DESK}?week=2023-05-29").text
    assert "充电柱" in older
    assert "游泳馆" not in older


@pytest.mark.parametrize("week", ["2023-05-30", "neulich", "2023-05-22", "0000-00-00"])
def test_a_week_that_is_not_there_is_not_found(desk: PageClient, week: str) -> None:
    given_searches("充电柱")

    assert desk.get(f"{DESK}?week={week}").status == 404


def test_a_week_in_which_all_was_found_has_nothing_to_do(desk: PageClient) -> None:
    given_searches("停车", found=5)

    assert 'class="empty"' in desk.get(DESK).text


# --- The glossary --------------------------------------------------------------------------------


def test_pairs_and_bundled_entries_are_found_together(desk: PageClient) -> None:
    given_pair()

    page = desk.get(f"{DESK}/glossary?q=智能垃圾")

    assert "智能垃圾箱、智能垃圾桶" in page.text
    assert "周同事" in page.text
    assert f"{DESK}/glossary/1" in page.links
    assert "parking" in desk.get(f"{DESK}/glossary?q=parking").text
    assert 'class="empty"' in desk.get(f"{DESK}/glossary?q=无此词汇").text


def test_the_glossary_is_turned_over(desk: PageClient) -> None:
    given_pair()

    assert "智能垃圾箱" in desk.get(f"{DESK}/glossary").text
    assert "智能垃圾箱" not in desk.get(f"{DESK}/glossary?page=2").text
    assert desk.get(f"{DESK}/glossary?page=0").status == 404


def test_a_pair_is_added(desk: PageClient) -> None:
    desk.get(f"{DESK}/glossary/new")

    answer = desk.post(
        f"{DESK}/glossary/new", {"words_zh": "智能垃圾箱\r\n智能垃圾桶", "words_en": "smart bin; "}
    )

    assert answer.status == 303
    assert 'role="status"' in desk.follow().text
    assert pairs() == [BINS]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"words_zh": "智能垃圾箱", "words_en": ""}, "words_en"),
        ({"words_zh": "", "words_en": ""}, "words_zh"),
        ({"words_zh": "长" * 41, "words_en": "long"}, "words_zh"),
        ({"words_zh": "长" * 2001, "words_en": "long"}, "words_zh"),
        ({"words_zh": "甲乙", "words_en": "中文"}, "words_en"),
    ],
)
def test_an_unfit_pair_comes_back_with_what_was_typed(
    desk: PageClient, typed: dict[str, str], field: str
) -> None:
    desk.get(f"{DESK}/glossary/new")

    answer = desk.post(f"{DESK}/glossary/new", typed)

    assert answer.status == 422
    assert f'href="#{field}"' in answer.text
    assert all(f"{value}</textarea>" in answer.text for value in typed.values() if value)
    assert pairs() == []


def test_a_word_of_another_pair_is_named(desk: PageClient) -> None:
    given_pair()
    desk.get(f"{DESK}/glossary/new")

    answer = desk.post(
        f"{DESK}/glossary/new", {"words_zh": "垃圾箱\n智能垃圾桶", "words_en": "bin"}
    )

    assert answer.status == 422
    assert ": 智能垃圾桶" in answer.text.replace("：", ": ")


def test_a_pair_is_changed(desk: PageClient) -> None:
    number = given_pair()
    desk.get(f"{DESK}/glossary/{number}")

    answer = desk.post(
        f"{DESK}/glossary/{number}", {"words_zh": "智能垃圾箱", "words_en": "clever bin"}
    )

    assert answer.status == 303
    assert pairs() == [PairWords(("智能垃圾箱",), ("clever bin",))]


def test_a_pair_that_was_changed_meanwhile_comes_back_with_both_wordings(desk: PageClient) -> None:
    number = given_pair()
    desk.get(f"{DESK}/glossary/{number}")
    with transaction() as session:
        theirs = PairWords(("智能垃圾箱",), ("clever bin",))
        search_words.change_pair(session, number, theirs, seen_version=1)

    answer = desk.post(
        f"{DESK}/glossary/{number}", {"words_zh": "智能垃圾箱", "words_en": "brainy bin"}
    )

    assert answer.status == 409
    assert "clever bin" in answer.text
    assert "brainy bin</textarea>" in answer.text
    assert pairs() == [theirs]
    again = desk.post(
        f"{DESK}/glossary/{number}", {"words_zh": "智能垃圾箱", "words_en": "brainy bin"}
    )
    assert again.status == 303


def test_a_pair_that_was_removed_meanwhile_can_be_saved_as_a_new_one(desk: PageClient) -> None:
    number = given_pair()
    desk.get(f"{DESK}/glossary/{number}")
    with transaction() as session:
        search_words.remove_pair(session, number, seen_version=1)

    answer = desk.post(
        f"{DESK}/glossary/{number}", {"words_zh": "智能垃圾箱", "words_en": "brainy bin"}
    )

    assert answer.status == 409
    assert "brainy bin</textarea>" in answer.text
    assert f'action="{DESK}/glossary/new"' in answer.text
    assert pairs() == []


def test_a_removed_pair_can_be_put_back(desk: PageClient) -> None:
    number = given_pair()
    desk.get(f"{DESK}/glossary/{number}")
    assert desk.post(f"{DESK}/glossary/{number}/remove").status == 303
    assert pairs() == []
    page = desk.follow()
    assert page.hidden["words_en"] == "smart bin"

    assert desk.post(f"{DESK}/glossary/new").status == 303

    assert pairs() == [BINS]


def test_a_pair_that_was_changed_meanwhile_is_not_removed(desk: PageClient) -> None:
    number = given_pair()
    desk.get(f"{DESK}/glossary/{number}")
    with transaction() as session:
        theirs = PairWords(("智能垃圾箱",), ("clever bin",))
        search_words.change_pair(session, number, theirs, seen_version=1)

    assert desk.post(f"{DESK}/glossary/{number}/remove").status == 409
    assert pairs() == [theirs]


@pytest.mark.parametrize("version", ["", "eins", "-1", "９", "1" * 30])
def test_a_version_that_is_none_is_a_broken_form(desk: PageClient, version: str) -> None:
    number = given_pair()
    desk.get(f"{DESK}/glossary/{number}")

    assert desk.post(f"{DESK}/glossary/{number}", {"version": version}).status == 400


def test_a_pair_that_is_not_there_is_not_found(desk: PageClient) -> None:
    assert desk.get(f"{DESK}/glossary/7").status == 404


def test_a_pair_that_a_colleague_removed_is_simply_gone(desk: PageClient) -> None:
    number = given_pair()
    desk.get(f"{DESK}/glossary/{number}")
    with transaction() as session:
        search_words.remove_pair(session, number, seen_version=1)

    assert desk.post(f"{DESK}/glossary/{number}/remove").status == 303
    assert desk.follow().status == 200


# --- Words of the dictionary ---------------------------------------------------------------------


def test_a_word_is_added_and_waits_for_the_index(desk: PageClient) -> None:
    before = desk.get(f"{DESK}/words").text

    answer = desk.post(f"{DESK}/words", {"word": " 全域停車 "})

    assert answer.status == 303
    after = desk.follow().text
    assert "全域停车" in after
    assert spellings() == ("全域停车",)
    assert _state(before) != _state(after)
    with reading() as session:
        search_index().rebuild((), words=search_words.spellings(session))
    assert _state(before) == _state(desk.get(f"{DESK}/words").text)


def _state(text: str) -> str:
    """What the page says about the index: the last of its notices."""
    notices: list[str] = re.findall(r'class="notice-title">(.*?)</p>', text, re.DOTALL)
    return notices[-1].strip()


@pytest.mark.parametrize("typed", ["", "桩", "smart bin", "停车，难", "一网通办", "长" * 41])
def test_an_unfit_word_comes_back(desk: PageClient, typed: str) -> None:
    desk.get(f"{DESK}/words")

    answer = desk.post(f"{DESK}/words", {"word": typed})

    assert answer.status == 422
    assert 'href="#word"' in answer.text
    assert f'value="{typed}"' in answer.text
    assert spellings() == ()


def test_a_removed_word_can_be_put_back(desk: PageClient) -> None:
    number = given_word()
    desk.get(f"{DESK}/words")
    assert desk.post(f"{DESK}/words/{number}/remove").status == 303
    assert spellings() == ()
    desk.follow()

    assert desk.post(f"{DESK}/words").status == 303
    assert spellings() == ("全域停车",)


def test_a_word_that_a_colleague_removed_is_simply_gone(desk: PageClient) -> None:
    number = given_word()
    desk.get(f"{DESK}/words")
    with transaction() as session:
        search_words.remove_word(session, number)

    assert desk.post(f"{DESK}/words/{number}/remove").status == 303
    assert desk.follow().status == 200


# --- Explaining ----------------------------------------------------------------------------------


EXPLANATION = Explanation(
    total=5.75,
    parts=(
        ScorePart(
            kind=PartKind.WORD,
            text="一网通办",
            field="title_words",
            documents=3,
            frequency=1.0,
            worth=4.125,
        ),
        ScorePart(
            kind=PartKind.BRIDGE,
            text="通办",
            field="oddities",
            documents=1,
            frequency=2.0,
            worth=0.5,
        ),
    ),
    coverage=1.0,
    closeness=1.25,
    newness=1.01,
    support=1.0,
)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_score_is_taken_apart(
    desk: PageClient, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setattr(search_index(), "explain", lambda *asked: EXPLANATION)
    page = desk.get(f"/{lang}/staff/search/explain?q=一网通办")
    ways = [link for link in page.links if "&ref=" in link]
    assert ways

    explained = desk.get(ways[0]).text

    assert all(figure in explained for figure in ("5.75", "4.12", "1.25", "1.01", "oddities"))


def test_what_is_no_result_is_said_to_be_none(desk: PageClient) -> None:
    page = desk.get(f"{DESK}/explain?q=一网通办&ref=QD-2023-999999")

    assert page.status == 200
    assert "QD-2023-999999" in page.text
    assert "notice-attention" in page.text
    assert 'class="empty"' in desk.get(f"{DESK}/explain?q=zzzzzz+无此词汇").text


def test_too_long_a_search_is_refused_with_what_was_typed(desk: PageClient) -> None:
    answer = desk.get(f"{DESK}/explain?q={'长' * 300}")

    assert answer.status == 422
    assert "长" * 300 in answer.text


def test_without_an_index_the_pages_say_so(desk: PageClient) -> None:
    search_index().close()
    shutil.rmtree(settings().index_path)

    assert desk.get(f"{DESK}/explain?q=停车").status == 503
    assert "notice-attention" in desk.get(f"{DESK}/words").text
