"""Documents for tests of the search index."""

from app.engines.search.document import SearchDocument
from app.vocabulary import DocumentType, Language


def make_document(
    number: int, *, title: str = "路灯坏了", body: str = "请尽快修复。"
) -> SearchDocument:
    """A suggestion as the index is given it."""
    return SearchDocument(
        type=DocumentType.SUGGESTION,
        id=number,
        ref=f"QD-2023-{number:06d}",
        language=Language.ZH,
        title=title,
        body=body,
    )
