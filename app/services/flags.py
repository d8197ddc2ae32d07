"""Signs on suggestions: raised by the machine or a person, lifted by persons, never deleted.

`suggestion.signs` is the cheap summary, the codes of the open flags; it is written beside the
version, so that a flag makes nobody's open page stale.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from app.engines.moderation import checks
from app.engines.moderation.assessment import signs_in, signs_in_title
from app.engines.moderation.checks import Sign, SignCode
from app.engines.search.document import document_key
from app.engines.search.index import SearchIndex
from app.engines.search.similar import SimilarRequest
from app.errors import InvalidInputError, NotFoundError
from app.models import Decision, Flag, NumberSeries, StaffMember, Suggestion
from app.services import audit, insult_words, search, turns
from app.services.staff import require
from app.vocabulary import (
    Channel,
    DocumentType,
    FlagSource,
    ModerationAction,
    ReviewCause,
    Role,
)

COPY_LIKENESS = 0.7
"""From here on `checks.likeness` speaks of a copy: a text of sixty characters in which two short
places were changed stays above it, two people's words about one lamp stay far below."""
LATEST_COMPARED = 20
"""An author's earlier suggestions that a new one is compared with."""
CANDIDATES = 3
"""Published suggestions, of those the index finds most alike, that are read beside a text."""

FLOOD_COUNT = 5
FLOOD_WINDOW = timedelta(hours=1)

SERIES = "flags-looked-again"
"""Holds the id of the suggestion that `look_again` read last."""

_AT_ONCE = 500
_OF_THE_WORDS = frozenset(SignCode) - {SignCode.NEAR_DUPLICATE, SignCode.FLOOD}
_LOOKED_AT = (ReviewCause.NEW, ReviewCause.REVISED)


# --- What the machine sees -----------------------------------------------------------------------


def raise_by_machine(session: Session, suggestion: Suggestion, *, now: datetime) -> list[Flag]:
    """Raise what is seen in the words as they are now, and take off what they no longer show.

    Running it twice changes nothing. What a person lifted stays lifted until the author sends
    other words. Returns the flags that were raised on this suggestion.
    """
    turns.wait_for(session, f"flags {suggestion.id}")
    seen = _in_words(suggestion, insult_words.every(session))
    copied = _own_copy(session, suggestion)
    if copied:
        seen[SignCode.NEAR_DUPLICATE] = copied
    flood = _flood(session, suggestion)
    if flood:
        seen[SignCode.FLOOD] = str(len(flood))
    raised = _settle(session, suggestion, seen, now=now)
    _raise_on_flood(session, [other for other in flood if other != suggestion.id], now=now)
    return raised


def raise_on_fresh(session: Session, rows: Sequence[Suggestion], *, now: datetime) -> None:
    """Raise what was seen in the words of many suggestions that were stored just now.

    For files: their `signs` tell which rows to read again, a row costs no statement of its own,
    and copies and floods are not looked for.
    """
    words = insult_words.every(session)
    changed: list[int] = []
    for row in rows:
        if not row.signs and checks.language_mismatch(f"{row.title}\n{row.text}") is None:
            continue
        seen = _in_words(row, words)
        session.add_all(
            _new(row.id, code, detail, now=now) for code, detail in sorted(seen.items())
        )
        if set(row.signs) != set(seen):
            changed.append(row.id)
    session.flush()
    _summarise(session, changed)


def _in_words(suggestion: Suggestion, words: Collection[str]) -> dict[SignCode, str]:
    seen: list[Sign] = [
        *signs_in(suggestion.text, insult_words=words),
        *signs_in_title(suggestion.title, insult_words=words),
    ]
    foreign = checks.language_mismatch(f"{suggestion.title}\n{suggestion.text}")
    if foreign is not None:
        seen.append(foreign)
    # The text's detail before the title's.
    return {sign.code: sign.detail for sign in reversed(seen)}


