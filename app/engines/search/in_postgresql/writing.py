"""Fill a new generation, point to it, and change the one in use: always in one transaction.

A writer that is killed leaves nothing behind, as the server takes back what was not committed.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from psycopg import errors, sql

from app.engines.search.analysis import Analyser
from app.engines.search.document import SearchDocument
from app.engines.search.in_postgresql.connections import Connection
from app.engines.search.in_postgresql.entries import (
    COLUMNS,
    Analysed,
    MeanLengths,
    analyse,
    codes,
    columns_of,
    mean_lengths,
    vector_of,
)
from app.engines.search.in_postgresql.generations import (
    MAKE_ENTRIES,
    MAKE_SCHEMA,
    MAKE_TERMS,
    Generation,
    become_writer,
    current,
    entries_of,
    made_with,
    terms_of,
    wait_at_most,
)
from app.engines.search.index import Progress

PROGRESS_STEP = 500
# A text's worth depends on the mean lengths, which are not known before all texts are; these many
# tell them well enough, and a smaller index tells them exactly.
MEASURED = 2_000
# Rows of a table that nobody has seen yet need no mark of who may see them, which searches would
# otherwise have to write.
UNSEEN, IN_USE = sql.SQL("WITH (FREEZE)"), sql.SQL("")
# Time for searches under way to let go of the old generation.
DROP_SECONDS = 2.0


def build(
    connection: Connection,
    documents: Iterable[SearchDocument],
    analyser: Analyser,
    progress: Progress | None,
) -> int:
    """Make a generation of all documents, point to it and return how many there are."""
    number = _make_tables(connection)
    analysed = (analyse(document, analyser) for document in _each_once(documents))
    first = list(itertools.islice(analysed, MEASURED))
    lengths = mean_lengths(first)
    counts: Counter[str] = Counter()
    every = _told(itertools.chain(first, analysed), progress)
    written = _copy(connection, entries_of(number), every, lengths, counts, UNSEEN)
    if progress is not None:
        progress(written)
    _copy_terms(connection, number, counts)
    _make_indexes(connection, number)
    _point_to(connection, Generation(number, analyser, written, lengths))
    return written


def change(connection: Connection, put: Sequence[SearchDocument], gone: Sequence[str]) -> None:
    """Remove what stands under the keys from the current generation, then add the documents."""
    generation = current(connection)
    removed = _remove(connection, generation, gone)
    counts: Counter[str] = Counter()
    analysed = (analyse(document, generation.analyser) for document in put)
    added = _copy(connection, generation.entries, analysed, generation.lengths, counts)
    connection.execute(
        sql.SQL(
            "INSERT INTO {} AS known SELECT * FROM unnest(%s::text[], %s::bigint[])"
            " ON CONFLICT (lexeme) DO UPDATE SET documents = known.documents + excluded.documents"
        ).format(generation.terms),
        (list(counts), list(counts.values())),
    )
    connection.execute(
        "UPDATE search_index.generation SET documents = documents + %s WHERE number = %s",
        (added - removed, generation.number),
    )


def sweep(connection: Connection) -> None:
    """Drop every generation that is neither in use nor set aside.

    One that is still read raises LockNotAvailable and is left for the next time.
    """
    become_writer(connection, seconds=DROP_SECONDS)
    wait_at_most(connection, DROP_SECONDS)
    old = connection.execute(
        "DELETE FROM search_index.generation WHERE NOT is_current AND NOT is_set_aside"
        " RETURNING number"
    ).fetchall()
    for (number,) in old:
        _drop(connection, number)


def set_aside(connection: Connection) -> None:
    """Let nobody point to the current generation, and keep it instead of an older one."""
    connection.execute(
        "UPDATE search_index.generation SET is_current = false, is_set_aside = is_current"
        " WHERE EXISTS (SELECT FROM search_index.generation WHERE is_current)"
    )


def _make_tables(connection: Connection) -> int:
    """Return the number of a new generation with empty tables that nobody points to yet."""
    connection.execute(MAKE_SCHEMA)
    try:
        with connection.transaction():
            number = _next_number(connection)
    except errors.UndefinedColumn:
        # The pointer's table is another version's, or damaged; nothing in the schema is of use.
        connection.execute("DROP SCHEMA search_index CASCADE")
        connection.execute(MAKE_SCHEMA)
        number = _next_number(connection)
    _drop(connection, number)
    connection.execute(sql.SQL(MAKE_ENTRIES).format(entries_of(number)))
    connection.execute(sql.SQL(MAKE_TERMS).format(terms_of(number)))
    return number


def _next_number(connection: Connection) -> int:
    row = connection.execute(
        "SELECT coalesce(max(number), 0) + 1 FROM (SELECT number, analyser_version, words,"
        " documents, title_mean, body_mean, answer_mean, is_current, is_set_aside"
        " FROM search_index.generation) AS known"
    ).fetchone()
    return int(row[0]) if row is not None else 1


def _drop(connection: Connection, number: int) -> None:
    connection.execute(
        sql.SQL("DROP TABLE IF EXISTS {}, {}").format(entries_of(number), terms_of(number))
    )


def _each_once(documents: Iterable[SearchDocument]) -> Iterator[SearchDocument]:
    seen: set[str] = set()
    for document in documents:
        if document.key not in seen:
            seen.add(document.key)
            yield document


def _told(documents: Iterable[Analysed], progress: Progress | None) -> Iterator[Analysed]:
    for count, document in enumerate(documents, start=1):
        yield document
        if progress is not None and count % PROGRESS_STEP == 0:
            progress(count)


def _copy(
    connection: Connection,
    table: sql.Identifier,
    documents: Iterable[Analysed],
    lengths: MeanLengths,
    counts: Counter[str],
    options: sql.SQL = IN_USE,
) -> int:
    """Write the documents, add to `counts` what has each lexeme, and return how many there were."""
    written = 0
    columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    statement = sql.SQL("COPY {} ({}) FROM STDIN {}").format(table, columns, options)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for analysed in documents:
            lexemes = codes(analysed, lengths)
            counts.update(lexemes.keys())
            copy.write_row(columns_of(analysed.document, vector_of(lexemes)))
            written += 1
    return written


def _copy_terms(connection: Connection, number: int, counts: Counter[str]) -> None:
    statement = sql.SQL("COPY {} (lexeme, documents) FROM STDIN").format(terms_of(number))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for lexeme_and_count in counts.items():
            copy.write_row(lexeme_and_count)


def _make_indexes(connection: Connection, number: int) -> None:
    """Index what was written; without a list of pending terms, which every search would read."""
    entries, terms = entries_of(number), terms_of(number)
    connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
    for statement in (
        sql.SQL("CREATE INDEX ON {} USING gin (terms) WITH (fastupdate = off)").format(entries),
        sql.SQL("CREATE INDEX ON {} (published)").format(entries),
        sql.SQL("ALTER TABLE {} ADD PRIMARY KEY (lexeme)").format(terms),
        sql.SQL("ANALYZE {}").format(entries),
        sql.SQL("ANALYZE {}").format(terms),
    ):
        connection.execute(statement)


def _point_to(connection: Connection, generation: Generation) -> None:
    connection.execute("UPDATE search_index.generation SET is_current = false WHERE is_current")
    connection.execute(
        "INSERT INTO search_index.generation (number, analyser_version, words, documents,"
        " title_mean, body_mean, answer_mean, is_current)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, true)",
        (
            generation.number,
            made_with(generation.analyser),
            list(generation.analyser.words),
            generation.documents,
            generation.lengths.title,
            generation.lengths.body,
            generation.lengths.answer,
        ),
    )


def _remove(connection: Connection, generation: Generation, keys: Sequence[str]) -> int:
    """Delete the entries, take them out of the counts, and return how many there were."""
    row = connection.execute(
        sql.SQL(
            "WITH gone AS (DELETE FROM {entries} WHERE key = ANY(%s) RETURNING terms),"
            ' fewer AS (SELECT term.lexeme COLLATE "C" AS lexeme, count(*) AS documents'
            " FROM gone, unnest(gone.terms) AS term GROUP BY 1),"
            " counted AS (UPDATE {terms} AS known SET documents = known.documents"
            " - fewer.documents FROM fewer WHERE known.lexeme = fewer.lexeme)"
            " SELECT count(*) FROM gone"
        ).format(entries=generation.entries, terms=generation.terms),
        (list(keys),),
    ).fetchone()
    return int(row[0]) if row is not None else 0
