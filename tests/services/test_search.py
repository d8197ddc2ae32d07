"""The index proposes, the database disposes; what is shown comes from the row."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import event

from app.engines.search.query import SearchRequest
from app.engines.search.similar import SimilarRequest
from app.extensions import db
from app.models import PlanItem, Suggestion
from app.resources import indexer, reading, search_index, transaction
from app.services import search
from app.services.search import Shown
from app.services.suggestions import public_one, withdraw
from app.services.texts import Pieces
from app.vocabulary import DocumentType, Language, ReviewState, Visibility
from tests.factories import MOMENT, SuggestionFields, make_suggestion
from tests.hot_issue_rows import given_published

WRONG, RIGHT = "堵差", "督查"
"""Two words of one sound; only the second stands in the plan."""


@pytest.fixture
def voices(app: Flask) -> list[str]:
    """Three public suggestions and two private ones, indexed."""
    said: list[tuple[ReviewState, SuggestionFields]] = [
        (
            ReviewState.PUBLISHED,
            {"title": "小区充电桩坏了", "text": "充电桩坏了两个星期没有人修。"},
        ),
        (ReviewState.PUBLISHED, {"title": "公园的路灯太暗", "text": "晚上散步看不清路面。"}),
        (
            ReviewState.PUBLISHED,
            {
                "title": "Charging posts are broken",
                "text": "Two posts at our gate do not charge.",
                "language": Language.EN,
            },
        ),
        (ReviewState.PENDING, {"title": "还没审核的充电桩", "text": "这条还没有公开给大家看。"}),
        (
            ReviewState.PUBLISHED,
            {
                "title": "不公开的充电桩建议",
                "text": "这条只给办公室看，请不要公开。",
                "visibility": Visibility.CONFIDENTIAL,
            },
        ),
    ]
    with transaction() as session:
        numbers = [make_suggestion(session, state, **fields).number for state, fields in said]
    indexer().rebuild()
    return numbers


def found_by(words: str, *types: DocumentType) -> list[str]:
    with reading() as session:
        page = search.find(session, search_index(), SearchRequest(text=words, types=types))
    return [one.row.number for one in page.found if isinstance(one.row, Suggestion)]


def test_public_suggestions_are_found_and_private_ones_are_not(voices: list[str]) -> None:
    assert found_by("充电桩", DocumentType.SUGGESTION) == [voices[0]]


def test_a_row_that_is_not_public_any_more_falls_out_before_the_index_knows(
    voices: list[str],
) -> None:
    with transaction() as session:
        row = public_one(session, voices[0])
        withdraw(session, row, now=MOMENT)
    assert found_by("充电桩", DocumentType.SUGGESTION) == []


def words_marked(pieces: Pieces) -> list[str]:
    return [text for text, is_found in pieces if is_found]


def shown_for(words: str, language: Language, kind: DocumentType) -> list[Shown]:
    with reading() as session:
        page = search.find(session, search_index(), SearchRequest(text=words, types=(kind,)))
    return list(search.shown(page.found, page.page.plan, language))


def test_found_words_are_told_apart_in_title_and_text(voices: list[str]) -> None:
    first = shown_for("充电桩", Language.ZH, DocumentType.SUGGESTION)[0]
    assert words_marked(first.title) == ["充电桩"]
    assert "充电桩" in words_marked(first.excerpt)
    assert "".join(text for text, _ in first.title) == "小区充电桩坏了"


def test_an_item_is_shown_in_the_readers_language(voices: list[str]) -> None:
    chinese = shown_for("社区", Language.ZH, DocumentType.ITEM)
    english = shown_for("社区", Language.EN, DocumentType.ITEM)
    assert {one.language for one in chinese} == {Language.ZH}
    assert {one.language for one in english} == {Language.EN}
    assert all(isinstance(one.row, PlanItem) for one in english)


def test_a_suggestion_stays_in_its_authors_language(voices: list[str]) -> None:
    shown = shown_for("charging", Language.ZH, DocumentType.SUGGESTION)
    assert [one.language for one in shown] == [Language.EN]


def similar_to(title: str, text: str) -> list[tuple[Suggestion, Shown]]:
    with reading() as session:
        request = SimilarRequest(title=title, text=text)
        return list(search.similar_shown(session, search_index(), request))


def test_similar_suggestions_come_with_the_shared_phrases(voices: list[str]) -> None:
    found = similar_to("充电桩坏了没人管", "我们那里充电桩坏了两个星期没有人修。")
    assert [row.number for row, _ in found] == [voices[0]]
    assert "充电桩坏了两个星期没有人修" in "".join(words_marked(found[0][1].excerpt))


def test_what_has_little_in_common_is_not_similar(voices: list[str]) -> None:
    assert similar_to("希望多种一些樱花树", "春天的樱花很好看，希望街道多种几棵。") == []


def test_a_masked_text_is_shown_as_masked_although_the_index_is_behind(voices: list[str]) -> None:
    with transaction() as session:
        row = public_one(session, voices[0])
        row.text = "****坏了很久。"
    shown = similar_to("充电桩坏了没人管", "我们那里充电桩坏了两个星期没有人修。")[0][1]
    assert "".join(text for text, _ in shown.excerpt) == "****坏了很久。"
    assert words_marked(shown.excerpt) == []


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that are put to the database meanwhile."""
    said: list[str] = []

    def note(*told: object) -> None:
        if str(told[2]) != "BEGIN":
            said.append(str(told[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    yield said
    event.remove(db.engine, "before_cursor_execute", note)


def widely(request: SearchRequest) -> search.FoundPage:
    with reading() as session:
        return search.find_widely(session, search_index(), request)


def test_a_correction_is_shown_where_nothing_holds_what_was_typed(voices: list[str]) -> None:
    found = widely(SearchRequest(text=WRONG))
    assert found.page.total > 0
    assert (found.shown_instead, found.did_you_mean) == (RIGHT, "")


def test_further_pages_and_narrowing_are_of_the_same_correction(voices: list[str]) -> None:
    request = SearchRequest(text=WRONG)
    assert widely(replace(request, types=(DocumentType.ISSUE,))).shown_instead == RIGHT
    assert widely(replace(request, page=2)).shown_instead == RIGHT


def test_nothing_is_shown_instead_of_what_only_the_narrowing_leaves_out(voices: list[str]) -> None:
    found = widely(SearchRequest(text="小区充电桩", types=(DocumentType.ISSUE,)))
    assert (found.page.total, found.shown_instead) == (0, "")


def test_nothing_is_shown_instead_where_nothing_is_near(voices: list[str]) -> None:
    found = widely(SearchRequest(text="zzqqxxyy"))
    assert (found.page.total, found.shown_instead, found.did_you_mean) == (0, "", "")


def test_where_little_is_found_a_query_that_finds_more_is_offered(voices: list[str]) -> None:
    with transaction() as session:
        make_suggestion(session, text=f"这里写的是{WRONG}，请看一看。")
        for _count in range(4):
            make_suggestion(session, title="请加强工作督查")
    indexer().rebuild()
    found = widely(SearchRequest(text=WRONG))
    assert 0 < found.page.total < search.FEW
    assert (found.shown_instead, found.did_you_mean) == ("", RIGHT)


def test_where_much_is_found_nothing_else_is_offered(voices: list[str]) -> None:
    assert widely(SearchRequest(text="数据")).did_you_mean == ""


def test_exactly_what_was_typed_is_never_set_right(voices: list[str]) -> None:
    with reading() as session:
        found = search.find(session, search_index(), SearchRequest(text=WRONG))
    assert (found.page.total, found.shown_instead, found.did_you_mean) == (0, "", "")


def test_a_page_of_every_kind_takes_few_statements(app: Flask) -> None:
    given_published()
    indexer().rebuild()
    request = SearchRequest(text="噪音 数据", per_page=100)
    widely(request)
    with statements() as said:
        found = widely(request)
    assert {one.hit.type for one in found.found} == set(DocumentType)
    assert 0 < len(said) <= 8


def test_what_was_said_in_the_other_language_is_similar_too(app: Flask) -> None:
    with transaction() as session:
        english = make_suggestion(
            session,
            title="Older people cannot find parking near the hospital",
            text="The parking at the community hospital is always full for older people.",
            language=Language.EN,
        ).number
    indexer().rebuild()
    found = similar_to("医院停车难", "老人去社区医院看病，医院门口没有停车的地方。")
    assert [row.number for row, _ in found] == [english]


def partial(words: str) -> bool:
    with reading() as session:
        request = SearchRequest(text=words, types=(DocumentType.SUGGESTION,))
        return search.find_widely(session, search_index(), request).is_partial


def test_where_the_best_find_lacks_a_word_it_is_said(voices: list[str]) -> None:
    assert partial("充电桩 望远镜")


@pytest.mark.parametrize("words", ["充电桩", "充电桩 小区", "望远镜"])
def test_where_all_words_are_found_or_nothing_is_nothing_is_said(
    voices: list[str], words: str
) -> None:
    assert not partial(words)
