"""What the search knows of words: bundled, from staff, and from the index."""

import threading
from pathlib import Path

import pytest
from flask import Flask

from app.engines.search.glossary import GlossaryEntry
from app.models import GlossaryPair
from app.resources import indexer, now, reading, search_index, transaction
from app.services import glossary, search_words
from app.services.glossary import VOCABULARY_SECONDS, Words
from app.services.search_words import PairWords
from tests.factories import make_staff, make_suggestion


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def known(clock: Hand) -> Words:
    with reading() as session:
        return glossary.words(session, search_index(), clock=clock)


def add_pair(zh: str, en: str) -> None:
    with transaction() as session:
        said = PairWords((zh,), (en,))
        search_words.add_pair(session, said, by=make_staff(session), now=now())


def test_a_file_without_lists_of_words_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "glossary.yaml"
    file.write_text("- zh: 停车\n  en: [parking]\n", encoding="utf-8")
    with pytest.raises(TypeError):
        glossary.bundled(file)


def test_a_file_that_is_no_list_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "glossary.yaml"
    file.write_text("zh: [停车]\n", encoding="utf-8")
    with pytest.raises(TypeError):
        glossary.bundled(file)


def test_the_same_words_are_given_until_something_changes(app: Flask) -> None:
    clock = Hand()
    first = known(clock)
    clock.now = VOCABULARY_SECONDS - 1
    assert known(clock) is first


def test_a_pair_of_staff_counts_at_once(app: Flask) -> None:
    clock = Hand()
    before = known(clock)
    add_pair("浮山隧道", "fushan tunnel")
    after = known(clock)
    assert "浮山隧道" not in before.known
    assert "浮山隧道" in after.known


def test_words_of_the_index_are_read_again_after_a_while_and_nobody_waits(app: Flask) -> None:
    clock = Hand()
    before = known(clock)
    with transaction() as session:
        make_suggestion(session, title="Wobbly banisters")
    indexer().rebuild()
    clock.now = VOCABULARY_SECONDS
    assert known(clock) is before
    for thread in threading.enumerate():
        if thread.name == glossary.THREAD:
            thread.join()
    assert "banist" in known(clock).known
    assert "banist" not in before.known


def test_without_an_index_the_bundled_words_are_known(app: Flask) -> None:
    search_index().close()
    folder: Path = app.extensions["portal_settings"].index_path
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    assert "停车" in known(Hand()).known


def test_a_word_of_a_pair_counts_in_no_bundled_entry() -> None:
    ours = GlossaryPair(words_zh=["停车"], words_en=["car storage"])
    parking = GlossaryEntry(("停车", "泊车"), ("parking",))
    gone = GlossaryEntry(("停车",), ("car storage", "garage"))
    entries = glossary.with_pairs([parking, gone], [ours])
    assert entries == (
        GlossaryEntry(("停车",), ("car storage",)),
        GlossaryEntry(("泊车",), ("parking",)),
    )


def test_without_pairs_the_bundled_entries_stay_as_they_are() -> None:
    entry = GlossaryEntry(("停车", "泊车"), ("parking",))
    assert glossary.with_pairs([entry], []) == (entry,)