def _own_copy(session: Session, suggestion: Suggestion) -> str:
    """The number of an earlier suggestion of the same author that says the same, or nothing."""
    earlier = session.execute(
        select(Suggestion.number, Suggestion.text)
        .where(
            Suggestion.person_key == suggestion.person_key,
            Suggestion.id < suggestion.id,
        )
        .order_by(Suggestion.id.desc())
        .limit(LATEST_COMPARED)
    )
    for number, text in earlier:
        if checks.likeness(suggestion.text, text) >= COPY_LIKENESS:
            return str(number)
    return ""


def _flood(session: Session, suggestion: Suggestion) -> Sequence[int]:
    """The suggestions of the hour from this author or address, if they are a flood."""
    if suggestion.channel is not Channel.PORTAL:
        # A file's lines come from one place, and all at once.
        return ()
    same = Suggestion.person_key == suggestion.person_key
    if suggestion.source_key is not None:
        same = or_(same, Suggestion.source_key == suggestion.source_key)
    found = session.scalars(
        select(Suggestion.id)
        .where(
            same,
            Suggestion.channel == Channel.PORTAL,
            Suggestion.submitted_at > suggestion.submitted_at - FLOOD_WINDOW,
            Suggestion.submitted_at <= suggestion.submitted_at,
        )
        .order_by(Suggestion.id)
    ).all()
    return found if len(found) >= FLOOD_COUNT else ()


def _settle(
    session: Session, suggestion: Suggestion, seen: Mapping[SignCode, str], *, now: datetime
) -> list[Flag]:
    flags = _flags_of(session, [suggestion.id])
    since = _reworded_at(session, suggestion.id)
    kept: set[str] = set()
    for flag in flags:
        if flag.lifted_at is not None:
            is_settled = flag.lifted_by_id is not None
            if is_settled and (since is None or flag.lifted_at > since):
                kept.add(flag.code)
        elif _is_outdated(flag, seen, since):
            flag.lifted_at = now
        else:
            kept.add(flag.code)
            if flag.source is FlagSource.MACHINE and flag.code in seen:
                flag.detail = seen[SignCode(flag.code)]
    raised = [
        _new(suggestion.id, code, detail, now=now)
        for code, detail in sorted(seen.items())
        if code.value not in kept
    ]
    session.add_all(raised)
    session.flush()
    _summarise(session, [suggestion.id])
    return raised


def _is_outdated(flag: Flag, seen: Collection[str], since: datetime | None) -> bool:
    """Whether an open flag of the machine speaks of words that are gone; persons lift their own."""
    if flag.source is FlagSource.PERSON or flag.code in seen:
        return False
    if flag.code == SignCode.NEAR_DUPLICATE:
        return since is not None and flag.raised_at < since
    return flag.code in _OF_THE_WORDS


def _reworded_at(session: Session, suggestion_id: int) -> datetime | None:
    """When the author last sent other words; None if never."""
    return session.scalar(
        select(Decision.decided_at)
        .where(Decision.suggestion_id == suggestion_id, Decision.action == ModerationAction.REVISE)
        .order_by(Decision.id.desc())
        .limit(1)
    )


def _raise_on_flood(session: Session, ids: Sequence[int], *, now: datetime) -> None:
    """Raise the flag on those that came before it was a flood; once on each, lifted or not."""
    flagged = {
        flag.suggestion_id for flag in _flags_of(session, ids) if flag.code == SignCode.FLOOD
    }
    fresh = [one for one in ids if one not in flagged]
    session.add_all(_new(one, SignCode.FLOOD, str(len(ids) + 1), now=now) for one in fresh)
    session.flush()
    _summarise(session, fresh)


def _new(suggestion_id: int, code: SignCode, detail: str, *, now: datetime) -> Flag:
    return Flag(
        suggestion_id=suggestion_id,
        code=code.value,
        source=FlagSource.MACHINE,
        detail=detail,
        raised_at=now,
    )


# --- Copies of what others said ------------------------------------------------------------------


