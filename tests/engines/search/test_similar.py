"""Finding what was already said."""

from app.engines.search.index import SearchIndex
from app.engines.search.similar import SimilarRequest, shared_spans
from app.vocabulary import DocumentType


def test_the_same_complaint_in_other_words_is_found(index: SearchIndex) -> None:
    hits = index.similar(
        SimilarRequest(title="小区停车太难了", text="小区晚上没有车位，停车收费很贵。")
    )

    assert hits[0].key == "suggestion:1"
    assert hits[0].score > 0.4


def test_a_copy_is_as_like_as_can_be(index: SearchIndex) -> None:
    (hit, *_) = index.similar(
        SimilarRequest(
            title="学校门口的路灯坏了",
            text="学校门口的路灯坏了三个月，孩子晚上走路不安全，附近停车也乱。",
        )
    )

    assert hit.key == "suggestion:2"
    assert hit.score > 0.95


def test_shared_phrases_are_marked_on_the_text_as_typed(index: SearchIndex) -> None:
    (hit, *_) = index.similar(SimilarRequest(title="路灯", text="门口的路灯坏了三个月没人修"))

    marked = [hit.excerpt.text[span.start : span.end] for span in hit.excerpt.spans]
    assert marked == ["門口的路燈壞了三個月"]
    assert [hit.title[span.start : span.end] for span in hit.title_spans] == ["門口的路燈壞了"]


def test_an_unlike_text_has_nothing_like_it(index: SearchIndex) -> None:
    assert index.similar(SimilarRequest(title="图书馆借书", text="图书馆借书期限太短。")) == ()


def test_a_text_without_words_has_nothing_like_it(index: SearchIndex) -> None:
    assert index.similar(SimilarRequest(text="……😀")) == ()


def test_the_excluded_is_left_out(index: SearchIndex) -> None:
    request = SimilarRequest(
        title="老旧小区停车难", text="小区没有车位", exclude=frozenset({"suggestion:1"})
    )

    assert "suggestion:1" not in [hit.key for hit in index.similar(request)]


def test_other_types_are_found_when_asked_for(index: SearchIndex) -> None:
    request = SimilarRequest(
        title="智慧社区建设", text="多建智慧社区", types=(DocumentType.ITEM,), limit=1
    )

    assert [hit.key for hit in index.similar(request)] == ["item:5"]


def test_stretches_shorter_than_four_characters_are_not_shared_phrases() -> None:
    assert shared_spans("路灯坏了", frozenset({"停车收费"})) == ()
