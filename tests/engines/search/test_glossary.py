"""The glossary puts a query into other words."""

import pytest

from app.engines.search.glossary import Glossary, GlossaryEntry
from app.engines.search.query import MAX_OTHER_WORDINGS

GLOSSARY = Glossary(
    [
        GlossaryEntry(zh=("停车", "泊车"), en=("parking",)),
        GlossaryEntry(zh=("停车场", "停车楼"), en=("car park", "parking lot")),
        GlossaryEntry(zh=("电动自行车", "电瓶车", "电动车"), en=("e-bike", "electric bike")),
        GlossaryEntry(zh=("退款",), en=("refund", "money back")),
    ]
)


def test_a_chinese_word_is_also_looked_for_in_english() -> None:
    assert GLOSSARY.other_wordings("退款") == ("refund",)


def test_an_english_word_is_also_looked_for_in_chinese_in_any_form() -> None:
    assert GLOSSARY.other_wordings("Refunds")[0] == "退款"
    assert GLOSSARY.other_wordings("ＰＡＲＫＩＮＧ")[0] == "停车"


def test_the_longest_word_counts() -> None:
    assert GLOSSARY.other_wordings("停车场")[0] == "car park"
    assert GLOSSARY.other_wordings("parking lot")[0] == "停车场"


def test_all_known_words_are_carried_over_and_the_others_left_out() -> None:
    assert GLOSSARY.other_wordings("停车怎么退款")[0] == "parking refund"


def test_a_synonym_takes_the_place_of_the_typed_word() -> None:
    assert "电动自行车充电" in GLOSSARY.other_wordings("电瓶车充电")


def test_traditional_characters_are_understood() -> None:
    assert GLOSSARY.other_wordings("停車場")[0] == "car park"


@pytest.mark.parametrize(
    "text", ["", "   ", "没有这个词", "nothing like it", "parkinson", "*", "😀"]
)
def test_what_the_glossary_does_not_know_is_left_alone(text: str) -> None:
    assert GLOSSARY.other_wordings(text) == ()


def test_there_are_never_more_wordings_than_a_search_takes() -> None:
    wordings = GLOSSARY.other_wordings("停车场 电动车 退款 泊车")
    assert 1 <= len(wordings) <= MAX_OTHER_WORDINGS
    assert all(len(wording) <= 100 for wording in GLOSSARY.other_wordings("停车场" * 33))