@dataclass(frozen=True)
class Looked:
    """What a look found: for each suggestion that copies a published one, that one's number."""

    last_id: int
    copies: Mapping[int, str]


def look_again(session: Session, index: SearchIndex, limit: int) -> Looked:
    """Compare the next waiting suggestions with what is published; reads only.

    It goes round: after the newest come the oldest again, as what they copy may have been
    published meanwhile. Those that were once found to be a copy are left out. `note_copies` keeps
    what was found. Raises IndexUnavailableError.
    """
    last = session.scalar(select(NumberSeries.last).where(NumberSeries.name == SERIES)) or 0
    waiting = _next_waiting(session, last, limit)
    copies = {row.id: _copied(session, index, row) for row in waiting}
    return Looked(
        last_id=waiting[-1].id if len(waiting) == limit else 0,
        copies={key: number for key, number in copies.items() if number},
    )


def note_copies(session: Session, looked: Looked, *, now: datetime) -> int:
    """Raise the flag on the copies that were found, and remember how far the look came.

    Returns how many flags were raised; a suggestion that has the flag, or had it, is left alone.
    """
    for suggestion_id in sorted(looked.copies):
        turns.wait_for(session, f"flags {suggestion_id}")
    known = {
        flag.suggestion_id
        for flag in _flags_of(session, looked.copies)
        if flag.code == SignCode.NEAR_DUPLICATE
    }
    present = session.scalars(select(Suggestion.id).where(Suggestion.id.in_(looked.copies)))
    fresh = sorted(set(present) - known)
    session.add_all(
        _new(one, SignCode.NEAR_DUPLICATE, looked.copies[one], now=now) for one in fresh
    )
    _remember(session, looked.last_id)
    session.flush()
    _summarise(session, fresh)
    return len(fresh)


def _next_waiting(session: Session, last: int, limit: int) -> Sequence[Suggestion]:
    had = select(Flag.id).where(
        Flag.suggestion_id == Suggestion.id, Flag.code == SignCode.NEAR_DUPLICATE.value
    )
    return session.scalars(
        select(Suggestion)
        .where(Suggestion.review_cause.in_(_LOOKED_AT), Suggestion.id > last, ~had.exists())
        .order_by(Suggestion.id)
        .limit(limit)
    ).all()


def _copied(session: Session, index: SearchIndex, row: Suggestion) -> str:
    """The number of a published suggestion whose words these are, or nothing."""
    request = SimilarRequest(
        text=row.text,
        title=row.title,
        limit=CANDIDATES,
        exclude=frozenset({document_key(DocumentType.SUGGESTION, row.id)}),
    )
    for found in search.similar(session, index, request):
        other = found.row
        if isinstance(other, Suggestion) and (
            checks.likeness(row.text, other.text) >= COPY_LIKENESS
        ):
            return other.number
    return ""


def _remember(session: Session, last_id: int) -> None:
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql_insert if is_postgresql else sqlite_insert
    session.execute(
        insert(NumberSeries)
        .values(name=SERIES, last=last_id)
        .on_conflict_do_update(index_elements=[NumberSeries.name], set_={"last": last_id})
    )


# --- What persons do -----------------------------------------------------------------------------


def raise_by_person(
    session: Session, suggestion: Suggestion, code: str, by: StaffMember, now: datetime
) -> Flag:
    """Raise a flag, also one that was lifted before; one that is open is returned as it is.

    Raises NotAllowedError, and InvalidInputError for a code that is not on the list.
    """
    require(by, "flag", Role.MODERATOR)
    if code not in set(SignCode):
        raise InvalidInputError("code", "unknown")
    turns.wait_for(session, f"flags {suggestion.id}")
    for flag in open_flags(session, [suggestion.id]).get(suggestion.id, ()):
        if flag.code == code:
            return flag
    flag = Flag(
        suggestion_id=suggestion.id,
        code=code,
        source=FlagSource.PERSON,
        raised_by_id=by.id,
        raised_at=now,
    )
    session.add(flag)
    session.flush()
    _summarise(session, [suggestion.id])
    _note(session, "flag.raise", flag, by=by, now=now)
    return flag


