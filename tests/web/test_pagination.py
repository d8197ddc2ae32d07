"""Page numbers in, page links out."""

import pytest
from flask import Flask
from werkzeug.exceptions import NotFound

from app.services.paging import Page
from app.web.pagination import PageLinks, page_number


def links(number: int, total: int, address: str = "/zh/suggestions") -> PageLinks:
    return PageLinks.of(Page[str]([], number, 20, total))


@pytest.mark.parametrize(("query", "number"), [("", 1), ("?page=1", 1), ("?page=999999", 999_999)])
def test_a_page_number_is_read_from_the_address(app: Flask, query: str, number: int) -> None:
    with app.test_request_context(f"/zh/suggestions{query}"):
        assert page_number() == number


@pytest.mark.parametrize(
    "typed", ["0", "-1", "abc", "1.5", "1_0", "%D9%A3", "%201%20", "", "１", "01", "1000000", "1e3"]
)
def test_what_is_no_page_number_is_not_found(app: Flask, typed: str) -> None:
    with app.test_request_context(f"/zh/suggestions?page={typed}"), pytest.raises(NotFound):
        page_number()


@pytest.mark.parametrize(
    ("number", "total", "shown"),
    [
        (1, 0, (1,)),
        (1, 20, (1,)),
        (1, 21, (1, 2)),
        (1, 200, (1, 2, 3, None, 10)),
        (5, 200, (1, None, 3, 4, 5, 6, 7, None, 10)),
        (10, 200, (1, None, 8, 9, 10)),
    ],
)
def test_near_pages_and_both_ends_are_linked(
    number: int, total: int, shown: tuple[int | None, ...]
) -> None:
    assert links(number, total).numbers == shown


def test_a_link_keeps_everything_but_the_page(app: Flask) -> None:
    with app.test_request_context("/zh/search?q=停车&type=a&type=b&page=3"):
        assert links(3, 200).url(4) == "/zh/search?q=%E5%81%9C%E8%BD%A6&type=a&type=b&page=4"


def test_the_first_page_needs_no_number(app: Flask) -> None:
    with app.test_request_context("/zh/suggestions?page=2"):
        assert links(2, 200).url(1) == "/zh/suggestions"
