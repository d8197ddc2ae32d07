"""A hit's score taken apart: which hit is meant, and what is asked of the index."""

import pytest
from flask import Flask

from app.engines.search.explanation import Explanation
from app.engines.search.glossary import Glossary
from app.engines.search.query import SearchRequest
from app.errors import InvalidInputError
from app.resources import reading, search_index
from app.services import search_explanation
from app.services.search_explanation import Explained

EXPLANATION = Explanation(
    total=2.5, parts=(), coverage=1.0, closeness=1.0, newness=1.0, support=1.0
)


@pytest.fixture
def asked(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of what the index was asked to explain; it always says the same."""
    keys: list[str] = []

    def explain(request: SearchRequest, key: str, glossary: Glossary | None = None) -> Explanation:
        keys.append(key)
        return EXPLANATION

    monkeypatch.setattr(search_index(), "explain", explain)
    return keys


def _explain(text: str, ref: str = "") -> Explained:
    with reading() as session:
        return search_explanation.explain(session, search_index(), text, ref=ref)


def test_without_a_wanted_hit_the_hits_are_listed(asked: list[str]) -> None:
    explained = _explain("一网通办")

    assert explained.found
    assert (explained.rank, explained.wanted, explained.explanation) == (None, None, None)
    assert asked == []


def test_a_wanted_hit_is_explained_with_its_place(asked: list[str]) -> None:
    _, second, *_ = _explain("服务").found
    hit = second.hit

    explained = _explain("服务", f" {hit.ref.upper()} ")

    assert explained.rank == 2
    assert explained.wanted is not None
    assert explained.wanted.hit.ref == hit.ref
    assert explained.explanation is EXPLANATION
    assert asked == [f"{hit.type}:{hit.id}"]


def test_what_is_no_hit_is_not_explained(asked: list[str]) -> None:
    assert _explain("一网通办", "QD-2023-999999").wanted is None
    assert _explain("无此词汇甲乙丙丁", "2023-1").wanted is None
    assert asked == []


def test_words_that_are_too_long_are_refused(asked: list[str]) -> None:
    with pytest.raises(InvalidInputError):
        _explain("长" * 1000)


def test_the_index_itself_explains_what_it_found(app: Flask) -> None:
    best = _explain("服务").found[0].hit

    explanation = _explain("服务", best.ref).explanation

    assert explanation is not None
    assert explanation.total == pytest.approx(best.score)
    assert "服务" in [part.text for part in explanation.parts]
