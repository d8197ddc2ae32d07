"""The statement that finds documents with many words of a text, for a closer look at each."""

import math
from collections.abc import Iterable, Mapping

from psycopg import sql

from app.engines.search.in_postgresql.entries import RANK_UNIT, RANK_WEIGHTS, quoted
from app.engines.search.in_postgresql.matching import Counts, any_of
from app.engines.search.in_postgresql.statement import Parameters, Statement
from app.engines.search.similar import SimilarRequest
from app.engines.search.weights import SCORE_PLACES
from app.vocabulary import DocumentType

# Of the words of a long text the rarest choose the candidates, up to so many documents; all the
# words then put these in order.
MAX_COMPARED = 4_000
LEAST_CHOOSING = 3
# Words of nearly one weight are ranked at once; each group's are at least this share of the first.
GROUP_SHARE = 0.75

CANDIDATES = sql.SQL("""
SELECT key FROM (
    SELECT key, type, number, {score} AS score FROM {entries}
    WHERE terms @@ %(must)s::tsquery AND type = ANY(%(types)s) AND key <> ALL(%(exclude)s)
) AS ranked ORDER BY floor(score * {places} + 0.5) DESC, type, number LIMIT %(limit)s
""")


def make_candidates_statement(
    weighted: Mapping[str, float],
    counts: Counts,
    request: SimilarRequest,
    *,
    entries: sql.Identifier,
    limit: int,
) -> Statement:
    """Return the statement for the keys of what has most of the weighted lexemes, best first."""
    groups = _groups(weighted)
    ranks = [
        sql.SQL("{} * ts_rank(%(weights)s::real[], terms, %({})s::tsquery)").format(
            sql.Literal(sum(group.values()) * RANK_UNIT), sql.SQL(f"g{number}")
        )
        for number, group in enumerate(groups)
    ]
    text = CANDIDATES.format(
        score=sql.SQL(" + ").join(ranks), entries=entries, places=sql.Literal(10.0**SCORE_PLACES)
    )
    parameters: Parameters = {
        **{f"g{number}": _any_lexeme(group) for number, group in enumerate(groups)},
        "must": _any_lexeme(_choosing(weighted, counts)),
        "weights": RANK_WEIGHTS,
        "types": [kind.value for kind in request.types or DocumentType],
        "exclude": sorted(request.exclude),
        "limit": limit,
    }
    return Statement(text, parameters)


def _groups(weighted: Mapping[str, float]) -> list[dict[str, float]]:
    groups: list[dict[str, float]] = []
    heaviest = math.inf
    for lexeme, weight in sorted(weighted.items(), key=lambda pair: (-pair[1], pair[0])):
        if not groups or weight < GROUP_SHARE * heaviest:
            groups.append({})
            heaviest = weight
        groups[-1][lexeme] = weight
    return groups


def _choosing(weighted: Mapping[str, float], counts: Counts) -> list[str]:
    chosen: list[str] = []
    together = 0
    for lexeme in sorted(weighted, key=lambda lexeme: (counts.of(lexeme), lexeme)):
        together += counts.of(lexeme)
        if len(chosen) >= LEAST_CHOOSING and together > MAX_COMPARED:
            break
        chosen.append(lexeme)
    return chosen


def _any_lexeme(lexemes: Iterable[str]) -> str:
    return any_of([quoted(lexeme) for lexeme in lexemes])
