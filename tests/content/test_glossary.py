"""The glossary: enough words, one entry per word, written as a citizen types them."""

import re
from collections import Counter
from pathlib import Path
from typing import TypedDict

import pytest
import yaml

from app.engines.text.normalise import fold

CONTENT = Path(__file__).parents[2] / "app" / "content"
LEAST_ENTRIES = 900
# Words that mean two things; each may stand in two entries, and the file says why.
AMBIGUOUS = frozenset({"charge", "receipt"})
# A Chinese list may hold what Chinese people write in Latin letters.
LATIN_IN_CHINESE = frozenset({"AI", "APP", "CT"})
# The words English writes with capitals: abbreviations, and names with what belongs to them.
ABBREVIATIONS = frozenset({"API", "CT", "EV", "ID", "IoT", "MRI", "QR", "SMS", "URL"})
PLACES = frozenset(
    {
        "Bay",
        "Chengyang",
        "Huaiting",
        "Huangdao",
        "Huilan",
        "Jiaodong",
        "Jiaozhou",
        "Jimo",
        "Juxi",
        "Laixi",
        "Lanting",
        "Laoshan",
        "Licang",
        "Lihe",
        "Pingdu",
        "Qingdao",
        "Qingyu",
        "Shandong",
        "Shibei",
        "Shinan",
        "Wangjiao",
        "Wujia",
        "Yayuan",
        "Yuanting",
        "Yuping",
        "Zhanqiao",
    }
)
PARTS_OF_NAMES = frozenset(
    {"Ai", "Alzheimer's", "Area", "City", "Coast", "Digital", "District", "Hospital", "New"}
    | {"Plaza", "Road", "Shandongtong", "WeChat", "West"}
)
LANGUAGES = frozenset({"Chinese", "English", "Japanese", "Korean", "Koreans", "Mandarin"})
CAPITALISED = ABBREVIATIONS | PLACES | PARTS_OF_NAMES | LANGUAGES
HAN = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z0-9][A-Za-z0-9' -]*")


class Entry(TypedDict):
    """Words for one thing."""

    zh: list[str]
    en: list[str]


def read() -> str:
    return (CONTENT / "glossary.yaml").read_text(encoding="utf-8")


def faults_of(entry: Entry) -> list[str]:
    """Say which words of an entry are not written as they should be."""
    faults = [word for word in [*entry["zh"], *entry["en"]] if word != " ".join(word.split())]
    for word in entry["zh"]:
        if not HAN.search(word) and word not in LATIN_IN_CHINESE:
            faults.append(f"{word} is not Chinese")
        if fold(word).text != word.lower():
            faults.append(f"{word} is not in simplified characters")
    for word in entry["en"]:
        if not ENGLISH.fullmatch(word):
            faults.append(f"{word} is not English")
        if any(part != part.lower() and part not in CAPITALISED for part in word.split()):
            faults.append(f"{word} is not in lower case")
    return faults


def repeated(words: list[str]) -> set[str]:
    counts = Counter(word.lower() for word in words)
    return {word for word, count in counts.items() if count > (2 if word in AMBIGUOUS else 1)}


@pytest.fixture(scope="module")
def glossary() -> list[Entry]:
    loaded: list[Entry] = yaml.safe_load(read())
    return loaded


def test_the_glossary_has_enough_entries(glossary: list[Entry]) -> None:
    assert len(glossary) >= LEAST_ENTRIES


def test_an_entry_has_words_in_both_languages_and_nothing_else(glossary: list[Entry]) -> None:
    for entry in glossary:
        assert list(entry) == ["zh", "en"], entry
        assert entry["zh"], entry
        assert entry["en"], entry
        assert all(isinstance(word, str) for word in [*entry["zh"], *entry["en"]]), entry


def test_many_entries_have_synonyms_inside_a_language(glossary: list[Entry]) -> None:
    for words in ([entry["zh"] for entry in glossary], [entry["en"] for entry in glossary]):
        assert sum(len(group) > 1 for group in words) >= len(glossary) // 2


def test_every_word_is_written_as_a_citizen_types_it(glossary: list[Entry]) -> None:
    assert [fault for entry in glossary for fault in faults_of(entry)] == []


@pytest.mark.parametrize(
    "entry",
    [
        Entry(zh=["停車"], en=["parking"]),
        Entry(zh=["parking"], en=["parking"]),
        Entry(zh=["停车"], en=["停车"]),
        Entry(zh=["停车"], en=["Parking"]),
        Entry(zh=["停车 "], en=["parking"]),
    ],
)
def test_a_badly_written_word_is_found(entry: Entry) -> None:
    assert faults_of(entry) != []


def test_no_word_stands_in_two_entries(glossary: list[Entry]) -> None:
    assert repeated([word for entry in glossary for word in entry["zh"]]) == set()
    assert repeated([word for entry in glossary for word in entry["en"]]) == set()


def test_a_repeated_word_is_found() -> None:
    assert repeated(["停车", "停车"]) == {"停车"}
    assert repeated(["Parking", "parking"]) == {"parking"}


def test_a_word_with_two_meanings_stands_in_two_entries_and_says_why(
    glossary: list[Entry],
) -> None:
    counts = Counter(word for entry in glossary for word in [*entry["zh"], *entry["en"]])
    for word in AMBIGUOUS:
        assert counts[word] == 2, word
        assert re.search(f'^# .*"{word}"', read(), re.MULTILINE), word


def test_every_district_is_known_in_both_languages(glossary: list[Entry]) -> None:
    districts = yaml.safe_load((CONTENT / "districts.yaml").read_text(encoding="utf-8"))
    for district in districts:
        chinese, english = (re.split("[（(]", district["name"][lang])[0] for lang in ("zh", "en"))
        assert any(
            chinese in entry["zh"] and english.strip() in entry["en"] for entry in glossary
        ), district["code"]
