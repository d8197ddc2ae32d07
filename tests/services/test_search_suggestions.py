"""What is proposed while a reader types, and what is shown to nobody else."""

from datetime import date

import pytest
from flask import Flask

from app.resources import indexer, reading, search_index, transaction
from app.services import search_counts, search_suggestions
from app.services.search_suggestions import MOST, Proposal
from app.vocabulary import Language
from tests.factories import make_suggestion

TODAY = date(2023, 6, 7)


def suggest(typed: str, language: Language = Language.ZH) -> list[Proposal]:
    with reading() as session:
        return list(
            search_suggestions.suggest(
                session, search_index(), typed, language=language, today=TODAY
            )
        )


def asked(text: str, times: int) -> None:
    with transaction() as session:
        for _time in range(times):
            search_counts.note(session, text, found=3, today=TODAY)


def words(proposals: list[Proposal]) -> list[str]:
    return [proposal.words for proposal in proposals]


@pytest.mark.parametrize("typed", ["社区", "智慧", "smart", "zhihui"])
def test_titles_are_found_by_either_language_and_by_sound(app: Flask, typed: str) -> None:
    found = suggest(typed)
    assert 0 < len(found) <= MOST
    assert all(proposal.named for proposal in found)


def test_titles_speak_the_readers_language(app: Flask) -> None:
    assert {proposal.language for proposal in suggest("社区", Language.EN)} == {Language.EN}


@pytest.mark.parametrize("typed", ["", "   ", "zzqqxx", "%", "\u202e"])
def test_what_begins_nothing_is_answered_with_nothing(app: Flask, typed: str) -> None:
    assert suggest(typed) == []


def test_a_title_that_begins_so_stands_before_one_that_holds_it(app: Flask) -> None:
    found = words(suggest("数据"))
    begins = [title.startswith("数据") for title in found]
    assert begins == sorted(begins, reverse=True)


def test_a_frequent_query_of_public_words_is_proposed(app: Flask) -> None:
    asked("停车场", 3)
    assert "停车场" in words(suggest("停车"))


def test_a_seldom_query_is_not_proposed(app: Flask) -> None:
    asked("停车场", 2)
    assert "停车场" not in words(suggest("停车"))


def test_a_frequent_query_with_words_that_are_nowhere_public_is_not_proposed(app: Flask) -> None:
    asked("停车 欧阳镝镝", 9)
    assert words(suggest("停车 欧")) == []


def test_no_more_than_eight_are_proposed(app: Flask) -> None:
    with transaction() as session:
        make_suggestion(session, title="数据大厅")
    indexer().rebuild()
    for text in ("数据", "数据资源", "数据大厅", "数据 社区", "数据 停车"):
        asked(text, 3)
    assert len(suggest("数据")) <= MOST