def lift(session: Session, flag_id: int, by: StaffMember, now: datetime) -> Flag:
    """Take a flag off; one that is off already stays as it is.

    The machine does not raise it again for the same words. Raises NotAllowedError or
    NotFoundError.
    """
    require(by, "flag", Role.MODERATOR)
    flag = session.get(Flag, flag_id)
    if flag is None:
        raise NotFoundError("flag", str(flag_id))
    if flag.lifted_at is None:
        flag.lifted_by_id, flag.lifted_at = by.id, now
        session.flush()
        _summarise(session, [flag.suggestion_id])
        _note(session, "flag.lift", flag, by=by, now=now)
    return flag


def _note(session: Session, act: str, flag: Flag, *, by: StaffMember, now: datetime) -> None:
    number = session.scalar(select(Suggestion.number).where(Suggestion.id == flag.suggestion_id))
    audit.append(
        session, act=act, subject=str(number), detail={"code": flag.code}, staff=by, now=now
    )


# --- What there is -------------------------------------------------------------------------------


def open_flags(session: Session, ids: Collection[int]) -> Mapping[int, Sequence[Flag]]:
    """The flags that stand on each of the suggestions, oldest first; one statement.

    A suggestion without any is not in it.
    """
    found: dict[int, list[Flag]] = {}
    for flag in _flags_of(session, ids):
        if flag.lifted_at is None:
            found.setdefault(flag.suggestion_id, []).append(flag)
    return found


@dataclass(frozen=True)
class FlagCount:
    """How often a sign was raised, by whom, where it stands now, and what persons took off.

    `waiting` counts suggestions in the queue that carry it; `mistaken` those of the machine's
    flags that a person lifted.
    """

    code: SignCode
    waiting: int
    by_machine: int
    by_person: int
    mistaken: int


def counts(session: Session) -> Sequence[FlagCount]:
    """Every sign with its counts, those that wait most first; one grouped statement."""
    is_machine = Flag.source == FlagSource.MACHINE
    is_waiting = and_(Flag.lifted_at.is_(None), Suggestion.review_cause.is_not(None))
    rows = session.execute(
        select(
            Flag.code,
            func.count(case((is_waiting, Flag.suggestion_id)).distinct()),
            func.count(case((is_machine, 1))),
            func.count(case((~is_machine, 1))),
            func.count(case((and_(is_machine, Flag.lifted_by_id.is_not(None)), 1))),
        )
        .join(Suggestion, Suggestion.id == Flag.suggestion_id)
        .group_by(Flag.code)
    )
    counted = {row[0]: tuple(row[1:]) for row in rows}
    every = [FlagCount(code, *counted.get(code.value, (0, 0, 0, 0))) for code in SignCode]
    return sorted(every, key=lambda count: (-count.waiting, -count.by_machine - count.by_person))


def _flags_of(session: Session, ids: Collection[int]) -> Sequence[Flag]:
    if not ids:
        return ()
    return session.scalars(select(Flag).where(Flag.suggestion_id.in_(ids)).order_by(Flag.id)).all()


def _summarise(session: Session, ids: Sequence[int]) -> None:
    """Bring `suggestion.signs` in step, past the version: nobody's edit becomes stale by it."""
    for start in range(0, len(ids), _AT_ONCE):
        _summarise_some(session, ids[start : start + _AT_ONCE])


def _summarise_some(session: Session, ids: Collection[int]) -> None:
    flags = open_flags(session, ids)
    for suggestion_id in ids:
        codes = list(dict.fromkeys(flag.code for flag in flags.get(suggestion_id, ())))
        session.execute(
            update(Suggestion).where(Suggestion.id == suggestion_id).values(signs=codes)
        )
