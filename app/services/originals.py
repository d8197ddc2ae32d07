"""What was sent, kept encrypted where a moderator masked it: sealing, and opening on the record."""

import json
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engines.text import personal_data
from app.engines.text.normalise import clean, has_words
from app.errors import InvalidInputError, NotFoundError
from app.models import StaffMember, Suggestion
from app.secrecy import Keys
from app.services import audit
from app.services.staff import require
from app.vocabulary import Role

OPENING_REASON_MAX = 200
"""Characters of the reason for opening an original."""


@dataclass(frozen=True)
class Words:
    """A title and a text."""

    title: str
    text: str

    def sealed(self, keys: Keys) -> str:
        """Both, encrypted together."""
        return keys.seal(json.dumps({"title": self.title, "text": self.text}, ensure_ascii=False))

    @classmethod
    def unsealed(cls, sealed: str, keys: Keys) -> "Words":
        """What was sealed; raises `InvalidToken` when it was sealed with other keys."""
        found = json.loads(keys.unseal(sealed))
        return cls(str(found["title"]), str(found["text"]))


def seal(suggestion: Suggestion, title: str, text: str, keys: Keys) -> None:
    """Keep these words as what was sent, encrypted; what is kept already stays."""
    seal_own_plain(suggestion, keys)
    if suggestion.original_sealed is None:
        suggestion.original_sealed = Words(title, text).sealed(keys)


def seal_own_plain(suggestion: Suggestion, keys: Keys) -> None:
    """Encrypt the original of a suggestion that an earlier version kept in plain.

    That version had one column: where the title was masked too, it stands on top of the text.
    """
    if suggestion.original_text is None:
        return
    if suggestion.original_sealed is None:
        kept = Words(suggestion.title, suggestion.original_text)
        suggestion.original_sealed = kept.sealed(keys)
    suggestion.original_text = None


def seal_plain(session: Session, keys: Keys, limit: int) -> int:
    """Encrypt up to `limit` originals that are still kept in plain; returns how many it were."""
    rows = session.scalars(
        select(Suggestion)
        .where(Suggestion.original_text.is_not(None))
        .order_by(Suggestion.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for suggestion in rows:
        seal_own_plain(suggestion, keys)
    session.flush()
    return len(rows)


def is_kept(suggestion: Suggestion) -> bool:
    """Whether what was sent differs from what stands in the row, and is kept."""
    return suggestion.original_sealed is not None or suggestion.original_text is not None


def words_sent(suggestion: Suggestion, keys: Keys) -> Words:
    """What the author sent, for the author alone: reading one's own words is not recorded.

    Raises NotFoundError when it was sealed with other keys.
    """
    if suggestion.original_sealed is not None:
        try:
            return Words.unsealed(suggestion.original_sealed, keys)
        except InvalidToken as error:
            raise NotFoundError("original", suggestion.number) from error
    return Words(suggestion.title, suggestion.original_text or suggestion.text)


def open_original(
    session: Session,
    suggestion: Suggestion,
    *,
    reason: str,
    by: StaffMember,
    keys: Keys,
    now: datetime,
) -> tuple[str, str]:
    """The title and text that were sent; the log keeps who opened them, and why.

    Raises NotAllowedError, NotFoundError where nothing was masked or the keys are others, and
    InvalidInputError for the reason.
    """
    require(by, "open_original", Role.MODERATOR)
    given = " ".join(clean(reason).split())
    if not has_words(given):
        raise InvalidInputError("reason", "missing")
    if len(given) > OPENING_REASON_MAX:
        raise InvalidInputError("reason", "too_long")
    if not is_kept(suggestion):
        raise NotFoundError("original", suggestion.number)
    words = words_sent(suggestion, keys)
    audit.append(
        session,
        act="original.open",
        subject=suggestion.number,
        detail={"reason": personal_data.mask(given, personal_data.find(given))},
        staff=by,
        now=now,
    )
    return words.title, words.text
