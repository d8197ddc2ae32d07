"""What is proposed while a reader types: items and cases by their titles, and frequent queries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.engines.search.analysis import MAX_QUERY_LENGTH, default_analyser, stem
from app.engines.search.index import SearchIndex
from app.engines.search.query import make_plan
from app.engines.text.normalise import fold
from app.services import glossary, search_counts, search_names
from app.services.glossary import Words
from app.services.search_names import CaseName, ItemName, Names, best
from app.vocabulary import Language

MOST = 8
QUERIES = 3
"""Frequent queries among the proposals, if there are so many titles."""
WEEKS = 8
"""Weeks that count for a frequent query."""


@dataclass(frozen=True)
class Proposal:
    """A title with the thing it names, or a query, which names nothing."""

    words: str
    language: Language | None = None
    named: ItemName | CaseName | None = None


def suggest(
    session: Session, index: SearchIndex, typed: str, *, language: Language, today: date
) -> Sequence[Proposal]:
    """Up to eight proposals for what has been typed so far: titles first, then queries."""
    folded = fold(typed, max_length=MAX_QUERY_LENGTH).text.strip()
    if not folded:
        return ()
    words = glossary.words(session, index)
    sought = (folded, *words.speller.by_sound(folded)) if folded.isascii() else (folded,)
    titles = list(_titled(search_names.names(session), sought, language))
    since = today - timedelta(weeks=WEEKS)
    asked = search_counts.frequent(session, folded, since=since, limit=MOST)
    queries = [Proposal(text) for text in asked if is_public(text, words)]
    room = MOST - min(len(queries), QUERIES)
    return (*titles[:room], *queries[: MOST - len(titles[:room])])


def frequent(session: Session, index: SearchIndex, *, today: date, limit: int) -> Sequence[str]:
    """What is asked most and may be shown to everybody."""
    words = glossary.words(session, index)
    since = today - timedelta(weeks=WEEKS)
    asked = search_counts.frequent(session, "", since=since, limit=4 * limit)
    return [text for text in asked if is_public(text, words)][:limit]


def is_public(text: str, words: Words) -> bool:
    """Whether every word of a query stands in a public title or ships with the portal.

    Queries are readers' words; one that names a private person must not be shown to others.
    """
    units = make_plan(text, default_analyser()).units
    return bool(units) and all(
        unit.word in words.known or stem(unit.text) in words.known or unit.text in words.known
        for unit in units
    )


def _titled(names: Names, sought: Sequence[str], language: Language) -> Iterator[Proposal]:
    """Titles that begin with what is sought before those that merely hold it."""
    later: list[Proposal] = []
    for named in names.named():
        folded = [fold(title).text for title in named.titles.values()]
        proposal = Proposal(*best(named.titles, language), named)
        if any(title.startswith(start) for title in folded for start in sought):
            yield proposal
        elif any(start in title for title in folded for start in sought):
            later.append(proposal)
    yield from later
