"""One unchanging view of the index within a transaction, and the pages made from it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from psycopg import sql

from app.engines.search.analysis import Analyser
from app.engines.search.closeness import closeness
from app.engines.search.document import SearchDocument
from app.engines.search.explanation import Explanation
from app.engines.search.glossary import Glossary
from app.engines.search.in_postgresql.candidates import make_candidates_statement
from app.engines.search.in_postgresql.connections import Connection
from app.engines.search.in_postgresql.entries import (
    DOCUMENT_COLUMNS,
    NAMED,
    WORD,
    analyse,
    document_of,
    frequencies,
)
from app.engines.search.in_postgresql.explaining import explain_parts
from app.engines.search.in_postgresql.generations import Generation
from app.engines.search.in_postgresql.matching import Counts, documents_with, lexemes_of
from app.engines.search.in_postgresql.statement import Step, make_statement
from app.engines.search.index import Signals
from app.engines.search.query import Facet, QueryPlan, SearchRequest, SearchSort, loosen, make_plan
from app.engines.search.results import Hit, ResultPage
from app.engines.search.similar import Candidate, SimilarRequest
from app.engines.search.weights import (
    ENOUGH,
    FEW,
    LONG_SHARE,
    RESCORED,
    SCORE_PLACES,
    SHORT_SHARE,
    coverage,
    misses_the_point,
    nearness,
    newness,
    rarity,
    supported,
)

SHARES = (1.0, LONG_SHARE, SHORT_SHARE)
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Answer:
    """What answers a plan: hits with their scores, best first, and how many there are of what.

    `plan` may be looser than what was `typed`. `found` has a few keys of all that answers, however
    it is narrowed by facets.
    """

    typed: QueryPlan
    plan: QueryPlan
    counts: Counts
    hits: Sequence[tuple[str, float]] = ()
    found: tuple[str, ...] = ()
    total: int = 0
    facets: Mapping[Facet, Mapping[str, int]] = field(default_factory=dict)


class View:
    """Reads one generation as it stood when the transaction began."""

    def __init__(self, connection: Connection, generation: Generation, signals: Signals) -> None:
        """Take a transaction that is ready to read."""
        self._connection = connection
        self._generation = generation
        self._signals = signals

    @property
    def analyser(self) -> Analyser:
        """What the index was made with."""
        return self._generation.analyser

    def search(self, request: SearchRequest, glossary: Glossary | None) -> ResultPage:
        """See SearchIndex.search."""
        end = request.page * request.per_page
        first = end - request.per_page
        answer = self._answer(request, glossary, limit=max(RESCORED, end))
        hits = self._rescored(request, answer) if first < RESCORED else answer.hits
        documents = self._documents(key for key, _ in hits[first:end])
        return ResultPage(
            hits=tuple(_hit(documents[key], score) for key, score in hits[first:end]),
            total=answer.total,
            page=request.page,
            per_page=request.per_page,
            plan=answer.typed,
            facets=answer.facets,
        )

    def explain(
        self, request: SearchRequest, key: str, glossary: Glossary | None
    ) -> Explanation | None:
        """See SearchIndex.explain."""
        answer = self._answer(request, glossary, limit=max(1, self._generation.documents))
        hits = self._rescored(request, answer)
        place = next((place for place, (known, _) in enumerate(hits) if known == key), None)
        if place is None:
            return None
        document = self._documents([key])[key]
        analysed = analyse(document, self.analyser)
        fields = frequencies(analysed, self._generation.lengths)
        explained = explain_parts(answer.plan, fields, answer.counts)
        is_rescored = request.sort is SearchSort.RELEVANCE and place < RESCORED
        near = closeness(document.title, document.body, answer.typed) if is_rescored else 0.0
        day = document.published_on
        return Explanation(
            total=hits[place][1],
            parts=explained.parts,
            coverage=coverage(explained.concepts, len(answer.plan.concepts)),
            closeness=nearness(near),
            newness=newness(day.toordinal() if day else 0, self._newest_day(), self._signals),
            support=supported(document.support, self._signals),
        )

    def vocabulary(self) -> Mapping[str, int]:
        """See SearchIndex.vocabulary."""
        rows = self._connection.execute(
            sql.SQL(
                "SELECT lexeme, documents FROM {}"
                " WHERE lexeme >= %s AND lexeme < %s AND documents > 0 AND lexeme !~ '[0-9]'"
            ).format(self._generation.terms),
            (NAMED, NAMED + LAST_CHARACTER),
        )
        words = ((lexeme.removeprefix(NAMED), documents) for lexeme, documents in rows)
        return {
            word: documents for word, documents in words if not any(sign.isdigit() for sign in word)
        }

    def entries(self) -> list[tuple[str, str]]:
        """Return every document's key and content hash."""
        statement = sql.SQL("SELECT key, content_hash FROM {}").format(self._generation.entries)
        return [(key, digest) for key, digest in self._connection.execute(statement)]

    def document_count(self) -> int:
        """Return how many documents can be found."""
        statement = sql.SQL("SELECT count(*) FROM {}").format(self._generation.entries)
        return self._number(statement)

    def rarities(self, words: Sequence[str]) -> Mapping[str, float]:
        """See Source.rarities."""
        known = self._documents_with([WORD + word for word in words])
        everything = self._generation.documents
        return {
            word: rarity(known[WORD + word], everything)
            for word in words
            if known.get(WORD + word, 0) > 0
        }

    def candidates(
        self, weights: Mapping[str, float], request: SimilarRequest, limit: int
    ) -> Sequence[Candidate]:
        """See Source.candidates."""
        known = self._documents_with([WORD + word for word in weights])
        counts = Counts(known, self._generation.documents)
        weighted = {
            WORD + word: weight * counts.rarity(WORD + word)
            for word, weight in weights.items()
            if counts.of(WORD + word)
        }
        if not weighted:
            return ()
        statement = make_candidates_statement(
            weighted, counts, request, entries=self._generation.entries, limit=limit
        )
        rows = self._connection.execute(statement.text, statement.parameters).fetchall()
        documents = self._documents(key for (key,) in rows)
        return [_candidate(documents[key]) for (key,) in rows]

    def _answer(self, request: SearchRequest, glossary: Glossary | None, *, limit: int) -> Answer:
        """Return what answers the words, and what answers loosely where that is too little."""
        plan = make_plan(request.text, self.analyser, glossary)
        if not plan.concepts:
            return Answer(plan, plan, Counts({}, 0))
        answer = Answer(plan, plan, self._counts(plan))
        if not _misses(answer):
            answer = self._covered(answer, request, limit)
        loose = loosen(plan, self.analyser)
        if len(answer.found) >= FEW or loose == plan:
            return answer
        widened = Answer(plan, loose, self._counts(loose), found=answer.found)
        return answer if _misses(widened) else self._covered(widened, request, limit)

    def _covered(self, asked: Answer, request: SearchRequest, limit: int) -> Answer:
        """Return what has all concepts, or most of them when too few documents have all."""
        concepts = len(asked.plan.concepts)
        answer = asked
        for least in dict.fromkeys(math.ceil(concepts * share) for share in SHARES):
            answer = self._ask(asked, request, least, limit)
            if len(answer.found) >= ENOUGH:
                break
        return answer

    def _ask(self, asked: Answer, request: SearchRequest, least: int, limit: int) -> Answer:
        statement = make_statement(
            Step(asked.plan, least, asked.found),
            request,
            asked.counts,
            entries=self._generation.entries,
            limit=limit,
            signals=self._signals,
        )
        rows = self._connection.execute(statement.text, statement.parameters).fetchall()
        hits = sorted((place, key, score) for kind, key, place, score in rows if kind == "hit")
        facets = {
            facet: {
                value: int(number)
                for kind, value, number, _ in rows
                if kind == facet.value and value
            }
            for facet in Facet
        }
        return replace(
            asked,
            hits=[(key, score) for _, key, score in hits],
            found=tuple(key for kind, key, _, _ in rows if kind == "found"),
            total=next(int(number) for kind, _, number, _ in rows if kind == "total"),
            facets=facets,
        )

    def _rescored(self, request: SearchRequest, answer: Answer) -> Sequence[tuple[str, float]]:
        """Return the hits with the best ones put in order by how near the words stand, too."""
        if request.sort is not SearchSort.RELEVANCE or len(answer.typed.concepts) < 2:
            return answer.hits
        best = dict(answer.hits[:RESCORED])
        rescored = [
            (_nearer(document, best[key], answer.typed), document)
            for key, document in self._documents(best).items()
        ]
        rescored.sort(key=lambda pair: (-pair[0], pair[1].type, pair[1].id))
        return [*((each.key, score) for score, each in rescored), *answer.hits[RESCORED:]]

    def _counts(self, plan: QueryPlan) -> Counts:
        whole, opening = lexemes_of(plan)
        known = self._documents_with(whole)
        everything = self._generation.documents
        for lexeme in opening:
            statement = sql.SQL(
                "SELECT sum(documents) FROM {} WHERE lexeme >= %s AND lexeme < %s"
            ).format(self._generation.terms)
            together = self._number(statement, lexeme, lexeme + LAST_CHARACTER)
            known[lexeme] = min(everything, together)
        return Counts(known, everything)

    def _documents_with(self, lexemes: Sequence[str]) -> dict[str, int]:
        rows = self._connection.execute(
            sql.SQL("SELECT lexeme, documents FROM {} WHERE lexeme = ANY(%s)").format(
                self._generation.terms
            ),
            (list(lexemes),),
        )
        return {lexeme: max(0, documents) for lexeme, documents in rows}

    def _documents(self, keys: Iterable[str]) -> dict[str, SearchDocument]:
        statement = sql.SQL("SELECT key, {} FROM {} WHERE key = ANY(%s)").format(
            sql.SQL(", ").join(map(sql.Identifier, DOCUMENT_COLUMNS)), self._generation.entries
        )
        rows = self._connection.execute(statement, (list(keys),))
        return {row[0]: document_of(row[1:]) for row in rows}

    def _newest_day(self) -> int:
        # The first day of our era is number 1, as it is in Python.
        statement = sql.SQL("SELECT max(published) - date '0001-01-01' + 1 FROM {}")
        return self._number(statement.format(self._generation.entries))

    def _number(self, statement: sql.Composed, *parameters: str) -> int:
        row = self._connection.execute(statement, parameters).fetchone()
        return int(row[0] or 0) if row is not None else 0


def _misses(asked: Answer) -> bool:
    documents = [documents_with(concept, asked.counts) for concept in asked.plan.concepts]
    return misses_the_point(documents, asked.counts.everything)


def _nearer(document: SearchDocument, score: float, plan: QueryPlan) -> float:
    return round(score * nearness(closeness(document.title, document.body, plan)), SCORE_PLACES)


def _hit(document: SearchDocument, score: float) -> Hit:
    return Hit(
        type=document.type,
        id=document.id,
        ref=document.ref,
        title=document.title,
        score=score,
        published_on=document.published_on,
    )


def _candidate(document: SearchDocument) -> Candidate:
    return Candidate(
        type=document.type,
        id=document.id,
        ref=document.ref,
        title=document.title,
        body=document.body,
        items=document.items,
        district=document.district,
        published_on=document.published_on,
    )
