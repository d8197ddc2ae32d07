"""Without an index the database is asked, by the same rules of what is public."""

import pytest
from flask import Flask

from app.engines.search.query import Facet, SearchRequest
from app.models import HotIssue, PlanItem, Suggestion
from app.resources import reading, transaction
from app.services import search_fallback
from app.services.search import FoundPage
from app.vocabulary import DocumentType, ReviewState, Visibility
from tests.factories import make_suggestion
from tests.hot_issue_rows import given_published


def find(words: str, *types: DocumentType) -> FoundPage:
    with reading() as session:
        return search_fallback.find(session, SearchRequest(text=words, types=types))


def titles(found: FoundPage) -> list[str]:
    return [one.row.title for one in found.found if isinstance(one.row, Suggestion)]


@pytest.fixture
def voices(app: Flask) -> None:
    """Suggestions about a railing, public and not."""
    with transaction() as session:
        make_suggestion(session, title="海边的栏杆松了", text="一靠就晃，50%的螺丝没了。")
        make_suggestion(session, title="Loose Railing", text="The path by the sea.")
        make_suggestion(session, ReviewState.PENDING, title="栏杆还没审核")
        make_suggestion(session, visibility=Visibility.CONFIDENTIAL, title="栏杆不公开")


def test_public_rows_that_hold_every_word_are_found(voices: None) -> None:
    assert titles(find("海边栏杆")) == ["海边的栏杆松了"]
    assert titles(find("railing sea")) == ["Loose Railing"]


def test_a_row_that_lacks_a_word_is_not_found(voices: None) -> None:
    assert titles(find("栏杆 地铁")) == []


def test_what_is_not_public_is_not_found(voices: None) -> None:
    assert titles(find("栏杆")) == ["海边的栏杆松了"]


@pytest.mark.parametrize("sign", ["%", "_", "/", "*", "的", ""])
def test_signs_have_no_power(voices: None, sign: str) -> None:
    assert "Loose Railing" not in titles(find(sign))


def test_items_cases_and_issues_are_found_and_counted(app: Flask) -> None:
    given_published()
    assert any(isinstance(one.row, PlanItem) for one in find("社区").found)
    assert any(isinstance(one.row, HotIssue) for one in find("噪音").found)
    facets = find("社区").page.facets[Facet.TYPE]
    assert {"item", "case"} <= set(facets)


def test_a_kind_narrows_what_is_shown_but_not_what_is_counted(app: Flask) -> None:
    found = find("社区", DocumentType.CASE)
    assert {one.hit.type for one in found.found} == {DocumentType.CASE}
    assert "item" in found.page.facets[Facet.TYPE]


def test_the_newest_fifty_are_shown(app: Flask) -> None:
    with transaction() as session:
        for count in range(search_fallback.MOST + 1):
            make_suggestion(session, title=f"栏杆松了第{count}次")
    found = find("栏杆")
    assert found.page.total == len(found.found) == search_fallback.MOST
    assert titles(found)[0] == f"栏杆松了第{search_fallback.MOST}次"
