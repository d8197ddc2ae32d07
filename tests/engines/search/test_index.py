"""The index finds what was put in, survives damage and is written by one at a time."""

import gc
import stat
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.engines.search.document import SearchDocument
from app.engines.search.generations import Generations
from app.engines.search.index import SearchIndex
from app.engines.search.query import SearchRequest, SearchSort
from app.errors import IndexUnavailableError
from app.vocabulary import DocumentType, Language, Question

HOSTILE = (
    "*",
    "*a*",
    "?" * 30,
    "a* b* c* d* e* f*",
    "[a TO]",
    "停车~9",
    'r"(a+)+$x"',
    "phone:138*",
    "status:hidden",
    "id:1",
    "(" * 100,
    "NOT " * 25,
    "停车 OR " * 12,
    '"停车 AND (',
    "\\" * 100,
    "::::",
    "AND OR NOT",
    "\x00",
    "\ud800停",
    "😀" * 50,
    "\u202e" * 20,
    "a" + "\u0301" * 99,
    "停" * 100,
    "路灯停车小区学校医院公交" * 8,
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{7*7}}",
)


def make_document(
    number: int, *, title: str = "路灯坏了", body: str = "请尽快修复。"
) -> SearchDocument:
    return SearchDocument(
        type=DocumentType.SUGGESTION,
        id=number,
        ref=f"QD-2023-{number:06d}",
        language=Language.ZH,
        title=title,
        body=body,
    )


def keys_for(index: SearchIndex, text: str) -> list[str]:
    return [f"{hit.type}:{hit.id}" for hit in index.search(SearchRequest(text=text)).hits]


def files_of(index_path: Path) -> list[Path]:
    return sorted(path for path in Generations(index_path).current().iterdir() if path.is_file())


# Finding


def test_a_simplified_query_finds_traditional_text(index: SearchIndex) -> None:
    assert keys_for(index, "路灯") == ["suggestion:2"]


def test_a_traditional_query_finds_simplified_text(index: SearchIndex) -> None:
    assert keys_for(index, "智慧社區")[0] == "item:5"


def test_a_title_counts_more_than_a_text(index: SearchIndex) -> None:
    assert keys_for(index, "停车")[:2] == ["suggestion:1", "case:1"]


def test_an_english_word_is_found_by_its_stem(index: SearchIndex) -> None:
    assert keys_for(index, "parked fee") == ["suggestion:3"]


@pytest.mark.parametrize("text", ["QD-2023-000002", "qd-2023-000002", "ＱＤ-2023-000002"])
def test_a_number_finds_its_document(index: SearchIndex, text: str) -> None:
    assert keys_for(index, text) == ["suggestion:2"]


def test_a_mixed_word_is_found_however_it_is_spaced(index: SearchIndex) -> None:
    assert keys_for(index, "5G基站") == keys_for(index, "5g 基站") == ["case:1"]


def test_one_character_is_answered(index: SearchIndex) -> None:
    assert keys_for(index, "灯") == ["suggestion:2"]
    assert "suggestion:1" in keys_for(index, "车")


def test_a_word_with_something_in_between_is_found(index: SearchIndex) -> None:
    assert keys_for(index, "公共停车场")[0] == "suggestion:1"


def test_of_two_words_both_must_be_there(index: SearchIndex) -> None:
    assert keys_for(index, "路灯 停车") == ["suggestion:2"]


def test_a_long_question_may_miss_some_words(index: SearchIndex) -> None:
    assert keys_for(index, "学校门口的路灯坏了什么时候派人维修")[0] == "suggestion:2"


def test_a_long_word_that_is_rare_is_answered_by_its_parts_too(index: SearchIndex) -> None:
    keys = keys_for(index, "停车难")

    assert keys[0] == "suggestion:1"
    assert {"case:1", "item:5", "suggestion:2"} <= set(keys)


def test_a_word_nobody_used_finds_nothing(index: SearchIndex) -> None:
    page = index.search(SearchRequest(text="潜水艇"))

    assert page.hits == ()
    assert page.total == 0
    assert page.counts_by_type == {}


def test_another_wording_finds_the_other_language(index: SearchIndex) -> None:
    assert "suggestion:3" not in keys_for(index, "停车收费")

    page = index.search(SearchRequest(text="停车收费", also=("parking fees",)))

    assert "suggestion:1" in [f"{hit.type}:{hit.id}" for hit in page.hits]
    (english,) = (hit for hit in page.hits if hit.ref == "W-77")
    assert [english.title[span.start : span.end] for span in english.title_spans] == [
        "Parking",
        "fees",
    ]


