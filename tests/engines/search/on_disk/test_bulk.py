"""A whole index is written in bounded batches, by one process or by several alike."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engines.search.analysis import Analyser, default_analyser
from app.engines.search.document import SearchDocument
from app.engines.search.on_disk import bulk
from app.engines.search.on_disk.bulk import PARALLEL_FROM, build
from app.engines.search.on_disk.segments import OpenSegment
from app.engines.search.on_disk.storage import Segment
from app.vocabulary import DocumentType, Language

MANY = PARALLEL_FROM + 700


def make_documents(count: int) -> Iterator[SearchDocument]:
    for number in range(count):
        yield SearchDocument(
            type=DocumentType.SUGGESTION,
            id=number,
            ref=f"QD-2023-{number:06d}",
            language=Language.ZH,
            title=f"第{number % 7}小区停车难",
            body="晚上没有车位。" * (number % 3),
        )


def frequencies_of(directory: Path, segments: list[Segment], term: str) -> dict[int, float]:
    found: dict[int, float] = {}
    for segment in segments:
        opened = OpenSegment(directory, segment)
        postings = opened.postings.postings("body_grams", term)
        ids = opened.numbers["number"][postings.documents].tolist()
        found |= dict(zip(ids, postings.frequencies.tolist(), strict=True))
    return found


def test_several_processes_write_what_one_writes(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()

    one = build(tmp_path / "one", make_documents(MANY), analyser=default_analyser(), processes=1)
    two = build(tmp_path / "two", make_documents(MANY), analyser=default_analyser(), processes=2)

    assert (one[0], two[0]) == (MANY, MANY)
    assert (len(one[1]), len(two[1])) == (1, 2)
    alone = frequencies_of(tmp_path / "one", list(one[1]), "车位")
    assert frequencies_of(tmp_path / "two", list(two[1]), "车位") == alone
    assert len(alone) == sum(1 for number in range(MANY) if number % 3)


def test_a_repeated_key_is_written_once(tmp_path: Path) -> None:
    documents = [*make_documents(3), *make_documents(5)]

    count, segments = build(tmp_path, documents, analyser=default_analyser())

    assert count == 5
    assert [segment.doc_count() for segment in segments] == [5]


def test_progress_is_told_by_steps_and_at_the_end(tmp_path: Path) -> None:
    told: list[int] = []

    build(tmp_path, make_documents(1_100), analyser=default_analyser(), progress=told.append)

    assert told == [500, 1_000, 1_100]


def test_a_segment_is_written_whenever_there_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SEGMENT_DOCUMENTS", 40)

    _, segments = build(tmp_path, make_documents(100), analyser=default_analyser())

    assert [segment.doc_count() for segment in segments] == [40, 40, 20]


def test_the_words_of_staff_reach_every_process(tmp_path: Path) -> None:
    analyser = Analyser(["澜汀云邸"])
    documents = (
        SearchDocument(
            type=DocumentType.SUGGESTION,
            id=number,
            ref="",
            language=Language.ZH,
            title="澜汀云邸停电",
            body="",
        )
        for number in range(MANY)
    )

    _, segments = build(tmp_path, documents, analyser=analyser, processes=2)

    having = [
        OpenSegment(tmp_path, segment).postings.postings("title_words", "澜汀云邸").documents.size
        for segment in segments
    ]
    assert sum(having) == MANY


def test_what_the_documents_raise_ends_the_build(tmp_path: Path) -> None:
    def failing() -> Iterator[SearchDocument]:
        yield from make_documents(MANY)
        raise RuntimeError("停电")

    with pytest.raises(RuntimeError, match="停电"):
        build(tmp_path, failing(), analyser=default_analyser(), processes=2)


KILLED = """
import multiprocessing, pathlib, sys, time
from app.engines.search.analysis import default_analyser
from app.engines.search.on_disk.bulk import build
from tests.engines.search.on_disk.test_bulk import MANY, make_documents

def documents():
    yield from make_documents(MANY)
    print(*(child.pid for child in multiprocessing.active_children()), flush=True)
    time.sleep(600)

build(pathlib.Path(sys.argv[1]), documents(), analyser=default_analyser(), processes=2)
"""


def test_no_process_outlives_the_one_that_started_it(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-W", "ignore", "-c", KILLED, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        children = [int(word) for word in parent.stdout.readline().split()]
        parent.kill()

    deadline = time.monotonic() + 20
    while any(map(is_running, children)) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert len(children) == 2
    assert not any(map(is_running, children))


def is_running(pid: int) -> bool:
    """Tell whether a process works; one that only waits to be buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.split()[0] != "Z"
