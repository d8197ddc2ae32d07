"""Drafting a hot-issue list: from the public suggestions of a period to a stored draft edition.

`propose` reads and thinks, which takes seconds and must not hold the write lock; `keep` stores.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engines.hot_issues.detection import DetectionSettings, detect
from app.engines.hot_issues.heat import Heat
from app.engines.hot_issues.message import IssueCandidate, Message
from app.engines.hot_issues.titling import describe
from app.engines.hot_issues.window import Window
from app.errors import InvalidInputError
from app.models import (
    District,
    Edition,
    HotIssue,
    HotIssueMember,
    HotIssueText,
    LedgerEntry,
    StaffMember,
    Suggestion,
)
from app.services import numbering
from app.services.staff import require
from app.vocabulary import EditionStatus, Language, LedgerAction, Role

EARLIEST_YEAR, LATEST_YEAR = 1990, 2100
LONGEST_PERIOD = timedelta(days=3660)
TOP_DEFAULT, TOP_MAX = 20, 1000

Progress = Callable[[str, int, int], None]


def _silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Input:
    """A message as the machine read it; the text itself only as its hash."""

    number: str
    text_sha256: str
    author: str
    sent_at: str
    district: str | None
    support: int
    against: int
    language: str

    def as_dict(self) -> dict[str, object]:
        """The facts as JSON holds them."""
        return {
            "number": self.number,
            "text_sha256": self.text_sha256,
            "author": self.author,
            "sent_at": self.sent_at,
            "district": self.district,
            "support": self.support,
            "against": self.against,
            "language": self.language,
        }


@dataclass(frozen=True)
class Proposal:
    """What the machine proposes for a period; nothing of it is stored yet."""

    from_on: date
    to_on: date
    top: int
    settings: DetectionSettings
    messages: Sequence[Message]
    ids: dict[str, int]
    candidates: Sequence[IssueCandidate]
    group_count: int
    district_names: dict[tuple[str, Language], str]
    zone: ZoneInfo


def draft(
    session: Session,
    from_on: date,
    to_on: date,
    *,
    top: int,
    zone: ZoneInfo,
    by: StaffMember | None,
    now: datetime,
    progress: Progress | None = None,
) -> Edition:
    """A new draft edition for the days from `from_on` to `to_on`, both included.

    `top` keeps that many of the hottest issues, 0 keeps every group of two or more messages.
    Raises NotAllowedError and InvalidInputError.
    """
    proposal = propose(session, from_on, to_on, top=top, zone=zone, progress=progress)
    return keep(session, proposal, by=by, now=now)


def propose(
    session: Session,
    from_on: date,
    to_on: date,
    *,
    top: int,
    zone: ZoneInfo,
    progress: Progress | None = None,
) -> Proposal:
    """What the machine finds in the period; raises InvalidInputError for an unfit period."""
    if not 0 <= top <= TOP_MAX:
        raise InvalidInputError("top", "out_of_range")
    settings = DetectionSettings(window=window_of(from_on, to_on, zone=zone))
    ids, messages = _messages(session, settings.window)
    if not messages:
        raise InvalidInputError("period", "no_messages")
    found = detect(messages, settings=settings, progress=progress or _silent)
    names = {
        (district.code, language): str(getattr(district, f"name_{language.value}"))
        for district in session.scalars(select(District))
        for language in Language
    }
    return Proposal(
        from_on=from_on,
        to_on=to_on,
        top=top,
        settings=settings,
        messages=messages,
        ids=ids,
        candidates=found[:top] if top else found,
        group_count=len(found),
        district_names=names,
        zone=zone,
    )


def window_of(from_on: date, to_on: date, *, zone: ZoneInfo) -> Window:
    """The moments of those days in the city; raises InvalidInputError for an unfit period."""
    for name, day in (("from_on", from_on), ("to_on", to_on)):
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise InvalidInputError(name, "out_of_range")
    if to_on < from_on:
        raise InvalidInputError("to_on", "before_start")
    if to_on - from_on > LONGEST_PERIOD:
        raise InvalidInputError("to_on", "period_too_long")
    return Window(
        start=datetime.combine(from_on, time.min, zone),
        end=datetime.combine(to_on + timedelta(days=1), time.min, zone),
    )


def _messages(session: Session, window: Window) -> tuple[dict[str, int], list[Message]]:
    query = (
        select(
            Suggestion.id,
            Suggestion.number,
            Suggestion.title,
            Suggestion.text,
            Suggestion.person_key,
            Suggestion.submitted_at,
            Suggestion.district_code,
            Suggestion.support_count,
            Suggestion.outside_support,
            Suggestion.outside_against,
            Suggestion.language,
        )
        .where(
            Suggestion.publicly_visible(),
            Suggestion.submitted_at >= window.start,
            Suggestion.submitted_at < window.end,
        )
        .order_by(Suggestion.submitted_at, Suggestion.number)
    )
    ids: dict[str, int] = {}
    messages: list[Message] = []
    for row in session.execute(query):
        ids[row.number] = row.id
        messages.append(
            Message(
                id=row.number,
                title=row.title,
                body=row.text,
                author=row.person_key,
                sent_at=row.submitted_at,
                district=row.district_code,
                support=row.support_count + row.outside_support,
                against=row.outside_against,
                language=row.language,
            )
        )
    return ids, messages


def text_hash(title: str, text: str) -> str:
    """The SHA-256 of a suggestion's words, which proves later that they are still the same."""
    return hashlib.sha256(f"{title}\x1f{text}".encode()).hexdigest()


