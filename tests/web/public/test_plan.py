"""The plan's pages: outline and item."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models import PlanItem, PlanItemText, Target, TargetProgress
from app.resources import now, transaction
from app.vocabulary import Language, ReviewState
from tests.factories import make_suggestion
from tests.pages import PageClient


def target_of(number: int, position: int = 1) -> int:
    """The key of an item's target."""
    with transaction() as session:
        found = session.scalars(
            select(Target.id)
            .join(Target.item)
            .where(PlanItem.number == number)
            .order_by(Target.position)
        ).all()
    return found[position - 1]


def report(target: int, value: str) -> None:
    """Report a figure in June."""
    with transaction() as session:
        session.add(
            TargetProgress(target_id=target, reported_on=date(2023, 6, 1), value=Decimal(value))
        )


@pytest.mark.parametrize(("lang", "title"), [("zh", "深化“一网通办”"), ("en", "All Services")])
def test_the_outline_lists_every_item_in_the_readers_language(
    pages: PageClient, lang: str, title: str
) -> None:
    page = pages.get(f"/{lang}/plan/2023")

    assert page.status == 200
    assert title in page.text
    assert all(f"/{lang}/plan/2023/items/{number}" in page.links for number in range(1, 25))


@pytest.mark.parametrize(
    "path",
    [
        "2022",
        "0000",
        "20230",
        "99999999999999999999",
        "2023/items/25",
        "2023/items/0",
        "2023/items/x",
    ],
)
def test_a_plan_or_item_that_does_not_exist_is_not_found(pages: PageClient, path: str) -> None:
    assert pages.get(f"/zh/plan/{path}").status == 404


def test_a_figure_huge_beyond_any_item_is_not_found(pages: PageClient) -> None:
    assert pages.get("/en/plan/2023/items/99999999999999999999999").status == 404


def test_an_item_invites_a_suggestion_about_itself(pages: PageClient) -> None:
    page = pages.get("/en/plan/2023/items/4")

    assert "/en/suggestions/new?item=4" in page.links
    assert "/en/plan/2023/items/3" in page.links
    assert "/en/plan/2023/items/5" in page.links
    assert "data:image/svg+xml" in page.text


def test_a_promise_is_told_with_its_comparator_and_unit(pages: PageClient) -> None:
    racks = pages.get("/en/plan/2023/items/20").text
    phone = pages.get("/en/plan/2023/items/2").text

    assert "at least 45,000 racks" in racks
    assert "at most 1 ms" in racks
    assert "at least 95%" in phone
    assert "version 4.0" in phone


def test_a_reported_figure_stands_with_its_day(pages: PageClient) -> None:
    report(target_of(2), "76")

    text = pages.get("/en/plan/2023/items/2").text

    assert "76%" in text
    assert "on 1 June 2023" in text
    assert 'width="80.0"' in text


def test_a_version_has_no_bar(pages: PageClient) -> None:
    before = pages.get("/zh/plan/2023/items/2").text.count("target-bar")
    report(target_of(2, position=3), "2")

    assert before == 2
    assert "bar-progress" not in pages.get("/zh/plan/2023/items/2").text


def test_what_nobody_reported_is_said_plainly(pages: PageClient) -> None:
    text = pages.get("/en/plan/2023/items/2").text

    assert "Nothing reported yet" in text
    assert "bar-progress" not in text


def test_suggestions_on_the_item_are_shown_and_counted(pages: PageClient) -> None:
    with transaction() as session:
        for _ in range(7):
            make_suggestion(session, items=(4,), title="希望公布问效结果", submitted_at=now())
        make_suggestion(session, ReviewState.RETURNED, items=(4,), title="还没改好的建议")

    page = pages.get("/en/plan/2023/items/4")

    assert page.text.count(">希望公布问效结果<") == 5
    assert "All 7 suggestions on this item" in page.text
    assert "/en/suggestions?item=4" in page.links
    assert "还没改好的建议" not in page.text
    assert "7 in the busiest month" in page.text


def test_the_official_text_is_folded_and_marked_as_chinese(pages: PageClient) -> None:
    with transaction() as session:
        item = session.scalars(select(PlanItem).where(PlanItem.number == 4)).one()
        item.official_title, item.official_text = "提升智慧城市水平", "第一段。\n<b>第二段</b>。"
        item.official_imported_at = now()

    text = pages.get("/en/plan/2023/items/4").text

    assert "提升智慧城市水平" in text
    assert "&lt;b&gt;第二段" in text
    assert "has not been brought into the portal yet" not in text


def test_an_item_without_its_official_text_says_so(pages: PageClient) -> None:
    assert "has not been brought into the portal yet" in pages.get("/en/plan/2023/items/4").text


def test_a_translation_that_has_fallen_behind_is_marked(pages: PageClient) -> None:
    warning = "was changed after this translation"
    assert warning not in pages.get("/en/plan/2023/items/4").text
    with transaction() as session:
        chinese = session.scalars(
            select(PlanItemText)
            .join(PlanItemText.item)
            .where(PlanItem.number == 4, PlanItemText.language == Language.ZH)
        ).one()
        chinese.source_hash = "another"

    assert warning in pages.get("/en/plan/2023/items/4").text
    assert warning not in pages.get("/zh/plan/2023/items/4").text
