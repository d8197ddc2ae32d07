"""Staff's words: what a pair and a dictionary word may be, who was first, and what changed."""

import pytest
from flask import Flask

from app.errors import InvalidInputError, NotFoundError, StaleEditError
from app.models import StaffMember
from app.resources import reading, search_index, transaction
from app.services import search_words
from app.services.search_words import WORDS_MAX, Listed, PairWords
from app.vocabulary import Role
from tests.factories import MOMENT, make_staff

BINS = PairWords(zh=("智能垃圾箱",), en=("smart bin",))


@pytest.fixture
def editor(app: Flask) -> StaffMember:
    """Who edits words."""
    with transaction() as session:
        return make_staff(session, Role.COMPILER)


def _add(said: PairWords, by: StaffMember) -> int:
    with transaction() as session:
        return search_words.add_pair(session, said, by=by, now=MOMENT).id


def _add_word(typed: str, by: StaffMember) -> int:
    with transaction() as session:
        return search_words.add_word(session, typed, by=by, now=MOMENT).id


def _pairs() -> list[PairWords]:
    with reading() as session:
        return [search_words.words_of(row) for row in search_words.pairs(session)]


def _revision() -> str:
    with reading() as session:
        return search_words.revision(session)


def _listed(searched: str) -> list[Listed]:
    with reading() as session:
        return list(search_words.listed(session, searched).rows)


# --- Pairs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        BINS,
        PairWords(zh=("窨井盖", "马葫芦")),
        PairWords(en=("footpath", "sidewalk")),
        PairWords(zh=("APP",), en=("app",)),
    ],
)
def test_words_of_both_languages_or_synonyms_of_one_make_a_pair(
    editor: StaffMember, said: PairWords
) -> None:
    _add(said, editor)

    assert _pairs() == [said]


def test_a_pair_is_kept_without_needless_blanks_and_empty_words(editor: StaffMember) -> None:
    _add(PairWords(zh=(" 智能垃圾箱\u200b ", ""), en=("smart   bin", " ")), editor)

    assert _pairs() == [BINS]


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        (PairWords(), "words_zh", "too_few"),
        (PairWords(zh=("充电桩",)), "words_en", "too_few"),
        (PairWords(en=("charger", "  ")), "words_zh", "too_few"),
        (PairWords(zh=("充" * 41,), en=("charger",)), "words_zh", "too_long"),
        (PairWords(zh=("充电桩",), en=("c" * 41,)), "words_en", "too_long"),
        (PairWords(zh=("㍿" * 20,), en=("company",)), "words_zh", "too_long"),
        (PairWords(zh=("！？",), en=("what",)), "words_zh", "no_words"),
        (PairWords(zh=("充电桩",), en=("充电", "charger")), "words_en", "other_language"),
        (PairWords(zh=("充电樁", "充电桩"), en=("charger",)), "words_zh", "twice"),
        (PairWords(zh=("充电桩",), en=("Charger", "charger")), "words_en", "twice"),
        (
            PairWords(zh=tuple(f"充电桩{n}" for n in range(WORDS_MAX + 1)), en=("charger",)),
            "words_zh",
            "too_many",
        ),
    ],
)
def test_what_is_no_pair_is_refused(
    editor: StaffMember, said: PairWords, field: str, reason: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        _add(said, editor)

    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert _pairs() == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (PairWords(zh=("智能垃圾箱",), en=("clever bin",)), "words_zh"),
        (PairWords(zh=("垃圾箱",), en=("SMART  bin",)), "words_en"),
    ],
)
def test_a_word_stands_in_one_pair_only(editor: StaffMember, said: PairWords, field: str) -> None:
    _add(BINS, editor)

    with pytest.raises(InvalidInputError) as refused:
        _add(said, editor)

    assert (refused.value.field, refused.value.reason) == (field, "taken")
    with reading() as session:
        assert len(search_words.taken(session, said)) == 1


def test_a_bundled_word_may_be_paired_anew(editor: StaffMember) -> None:
    _add(PairWords(zh=("停车",), en=("car parking",)), editor)

    own, *bundled = _listed("停车")
    assert own.pair is not None
    assert own.words.en == ("car parking",)
    assert any("停车" in entry.words.zh and entry.pair is None for entry in bundled)


def test_a_pair_is_changed_and_keeps_its_own_words(editor: StaffMember) -> None:
    number = _add(BINS, editor)
    said = PairWords(zh=("智能垃圾箱", "智能垃圾桶"), en=("smart bin",))

    with transaction() as session:
        search_words.change_pair(session, number, said, seen_version=1)

    assert _pairs() == [said]


