"""The index's fields, and what a document is laid out to in them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from whoosh.fields import COLUMN, TEXT, Schema

from app.engines.search.analysis import Analyser
from app.engines.search.document import SearchDocument
from app.engines.search.on_disk.columns import NamesColumn, NumbersColumn, TextsColumn
from app.engines.search.weights import PART_WEIGHTS

LAYOUT = "2"
"""Raised when the files would be written or read in another way, so that indexes are made anew."""

WORDS, GRAMS = "words", "grams"
NUMBERS = ("number", "published", "support")
NAMES = ("type", "language", "items", "question", "district", "state")
TEXTS = ("content_hash", "ref", "title", "body")
ITEMS_JOINT = " "


def field_of(part: str, kind: str) -> str:
    """Return the field in which a part's words or grams stand."""
    return f"{part}_{kind}"


def length_of(part: str) -> str:
    """Return the column in which a part's number of words stands."""
    return f"{part}_length"


LENGTHS = tuple(length_of(part) for part in PART_WEIGHTS)
TERM_FIELDS = tuple(field_of(part, kind) for part in PART_WEIGHTS for kind in (WORDS, GRAMS))


def make_schema() -> Schema:
    """Return the schema of a new index; terms arrive ready cut, so no field has an analyser."""
    return Schema(
        **{name: TEXT(phrase=False) for name in TERM_FIELDS},
        **{name: COLUMN(NumbersColumn()) for name in (*NUMBERS, *LENGTHS)},
        **{name: COLUMN(NamesColumn()) for name in NAMES},
        **{name: COLUMN(TextsColumn()) for name in TEXTS},
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A document taken apart: its columns' values, and its terms by field with their counts."""

    values: Mapping[str, int | str]
    terms: Mapping[str, Mapping[str, int]]


def make_entry(document: SearchDocument, analyser: Analyser) -> Entry:
    """Take a document apart."""
    texts = {
        "title": document.title,
        # A number such as QD-2023-000123 is looked for like a word that stands in a tag.
        "tags": "\n".join((*document.tags, document.ref)),
        "answer": document.answer,
        "body": document.body,
    }
    analyses = {part: analyser.analyse(text) for part, text in texts.items() if text}
    published = document.published_on
    values: dict[str, int | str] = {
        "number": document.id,
        "published": published.toordinal() if published is not None else 0,
        "support": document.support,
        "type": document.type.value,
        "language": document.language.value,
        "items": ITEMS_JOINT.join(document.items),
        "question": document.question.value if document.question is not None else "",
        "district": document.district,
        "state": document.state,
        "content_hash": document.content_hash,
        "ref": document.ref,
        "title": document.title,
        "body": document.body,
        **{length_of(part): len(analysis.words) for part, analysis in analyses.items()},
    }
    terms: dict[str, Mapping[str, int]] = {}
    for part, analysis in analyses.items():
        terms[field_of(part, WORDS)] = Counter(analysis.words)
        terms[field_of(part, GRAMS)] = Counter(analysis.grams)
    return Entry(values, terms)
