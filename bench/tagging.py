"""How often the right plan item is proposed for a suggestion: first, and among the first three.

`python -m bench.tagging` asks for every text of two files. tagging_examples.yaml is learned from:
each text is asked of a model that has not seen it, nor every fifth other. tagging_unseen.yaml is
only measured, with all that is known, without the hand-made words of item_words.yaml (whose author
also wrote the unseen texts), and with the plan's words alone. The last columns show how many texts
got no item, how many items a text gets, and the time for a text.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from app.engines.moderation.tagging import ItemWords, TagModel
from app.engines.moderation.tagging_lore import Example, Lore, read_examples, read_lore
from app.services import glossary
from app.services.bundle import CONTENT, read_yaml, strings
from app.vocabulary import Language
from bench.tables import ms, percentile, show

YEAR = 2023
PARTS = 5
"""The examples are asked in this many parts, each of a model that learned from the others."""

HEADER = ("file", "language", "texts", "first", "first three", "none", "items", "typical", "p99")


@dataclass(frozen=True)
class Asked:
    """An example, the numbers that were proposed for it, and the seconds it took."""

    example: Example
    proposed: tuple[int, ...]
    seconds: float


def main() -> None:
    """Print the table."""
    items = bundled_items()
    lore = bundled_lore()
    unseen = read_examples(CONTENT / "tagging_unseen.yaml", year=YEAR)
    rows = [
        *_rows("examples", asked_in_parts(items, lore)),
        *_rows("unseen", ask(TagModel(items, lore), unseen)),
        *_rows("unseen, no daily words", ask(TagModel(items, replace(lore, words={})), unseen)),
        *_rows("unseen, plan's words only", ask(TagModel(items), unseen)),
    ]
    show("Plan items for suggestions", HEADER, rows)


def bundled_lore() -> Lore:
    """What ships with the portal for the proposer to learn from."""
    entries = glossary.entries_of(glossary.FILE)
    return read_lore(
        CONTENT / "item_words.yaml",
        CONTENT / "tagging_examples.yaml",
        year=YEAR,
        synonyms=[(*entry.zh, *entry.en) for entry in entries],
    )


def bundled_items() -> tuple[ItemWords, ...]:
    """The plan's items as they ship, without a database."""
    chapters = _entries(read_yaml(CONTENT / "plan-2023.yaml")["chapters"])
    return tuple(_item(item) for part in chapters for item in _entries(part["items"]))


def asked_in_parts(items: Sequence[ItemWords], lore: Lore) -> list[Asked]:
    """Every example, asked of a model that learned from the other parts only."""
    asked = []
    for part in range(PARTS):
        others = tuple(one for place, one in enumerate(lore.examples) if place % PARTS != part)
        model = TagModel(items, replace(lore, examples=others))
        asked.extend(ask(model, lore.examples[part::PARTS]))
    return asked


def ask(model: TagModel, examples: Iterable[Example]) -> list[Asked]:
    """What the model proposes for each."""
    return [_ask(model, example) for example in examples]


def _ask(model: TagModel, example: Example) -> Asked:
    started = time.perf_counter()
    proposals = model.suggest(f"{example.title}\n{example.text}")
    seconds = time.perf_counter() - started
    return Asked(example, tuple(proposal.number for proposal in proposals), seconds)


def _rows(name: str, asked: Sequence[Asked]) -> list[list[object]]:
    return [
        _row(name, language, [one for one in asked if one.example.language is language])
        for language in Language
    ]


def _row(name: str, language: Language, asked: Sequence[Asked]) -> list[object]:
    seconds = [one.seconds for one in asked]
    return [
        name,
        language.value,
        len(asked),
        _share(asked, lambda one: one.proposed[:1]),
        _share(asked, lambda one: one.proposed),
        sum(not one.proposed for one in asked),
        f"{sum(len(one.proposed) for one in asked) / len(asked):.1f}",
        ms(percentile(seconds, 0.5)),
        ms(percentile(seconds, 0.99)),
    ]


def _share(asked: Sequence[Asked], looked_at: Callable[[Asked], tuple[int, ...]]) -> str:
    right = sum(not set(looked_at(one)).isdisjoint(one.example.numbers) for one in asked)
    return f"{right / len(asked):.3f}"


def _item(entry: dict[str, object]) -> ItemWords:
    title, digest, words = (_entry(entry[key]) for key in ("title", "digest", "keywords"))
    return ItemWords(
        number=int(str(entry["number"])),
        title_zh=str(title["zh"]),
        title_en=str(title["en"]),
        words=tuple(word for language in Language for word in strings(words[language.value])),
        digest_zh="\n".join(strings(digest["zh"])),
        digest_en="\n".join(strings(digest["en"])),
    )


def _entry(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError(f"a mapping was expected, not {value!r:.60}")
    return value


def _entries(value: object) -> list[dict[str, object]]:
    if not isinstance(value, list):
        raise TypeError(f"a list was expected, not {value!r:.60}")
    return [_entry(entry) for entry in value]


if __name__ == "__main__":
    main()