def test_a_pair_that_was_changed_meanwhile_is_left_alone(editor: StaffMember) -> None:
    number = _add(BINS, editor)
    said = PairWords(zh=("智能垃圾箱",), en=("clever bin",))
    with transaction() as session:
        search_words.change_pair(session, number, said, seen_version=1)

    with pytest.raises(StaleEditError), transaction() as session:
        search_words.change_pair(session, number, BINS, seen_version=1)
    with pytest.raises(StaleEditError), transaction() as session:
        search_words.remove_pair(session, number, seen_version=1)

    assert _pairs() == [said]


def test_a_removed_pair_tells_what_it_said_and_can_be_added_again(editor: StaffMember) -> None:
    number = _add(BINS, editor)
    with transaction() as session:
        said = search_words.remove_pair(session, number, seen_version=1)
    assert _pairs() == []

    _add(said, editor)

    assert _pairs() == [BINS]


def test_a_pair_that_is_gone_can_neither_be_changed_nor_removed(editor: StaffMember) -> None:
    with pytest.raises(NotFoundError), transaction() as session:
        search_words.change_pair(session, 7, BINS, seen_version=1)
    with pytest.raises(NotFoundError), transaction() as session:
        search_words.remove_pair(session, 7, seen_version=1)


def test_the_list_is_searched_in_both_languages_and_turned_over(editor: StaffMember) -> None:
    _add(BINS, editor)

    assert [entry.words for entry in _listed("智能垃圾")] == [BINS]
    assert [entry.words for entry in _listed("SMART BIN")] == [BINS]
    assert _listed("无此词汇") == []
    with reading() as session:
        first, second = (search_words.listed(session, page=number) for number in (1, 2))
    assert first.rows[0].words == BINS
    assert first.total == second.total > len(first.rows)
    assert first.rows[-1] not in second.rows


# --- Words of the dictionary ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("全域停车", "全域停车"),
        (" 智慧燈桿 ", "智慧灯杆"),
        ("6G专网", "6g专网"),
        ("榉林·山", "榉林·山"),
    ],
)
def test_a_word_is_kept_in_comparable_form(editor: StaffMember, typed: str, kept: str) -> None:
    _add_word(typed, editor)

    with reading() as session:
        assert search_words.spellings(session) == (kept,)
        assert [row.word for row in search_words.words(session).rows] == [kept]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "too_short"),
        ("桩", "too_short"),
        ("停" * 41, "too_long"),
        ("smart bin", "no_han"),
        ("停车，难", "signs"),
        ("全域\ue000停车", "signs"),
        ("一网通办", "known"),
        ("全域停車", "known"),
    ],
)
def test_what_is_no_new_word_is_refused(editor: StaffMember, typed: str, reason: str) -> None:
    _add_word("全域停车", editor)

    with pytest.raises(InvalidInputError) as refused:
        _add_word(typed, editor)

    assert (refused.value.field, refused.value.reason) == ("word", reason)


def test_a_word_is_taken_away_once(editor: StaffMember) -> None:
    number = _add_word("全域停车", editor)
    with transaction() as session:
        assert search_words.remove_word(session, number) == "全域停车"

    with pytest.raises(NotFoundError), transaction() as session:
        search_words.remove_word(session, number)
    with reading() as session:
        assert search_words.spellings(session) == ()


def test_a_rebuild_is_due_until_the_index_knows_the_words(editor: StaffMember) -> None:
    with reading() as session:
        assert not search_words.is_rebuild_due(session, search_index())
    _add_word("全域停车", editor)

    with reading() as session:
        assert search_words.is_rebuild_due(session, search_index())
        search_index().rebuild((), words=search_words.spellings(session))
        assert not search_words.is_rebuild_due(session, search_index())


# --- Telling the processes -----------------------------------------------------------------------


def test_every_change_gives_another_revision(editor: StaffMember) -> None:
    seen = [_revision()]
    number = _add(BINS, editor)
    seen.append(_revision())
    with transaction() as session:
        search_words.remove_pair(session, number, seen_version=1)
    seen.append(_revision())
    number = _add(BINS, editor)
    seen.append(_revision())
    with transaction() as session:
        search_words.change_pair(session, number, PairWords(zh=("甲乙", "乙甲")), seen_version=1)
    seen.append(_revision())
    word = _add_word("全域停车", editor)
    seen.append(_revision())
    with transaction() as session:
        search_words.remove_word(session, word)
    seen.append(_revision())

    assert len(set(seen)) == len(seen)


def test_what_was_refused_leaves_the_revision(editor: StaffMember) -> None:
    before = _revision()
    with pytest.raises(InvalidInputError):
        _add(PairWords(zh=("充电桩",)), editor)
    with pytest.raises(InvalidInputError):
        _add_word("桩", editor)

    assert _revision() == before
