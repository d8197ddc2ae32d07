"""The proposer as services use it: what it learnt is passed on, and it is made once."""

from flask import Flask

from app.resources import reading
from app.services import plans
from app.services.suggestions import propose_items
from app.services.tagging import tag_model


def test_a_word_that_no_item_has_leads_to_the_item_that_people_mean_by_it(app: Flask) -> None:
    with reading() as session:
        found = propose_items(session, "奶奶的养老金认证跑了三趟社保窗口", year=2023)
        bare = plans.choices(session, 2023)
    titles = {item.number: "".join(text.title for text in item.texts) for item in bare}
    assert found
    assert all("养老金" not in title for title in titles.values())


def test_one_model_serves_until_the_items_change(app: Flask) -> None:
    with reading() as session:
        first = tag_model(plans.choices(session, 2023), year=2023)
        assert tag_model(plans.choices(session, 2023), year=2023) is first
        assert tag_model(plans.choices(session, 2023)[:3], year=2023) is not first
