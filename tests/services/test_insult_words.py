"""Words that insult: bundled ones and staff's own, kept by moderators."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.engines.text.normalise import normalise
from app.errors import InvalidInputError, NotAllowedError, NotFoundError
from app.models import AuditEntry
from app.resources import reading, transaction
from app.services import insult_words
from app.vocabulary import Language, Role
from tests.factories import MOMENT, make_staff


def given_word(word: str) -> None:
    with transaction() as session:
        insult_words.add(session, word, by=make_staff(session), now=MOMENT)


def words_of_staff() -> dict[str, Language]:
    with reading() as session:
        return {row.word: row.language for row in insult_words.listed(session).rows}


def test_the_bundled_words_are_clean_unlike_and_in_their_language() -> None:
    listed = insult_words.bundled()
    every = [word for words in listed.values() for word in words]
    assert every == [normalise(word) for word in every]
    assert len(every) == len(set(every))
    assert all(word.isascii() for word in listed[Language.EN])
    assert not any(word.isascii() for word in listed[Language.ZH])


def test_bundled_words_and_those_of_staff_are_looked_for(app: Flask) -> None:
    given_word("老糊涂虫")

    with reading() as session:
        every = insult_words.every(session)

    assert {"笨蛋", "idiot", "老糊涂虫"} <= every


def test_a_word_is_kept_as_it_is_compared_with_its_language(app: Flask) -> None:
    given_word("  Ｃlown ")
    given_word("大騙徒")

    assert words_of_staff() == {"clown": Language.EN, "大骗徒": Language.ZH}


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("蠢", "too_short"),
        ("", "too_short"),
        ("词" * 41, "too_long"),
        ("***", "no_words"),
        ("笨蛋", "known"),
        ("IDIOT", "known"),
        ("老糊涂虫", "known"),
    ],
)
def test_unfit_and_known_words_are_refused(app: Flask, typed: str, reason: str) -> None:
    given_word("老糊涂虫")

    with transaction() as session, pytest.raises(InvalidInputError) as refused:
        insult_words.add(session, typed, by=make_staff(session), now=MOMENT)

    assert refused.value.reason == reason


def test_a_removed_word_is_no_longer_looked_for(app: Flask) -> None:
    given_word("老糊涂虫")

    with transaction() as session:
        insult_words.remove(session, "老糊涂虫", by=make_staff(session), now=MOMENT)

    assert words_of_staff() == {}


@pytest.mark.parametrize("word", ["老糊涂虫", "笨蛋"])
def test_only_words_of_staff_can_be_removed(app: Flask, word: str) -> None:
    with transaction() as session, pytest.raises(NotFoundError):
        insult_words.remove(session, word, by=make_staff(session), now=MOMENT)


def test_a_compiler_keeps_no_list_of_insults(app: Flask) -> None:
    given_word("老糊涂虫")

    with transaction() as session:
        compiler = make_staff(session, Role.COMPILER)
        with pytest.raises(NotAllowedError):
            insult_words.add(session, "饭桶先生", by=compiler, now=MOMENT)
        with pytest.raises(NotAllowedError):
            insult_words.remove(session, "老糊涂虫", by=compiler, now=MOMENT)

    assert list(words_of_staff()) == ["老糊涂虫"]


def test_a_number_that_was_added_as_a_word_is_masked_in_the_log(app: Flask) -> None:
    given_word("13800138000")

    with reading() as session:
        entry = session.scalars(select(AuditEntry)).one()

    assert entry.act == "insult_word.add"
    assert "13800138000" not in str(entry.detail)
