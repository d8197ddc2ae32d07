"""What is known beside the plan is read from files, for the year they are for."""

from pathlib import Path

import pytest

from app.engines.moderation.tagging_lore import (
    Example,
    Lore,
    read_examples,
    read_item_words,
    read_lore,
)
from app.vocabulary import Language

CONTENT = Path(__file__).resolve().parents[3] / "app" / "content"
WORDS = """
year: 2023
items:
  5: {zh: [车棚, "12345"], en: [stairwell]}
"""
EXAMPLES = """
year: 2023
zh:
  - {items: [5, 9], title: 车棚, text: 车棚漏雨。}
en:
  - {items: [5], title: Stairwell, text: The stairwell is dark.}
"""


def make_file(folder: Path, content: str) -> Path:
    file = folder / "content.yaml"
    file.write_text(content, encoding="utf-8")
    return file


def test_the_words_of_both_languages_are_read(tmp_path: Path) -> None:
    words = read_item_words(make_file(tmp_path, WORDS), year=2023)
    assert words == {5: ("车棚", "12345", "stairwell")}


def test_the_examples_are_read_in_order(tmp_path: Path) -> None:
    assert read_examples(make_file(tmp_path, EXAMPLES), year=2023) == (
        Example((5, 9), "车棚", "车棚漏雨。", Language.ZH),
        Example((5,), "Stairwell", "The stairwell is dark.", Language.EN),
    )


def test_what_is_for_another_year_does_not_count(tmp_path: Path) -> None:
    assert read_item_words(make_file(tmp_path, WORDS), year=2024) == {}
    assert read_examples(make_file(tmp_path, EXAMPLES), year=2024) == ()


@pytest.mark.parametrize(
    "content", ["[]", "year: 2023\nitems: [5]", "year: 2023\nitems: {5: 车棚}"]
)
def test_words_of_another_shape_are_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(TypeError):
        read_item_words(make_file(tmp_path, content), year=2023)


@pytest.mark.parametrize("content", ["车棚", "year: 2023\nzh: {}\nen: []"])
def test_examples_of_another_shape_are_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(TypeError):
        read_examples(make_file(tmp_path, content), year=2023)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_item_words(tmp_path / "none.yaml", year=2023)


def bundled() -> Lore:
    words, examples = CONTENT / "item_words.yaml", CONTENT / "tagging_examples.yaml"
    return read_lore(words, examples, year=2023, synonyms=[("电梯", "lift")])


def test_the_bundled_files_know_every_item_in_both_languages() -> None:
    lore = bundled()
    assert set(lore.words) == set(range(1, 25))
    for language in Language:
        said = [one.numbers for one in lore.examples if one.language is language]
        assert {number for numbers in said for number in numbers} == set(range(1, 25))
    assert lore.synonyms == (("电梯", "lift"),)


def test_what_is_measured_is_not_learned() -> None:
    unseen = read_examples(CONTENT / "tagging_unseen.yaml", year=2023)
    learned = {text for one in bundled().examples for text in (one.title, one.text)}
    assert {text for one in unseen for text in (one.title, one.text)}.isdisjoint(learned)
