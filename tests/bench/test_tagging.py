"""The right plan item stands among the first three for nine unseen texts of ten."""

import pytest

from app.engines.moderation.tagging import TagModel
from app.engines.moderation.tagging_lore import read_examples
from app.services.bundle import CONTENT
from app.vocabulary import Language
from bench.tagging import YEAR, ask, bundled_items, bundled_lore


@pytest.mark.parametrize("language", Language)
def test_nine_unseen_texts_of_ten_are_proposed_for_their_item(language: Language) -> None:
    unseen = read_examples(CONTENT / "tagging_unseen.yaml", year=YEAR)
    texts = [one for one in unseen if one.language is language]
    asked = ask(TagModel(bundled_items(), bundled_lore()), texts)
    right = sum(not set(one.proposed).isdisjoint(one.example.numbers) for one in asked)
    assert len(texts) >= 60
    assert right / len(asked) >= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "祝大家身体健康，工作顺利",
        "红烧肉怎么做才好吃",
        "希望城市越来越好，推进各项建设",
        "What a lovely sunset yesterday.",
        "Thank you for your service to the city.",
    ],
)
def test_nothing_is_proposed_for_a_text_about_nothing_in_the_plan(text: str) -> None:
    assert TagModel(bundled_items(), bundled_lore()).suggest(text) == ()
