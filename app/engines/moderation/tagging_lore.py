"""What the proposer knows beside the plan: words of daily life, examples, words of like meaning.

It is read from two YAML files whose paths the caller names; both say which year's plan they
are for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from app.vocabulary import Language


@dataclass(frozen=True)
class Example:
    """A suggestion and the numbers of the items that somebody found right for it."""

    numbers: tuple[int, ...]
    title: str
    text: str
    language: Language


@dataclass(frozen=True)
class Lore:
    """Further words by an item's number, examples, and groups of words that mean the same."""

    words: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()


NO_LORE = Lore()
"""For a plan about which nothing is known but its own words."""


def read_lore(
    words_file: Path, examples_file: Path, *, year: int, synonyms: Iterable[tuple[str, ...]]
) -> Lore:
    """What the files say of that year's items; what is about another year's plan does not count.

    Raises OSError for a file that cannot be read and TypeError for one of another shape.
    """
    return Lore(
        words=read_item_words(words_file, year=year),
        examples=read_examples(examples_file, year=year),
        synonyms=tuple(synonyms),
    )


def read_item_words(file: Path, *, year: int) -> dict[int, tuple[str, ...]]:
    """The words of daily life by item, in both languages; none if they are for another year."""
    content = _mapping(_parsed(file))
    if content.get("year") != year:
        return {}
    return {
        int(str(number)): tuple(
            str(word) for language in Language for word in _list(_mapping(said)[language.value])
        )
        for number, said in _mapping(content["items"]).items()
    }


def read_examples(file: Path, *, year: int) -> tuple[Example, ...]:
    """The examples of both languages, Chinese first; none if they are for another year."""
    content = _mapping(_parsed(file))
    if content.get("year") != year:
        return ()
    return tuple(
        _example(_mapping(entry), language)
        for language in Language
        for entry in _list(content[language.value])
    )


def _example(entry: Mapping[object, object], language: Language) -> Example:
    return Example(
        numbers=tuple(int(str(number)) for number in _list(entry["items"])),
        title=str(entry["title"]),
        text=str(entry["text"]),
        language=language,
    )


def _parsed(file: Path) -> object:
    content: object = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content


def _mapping(value: object) -> Mapping[object, object]:
    if not isinstance(value, dict):
        raise TypeError(f"a mapping was expected, not {value!r:.60}")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"a list was expected, not {value!r:.60}")
    return value
