"""Words that staff teach the search: pairs of the glossary, and words that texts are cut by.

Both add to what ships with the portal. Every change raises one number, by which each process
notices that it must read them again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from app.engines.search.analysis import added_words
from app.engines.search.index import SearchIndex
from app.engines.text.normalise import clean, has_words, normalise
from app.engines.text.segment import GOV_WORDS, read_words
from app.errors import InvalidInputError, NotFoundError, StaleEditError
from app.models import GlossaryPair, NumberSeries, StaffMember, UserWord
from app.models.search import WORD_MAX
from app.services.bundle import CONTENT, read_list, strings
from app.services.numbering import next_number
from app.services.paging import PER_PAGE, Page, paged
from app.vocabulary import Language

SERIES = "search-words"
WORDS_MAX = 20
"""Words of one language in one pair."""

WORD_MIN = 2
_SIGNS_INSIDE = " -_./+·"
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class PairWords:
    """What a pair says: words and phrases of both languages that mean one thing."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def normal(self) -> Mapping[Language, set[str]]:
        """The words of each language in comparable form."""
        return {
            Language.ZH: {normalise(word) for word in self.zh},
            Language.EN: {normalise(word) for word in self.en},
        }


# --- What there is -------------------------------------------------------------------------------


def revision(session: Session) -> str:
    """A word that is another one after every change of a pair or a word; one cheap statement."""
    last = session.scalar(select(NumberSeries.last).where(NumberSeries.name == SERIES))
    return str(last or 0)


def pairs(session: Session) -> Sequence[GlossaryPair]:
    """Every pair that staff added, oldest first."""
    return session.scalars(select(GlossaryPair).order_by(GlossaryPair.id)).all()


def pair(session: Session, pair_id: int) -> GlossaryPair:
    """One pair; raises NotFoundError."""
    found = session.get(GlossaryPair, pair_id)
    if found is None:
        raise NotFoundError("glossary pair", str(pair_id))
    return found


def words(session: Session, *, page: int = 1) -> Page[UserWord]:
    """A page of the words that staff added, newest first, with who added them."""
    query: Select[UserWord] = (
        select(UserWord).options(selectinload(UserWord.added_by)).order_by(UserWord.id.desc())
    )
    return paged(session, query, number=page)


def spellings(session: Session) -> tuple[str, ...]:
    """Every word that staff added to the dictionary, in a fixed order."""
    return tuple(session.scalars(select(UserWord.word).order_by(UserWord.word)))


def is_rebuild_due(session: Session, index: SearchIndex) -> bool:
    """Whether the index was made with other words than these; raises IndexUnavailableError."""
    return index.analyser().words != added_words(spellings(session))


@dataclass(frozen=True)
class Listed:
    """An entry of the glossary as the desk lists it; `pair` is empty for a bundled one."""

    words: PairWords
    pair: GlossaryPair | None


def listed(session: Session, searched: str = "", *, page: int = 1) -> Page[Listed]:
    """The pairs of staff, newest first, then the bundled entries; those that hold what is searched.

    Both fit into memory: the bundled file has some hundred entries, and pairs are typed by hand.
    """
    own = session.scalars(
        select(GlossaryPair)
        .options(selectinload(GlossaryPair.added_by))
        .order_by(GlossaryPair.id.desc())
    )
    every = [*(Listed(words_of(row), row) for row in own), *_bundled()]
    sought = normalise(searched)
    fitting = [entry for entry in every if _holds(entry.words, sought)]
    start = (page - 1) * PER_PAGE
    return Page(fitting[start : start + PER_PAGE], page, PER_PAGE, len(fitting))


def words_of(row: GlossaryPair) -> PairWords:
    """What a stored pair says."""
    return PairWords(tuple(row.words_zh), tuple(row.words_en))


@cache
def _bundled() -> tuple[Listed, ...]:
    return tuple(
        Listed(PairWords(tuple(strings(entry["zh"])), tuple(strings(entry["en"]))), None)
        for entry in read_list(CONTENT / "glossary.yaml")
    )


def _holds(entry: PairWords, sought: str) -> bool:
    return any(sought in normalise(word) for word in (*entry.zh, *entry.en))


# --- Pairs ---------------------------------------------------------------------------------------
# What they refuse as InvalidInputError: `too_few` (a pair needs a word of either language, or two
# of one), `too_many`, `too_long`, `no_words`, `other_language` (Chinese among the English words),
# `twice` (in this pair) and `taken` (in another pair of staff).


def add_pair(session: Session, said: PairWords, *, by: StaffMember, now: datetime) -> GlossaryPair:
    """Keep a new pair; raises InvalidInputError."""
    _begin_change(session)
    fit = _checked(session, said, apart_from=None)
    row = GlossaryPair(
        words_zh=list(fit.zh), words_en=list(fit.en), added_by_id=by.id, added_at=now
    )
    session.add(row)
    session.flush()
    return row


