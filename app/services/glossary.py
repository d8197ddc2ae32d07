"""The words that ship with the portal, as the search engine's: what means and sounds the same."""

from functools import cache
from pathlib import Path

from app.engines.search.glossary import Glossary, GlossaryEntry
from app.engines.search.pinyin import PinyinTable
from app.engines.text.segment import read_words
from app.services.bundle import CONTENT, read_list

FILE = CONTENT / "glossary.yaml"
TERMS = CONTENT / "gov_words.txt"


def other_wordings(text: str) -> tuple[str, ...]:
    """Other ways to say what was typed, in both languages; none where nothing is known."""
    return bundled(FILE).other_wordings(text)


def by_sound(text: str) -> tuple[str, ...]:
    """Known Chinese words that sound like what was typed in Latin letters."""
    return _sounds().words(text)


@cache
def _sounds() -> PinyinTable:
    listed = [word for entry in read_list(FILE) for word in _words(entry["zh"])]
    return PinyinTable([*listed, *read_words(TERMS)])


@cache
def bundled(file: Path) -> Glossary:
    """The glossary of a file; read once a process."""
    return Glossary(
        GlossaryEntry(zh=_words(entry["zh"]), en=_words(entry["en"])) for entry in read_list(file)
    )


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"a list of words was expected, not {value!r:.60}")
    return tuple(str(word) for word in value)
