"""Why a search found what it found, in the order it did: for whoever must defend an order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.engines.search.document import document_key
from app.engines.search.explanation import Explanation
from app.engines.search.index import SearchIndex
from app.engines.search.query import SearchRequest
from app.services import glossary, search
from app.services.search import Found

LOOKED_THROUGH = 100
"""Hits among which the wanted one is looked for."""


@dataclass(frozen=True)
class Explained:
    """The best hits; of them the wanted one, if it is there, with its score taken apart.

    `rank` counts from 1.
    """

    found: Sequence[Found]
    rank: int | None = None
    explanation: Explanation | None = None

    @property
    def wanted(self) -> Found | None:
        """The hit that was asked for."""
        return self.found[self.rank - 1] if self.rank is not None else None


def explain(session: Session, index: SearchIndex, text: str, *, ref: str = "") -> Explained:
    """What the words find and how the score of `ref` came about.

    Raises IndexUnavailableError, and InvalidInputError for words that are too long.
    """
    request = SearchRequest(text=text, per_page=LOOKED_THROUGH)
    page = search.find_widely(session, index, request)
    found = page.found
    refs = [one.hit.ref.casefold() for one in found]
    wanted = "".join(ref.split()).casefold()
    if wanted not in refs:
        return Explained(found)
    place = refs.index(wanted)
    hit = found[place].hit
    key = document_key(hit.type, hit.id)
    used = replace(request, text=page.shown_instead or text)
    known = glossary.words(session, index).glossary
    return Explained(found, place + 1, index.explain(used, key, known))
