"""The one statement of a search: matches, their scores, the page's hits and every facet's counts.

What matches is computed once; the hits and the counts read it. Facts that a facet counts narrow
only what the other facets count, so that its other values can be offered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from psycopg import sql

from app.engines.search.in_postgresql.entries import RANK_WEIGHTS, storable
from app.engines.search.in_postgresql.matching import Counts, Formula, has_concepts
from app.engines.search.index import Signals
from app.engines.search.query import Facet, QueryPlan, SearchRequest, SearchSort
from app.engines.search.weights import ENOUGH, FEW, HALF_SUPPORT, SCORE_PLACES

Value = str | int | float | date | list[str] | list[float] | None
Parameters = dict[str, Value]

NARROWING = {
    Facet.TYPE: sql.SQL("type = ANY(%(type)s)"),
    Facet.ITEM: sql.SQL("%(item)s = ANY(items)"),
    Facet.QUESTION: sql.SQL("question = %(question)s"),
    Facet.DISTRICT: sql.SQL("district = %(district)s"),
    Facet.STATE: sql.SQL("state = %(state)s"),
    Facet.YEAR: sql.SQL("year = %(year)s"),
}
# Equals by type and number, so that pages never overlap.
ORDERS = {
    SearchSort.RELEVANCE: sql.SQL("score DESC, type, number"),
    SearchSort.NEWEST: sql.SQL("published DESC NULLS LAST, type, number"),
    SearchSort.OLDEST: sql.SQL("published ASC NULLS LAST, type, number"),
}

SEARCH = sql.SQL("""
WITH found AS MATERIALIZED (
    SELECT key, type, number, question, district, state, items, published, support,
        extract(year FROM published)::int AS year{ranks}
    FROM (
        SELECT *{flags} FROM {entries}
        WHERE (terms @@ %(must)s::tsquery{known}){within} OFFSET 0
    ) AS matching
), newest AS (
    SELECT max(published) AS day FROM {entries}
), kept AS MATERIALIZED (
    SELECT key, type, number, question, district, state, items, published, year,
        floor(({worth}) * ({signals}) * {places} + 0.5) / {places} AS score
    FROM (
        SELECT *, {covered} AS covered FROM (SELECT *, {concepts} FROM found) AS with_concepts
    ) AS with_coverage, newest
    WHERE covered >= %(least)s{or_known}
), hits AS (
    SELECT key, score FROM kept WHERE {narrowed} ORDER BY {order} LIMIT %(limit)s
)
SELECT 'hit' AS kind, key AS value, row_number() OVER () AS number, score FROM hits
UNION ALL (SELECT 'found', key, 0, 0 FROM kept LIMIT %(enough)s)
UNION ALL SELECT 'total', '', count(*), 0 FROM kept WHERE {narrowed}
{facets}
""")
FACET = sql.SQL("""
UNION ALL SELECT {name}, {column}::text, count(*), 0 FROM kept WHERE {narrowed} GROUP BY {column}
""")
# Many documents have the same few items, so equal lists are counted first.
ITEM_FACET = sql.SQL("""
UNION ALL SELECT {name}, item, sum(number), 0 FROM (
    SELECT items, count(*) AS number FROM kept WHERE {narrowed} GROUP BY items
) AS lists, unnest(items) AS item GROUP BY item
""")
# The same as newness() and supported() of the weights.
SIGNALS = sql.SQL(
    "(1 + coalesce(%(newness)s * power(0.5, (day - published) / %(half_life)s::float8), 0))"
    " * (1 + %(support)s * greatest(support, 0) / (greatest(support, 0) + {half}::float8))"
)


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked: a plan, how many of its concepts are needed, and what counts in any case."""

    plan: QueryPlan
    least: int
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """What the server is sent: no word of a person's is ever part of the text."""

    text: sql.Composed
    parameters: Parameters


