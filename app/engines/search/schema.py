"""The index's fields and how a document is laid out in them."""

from whoosh.columns import NumericColumn, RefBytesColumn
from whoosh.fields import COLUMN, ID, STORED, TEXT, Schema

from app.engines.search.analysis import analyse
from app.engines.search.document import SearchDocument

# Chosen by judgement, not fitted: a word in the title says far more than the same word somewhere
# in a long text, and a tag was set by somebody who knew the matter.
WORD_FIELDS = {"title_words": 4.0, "tags": 2.5, "body_words": 1.0}
GRAM_FIELDS = {"title_grams": 4.0, "tags": 2.5, "body_grams": 1.0}
FACT_COLUMNS = ("type", "language", "question", "district", "state")

FieldValue = str | int | bytes | list[str]


def make_schema() -> Schema:
    """Return the schema of a new index.

    Terms arrive ready cut, so no field has an analyser of its own; facts that narrow or order a
    result are columns, which are read only for the documents that match.
    """
    terms = {name: TEXT(phrase=False) for name in (*WORD_FIELDS, *GRAM_FIELDS)}
    facts = {name: COLUMN(RefBytesColumn()) for name in FACT_COLUMNS}
    return Schema(
        key=ID(stored=True, unique=True),
        content_hash=STORED(),
        ref=STORED(),
        title=STORED(),
        body=STORED(),
        number=COLUMN(NumericColumn("q")),
        published=COLUMN(NumericColumn("i")),
        **terms,
        **facts,
    )


def field_values(document: SearchDocument) -> dict[str, FieldValue]:
    """Return what the index writer is given for a document."""
    title = analyse(document.title)
    body = analyse(document.body)
    tags = analyse("\n".join((*document.tags, document.ref)))
    published = document.published_on
    return {
        "key": document.key,
        "content_hash": document.content_hash,
        "ref": document.ref,
        "title": document.title,
        "body": document.body,
        "number": document.id,
        "published": published.toordinal() if published is not None else 0,
        "type": document.type.encode(),
        "language": document.language.encode(),
        "question": document.question.encode() if document.question is not None else b"",
        "district": document.district.encode("utf-8", "replace"),
        "state": document.state.encode("utf-8", "replace"),
        "title_words": title.words,
        "title_grams": title.grams,
        "body_words": body.words,
        "body_grams": body.grams,
        "tags": tags.words + tags.grams,
    }
