"""The gallery of cases: narrowing, counting, one case."""

import pytest

from app.errors import NotFoundError
from app.resources import reading
from app.services import cases
from app.services.texts import text_in
from app.vocabulary import CaseKind, Language

pytestmark = pytest.mark.usefixtures("app")


def test_the_gallery_shows_every_case_and_counts_each_kind() -> None:
    with reading() as session:
        gallery = cases.gallery(session)

    assert sum(gallery.kinds.values()) == len(gallery.cases)
    assert gallery.item is None


def test_kind_and_item_narrow_together() -> None:
    with reading() as session:
        gallery = cases.gallery(session, kind=CaseKind.SERVICE, item_number=1)

    assert {case.kind for case in gallery.cases} == {CaseKind.SERVICE}
    assert all(1 in {item.number for item in case.items} for case in gallery.cases)
    assert gallery.kinds[CaseKind.SERVICE] == len(gallery.cases)


@pytest.mark.parametrize("number", [999, 0])
def test_an_item_without_cases_narrows_nothing(number: int) -> None:
    with reading() as session:
        assert cases.gallery(session, item_number=number).item is None
        assert len(cases.gallery(session, item_number=number).cases) == len(
            cases.gallery(session).cases
        )


def test_the_counts_of_items_are_taken_within_the_kind() -> None:
    with reading() as session:
        gallery = cases.gallery(session, kind=CaseKind.DATA)

    assert gallery.items
    for item, count in gallery.items:
        found = [case for case in gallery.cases if item in case.items]
        assert len(found) == count


def test_a_case_stands_beside_others_of_its_kind() -> None:
    with reading() as session:
        page = cases.case_page(session, "seamless-authentication")

    assert text_in(page.case.texts, Language.ZH).title == "无感认证"
    assert page.case not in page.others
    assert {other.kind for other in page.others} == {page.case.kind}


@pytest.mark.parametrize("slug", ["no-such-case", "无感认证"])
def test_an_unknown_slug_is_not_found(slug: str) -> None:
    with reading() as session, pytest.raises(NotFoundError):
        cases.case_page(session, slug)
