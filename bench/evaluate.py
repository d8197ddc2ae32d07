"""Whether search finds what a reader means: `make eval`.

Judged queries over the bundled plan, the cases and the demonstration world, asked of our search and
of what others use: `LIKE`, SQLite's FTS5 with unicode61 and with trigram.
"""

import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.database import WRITING
from app.engines.search.document import SearchDocument
from app.engines.search.index import SearchIndex
from app.engines.search.query import SearchRequest
from app.extensions import db
from app.factory import create_app
from app.models import Base
from app.resources import keys, now, reading, transaction
from app.services import bundle, demo, indexing, search
from app.services.demo import World
from app.vocabulary import DocumentType
from bench.tables import show
from config import Environment, Settings

CUT = 10
DAY = date(2026, 11, 1)

Ask = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Judged:
    """A query, its sort, and every document that answers it."""

    query: str
    sort: str
    relevant: frozenset[str]


def main() -> None:
    """Load the world, ask everybody everything, print the tables."""
    judged = _judged()
    with tempfile.TemporaryDirectory() as name:
        documents = _documents(Path(name))
        index = SearchIndex(Path(name) / "judged")
        index.rebuild(documents)
        names = {document.key: _name(document) for document in documents}
        engines: dict[str, Ask] = {
            "ours": _ours(index, names),
            "LIKE": _like(documents),
            "FTS5 unicode61": _fts5(documents, "unicode61"),
            "FTS5 trigram": _fts5(documents, "trigram"),
        }
        answers = {
            title: {each.query: list(ask(each.query))[:CUT] for each in judged}
            for title, ask in engines.items()
        }
        index.close()
    _show(judged, answers)


def _judged() -> list[Judged]:
    return [
        Judged(
            query=str(entry["query"]),
            sort=str(entry["sort"]),
            relevant=frozenset(bundle.strings(entry["relevant"])),
        )
        for entry in bundle.read_list(bundle.CONTENT / "judged_queries.yaml")
    ]


def _documents(folder: Path) -> list[SearchDocument]:
    settings = Settings(environment=Environment.TESTING, instance_dir=folder, secret_key="x" * 40)
    app = create_app(settings)
    with app.app_context():
        Base.metadata.create_all(db.engine.execution_options(**{WRITING: True}))
        world = World(
            today=DAY,
            zone=settings.zone,
            plan_year=settings.plan_year,
            number_prefix=settings.number_prefix,
            review_working_days=settings.review_working_days,
        )
        with transaction() as session:
            bundle.load(session, now=now())
            demo.load(session, world, keys=keys(), now=now())
        with reading() as session:
            documents = list(indexing.all_documents(session))
        db.engine.dispose()
    return documents


def _name(document: SearchDocument) -> str:
    """How the judgements call a document."""
    if document.type is DocumentType.ITEM:
        return f"item:{document.ref.rsplit('-', 1)[1]}"
    return f"{document.type}:{document.ref}"


def _ours(index: SearchIndex, names: Mapping[str, str]) -> Ask:
    def ask(query: str) -> Sequence[str]:
        page = search.widened(index, SearchRequest(text=query, per_page=CUT)).page
        return [names[f"{hit.type}:{hit.id}"] for hit in page.hits]

    return ask


def _table(documents: Sequence[SearchDocument], create: str) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.execute(create)
    database.executemany(
        "INSERT INTO entry(name, title, body) VALUES (?, ?, ?)",
        [(_name(each), each.title, each.body) for each in documents],
    )
    return database


def _like(documents: Sequence[SearchDocument]) -> Ask:
    database = _table(documents, "CREATE TABLE entry (name TEXT, title TEXT, body TEXT)")

    def ask(query: str) -> Sequence[str]:
        pattern = f"%{query}%"
        rows = database.execute(
            "SELECT name FROM entry WHERE title LIKE ?1 OR body LIKE ?1 "
            "ORDER BY title LIKE ?1 DESC, name LIMIT ?2",
            (pattern, CUT),
        )
        return [row[0] for row in rows]

    return ask


def _fts5(documents: Sequence[SearchDocument], tokenizer: str) -> Ask:
    database = _table(
        documents,
        f"CREATE VIRTUAL TABLE entry USING fts5(name UNINDEXED, title, body, tokenize={tokenizer})",
    )

    def ask(query: str) -> Sequence[str]:
        words = " OR ".join('"' + word.replace('"', '""') + '"' for word in query.split())
        rows = database.execute(
            "SELECT name FROM entry WHERE entry MATCH ? "
            "ORDER BY bm25(entry, 0, 3, 1), name LIMIT ?",
            (words, CUT),
        )
        return [row[0] for row in rows]

    return ask


def _recall(each: Judged, found: Sequence[str]) -> float:
    """The share of what is relevant among the first ten; nothing expected means nothing found."""
    if not each.relevant:
        return float(not found)
    return len(each.relevant & set(found)) / min(CUT, len(each.relevant))


def _first(each: Judged, found: Sequence[str]) -> float:
    """One over the place of the first relevant document."""
    if not each.relevant:
        return float(not found)
    return next((1 / place for place, name in enumerate(found, 1) if name in each.relevant), 0.0)


def _mean(values: Sequence[float]) -> str:
    return f"{sum(values) / len(values):.3f}" if values else "-"


def _show(judged: Sequence[Judged], answers: Mapping[str, Mapping[str, list[str]]]) -> None:
    show(
        f"{len(judged)} judged queries",
        ("search", f"recall@{CUT}", "MRR"),
        [
            (
                title,
                _mean([_recall(each, found[each.query]) for each in judged]),
                _mean([_first(each, found[each.query]) for each in judged]),
            )
            for title, found in answers.items()
        ],
    )
    by_sort: dict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        by_sort[each.sort].append(each)
    show(
        f"recall@{CUT} by sort of query",
        ("sort", "queries", *answers),
        [
            (
                sort,
                len(group),
                *(
                    _mean([_recall(each, found[each.query]) for each in group])
                    for found in answers.values()
                ),
            )
            for sort, group in sorted(by_sort.items())
        ],
    )


if __name__ == "__main__":
    main()
