"""The engine that proposes plan items, with what it learns from and kept for as long as it fits."""

from collections.abc import Sequence
from functools import lru_cache

from app.engines.moderation.tagging import ItemWords, TagModel
from app.engines.moderation.tagging_lore import read_lore
from app.models import PlanItem
from app.services import glossary
from app.services.bundle import CONTENT
from app.services.texts import text_in
from app.vocabulary import Language


def tag_model(items: Sequence[PlanItem], *, year: int) -> TagModel:
    """The engine that knows each item of a year's plan by its words in both languages."""
    words = tuple(
        ItemWords(
            number=item.number,
            title_zh=text_in(item.texts, Language.ZH).title,
            title_en=text_in(item.texts, Language.EN).title,
            words=tuple(word for text in item.texts for word in text.keywords),
            digest_zh="\n".join(text_in(item.texts, Language.ZH).digest),
            digest_en="\n".join(text_in(item.texts, Language.EN).digest),
        )
        for item in items
    )
    return _model(words, year)


@lru_cache(maxsize=4)
def _model(items: tuple[ItemWords, ...], year: int) -> TagModel:
    synonyms = [(*entry.zh, *entry.en) for entry in glossary.entries_of(glossary.FILE)]
    lore = read_lore(
        CONTENT / "item_words.yaml",
        CONTENT / "tagging_examples.yaml",
        year=year,
        synonyms=synonyms,
    )
    return TagModel(items, lore)
