"""How others search, over the same documents: what our answers are measured against.

`LIKE` is what most portals begin with; SQLite's FTS5 with its two tokenizers what they come to. On
PostgreSQL, Decidim and CONSUL keep a weighted `tsvector` and search it with words as typed; for a
city whose language has no dictionary there, that is the configuration `simple`.
"""

import sqlite3
from collections.abc import Callable, Sequence

import psycopg

from app.engines.search.document import SearchDocument

Ask = Callable[[str], Sequence[str]]
Name = Callable[[SearchDocument], str]


def like(documents: Sequence[SearchDocument], name: Name, cut: int) -> Ask:
    """Everything that holds the typed text as it is, titles first."""
    database = _table(documents, name, "CREATE TABLE entry (name TEXT, title TEXT, body TEXT)")

    def ask(query: str) -> Sequence[str]:
        rows = database.execute(
            "SELECT name FROM entry WHERE title LIKE ?1 OR body LIKE ?1 "
            "ORDER BY title LIKE ?1 DESC, name LIMIT ?2",
            (f"%{query}%", cut),
        )
        return [row[0] for row in rows]

    return ask


def fts5(documents: Sequence[SearchDocument], name: Name, cut: int, *, tokenizer: str) -> Ask:
    """FTS5's order by bm25, a title's words three times; any of the words will do."""
    database = _table(
        documents,
        name,
        f"CREATE VIRTUAL TABLE entry USING fts5(name UNINDEXED, title, body, tokenize={tokenizer})",
    )

    def ask(query: str) -> Sequence[str]:
        words = " OR ".join('"' + word.replace('"', '""') + '"' for word in query.split())
        rows = database.execute(
            "SELECT name FROM entry WHERE entry MATCH ? "
            "ORDER BY bm25(entry, 0, 3, 1), name LIMIT ?",
            (words, cut),
        )
        return [row[0] for row in rows]

    return ask


def postgresql_simple(
    address: str, documents: Sequence[SearchDocument], name: Name, cut: int, *, parser: str
) -> Ask:
    """`ts_rank` over a weighted `simple` vector; `parser` is the function that reads the query.

    The connection stays open as long as the answer function lives.
    """
    connection = psycopg.connect(address, autocommit=True)
    connection.execute("CREATE TEMPORARY TABLE entry (name text, terms tsvector)")
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO entry VALUES (%s, setweight(to_tsvector('simple', %s), 'A')"
            " || setweight(to_tsvector('simple', %s), 'B'))",
            [(name(each), each.title, each.body) for each in documents],
        )

    def ask(query: str) -> Sequence[str]:
        rows = connection.execute(
            "SELECT name FROM entry, (SELECT CASE %(parser)s WHEN 'plain'"
            " THEN plainto_tsquery('simple', %(query)s)"
            " ELSE websearch_to_tsquery('simple', %(query)s) END AS asked) AS typed"
            " WHERE terms @@ asked ORDER BY ts_rank(terms, asked) DESC, name LIMIT %(cut)s",
            {"query": query, "parser": parser, "cut": cut},
        )
        return [row[0] for row in rows]

    return ask


def _table(documents: Sequence[SearchDocument], name: Name, create: str) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.execute(create)
    database.executemany(
        "INSERT INTO entry(name, title, body) VALUES (?, ?, ?)",
        [(name(each), each.title, each.body) for each in documents],
    )
    return database
