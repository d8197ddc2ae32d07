"""What the search knows of words: those that mean or sound the same, and slips it can set right.

It comes from the files that ship with the portal, from the pairs that staff added, and from the
words of the index.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from app.engines.search.glossary import Glossary, GlossaryEntry
from app.engines.search.index import SearchIndex
from app.engines.search.spelling import Speller, known_words, make_glossary, read_near_forms
from app.engines.text.normalise import normalise
from app.engines.text.segment import read_words
from app.errors import IndexUnavailableError
from app.models import GlossaryPair
from app.services import search_names, search_words
from app.services.bundle import CONTENT, read_list

FILE = CONTENT / "glossary.yaml"
TERMS = CONTENT / "gov_words.txt"
VOCABULARY_SECONDS = 300.0
"""How long a process goes on with the index's words before it reads them again."""

THREAD = "search words"

Clock = Callable[[], float]


@dataclass(frozen=True)
class Words:
    """What is known at the moment; `known` counts the documents that have a word."""

    known: Mapping[str, int]
    glossary: Glossary
    speller: Speller


@dataclass(frozen=True)
class _Given:
    """What staff and the plan give, read from the database: all that is needed but the index."""

    revision: str
    entries: tuple[GlossaryEntry, ...]
    titles: tuple[str, ...]


@dataclass
class _Shelf:
    """What one process keeps of one index: what was made, from what, and since when."""

    words: Words | None = None
    revision: str = ""
    vocabulary: Mapping[str, int] = field(default_factory=dict)
    read_at: float | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


_SHELVES: WeakKeyDictionary[SearchIndex, _Shelf] = WeakKeyDictionary()
_SHELVES_LOCK = threading.Lock()


def words(session: Session, index: SearchIndex, *, clock: Clock = time.monotonic) -> Words:
    """What is known now; it costs one statement.

    What staff changed counts at once. The index's words are read again every few minutes, in a
    thread of their own, for nobody shall wait for them.
    """
    revision = search_words.revision(session)
    with _SHELVES_LOCK:
        shelf = _SHELVES.setdefault(index, _Shelf())
    present = shelf.words
    is_old = shelf.read_at is None or clock() - shelf.read_at >= VOCABULARY_SECONDS
    if present is not None and shelf.revision == revision:
        if is_old:
            _renew_beside(shelf, index, _given(session, revision), clock)
        return present
    given = _given(session, revision)
    with shelf.lock:
        if shelf.words is None or shelf.revision != revision:
            _make(shelf, index, given, clock)
        assert shelf.words is not None  # noqa: S101 - what _make has just put there
        return shelf.words


def _renew_beside(shelf: _Shelf, index: SearchIndex, given: _Given, clock: Clock) -> None:
    """Let a thread make it anew, unless one is at it already."""
    if shelf.lock.acquire(blocking=False):
        work = (shelf, index, given, clock)
        threading.Thread(target=_renew, args=work, name=THREAD, daemon=True).start()


def _renew(shelf: _Shelf, index: SearchIndex, given: _Given, clock: Clock) -> None:
    """Make it anew and let go of the lock that whoever started this has taken."""
    try:
        _make(shelf, index, given, clock)
    finally:
        shelf.lock.release()


def _make(shelf: _Shelf, index: SearchIndex, given: _Given, clock: Clock) -> None:
    """Put what is known on the shelf; an index that cannot be read leaves its words as they were.

    It is asked again after as long as one that could be read.
    """
    if shelf.read_at is None or clock() - shelf.read_at >= VOCABULARY_SECONDS:
        shelf.read_at = clock()
        with suppress(IndexUnavailableError):
            shelf.vocabulary = index.vocabulary()
    known = known_words(shelf.vocabulary, given.entries, read_words(TERMS), given.titles)
    speller = Speller(known, read_near_forms())
    glossary = make_glossary(given.entries, known, speller)
    shelf.words, shelf.revision = Words(known, glossary, speller), given.revision


def _given(session: Session, revision: str) -> _Given:
    entries = with_pairs(entries_of(FILE), search_words.pairs(session))
    return _Given(revision, entries, tuple(search_names.names(session).titles()))


def with_pairs(
    bundled_entries: Iterable[GlossaryEntry], pairs: Sequence[GlossaryPair]
) -> tuple[GlossaryEntry, ...]:
    """Staff's pairs before the bundled entries; a word of a pair counts in no bundled entry."""
    own = tuple(GlossaryEntry(tuple(pair.words_zh), tuple(pair.words_en)) for pair in pairs)
    taken = {normalise(word) for entry in own for word in (*entry.zh, *entry.en)}
    rest = (
        GlossaryEntry(_without(entry.zh, taken), _without(entry.en, taken))
        for entry in bundled_entries
    )
    return (*own, *(entry for entry in rest if len(entry.zh) + len(entry.en) > 1))


def _without(said: tuple[str, ...], taken: set[str]) -> tuple[str, ...]:
    return tuple(word for word in said if normalise(word) not in taken)


@cache
def bundled(file: Path = FILE) -> Glossary:
    """The glossary of a file by itself; read once a process."""
    return Glossary(entries_of(file))


@cache
def entries_of(file: Path) -> tuple[GlossaryEntry, ...]:
    """The entries of a file, read once a process; raises TypeError for what is no list of them."""
    return tuple(
        GlossaryEntry(zh=_words(entry["zh"]), en=_words(entry["en"])) for entry in read_list(file)
    )


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"a list of words was expected, not {value!r:.60}")
    return tuple(str(word) for word in value)
