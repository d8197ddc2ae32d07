"""Choosing the row that a reader should see."""

from dataclasses import dataclass

import pytest

from app.services.texts import in_pieces, source_hash, text_in
from app.vocabulary import Language


@dataclass(frozen=True)
class _Text:
    language: Language
    title: str


@dataclass(frozen=True)
class _Place:
    start: int
    end: int


ZH, EN = _Text(Language.ZH, "完整社区"), _Text(Language.EN, "Complete communities")


@pytest.mark.parametrize("texts", [[ZH, EN], [EN, ZH]])
def test_the_row_in_the_readers_language_is_chosen(texts: list[_Text]) -> None:
    assert text_in(texts, Language.ZH) is ZH
    assert text_in(texts, Language.EN) is EN


def test_the_one_row_there_is_stands_in_for_the_other() -> None:
    assert text_in([ZH], Language.EN) is ZH
    assert text_in([EN], Language.ZH) is EN


def test_a_thing_without_any_text_is_a_mistake() -> None:
    with pytest.raises(LookupError):
        text_in([], Language.ZH)


def test_the_hash_of_a_source_tells_its_parts_apart() -> None:
    assert source_hash("完整", "社区") == source_hash("完整", "社区")
    assert source_hash("完整", "社区") != source_hash("完整社区")
    assert source_hash("完整社区") != source_hash("完整社區")
    assert len(source_hash()) == 64


@pytest.mark.parametrize(
    ("places", "pieces"),
    [
        ((), (("小区电梯坏了", False),)),
        ((_Place(2, 4),), (("小区", False), ("电梯", True), ("坏了", False))),
        ((_Place(0, 2), _Place(2, 4)), (("小区", True), ("电梯", True), ("坏了", False))),
        ((_Place(0, 6),), (("小区电梯坏了", True),)),
    ],
)
def test_a_text_is_cut_where_something_was_found_and_none_of_it_is_lost(
    places: tuple[_Place, ...], pieces: tuple[tuple[str, bool], ...]
) -> None:
    assert in_pieces("小区电梯坏了", places) == pieces
