"""One page of a longer list."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Suggestion
from app.resources import reading, transaction
from app.services.paging import Page, paged
from tests.factories import make_suggestion


@pytest.fixture
def seven(app: Flask) -> None:
    """Seven suggestions."""
    with transaction() as session:
        for count in range(7):
            make_suggestion(session, title=f"第{count}条建议")


def _page(number: int) -> Page[Suggestion]:
    query = select(Suggestion).order_by(Suggestion.id)
    with reading() as session:
        return paged(session, query, number=number, per_page=3)


@pytest.mark.parametrize(
    ("number", "titles"),
    [
        (1, ["第0条建议", "第1条建议", "第2条建议"]),
        (3, ["第6条建议"]),
        (4, []),
        (999_999, []),
    ],
)
def test_a_page_holds_its_rows_and_none_beyond_the_end(
    seven: None, number: int, titles: list[str]
) -> None:
    page = _page(number)

    assert [row.title for row in page.rows] == titles
    assert (page.total, page.last) == (7, 3)


def test_an_empty_list_has_one_empty_page(app: Flask) -> None:
    page = _page(1)

    assert (list(page.rows), page.total, page.last) == ([], 0, 1)


@pytest.mark.parametrize(("total", "last"), [(0, 1), (1, 1), (20, 1), (21, 2), (40, 2)])
def test_the_last_page_is_the_one_that_holds_the_last_row(total: int, last: int) -> None:
    assert Page([], 1, 20, total).last == last
