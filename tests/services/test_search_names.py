"""The names that search pages need, kept for a minute."""

from flask import Flask
from sqlalchemy import select

from app.models import District
from app.resources import reading, transaction
from app.services import search_names
from app.services.search_names import KEPT_SECONDS, Names
from app.vocabulary import Language


def names(now: float) -> Names:
    with reading() as session:
        return search_names.names(session, clock=lambda: now)


def test_items_cases_and_districts_are_named_in_both_languages(app: Flask) -> None:
    found = names(0.0)
    assert found.items["2023-5"].number == 5
    assert set(found.items["2023-5"].titles) == set(Language)
    assert all(found.cases[slug].slug == slug for slug in found.cases)
    assert all(set(wordings) == set(Language) for wordings in found.districts.values())


def test_a_new_name_is_seen_after_a_minute_and_not_before(app: Flask) -> None:
    before = names(0.0)
    with transaction() as session:
        district = session.scalars(select(District)).first()
        assert district is not None
        district.name_zh = "新名区"
    assert names(KEPT_SECONDS - 1) is before
    after = names(KEPT_SECONDS)
    assert after.districts[district.code][Language.ZH] == "新名区"


def test_a_title_is_given_in_the_other_language_where_there_is_no_other() -> None:
    assert search_names.best({Language.ZH: "停车"}, Language.EN) == ("停车", Language.ZH)
    assert search_names.best({Language.ZH: "停车"}, Language.ZH) == ("停车", Language.ZH)
