"""The glossary finds the words it knows in a query, and how else they are said."""

import pytest

from app.engines.search.analysis import default_analyser
from app.engines.search.glossary import (
    MAX_WORDINGS,
    Glossary,
    GlossaryEntry,
    GlossaryMatch,
)
from app.engines.text.normalise import fold

GLOSSARY = Glossary(
    [
        GlossaryEntry(zh=("停车", "泊车"), en=("parking",)),
        GlossaryEntry(zh=("停车场", "停车楼"), en=("car park", "parking lot")),
        GlossaryEntry(zh=("电动自行车", "电瓶车", "电动车"), en=("e-bike", "electric bike")),
        GlossaryEntry(zh=("退款",), en=("refund", "money back")),
        GlossaryEntry(zh=("水",), en=("water",)),
        GlossaryEntry(zh=("市民",), en=("citizen",)),
        GlossaryEntry(zh=("APP",), en=("app",)),
    ]
)


def found(text: str, glossary: Glossary = GLOSSARY) -> list[tuple[str, tuple[str, ...]]]:
    folded = fold(text).text
    pieces = list(default_analyser().segmenter.consecutive(folded))
    return [
        (folded[match.start : match.end], match.wordings)
        for match in glossary.matches(folded, pieces)
    ]


def test_the_languages_take_turns_the_other_one_first() -> None:
    assert found("停车") == [("停车", ("parking", "泊车"))]
    assert found("e-bike") == [("e-bike", ("电动自行车", "电瓶车", "electric bike", "电动车"))]


@pytest.mark.parametrize("text", ["Refunds", "ＲＥＦＵＮＤ", "refunded"])
def test_an_english_word_is_known_in_any_form(text: str) -> None:
    assert found(text)[0][1] == ("退款", "money back")


def test_the_longest_word_counts() -> None:
    assert found("停车场") == [("停车场", ("car park", "parking lot", "停车楼"))]
    assert [typed for typed, _ in found("a parking lot")] == ["parking lot"]


def test_every_known_word_is_found_in_order() -> None:
    assert [typed for typed, _ in found("停车怎么退款 by e-bike")] == ["停车", "退款", "e-bike"]


def test_traditional_characters_are_understood() -> None:
    assert found("停車場")[0][1][0] == "car park"


def test_a_phrase_is_not_found_across_other_words() -> None:
    assert [typed for typed, _ in found("parking, lot")] == ["parking"]
    assert found("money is back") == []


def test_of_two_words_with_one_stem_the_one_that_was_typed_is_meant() -> None:
    glossary = Glossary(
        [GlossaryEntry(zh=("停车",), en=("parking",)), GlossaryEntry(zh=("公园",), en=("park",))]
    )
    assert found("park", glossary) == [("park", ("公园",))]
    assert found("parking", glossary) == [("parking", ("停车",))]


def test_two_characters_of_two_words_are_no_word() -> None:
    assert found("城市民政") == []
    assert found("市民") == [("市民", ("citizen",))]


def test_a_single_character_counts_only_on_its_own() -> None:
    assert [typed for typed, _ in found("喝 水")] == ["水"]
    assert found("水质") == []


@pytest.mark.parametrize("text", ["apple", "happy"])
def test_a_latin_word_is_not_found_inside_another(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text", ["", "   ", "没有这个词", "nothing like it", "parkinson", "*", "😀"]
)
def test_what_the_glossary_does_not_know_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_a_word_of_several_entries_has_the_wordings_of_the_first_ones_first() -> None:
    glossary = Glossary(
        [
            GlossaryEntry(zh=("停车", "存车"), en=("parking",)),
            GlossaryEntry(zh=("停车", "泊车"), en=("to park a car",)),
        ]
    )
    assert found("停车", glossary) == [("停车", ("parking", "to park a car", "存车", "泊车"))]


def test_an_entry_of_one_language_names_its_other_words() -> None:
    assert found("停车", Glossary([GlossaryEntry(zh=("停车", "泊车"), en=())])) == [
        ("停车", ("泊车",))
    ]


def test_there_are_never_too_many_wordings() -> None:
    many = GlossaryEntry(
        zh=("停车", *(f"停车{sign}" for sign in "甲乙丙丁戊己庚辛壬")), en=("parking",)
    )
    ((_, wordings),) = found("停车", Glossary([many]))
    assert len(wordings) == MAX_WORDINGS


class _Guesser:
    """Takes one word for another, 停东 for 停车, and everything else as it is."""

    def __init__(self, slip: str = "停东", meant: str = "停车") -> None:
        self._slip, self._meant = slip, meant

    def guesses(self, folded: str, pieces: object) -> list[GlossaryMatch]:
        place = folded.find(self._slip)
        end = place + len(self._slip)
        return [GlossaryMatch(place, end, (self._meant,))] if place >= 0 else []


def test_a_slip_is_known_by_what_was_meant_and_its_wordings() -> None:
    glossary = Glossary([GlossaryEntry(zh=("停车", "泊车"), en=("parking",))], _Guesser())
    assert found("停东", glossary) == [("停东", ("停车", "parking", "泊车"))]


def test_a_slip_with_a_known_word_inside_is_read_as_a_whole() -> None:
    glossary = Glossary([GlossaryEntry(zh=("东",), en=("east",))], _Guesser())
    assert found("停东", glossary) == [("停东", ("停车",))]


def test_what_an_entry_has_is_never_taken_for_a_slip() -> None:
    glossary = Glossary([GlossaryEntry(zh=("停东西",), en=("store things",))], _Guesser())
    assert found("停东西", glossary) == [("停东西", ("store things",))]


def test_a_misspelt_word_is_still_part_of_its_phrase() -> None:
    assert wordings_of_a_slip("parkng lot", "parkng", "parking") == [
        ("parkng lot", ("停车场", "car park", "停车楼", "parking lot"))
    ]


def test_a_misspelt_word_beside_another_is_known_alone() -> None:
    found_ones = wordings_of_a_slip("parkng fee", "parkng", "parking")
    assert [stretch for stretch, _ in found_ones] == ["parkng"]


def test_a_mere_syllable_is_no_abbreviation() -> None:
    glossary = Glossary([GlossaryEntry(zh=("求救",), en=("SOS",))])

    assert found("so", glossary) == []
    assert found("sos", glossary) == [("sos", ("求救",))]


def wordings_of_a_slip(text: str, slip: str, meant: str) -> list[tuple[str, tuple[str, ...]]]:
    entries = [
        GlossaryEntry(zh=("停车", "泊车"), en=("parking",)),
        GlossaryEntry(zh=("停车场", "停车楼"), en=("car park", "parking lot")),
    ]
    return found(text, Glossary(entries, _Guesser(slip, meant)))
