"""Write a whole index: documents are taken apart and put into segments, on all processor cores.

Taking texts apart costs most by far, so each core's process takes its share of the documents and
writes segments of its own; nothing has to be merged. A process is started anew and never forked,
for the one that asks may have threads. For a few documents, or on one core, no process is started.
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from itertools import chain, cycle, islice
from pathlib import Path

from app.engines.search.analysis import Analyser
from app.engines.search.document import SearchDocument
from app.engines.search.on_disk.batch import Batch
from app.engines.search.on_disk.schema import make_entry
from app.engines.search.on_disk.storage import Segment
from app.errors import IndexUnavailableError

# A segment's postings are kept in memory until it is written; each document takes a few kilobytes.
SEGMENT_DOCUMENTS = 25_000
CHUNK = 250
PROGRESS_STEP = 500
# Starting a process takes about as long as taking a thousand documents apart.
PARALLEL_FROM = 3_000
MAX_PROCESSES = 4
# Chunks handed to a process ahead of its work, so that it never waits and memory stays bounded.
AHEAD = 4

Progress = Callable[[int], None]


class SegmentsBuilder:
    """Takes documents apart and writes a segment whenever there are enough."""

    def __init__(self, directory: Path, analyser: Analyser) -> None:
        """Begin with none."""
        self._directory, self._analyser = directory, analyser
        self._batch = Batch()
        self._segments: list[Segment] = []

    def add(self, documents: Iterable[SearchDocument]) -> None:
        """Add documents, whose keys are new."""
        for document in documents:
            self._batch.add(make_entry(document, self._analyser))
            if self._batch.documents >= SEGMENT_DOCUMENTS:
                self._write()

    def finish(self) -> Sequence[Segment]:
        """Return all segments, which are whole now."""
        if self._batch.documents:
            self._write()
        return self._segments

    def _write(self) -> None:
        self._segments.append(self._batch.write(self._directory))
        self._batch = Batch()


def build(
    directory: Path,
    documents: Iterable[SearchDocument],
    *,
    analyser: Analyser,
    progress: Progress | None = None,
    processes: int | None = None,
) -> tuple[int, Sequence[Segment]]:
    """Write all documents and return their count and the segments, which are not committed yet.

    Of several documents with one key the first counts. Raises IndexUnavailableError("unwritable")
    when the disk is full, or when the system has ended one of the processes.
    """
    counted = _Counted(documents, progress)
    chunks = _chunks(counted)
    first = list(islice(chunks, PARALLEL_FROM // CHUNK))
    count = processes if processes is not None else _usable_processes()
    is_long = len(first) == PARALLEL_FROM // CHUNK
    if is_long and count > 1:
        segments = _in_parallel(directory, chain(first, chunks), analyser, count)
    else:
        builder = SegmentsBuilder(directory, analyser)
        for chunk in chain(first, chunks):
            builder.add(chunk)
        segments = builder.finish()
    counted.tell()
    return counted.count, segments


class _Counted:
    """The documents whose keys were not there before, counted for whoever waits."""

    def __init__(self, documents: Iterable[SearchDocument], progress: Progress | None) -> None:
        self._documents, self._progress = documents, progress
        self.count = 0
        self._told = -1

    def __iter__(self) -> Iterator[SearchDocument]:
        seen: set[tuple[str, int]] = set()
        for document in self._documents:
            identity = document.type.value, document.id
            if identity in seen:
                continue
            seen.add(identity)
            self.count += 1
            yield document
            if self.count % PROGRESS_STEP == 0:
                self.tell()

    def tell(self) -> None:
        if self._progress is not None and self._told != self.count:
            self._told = self.count
            self._progress(self.count)


def _chunks(documents: Iterable[SearchDocument]) -> Iterator[list[SearchDocument]]:
    every = iter(documents)
    while chunk := list(islice(every, CHUNK)):
        yield chunk


def _usable_processes() -> int:
    """Return how many processes may be started; a daemon's child may start none."""
    if multiprocessing.current_process().daemon:
        return 1
    return min(MAX_PROCESSES, len(os.sched_getaffinity(0)))


def _in_parallel(
    directory: Path, chunks: Iterable[list[SearchDocument]], analyser: Analyser, count: int
) -> Sequence[Segment]:
    """Deal the chunks out in turn to pools of one process each, which keep their own segment."""
    fresh = multiprocessing.get_context("spawn")
    try:
        with ExitStack() as stack:
            pools = [
                stack.enter_context(
                    ProcessPoolExecutor(
                        1, fresh, initializer=_begin, initargs=(directory, analyser.words)
                    )
                )
                for _ in range(count)
            ]
            waiting: deque[Future[None]] = deque()
            for pool, chunk in zip(cycle(pools), chunks, strict=False):
                waiting.append(pool.submit(_add, chunk))
                if len(waiting) > AHEAD * count:
                    waiting.popleft().result()
            for future in waiting:
                future.result()
            finished = [pool.submit(_finish) for pool in pools]
            return [segment for future in finished for segment in future.result()]
    except BrokenProcessPool as error:
        raise IndexUnavailableError("unwritable") from error


_builders: list[SegmentsBuilder] = []
"""In a process started by `_in_parallel`, the one builder; elsewhere empty."""


def _begin(directory: Path, words: Sequence[str]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _builders.append(SegmentsBuilder(directory, Analyser(words)))


def _end_with_parent() -> None:
    """End this process when the one that started it is killed; its pool would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _add(documents: Sequence[SearchDocument]) -> None:
    _builders[0].add(documents)


def _finish() -> Sequence[Segment]:
    return _builders[0].finish()
