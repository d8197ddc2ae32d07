"""Our search against SQLite's FTS5 over the same tokens."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from app.engines.search.analysis import analyse
from app.engines.search.document import SearchDocument
from app.engines.search.index import SearchIndex
from app.engines.search.query import SearchRequest
from bench.corpus import queries, suggestions
from bench.tables import ms, percentile, show

SIZE = 10_000
QUERIES = 200


def run() -> None:
    """Build both, ask both the same, and print the table."""
    documents = list(suggestions(SIZE))
    asked = queries(QUERIES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = _ours(documents, asked, folder / "index")
        rival = _fts5(documents, asked, folder / "fts.db")
    rows = [ours, rival]
    show(
        f"Search over {SIZE} generated suggestions, {QUERIES} queries, same tokens",
        ("engine", "documents/s", "p50", "p95", "on disk", "hits for the first query"),
        [
            (
                name,
                f"{SIZE / built:.0f}",
                ms(percentile(times, 0.5)),
                ms(percentile(times, 0.95)),
                f"{size / 1e6:.1f} MB",
                hits,
            )
            for name, built, times, size, hits in rows
        ],
    )
    print(
        f"  ours / FTS5: build {rival[1] / ours[1]:.2f} of its speed, "
        f"p50 {percentile(ours[2], 0.5) / percentile(rival[2], 0.5):.1f} times its time, "
        f"p95 {percentile(ours[2], 0.95) / percentile(rival[2], 0.95):.1f} times"
    )


Measured = tuple[str, float, list[float], int, int]


def _ours(documents: Sequence[SearchDocument], asked: Sequence[str], path: Path) -> Measured:
    index = SearchIndex(path)
    start = time.perf_counter()
    index.rebuild(documents)
    built = time.perf_counter() - start
    hits = index.search(SearchRequest(text=asked[0])).total
    times = _times(asked, lambda text: index.search(SearchRequest(text=text)))
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    index.close()
    return "ours (Whoosh)", built, times, size, hits


def _fts5(documents: Sequence[SearchDocument], asked: Sequence[str], path: Path) -> Measured:
    database = sqlite3.connect(path)
    database.execute("CREATE VIRTUAL TABLE entry USING fts5(title, body)")
    start = time.perf_counter()
    database.executemany(
        "INSERT INTO entry(rowid, title, body) VALUES (?, ?, ?)",
        ((each.id, _tokens(each.title), _tokens(each.body)) for each in documents),
    )
    database.commit()
    built = time.perf_counter() - start

    def ask(text: str) -> list[tuple[object, ...]]:
        words = " AND ".join(f'"{token}"' for token in analyse(text).words)
        return database.execute(
            "SELECT rowid, bm25(entry, 3.0, 1.0) AS score FROM entry WHERE entry MATCH ? "
            "ORDER BY score LIMIT 20",
            (words,),
        ).fetchall()

    words = " AND ".join(f'"{token}"' for token in analyse(asked[0]).words)
    counted = database.execute("SELECT count(*) FROM entry WHERE entry MATCH ?", (words,))
    hits = int(counted.fetchone()[0])
    times = _times(asked, ask)
    database.close()
    return "SQLite FTS5", built, times, path.stat().st_size, hits


def _tokens(text: str) -> str:
    analysis = analyse(text)
    return " ".join([*analysis.words, *analysis.grams])


def _times(asked: Sequence[str], ask: Callable[[str], object]) -> list[float]:
    for text in asked[:10]:
        ask(text)
    times: list[float] = []
    for text in asked:
        start = time.perf_counter()
        ask(text)
        times.append(time.perf_counter() - start)
    return times