def test_words_that_stand_together_come_first(index: SearchIndex) -> None:
    index.put(
        [
            make_document(11, title="反馈", body="公园需要维护。东门离车站近。"),
            make_document(12, title="反馈", body="需要维护。公园东门离车站近。"),
        ]
    )

    assert keys_for(index, "公园东门")[0] == "suggestion:12"


def test_a_hit_tells_what_to_show(index: SearchIndex) -> None:
    (hit,) = index.search(SearchRequest(text="路灯")).hits

    assert (hit.ref, hit.published_on) == ("QD-2023-000002", date(2023, 4, 1))
    assert [hit.title[span.start : span.end] for span in hit.title_spans] == ["路燈"]
    assert [hit.excerpt.text[span.start : span.end] for span in hit.excerpt.spans] == ["路燈"]
    assert hit.score > 0


# Narrowing, ordering, paging


def test_facts_narrow_what_is_found(index: SearchIndex) -> None:
    def found(request: SearchRequest) -> set[str]:
        return {f"{hit.type}:{hit.id}" for hit in index.search(request).hits}

    assert found(SearchRequest(text="停车", district="shinan")) == {"suggestion:1"}
    assert found(SearchRequest(text="停车", question=Question.EFFECT)) == set()
    assert found(SearchRequest(text="fees", language=Language.EN)) == {"suggestion:3"}
    assert found(SearchRequest(text="停车", date_from=date(2023, 3, 2))) == {"suggestion:2"}
    assert found(SearchRequest(text="停车", date_to=date(2023, 2, 28))) == {"case:1"}


def test_types_are_counted_whatever_type_is_shown(index: SearchIndex) -> None:
    page = index.search(SearchRequest(text="停车", types=(DocumentType.CASE,)))

    assert [hit.type for hit in page.hits] == [DocumentType.CASE]
    assert page.total == 1
    assert page.counts_by_type == {
        DocumentType.ITEM: 1,
        DocumentType.CASE: 1,
        DocumentType.SUGGESTION: 2,
    }


def test_days_order_what_is_found_and_the_undated_comes_last(index: SearchIndex) -> None:
    newest = index.search(SearchRequest(text="停车", sort=SearchSort.NEWEST)).hits
    oldest = index.search(SearchRequest(text="停车", sort=SearchSort.OLDEST)).hits

    assert [hit.published_on and hit.published_on.month for hit in newest] == [4, 3, 2, None]
    assert [hit.published_on and hit.published_on.month for hit in oldest] == [2, 3, 4, None]


def test_pages_of_equal_hits_neither_overlap_nor_miss_any(index: SearchIndex) -> None:
    index.rebuild(make_document(number) for number in range(25, 0, -1))

    pages = [
        index.search(SearchRequest(text="路灯", page=page, per_page=10)) for page in (1, 2, 3, 4)
    ]

    assert [hit.id for page in pages for hit in page.hits] == list(range(1, 26))
    assert {page.total for page in pages} == {25}


# Hostile words


