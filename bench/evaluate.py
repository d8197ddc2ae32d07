"""Whether search finds what a reader means: `make eval`.

Judged queries over the bundled plan, the cases and the demonstration world, asked of our search on
either index and of what others use. Of the two files of queries the search was made with the first
in view; on the second nothing is tuned, so it says what to expect of queries not thought of.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.database import WRITING
from app.engines.search.document import SearchDocument
from app.engines.search.in_postgresql.index import PostgresIndex
from app.engines.search.index import SearchIndex
from app.engines.search.on_disk.index import WhooshIndex
from app.engines.search.query import SearchRequest
from app.extensions import db
from app.factory import create_app
from app.models import Base
from app.resources import keys, now, reading, transaction
from app.services import bundle, demo, glossary, search, search_documents
from app.services.demo import World
from app.vocabulary import DocumentType
from bench.rivals import Ask, fts5, like, postgresql_simple
from bench.tables import show
from config import Environment, Settings
from tests.postgres import started_server

CUT = 10
DAY = date(2026, 11, 1)
FILES = ("judged_queries.yaml", "judged_queries_unseen.yaml")


@dataclass(frozen=True)
class Judged:
    """A query, its sort, and every document that answers it."""

    query: str
    sort: str
    relevant: frozenset[str]


def main() -> None:
    """Load the world, ask everybody everything, print the tables."""
    with (
        tempfile.TemporaryDirectory() as folder,
        started_server() as address,
        _world(Path(folder)) as documents,
    ):
        engines = _engines(Path(folder), address, documents)
        for file in FILES:
            if (bundle.CONTENT / file).exists():
                _evaluate(file, engines)


def _engines(folder: Path, address: str, documents: Sequence[SearchDocument]) -> dict[str, Ask]:
    return {
        "ours on disk": _ours(WhooshIndex(folder / "judged"), documents),
        "ours in PostgreSQL": _ours(PostgresIndex(address), documents),
        "LIKE": like(documents, _name, CUT),
        "FTS5 unicode61": fts5(documents, _name, CUT, tokenizer="unicode61"),
        "FTS5 trigram": fts5(documents, _name, CUT, tokenizer="trigram"),
        "pg simple": postgresql_simple(address, documents, _name, CUT, parser="plain"),
        "pg simple web": postgresql_simple(address, documents, _name, CUT, parser="websearch"),
    }


@contextmanager
def _world(folder: Path) -> Iterator[list[SearchDocument]]:
    """The documents of the demonstration world, whose database can be read in the block."""
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
            documents = list(search_documents.every(session, settings.zone))
        yield documents
        db.engine.dispose()


def _name(document: SearchDocument) -> str:
    """How the judgements call a document."""
    if document.type is DocumentType.ITEM:
        return f"item:{document.ref.rsplit('-', 1)[1]}"
    return f"{document.type}:{document.ref}"


def _ours(index: SearchIndex, documents: Sequence[SearchDocument]) -> Ask:
    """What the search page asks, with all that it knows of words."""
    index.rebuild(documents)
    names = {document.key: _name(document) for document in documents}
    with reading() as session:
        words = glossary.words(session, index)

    def ask(query: str) -> Sequence[str]:
        page = search.widened(index, SearchRequest(text=query, per_page=CUT), words).page
        return [names[f"{hit.type}:{hit.id}"] for hit in page.hits]

    return ask


def _judged(file: str) -> list[Judged]:
    return [
        Judged(
            query=str(entry["query"]),
            sort=str(entry["sort"]),
            relevant=frozenset(bundle.strings(entry["relevant"])),
        )
        for entry in bundle.read_list(bundle.CONTENT / file)
    ]


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


def _evaluate(file: str, engines: Mapping[str, Ask]) -> None:
    judged = _judged(file)
    answers = {
        title: {each.query: list(ask(each.query))[:CUT] for each in judged}
        for title, ask in engines.items()
    }
    show(
        f"{file}: {len(judged)} judged queries",
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
    _show_by_sort(f"{file}: recall@{CUT} by sort of query", judged, answers)


def _show_by_sort(
    title: str, judged: Sequence[Judged], answers: Mapping[str, Mapping[str, list[str]]]
) -> None:
    by_sort: dict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        by_sort[each.sort].append(each)
    show(
        title,
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