def make_statement(
    step: Step,
    request: SearchRequest,
    counts: Counts,
    *,
    entries: sql.Identifier,
    limit: int,
    signals: Signals,
) -> Statement:
    """Return the statement for a step; its rows are (kind, value, number, score).

    Of kind `hit` they are the first hits by their places, `found` a few keys of what answers
    before facets narrow it, `total` how many hits there are, else a facet's values with counts.
    """
    formula = Formula(step.plan, counts, least=step.least)
    parameters = {
        **_parameters(request, signals),
        **{name: query for query, name in formula.flags.items()},
        **{name: query for (query, _), name in formula.ranks.items()},
        "must": has_concepts(step.plan, step.least, counts),
        "least": step.least,
        "known": list(step.known),
        "limit": limit,
        "enough": max(ENOUGH, FEW),
    }
    return Statement(_text(step, request, formula, entries), parameters)


def _text(
    step: Step, request: SearchRequest, formula: Formula, entries: sql.Identifier
) -> sql.Composed:
    return SEARCH.format(
        entries=entries,
        ranks=_ranks(formula),
        flags=_flags(formula),
        known=sql.SQL(" OR key = ANY(%(known)s)" if step.known else ""),
        or_known=sql.SQL(" OR key = ANY(%(known)s)" if step.known else ""),
        within=_within(request),
        concepts=sql.SQL(", ").join(
            sql.SQL(f"{concept} AS c{number}") for number, concept in enumerate(formula.concepts)
        ),
        covered=sql.SQL(formula.covered),
        worth=sql.SQL(formula.worth),
        signals=SIGNALS.format(half=sql.Literal(HALF_SUPPORT)),
        places=sql.Literal(10.0**SCORE_PLACES),
        order=ORDERS[request.sort],
        narrowed=_narrowed(request, None),
        facets=sql.SQL("").join(
            (ITEM_FACET if facet is Facet.ITEM else FACET).format(
                name=sql.Literal(facet.value),
                column=sql.Identifier(facet.value),
                narrowed=_narrowed(request, facet),
            )
            for facet in Facet
        ),
    )


def _parameters(request: SearchRequest, signals: Signals) -> Parameters:
    return {
        "weights": RANK_WEIGHTS,
        "newness": signals.newness,
        "half_life": signals.half_life_days,
        "support": signals.support,
        "language": request.language,
        "date_from": request.date_from,
        "date_to": request.date_to,
        **_wanted_facts(request),
    }


def _wanted_facts(request: SearchRequest) -> Mapping[str, Value]:
    """Return the facts that narrow the hits, by the facets' names."""
    facts: dict[str, Value] = {
        Facet.TYPE: [kind.value for kind in request.types] or None,
        Facet.ITEM: request.item,
        Facet.QUESTION: request.question,
        Facet.DISTRICT: request.district,
        Facet.STATE: request.state,
        Facet.YEAR: request.year,
    }
    return {
        facet: storable(value) if isinstance(value, str) else value
        for facet, value in facts.items()
        if value is not None
    }


def _ranks(formula: Formula) -> sql.Composable:
    flags = [f", {name}" for name in formula.flags.values()]
    ranks = [
        f", CASE WHEN {flag or 'true'} THEN"
        f" ts_rank(%(weights)s::real[], terms, %({name})s::tsquery) ELSE 0 END AS {name}"
        for (_, flag), name in formula.ranks.items()
    ]
    return sql.SQL("".join([*flags, *ranks]))


def _flags(formula: Formula) -> sql.Composable:
    names = formula.flags.values()
    return sql.SQL("".join(f", terms @@ %({name})s::tsquery AS {name}" for name in names))


def _within(request: SearchRequest) -> sql.Composable:
    conditions = {
        " AND language = %(language)s": request.language,
        " AND published >= %(date_from)s": request.date_from,
        " AND published <= %(date_to)s": request.date_to,
    }
    return sql.SQL("".join(each for each, value in conditions.items() if value is not None))


def _narrowed(request: SearchRequest, but: Facet | None) -> sql.Composable:
    """Return the condition of every fact asked for but one."""
    wanted = _wanted_facts(request)
    facts = [NARROWING[facet] for facet in Facet if facet.value in wanted and facet is not but]
    return sql.SQL(" AND ").join([sql.SQL("true"), *facts])
