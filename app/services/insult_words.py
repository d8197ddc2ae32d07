"""Words that make the machine raise the flag for insults: the bundled ones and staff's own."""

from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engines.text import personal_data
from app.engines.text.language import detect
from app.engines.text.normalise import clean, has_words, normalise
from app.errors import InvalidInputError, NotFoundError
from app.models import InsultWord, StaffMember
from app.services import audit
from app.services.bundle import CONTENT, read_yaml, strings
from app.services.paging import Page, paged
from app.services.staff import require
from app.vocabulary import Language, Role

FILE = CONTENT / "insult_words.yaml"
WORD_MIN, WORD_MAX = 2, 40


@cache
def bundled() -> dict[Language, tuple[str, ...]]:
    """The words that ship with the portal, by language; read once a process."""
    listed = read_yaml(FILE)
    return {language: tuple(strings(listed[language.value])) for language in Language}


@cache
def _bundled_normal() -> frozenset[str]:
    return frozenset(normalise(word) for words in bundled().values() for word in words)


def every(session: Session) -> frozenset[str]:
    """All words to look for, as they are compared."""
    return _bundled_normal() | frozenset(session.scalars(select(InsultWord.word)))


def listed(session: Session, *, page: int = 1) -> Page[InsultWord]:
    """A page of the words that staff added, in the order of languages and words."""
    query = select(InsultWord).order_by(InsultWord.language.desc(), InsultWord.word)
    return paged(session, query, number=page)


def add(session: Session, typed: str, *, by: StaffMember, now: datetime) -> InsultWord:
    """Look for a word from now on; its language is told by its letters.

    Raises NotAllowedError, and InvalidInputError of the field `word`: `too_short`, `too_long`,
    `no_words` or `known`.
    """
    require(by, "insult words", Role.MODERATOR)
    word = normalise(clean(typed))
    if len(word) < WORD_MIN:
        # One character stands inside too many harmless words.
        raise InvalidInputError("word", "too_short")
    if len(word) > WORD_MAX:
        raise InvalidInputError("word", "too_long")
    if not has_words(word):
        raise InvalidInputError("word", "no_words")
    if word in _bundled_normal() or session.get(InsultWord, word) is not None:
        raise InvalidInputError("word", "known")
    row = InsultWord(word=word, language=detect(word), added_by_id=by.id, added_at=now)
    session.add(row)
    session.flush()
    _note(session, "insult_word.add", word, by=by, now=now)
    return row


def remove(session: Session, word: str, *, by: StaffMember, now: datetime) -> None:
    """Look for a word of staff no longer; flags that it raised stay until a person lifts them.

    Raises NotAllowedError, and NotFoundError where staff has no such word.
    """
    require(by, "insult words", Role.MODERATOR)
    row = session.get(InsultWord, word)
    if row is None:
        raise NotFoundError("insult word", word)
    session.delete(row)
    session.flush()
    _note(session, "insult_word.remove", word, by=by, now=now)


def _note(session: Session, act: str, word: str, *, by: StaffMember, now: datetime) -> None:
    # Whoever adds a telephone number to the list shall not put it into the log.
    said = personal_data.mask(word, personal_data.find(word))
    audit.append(session, act=act, subject="insult words", detail={"word": said}, staff=by, now=now)
