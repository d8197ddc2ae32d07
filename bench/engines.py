"""One search engine at work in a process of its own: `python -m bench.engines ENGINE TASK SIZE …`.

Each prints its measurements as one line of JSON, so that memory is the engine's alone.
"""

import json
import resource
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import psycopg
from whoosh.fields import STORED, TEXT, Schema
from whoosh.index import create_in

from app.engines.search.analysis import default_analyser
from app.engines.search.document import SearchDocument
from app.engines.search.in_postgresql.index import PostgresIndex
from app.engines.search.index import SearchIndex
from app.engines.search.on_disk.index import WhooshIndex
from app.engines.search.on_disk.schema import (
    LENGTHS,
    NAMES,
    NUMBERS,
    TERM_FIELDS,
    TEXTS,
    make_entry,
)
from app.engines.search.query import SearchRequest
from bench.corpus import queries, suggestions

QUERIES = 300
CHANGES = 60
FRESH_WORD = "新鲜事"


class Engine(Protocol):
    """What is measured."""

    def build(self, documents: Iterator[SearchDocument]) -> None:
        """Index all."""

    def change(self, document: SearchDocument) -> None:
        """Put one document in place of its former self, for good."""

    def ask(self, text: str) -> int:
        """Answer the first page; returns how many there are in all."""

    def size(self) -> int:
        """Bytes kept."""


class Ours:
    """Either of our indexes: facets counted and signals weighed on every query."""

    def __init__(self, index: SearchIndex, size: Callable[[], int]) -> None:
        self._index, self._size = index, size

    def build(self, documents: Iterator[SearchDocument]) -> None:
        """Index all in bulk."""
        self._index.rebuild(documents)

    def change(self, document: SearchDocument) -> None:
        """Put one document in a commit of its own."""
        self._index.apply(put=[document])

    def ask(self, text: str) -> int:
        """A page of twenty with the counts of every facet."""
        return self._index.search(SearchRequest(text=text)).total

    def size(self) -> int:
        """Bytes kept."""
        return self._size()


class PlainWhoosh:
    """Whoosh as its manual shows it: one writer, one document after another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()

    def build(self, documents: Iterator[SearchDocument]) -> None:
        """A loop over `add_document`."""
        schema = Schema(
            **{name: TEXT(phrase=False) for name in TERM_FIELDS},
            **{name: STORED() for name in (*NUMBERS, *LENGTHS, *NAMES, *TEXTS)},
        )
        writer = create_in(str(self._folder), schema).writer()
        for document in documents:
            entry = make_entry(document, default_analyser())
            terms = {name: list(Counter(found).elements()) for name, found in entry.terms.items()}
            writer.add_document(**entry.values, **terms)
        writer.commit()

    def change(self, document: SearchDocument) -> None:
        """Not measured."""
        raise NotImplementedError

    def ask(self, text: str) -> int:
        """Not measured."""
        raise NotImplementedError

    def size(self) -> int:
        """Bytes kept."""
        return folder_size(self._folder)


class Fts5:
    """SQLite's FTS5 over the same tokens; every word must be there, best twenty, no facets."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._database = sqlite3.connect(file)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("CREATE VIRTUAL TABLE IF NOT EXISTS entry USING fts5(title, body)")

    def build(self, documents: Iterator[SearchDocument]) -> None:
        """One transaction."""
        self._database.executemany(
            "INSERT INTO entry(rowid, title, body) VALUES (?, ?, ?)", map(self._row, documents)
        )
        self._database.commit()

    def change(self, document: SearchDocument) -> None:
        """A transaction of its own, on disk when it returns."""
        self._database.execute("PRAGMA synchronous=FULL")
        number, title, body = self._row(document)
        self._database.execute(
            "UPDATE entry SET title = ?, body = ? WHERE rowid = ?", (title, body, number)
        )
        self._database.commit()

    def ask(self, text: str) -> int:
        """The best twenty by bm25."""
        words = " AND ".join(f'"{token}"' for token in default_analyser().analyse(text).words)
        found = self._database.execute(
            "SELECT rowid, bm25(entry, 4.0, 1.0) AS score FROM entry WHERE entry MATCH ? "
            "ORDER BY score LIMIT 20",
            (words,),
        ).fetchall()
        return len(found)

    def size(self) -> int:
        """Bytes kept."""
        return self._file.stat().st_size

    def _row(self, document: SearchDocument) -> tuple[int, str, str]:
        return document.id, _tokens(document.title), _tokens(document.body)


def _tokens(text: str) -> str:
    analysis = default_analyser().analyse(text)
    return " ".join([*analysis.words, *analysis.grams])


def folder_size(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def schema_size(address: str) -> int:
    """Bytes of the index's tables and of their own indexes."""
    with psycopg.connect(address) as connection:
        row = connection.execute(
            "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'search_index' AND c.relkind = 'r'"
        ).fetchone()
    return int(row[0]) if row and row[0] else 0


def make(name: str, place: str) -> Engine:
    """The engine of that name; `place` is a folder, or a server's address."""
    if name == "whoosh":
        folder = Path(place) / "whoosh"
        return Ours(WhooshIndex(folder), lambda: folder_size(folder))
    if name == "postgresql":
        return Ours(PostgresIndex(place), lambda: schema_size(place))
    if name == "plain":
        return PlainWhoosh(Path(place) / "plain")
    return Fts5(Path(place) / "fts.db")


def build(engine: Engine, size: int) -> dict[str, object]:
    """Seconds to index everything, bytes kept, and peak memory in megabytes."""
    start = time.perf_counter()
    engine.build(suggestions(size))
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "bytes": engine.size(), "peak": _peak()}


def ask(engine: Engine, size: int) -> dict[str, object]:
    """Seconds of every query after a first round that warms up, and resident memory."""
    asked = queries(QUERIES)
    cold = _seconds(engine, asked[:20])
    for text in asked:
        engine.ask(text)
    return {"cold": cold, "seconds": _seconds(engine, asked), "peak": _peak()}


def change(engine: Engine, size: int) -> dict[str, object]:
    """Seconds from a changed document to the first answer that holds its new word."""
    taken: list[float] = []
    for document in suggestions(CHANGES):
        before = engine.ask(FRESH_WORD)
        fresh = replace(document, title=f"{document.title}{FRESH_WORD}")
        start = time.perf_counter()
        engine.change(fresh)
        found = engine.ask(FRESH_WORD)
        taken.append(time.perf_counter() - start)
        if found <= before and before < 20:
            raise RuntimeError("a change was not to be found")
    return {"seconds": taken, "peak": _peak()}


def _seconds(engine: Engine, asked: Sequence[str]) -> list[float]:
    taken: list[float] = []
    for text in asked:
        start = time.perf_counter()
        engine.ask(text)
        taken.append(time.perf_counter() - start)
    return taken


def _peak() -> float:
    """Megabytes: this process at its largest, and the largest of those it started."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + children) / 1024


TASKS: dict[str, Callable[[Engine, int], dict[str, object]]] = {
    "build": build,
    "ask": ask,
    "change": change,
}


def main() -> None:
    """Do one task with one engine."""
    name, task, size, place = sys.argv[1:]
    print(json.dumps(TASKS[task](make(name, place), int(size))))


if __name__ == "__main__":
    main()
