"""The glossary that ships with the portal, as the search engine's."""

from functools import cache
from pathlib import Path

from app.engines.search.glossary import Glossary, GlossaryEntry
from app.services.bundle import CONTENT, read_list

FILE = CONTENT / "glossary.yaml"


def other_wordings(text: str) -> tuple[str, ...]:
    """Other ways to say what was typed, in both languages; none where nothing is known."""
    return bundled(FILE).other_wordings(text)


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