def change_pair(
    session: Session, pair_id: int, said: PairWords, *, seen_version: int
) -> GlossaryPair:
    """Word a pair anew; raises NotFoundError, StaleEditError or InvalidInputError."""
    _begin_change(session)
    row = _unchanged(session, pair_id, seen_version)
    fit = _checked(session, said, apart_from=pair_id)
    row.words_zh, row.words_en = list(fit.zh), list(fit.en)
    session.flush()
    return row


def remove_pair(session: Session, pair_id: int, *, seen_version: int) -> PairWords:
    """Take a pair away and return what it said; raises NotFoundError or StaleEditError."""
    _begin_change(session)
    row = _unchanged(session, pair_id, seen_version)
    said = words_of(row)
    session.delete(row)
    session.flush()
    return said


def taken(session: Session, said: PairWords, *, apart_from: int | None = None) -> tuple[str, ...]:
    """Those of the words that another pair of staff holds already."""
    held: dict[Language, set[str]] = {language: set() for language in Language}
    for row in pairs(session):
        if row.id != apart_from:
            for language, normal in words_of(row).normal().items():
                held[language] |= normal
    return (
        *(word for word in said.zh if normalise(word) in held[Language.ZH]),
        *(word for word in said.en if normalise(word) in held[Language.EN]),
    )


def _begin_change(session: Session) -> None:
    """Raise the number first: others who want to change something wait here until we are done."""
    next_number(session, SERIES)


def _unchanged(session: Session, pair_id: int, seen_version: int) -> GlossaryPair:
    row = pair(session, pair_id)
    if row.version != seen_version:
        raise StaleEditError(seen_version, row.version)
    return row


def _checked(session: Session, said: PairWords, *, apart_from: int | None) -> PairWords:
    fit = PairWords(_tidy(said.zh), _tidy(said.en))
    _refuse_unfit("words_zh", fit.zh)
    _refuse_unfit("words_en", fit.en)
    if any(_HAN.search(word) for word in fit.en):
        raise InvalidInputError("words_en", "other_language")
    if len(fit.zh) + len(fit.en) < 2:
        raise InvalidInputError("words_en" if fit.zh else "words_zh", "too_few")
    known = taken(session, fit, apart_from=apart_from)
    if known:
        raise InvalidInputError("words_zh" if known[0] in fit.zh else "words_en", "taken")
    return fit


def _tidy(typed: Sequence[str]) -> tuple[str, ...]:
    tidy = (" ".join(clean(word).split()) for word in typed)
    return tuple(word for word in tidy if word)


def _refuse_unfit(field: str, typed: Sequence[str]) -> None:
    normal = [normalise(word) for word in typed]
    if len(typed) > WORDS_MAX:
        raise InvalidInputError(field, "too_many")
    if any(max(len(word), len(form)) > WORD_MAX for word, form in zip(typed, normal, strict=True)):
        raise InvalidInputError(field, "too_long")
    if not all(has_words(word) and form for word, form in zip(typed, normal, strict=True)):
        raise InvalidInputError(field, "no_words")
    if len(set(normal)) < len(normal):
        raise InvalidInputError(field, "twice")


# --- Words of the dictionary ---------------------------------------------------------------------
# What they refuse as InvalidInputError of the field `word`: `too_short`, `too_long`, `no_han`,
# `signs` (anything but letters, digits and what may stand inside a name) and `known`.


def add_word(session: Session, typed: str, *, by: StaffMember, now: datetime) -> UserWord:
    """Keep a word that texts shall not be cut through; raises InvalidInputError.

    The index is made anew before the word takes effect.
    """
    word = _fit_word(typed)
    _begin_change(session)
    is_known = session.scalar(select(UserWord.id).where(UserWord.word == word)) is not None
    if is_known or word in read_words(GOV_WORDS):
        raise InvalidInputError("word", "known")
    row = UserWord(word=word, added_by_id=by.id, added_at=now)
    session.add(row)
    session.flush()
    return row


def remove_word(session: Session, word_id: int) -> str:
    """Take a word away and return it; raises NotFoundError."""
    _begin_change(session)
    row = session.get(UserWord, word_id)
    if row is None:
        raise NotFoundError("dictionary word", str(word_id))
    session.delete(row)
    session.flush()
    return row.word


def _fit_word(typed: str) -> str:
    word = normalise(clean(typed))
    if len(word) < WORD_MIN:
        raise InvalidInputError("word", "too_short")
    if len(word) > WORD_MAX:
        raise InvalidInputError("word", "too_long")
    if not all(char.isalnum() or char in _SIGNS_INSIDE for char in word):
        raise InvalidInputError("word", "signs")
    if not _HAN.search(word):
        raise InvalidInputError("word", "no_han")
    return word
