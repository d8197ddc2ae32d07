"""What the script below a search field is sent while somebody types, and how often."""

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.services.search_names import ItemName
from app.services.search_suggestions import Proposal
from app.vocabulary import DocumentType
from app.web import labels
from app.web.locale import current_language
from app.web.templating import html_language


class PerMinute:
    """Lets one address in so often a minute, counted in this process only.

    A count that all processes share would write to the database at every key that is pressed.
    """

    def __init__(self, most: int) -> None:
        """Count from zero."""
        self._most = most
        self._minute = ""
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def let_in(self, address: str, now: datetime) -> bool:
        """Count once more, and say whether that is still within bounds."""
        minute = f"{now:%Y-%m-%d %H:%M}"
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, Counter()
            self._counts[address] += 1
            return self._counts[address] <= self._most


def answer(found: Sequence[Proposal]) -> dict[str, object]:
    """The proposals with the words by which the script announces them."""
    said = ngettext(
        "%(num)s suggestion. Use the arrow keys to choose.",
        "%(num)s suggestions. Use the arrow keys to choose.",
        len(found),
    )
    return {
        "label": _("Proposed searches"),
        "said": said if found else _("No suggestions."),
        "suggestions": [_entry(proposal) for proposal in found],
    }


def _entry(proposal: Proposal) -> dict[str, str]:
    language = proposal.language
    is_foreign = language is not None and language is not current_language()
    kind, address = _place(proposal)
    return {
        "words": proposal.words,
        "lang": html_language(language) if language is not None and is_foreign else "",
        "kind": kind,
        "address": address,
    }


def _place(proposal: Proposal) -> tuple[str, str]:
    named = proposal.named
    if named is None:
        return _("Search"), url_for("public.search.results", q=proposal.words)
    if isinstance(named, ItemName):
        address = url_for("public.plan.item", year=named.year, number=named.number)
        return str(labels.document_type_one[DocumentType.ITEM]), address
    address = url_for("public.cases.case", slug=named.slug)
    return str(labels.document_type_one[DocumentType.CASE]), address
