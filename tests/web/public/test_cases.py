"""The gallery's pages."""

import pytest

from app.resources import reading
from app.services import cases
from app.vocabulary import CaseKind
from tests.pages import PageClient


def test_the_gallery_is_narrowed_by_links_that_can_be_taken_off(pages: PageClient) -> None:
    page = pages.get("/zh/cases?kind=service&item=1")

    assert page.status == 200
    assert "无感认证" in page.text
    assert "/zh/cases?item=1" in page.links
    assert "/zh/cases?kind=service" in page.links


@pytest.mark.parametrize(
    "query",
    [
        "kind=secret",
        "item=abc",
        "item=0",
        "item=999",
        "item=٣",
        "item=99999999999999999999",
        "kind=",
    ],
)
def test_a_filter_that_means_nothing_narrows_nothing(pages: PageClient, query: str) -> None:
    everything = pages.get("/en/cases")
    narrowed = pages.get(f"/en/cases?{query}")

    assert narrowed.status == 200
    assert "Remove:" not in narrowed.text
    assert narrowed.text.count("<article") == everything.text.count("<article")


def test_choices_that_leave_nothing_offer_a_way_back(pages: PageClient) -> None:
    with reading() as session:
        everything = cases.gallery(session).items
        with_data = {item.number for item, _ in cases.gallery(session, kind=CaseKind.DATA).items}
    without = next(item.number for item, _ in everything if item.number not in with_data)

    page = pages.get(f"/en/cases?kind=data&item={without}")

    assert page.status == 200
    assert "No case fits both choices" in page.text
    assert "/en/cases" in page.links


def test_a_case_leads_to_its_items_and_asks_how_it_went(pages: PageClient) -> None:
    page = pages.get("/en/cases/seamless-authentication")

    assert "/en/plan/2023/items/1" in page.links
    assert "/en/suggestions/new?item=1" in page.links


@pytest.mark.parametrize("slug", ["nope", "无感认证", "%00", "a" * 300, "..%2f..%2fetc"])
def test_an_unknown_case_is_not_found(pages: PageClient, slug: str) -> None:
    assert pages.get(f"/zh/cases/{slug}").status == 404