@pytest.fixture(scope="module")
def large_index(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    """Four thousand documents made of a few words, so that every word stands in very many."""
    words = [
        "停车",
        "路灯",
        "小区",
        "学校",
        "医院",
        "公交",
        "噪音",
        "a",
        "OR",
        "电梯",
        "物业",
        "id",
        "NOT",
        "供暖",
        "停水",
    ]
    index = SearchIndex(tmp_path_factory.mktemp("large") / "index")
    index.rebuild(
        make_document(
            number,
            title=words[number % 15] + words[number * 7 % 13],
            body=" ".join(words[number * step % 15] for step in range(1, 9)),
        )
        for number in range(4_000)
    )
    return index


def test_hostile_words_are_answered_at_once(large_index: SearchIndex) -> None:
    large_index.search(SearchRequest(text="停车"))
    slow = {}

    for text in HOSTILE:
        # The best of two, so that a neighbour on the machine does not decide.
        taken = min(timed_search(large_index, text) for _ in range(2))
        if taken > 0.1:
            slow[text[:20]] = round(taken, 3)

    assert not slow


def timed_search(index: SearchIndex, text: str) -> float:
    started = time.perf_counter()
    index.search(SearchRequest(text=text))
    return time.perf_counter() - started


@pytest.mark.parametrize("text", ["phone:138*", "status:hidden", "key:suggestion*", "body:停"])
def test_no_field_can_be_named(index: SearchIndex, text: str) -> None:
    index.put([make_document(50, title="普通标题", body="138 hidden state")])

    assert all("138*" not in key for key in keys_for(index, text))
    assert keys_for(index, "content_hash:a") == []


# Changing


def test_putting_again_replaces(index: SearchIndex) -> None:
    index.put([make_document(2, title="电梯坏了")])

    assert keys_for(index, "路灯") == []
    assert keys_for(index, "电梯") == ["suggestion:2"]
    assert index.document_count() == 5


def test_the_last_of_two_with_one_key_counts(index: SearchIndex) -> None:
    index.put([make_document(9, title="电梯"), make_document(9, title="广场舞")])

    assert keys_for(index, "电梯") == []
    assert keys_for(index, "广场舞") == ["suggestion:9"]


def test_a_removed_document_is_not_found(index: SearchIndex) -> None:
    index.remove(["suggestion:2", "suggestion:999"])

    assert keys_for(index, "路灯") == []
    assert index.document_count() == 4


def test_put_and_remove_are_one_change(index: SearchIndex) -> None:
    index.apply(put=[make_document(8, title="电梯坏了")], remove=["suggestion:2"])

    assert keys_for(index, "电梯") == ["suggestion:8"]
    assert keys_for(index, "路灯") == []


def test_a_change_that_fails_changes_nothing(index: SearchIndex) -> None:
    def failing() -> Iterator[SearchDocument]:
        yield make_document(9)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        index.put(failing())

    assert index.document_count() == 5
    index.put([make_document(9)])
    assert index.document_count() == 6


def test_many_small_changes_keep_every_fact(index: SearchIndex) -> None:
    for number in range(20, 32):
        index.put([replace(make_document(number, title="电梯坏了"), district=f"d{number % 2}")])
        index.remove([f"suggestion:{number - 19}"])

    page = index.search(SearchRequest(text="电梯", district="d1", per_page=50))

    assert [hit.id for hit in page.hits] == list(range(21, 32, 2))


def test_entries_tell_what_is_indexed(index: SearchIndex) -> None:
    document = make_document(9)
    index.put([document])

    assert dict(index.entries())["suggestion:9"] == document.content_hash
    assert len(list(index.entries())) == 6


def test_another_process_sees_the_change(index: SearchIndex, tmp_path: Path) -> None:
    other = SearchIndex(tmp_path / "index")
    assert keys_for(other, "电梯") == []

    index.put([make_document(9, title="电梯坏了")])
    assert keys_for(other, "电梯") == ["suggestion:9"]

    index.rebuild([make_document(10, title="电梯坏了")])
    assert keys_for(other, "电梯") == ["suggestion:10"]


# Rebuilding


def test_rebuilding_tells_how_far_it_is(index: SearchIndex) -> None:
    told: list[int] = []

    count = index.rebuild((make_document(number) for number in range(600)), progress=told.append)

    assert count == 600
    assert told == [500, 600]


def test_an_empty_index_answers(index: SearchIndex) -> None:
    index.rebuild([])

    assert keys_for(index, "路") == []
    assert index.document_count() == 0
    assert list(index.entries()) == []


def test_a_repeated_key_is_indexed_once(index: SearchIndex) -> None:
    assert index.rebuild([make_document(1), make_document(1)]) == 1


def test_a_rebuild_that_fails_leaves_the_old_index(index: SearchIndex, tmp_path: Path) -> None:
    def failing() -> Iterator[SearchDocument]:
        yield make_document(9)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        index.rebuild(failing())

    assert keys_for(index, "路灯") == ["suggestion:2"]
    assert len(list((tmp_path / "index").glob("g*"))) == 1


def test_only_one_generation_is_kept_and_only_for_its_owner(
    index: SearchIndex, tmp_path: Path
) -> None:
    index.rebuild([make_document(1)])

    (directory,) = (tmp_path / "index").glob("g*")
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "index").stat().st_mode) == 0o700


def test_the_old_generation_answers_until_the_new_one_is_whole(index: SearchIndex) -> None:
    def watched() -> Iterator[SearchDocument]:
        yield make_document(9, title="电梯坏了")
        assert keys_for(index, "电梯") == []
        assert keys_for(index, "路灯") == ["suggestion:2"]

    index.rebuild(watched())

    assert keys_for(index, "电梯") == ["suggestion:9"]


# One writer, many readers


