"""What the index holds of a thing that can be found; services make one from a row."""

import hashlib
from dataclasses import dataclass, fields
from datetime import date

from app.vocabulary import DocumentType, Language, Question


def document_key(kind: DocumentType, identifier: int) -> str:
    """Return the name under which a thing stands in the index, such as `suggestion:12`."""
    return f"{kind}:{identifier}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchDocument:
    """The public words and facts of one thing; nothing private may be put in here.

    `items` are the plan items that it is about, by their `ref` (such as `2023-5`).
    """

    type: DocumentType
    id: int
    ref: str
    language: Language
    title: str
    body: str
    answer: str = ""
    tags: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    question: Question | None = None
    district: str = ""
    state: str = ""
    published_on: date | None = None
    support: int = 0

    @property
    def key(self) -> str:
        """The document's name in the index."""
        return document_key(self.type, self.id)

    @property
    def content_hash(self) -> str:
        """A digest of everything indexed; equal digests need no new entry."""
        digest = hashlib.sha256()
        for field in fields(self):
            value = getattr(self, field.name)
            parts = value if isinstance(value, tuple) else (value,)
            text = "\x1e".join("" if part is None else str(part) for part in parts)
            digest.update(f"{field.name}\x1f{text}\x1d".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()
