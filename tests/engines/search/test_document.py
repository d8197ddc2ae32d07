"""A document's name and digest."""

from dataclasses import replace
from datetime import date

import pytest

from app.engines.search.document import SearchDocument
from app.vocabulary import DocumentType, Language, Question

DOCUMENT = SearchDocument(
    type=DocumentType.SUGGESTION,
    id=12,
    ref="QD-2023-000012",
    language=Language.ZH,
    title="小区停车难",
    body="晚上没有车位。",
    tags=("智慧社区", "停车"),
)


def test_a_document_is_named_by_type_and_number() -> None:
    assert DOCUMENT.key == "suggestion:12"


def test_equal_documents_have_one_digest() -> None:
    assert DOCUMENT.content_hash == replace(DOCUMENT).content_hash
    assert len(DOCUMENT.content_hash) == 64


@pytest.mark.parametrize(
    "changed",
    [
        replace(DOCUMENT, title="小区停车贵"),
        replace(DOCUMENT, tags=("智慧社区停车",)),
        replace(DOCUMENT, question=Question.NEED),
        replace(DOCUMENT, published_on=date(2023, 5, 1)),
        replace(DOCUMENT, support=1),
    ],
)
def test_any_change_changes_the_digest(changed: SearchDocument) -> None:
    assert changed.content_hash != DOCUMENT.content_hash