def keep(session: Session, proposal: Proposal, *, by: StaffMember | None, now: datetime) -> Edition:
    """Store a proposal as a draft edition; raises NotAllowedError."""
    if by is not None:
        require(by, "compile", Role.COMPILER)
    by_id = {message.id: message for message in proposal.messages}
    issues = [
        _issue(number, candidate, proposal, by_id)
        for number, candidate in enumerate(proposal.candidates, 1)
    ]
    edition = Edition(
        number=numbering.next_number(session, "edition"),
        status=EditionStatus.DRAFT,
        from_on=proposal.from_on,
        to_on=proposal.to_on,
        settings={**proposal.settings.as_dict(), "top": proposal.top},
        message_count=len(proposal.messages),
        drafted_at=now,
        issues=issues,
        ledger=[
            LedgerEntry(
                staff_id=by.id if by else None,
                action=LedgerAction.DRAFTED,
                detail=_drafted(proposal, issues),
                made_at=now,
            )
        ],
    )
    session.add(edition)
    session.flush()
    return edition


def _issue(
    number: int, candidate: IssueCandidate, proposal: Proposal, by_id: dict[str, Message]
) -> HotIssue:
    members = [by_id[message_id] for message_id in candidate.message_ids]
    people = next(part.raw for part in candidate.heat.parts if part.name == "people")
    return HotIssue(
        number=number,
        position=number,
        rank=number,
        heat=candidate.heat.score,
        heat_parts=parts_as_data(candidate.heat),
        cohesion=candidate.cohesion,
        first_on=candidate.first_at.astimezone(proposal.zone).date(),
        last_on=candidate.last_at.astimezone(proposal.zone).date(),
        message_count=len(members),
        people_count=int(people),
        weekly_counts=weekly_counts(members, proposal.settings.window),
        texts=_texts(members, proposal),
        members=[
            HotIssueMember(suggestion_id=proposal.ids[member.id], position=position)
            for position, member in enumerate(members, 1)
        ],
    )


def parts_as_data(heat: Heat) -> list[dict[str, object]]:
    """The parts of a heat as JSON holds them."""
    return [
        {"name": part.name, "raw": part.raw, "value": part.value, "weight": part.weight}
        for part in heat.parts
    ]


def weekly_counts(members: Sequence[Message], window: Window) -> list[int]:
    """How many messages came in each week of the period."""
    last_week = window.week_of(window.end - timedelta(microseconds=1))
    counts = Counter(window.week_of(member.sent_at) for member in members)
    return [counts[week] for week in range(last_week + 1)]


def _texts(members: Sequence[Message], proposal: Proposal) -> list[HotIssueText]:
    """A proposed title, place and people in each language that members are written in."""
    return [
        _text([one for one in members if one.language is language], language, proposal)
        for language in Language
        if any(one.language is language for one in members)
    ]


def _text(members: Sequence[Message], language: Language, proposal: Proposal) -> HotIssueText:
    named = [
        replace(
            one,
            district=proposal.district_names.get((one.district, language))
            if one.district
            else None,
        )
        for one in members
    ]
    found = describe(named)
    return HotIssueText(
        language=language, title=found.title, place=found.place, people=found.people
    )


def _drafted(proposal: Proposal, issues: Sequence[HotIssue]) -> dict[str, object]:
    """The ledger's first line: all that the machine read and found, before any hand touched it."""
    pseudonyms: dict[str, str] = {}
    for message in proposal.messages:
        pseudonyms.setdefault(message.author, f"a{len(pseudonyms) + 1}")
    return {
        "top": proposal.top,
        "groups": proposal.group_count,
        "inputs": [
            Input(
                number=message.id,
                text_sha256=text_hash(message.title, message.body),
                author=pseudonyms[message.author],
                sent_at=message.sent_at.astimezone(UTC).isoformat(),
                district=message.district,
                support=message.support,
                against=message.against,
                language=message.language.value,
            ).as_dict()
            for message in proposal.messages
        ],
        "machine": [
            {
                "number": number,
                "members": list(candidate.message_ids),
                "cohesion": candidate.cohesion,
                "heat": candidate.heat.score,
                "parts": parts_as_data(candidate.heat),
                "texts": {
                    text.language.value: words_hash(text.title, text.place, text.people)
                    for text in issue.texts
                },
            }
            for number, (candidate, issue) in enumerate(
                zip(proposal.candidates, issues, strict=True), 1
            )
        ],
    }


def words_hash(title: str, place: str, people: str) -> str:
    """The SHA-256 of an issue's wording.

    What an editor took off the list, perhaps because it named somebody, is proven and not shown.
    """
    return hashlib.sha256(f"{title}\x1f{place}\x1f{people}".encode()).hexdigest()