def test_a_second_writer_is_told_to_come_back(index: SearchIndex, tmp_path: Path) -> None:
    other = SearchIndex(tmp_path / "index", lock_seconds=0.05)

    with Generations(tmp_path / "index").writing(timeout=1):
        with pytest.raises(IndexUnavailableError) as refusal:
            other.put([make_document(9)])
        assert keys_for(other, "路灯") == ["suggestion:2"]

    assert refusal.value.reason == "busy"
    other.put([make_document(9)])


def test_a_rebuild_is_a_writer_too(index: SearchIndex, tmp_path: Path) -> None:
    with (
        Generations(tmp_path / "index").writing(timeout=1),
        pytest.raises(IndexUnavailableError) as refusal,
    ):
        index.rebuild([])

    assert refusal.value.reason == "busy"


def test_readers_go_on_while_a_writer_writes(index: SearchIndex) -> None:
    stop = threading.Event()

    def write() -> None:
        for number in range(100, 115):
            index.put([make_document(number, title="噪音扰民")])
        index.rebuild([make_document(number, title="噪音扰民") for number in range(5)])
        stop.set()

    def read() -> int:
        searches = 0
        while not stop.is_set():
            index.search(SearchRequest(text="噪音"))
            searches += 1
        return searches

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        pool.submit(write).result()

        assert all(reader.result() > 0 for reader in readers)
    assert len(keys_for(index, "噪音")) == 5


# Damage


@pytest.fixture
def _whoosh_leaks() -> Iterator[None]:
    """Collect here the files that Whoosh leaves open when it gives up on a damaged one."""
    yield
    gc.collect()


leaks_files = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")


def test_a_missing_index_is_told_as_missing(tmp_path: Path) -> None:
    index = SearchIndex(tmp_path / "nowhere")

    for act in (
        lambda: keys_for(index, "路灯"),
        lambda: index.put([make_document(1)]),
        index.document_count,
    ):
        with pytest.raises(IndexUnavailableError) as refusal:
            act()
        assert refusal.value.reason == "missing"


@pytest.mark.parametrize("pointer", ["", "../../etc", "g1", "\x00", "g000001/../x"])
def test_a_pointer_that_points_nowhere_is_told_as_corrupt(
    index: SearchIndex, tmp_path: Path, pointer: str
) -> None:
    (tmp_path / "index" / "current").write_text(pointer, encoding="ascii")

    with pytest.raises(IndexUnavailableError) as refusal:
        index.search(SearchRequest(text="路灯"))

    assert refusal.value.reason == "corrupt"


@leaks_files
@pytest.mark.usefixtures("_whoosh_leaks")
@pytest.mark.parametrize("damage", ["emptied", "deleted", "halved", "garbled"])
def test_damaged_files_are_told_as_corrupt_and_rebuilding_helps(
    index: SearchIndex, tmp_path: Path, damage: str
) -> None:
    for path in files_of(tmp_path / "index"):
        content = path.read_bytes()
        if damage == "deleted":
            path.unlink()
        else:
            path.write_bytes(
                {
                    "emptied": b"",
                    "halved": content[: len(content) // 2],
                    "garbled": bytes(byte ^ 0x5A for byte in content),
                }[damage]
            )
    fresh = SearchIndex(tmp_path / "index")

    for act in (lambda: keys_for(fresh, "路灯"), lambda: fresh.put([make_document(1)])):
        with pytest.raises(IndexUnavailableError) as refusal:
            act()
        assert refusal.value.reason == "corrupt"

    fresh.rebuild([make_document(1)])
    assert keys_for(fresh, "路灯") == ["suggestion:1"]


@leaks_files
@pytest.mark.usefixtures("_whoosh_leaks")
def test_any_truncation_gives_an_answer_or_a_refusal(index: SearchIndex, tmp_path: Path) -> None:
    outcomes = set()
    for path in files_of(tmp_path / "index"):
        whole = path.read_bytes()
        for kept in range(0, len(whole), max(1, len(whole) // 12)):
            path.write_bytes(whole[:kept])
            outcomes.add(outcome_of_search(SearchIndex(tmp_path / "index")))
        path.write_bytes(whole)

    assert outcomes <= {"answered", "corrupt"}


def outcome_of_search(index: SearchIndex) -> str:
    try:
        index.search(SearchRequest(text="停车 路灯"))
    except IndexUnavailableError as refusal:
        return refusal.reason
    return "answered"


def test_an_index_may_be_used_after_closing(index: SearchIndex) -> None:
    index.search(SearchRequest(text="路灯"))
    index.close()

    assert keys_for(index, "路灯") == ["suggestion:2"]
