"""Suggestions from another channel (a hotline, a mailbox), from CSV or XLSX.

The outside number is kept and makes a second run change nothing. What cannot be taken is listed
with its line and reason; nothing is dropped in silence.
"""

import csv
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile
from zoneinfo import ZoneInfo

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.engines.moderation.assessment import assess
from app.engines.moderation.tagging import TagModel
from app.engines.text.language import detect
from app.engines.text.normalise import clean
from app.errors import UnreadableDocumentError
from app.models import Decision, PlanItem, Suggestion, Tag
from app.models.suggestion import IMPORTED_TEXT_MAX
from app.secrecy import Keys
from app.services import flags, indexing, insult_words, numbering, plans
from app.services.tagging import tag_model
from app.vocabulary import (
    Channel,
    DocumentType,
    ModerationAction,
    Question,
    ReviewState,
    SuggestionKind,
    TagSource,
    Visibility,
)

COLUMNS = {
    "id": ("留言编号", "id"),
    "user": ("留言用户", "user"),
    "title": ("留言主题", "title"),
    "time": ("留言时间", "time"),
    "body": ("留言详情", "body"),
    "against": ("反对数", "against"),
    "likes": ("点赞数", "likes"),
}
REQUIRED = ("id", "title", "time", "body")
TIME_FORMATS = (
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d",
    "%Y-%m-%d",
)
IMPORTED_TITLE_MAX = 200

_BROKEN_WORKBOOK = (
    BadZipFile,
    InvalidFileException,
    ParseError,
    OSError,
    EOFError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    zlib.error,
)
"""What openpyxl raises on a file that is no workbook, or half of one."""


@dataclass(frozen=True)
class OutsideMessage:
    """One message as another channel keeps it."""

    ref: str
    author: str
    title: str
    sent_at: datetime
    body: str
    against: int
    likes: int


@dataclass(frozen=True)
class RefusedRow:
    """A row that cannot be taken: its line in the file and a short reason code."""

    line: int
    ref: str
    reason: str


@dataclass(frozen=True)
class ReadFile:
    """The rows of a file that can be taken, and those that cannot."""

    messages: tuple[OutsideMessage, ...]
    refused: tuple[RefusedRow, ...]


@dataclass(frozen=True)
class ImportOutcome:
    """What an import did."""

    added: int
    known: int
    refused: tuple[RefusedRow, ...]


class _UnfitRowError(Exception):
    """A row's reason for being refused."""


def read_file(path: Path, *, zone: ZoneInfo) -> ReadFile:
    """The messages of a CSV or XLSX file; raises UnreadableDocumentError for anything else."""
    rows = _xlsx_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
    first = next(rows, None)
    if first is None:
        raise UnreadableDocumentError(("rows",))
    places = _places(first[1])
    messages: list[OutsideMessage] = []
    refused: list[RefusedRow] = []
    seen: set[str] = set()
    for line, cells in rows:
        if not any(cells):
            continue
        row = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
        ref = row["id"].strip()
        try:
            message = _message(row, seen, zone=zone)
        except _UnfitRowError as unfit:
            refused.append(RefusedRow(line, ref, str(unfit)))
            continue
        seen.add(ref)
        messages.append(message)
    return ReadFile(tuple(messages), tuple(refused))


def _places(header: Sequence[str]) -> dict[str, int]:
    names = [cell.strip().lstrip("\ufeff").lower() for cell in header]
    places = {
        key: names.index(alias)
        for key, aliases in COLUMNS.items()
        for alias in aliases
        if alias in names
    }
    missing = tuple(COLUMNS[key][0] for key in REQUIRED if key not in places)
    if missing:
        raise UnreadableDocumentError(missing)
    return places


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on; a cell may hold line ends."""
    text = _decoded(path.read_bytes())
    if "\0" in text:
        raise UnreadableDocumentError(("text",))
    reader = csv.reader(io.StringIO(text, newline=""))
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableDocumentError((f"line {line}",)) from error


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if _is_damaged_utf8(data):
            raise UnreadableDocumentError(("encoding",)) from error
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise UnreadableDocumentError(("encoding",)) from error


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether most of it reads as UTF-8: GB 18030 would make other characters of it, silently."""
    read = [letter for letter in data.decode("utf-8", "replace") if not letter.isascii()]
    return read.count("\ufffd") * 2 < len(read)


def _xlsx_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except _BROKEN_WORKBOOK as error:
        raise UnreadableDocumentError(("workbook",)) from error
    try:
        sheet = book.worksheets[0]
        # Some programs write a wrong size of the sheet; without it every row is read.
        sheet.reset_dimensions()
        for line, values in enumerate(sheet.iter_rows(values_only=True), 1):
            yield line, [_cell(value) for value in values]
    except _BROKEN_WORKBOOK as error:
        raise UnreadableDocumentError(("workbook",)) from error
    finally:
        book.close()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _message(row: dict[str, str], seen: set[str], *, zone: ZoneInfo) -> OutsideMessage:
    ref = row["id"].strip()
    title = " ".join(clean(row["title"]).split())[:IMPORTED_TITLE_MAX]
    body = clean(row["body"]) or title
    if not ref or len(ref) > 64:
        raise _UnfitRowError("no_number" if not ref else "number_too_long")
    if ref in seen:
        raise _UnfitRowError("number_twice_in_file")
    if not title:
        raise _UnfitRowError("no_title")
    if len(body) > IMPORTED_TEXT_MAX:
        raise _UnfitRowError("text_too_long")
    return OutsideMessage(
        ref=ref,
        author=" ".join(clean(row.get("user", "")).split())[:64],
        title=title,
        sent_at=_moment(row["time"].strip(), zone=zone),
        body=body,
        against=_count(row.get("against", "")),
        likes=_count(row.get("likes", "")),
    )


def _moment(typed: str, *, zone: ZoneInfo) -> datetime:
    for form in TIME_FORMATS:
        try:
            return datetime.strptime(typed, form).replace(tzinfo=zone).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise _UnfitRowError("time_unreadable")


def _count(typed: str) -> int:
    digits = typed.strip()
    if not digits:
        return 0
    if not digits.isascii() or not digits.isdigit() or len(digits) > 7:
        raise _UnfitRowError("count_unreadable")
    return int(digits)


@dataclass(frozen=True)
class ImportTerms:
    """What storing imported suggestions depends on."""

    plan_year: int
    number_prefix: str
    publish: bool
    zone: ZoneInfo


def store(
    session: Session,
    read: ReadFile,
    *,
    terms: ImportTerms,
    keys: Keys,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> ImportOutcome:
    """Store the messages that are not known yet, published at once if the terms say so."""
    known = set(
        session.scalars(
            select(Suggestion.outside_ref).where(
                Suggestion.channel == Channel.IMPORT, Suggestion.outside_ref.is_not(None)
            )
        )
    )
    items = {item.number: item for item in plans.choices(session, terms.plan_year)}
    model = tag_model(list(items.values()), year=terms.plan_year)
    fresh = [message for message in read.messages if message.ref not in known]
    words = insult_words.every(session)
    stored: list[Suggestion] = []
    for done, message in enumerate(fresh, 1):
        suggestion = _suggestion(session, message, terms=terms, keys=keys, words=words)
        suggestion.tags = _tags(model, items, message)
        session.add(suggestion)
        stored.append(suggestion)
        if done % 200 == 0 or done == len(fresh):
            session.flush()
            if progress:
                progress(done, len(fresh))
    session.flush()
    flags.raise_on_fresh(session, stored, now=now)
    if terms.publish:
        _publish(session, {message.ref for message in fresh}, now=now)
    return ImportOutcome(len(fresh), len(read.messages) - len(fresh), read.refused)


def _suggestion(
    session: Session,
    message: OutsideMessage,
    *,
    terms: ImportTerms,
    keys: Keys,
    words: frozenset[str],
) -> Suggestion:
    assessment = assess(message.title, message.body, insult_words=words)
    day: date = message.sent_at.astimezone(terms.zone).date()
    author = message.author or f"no name {message.ref}"
    return Suggestion(
        number=numbering.suggestion_number(session, prefix=terms.number_prefix, year=day.year),
        # Nobody was given a look-up code; the hash only has to be unlike any other.
        lookup_hash=keys.hash("no lookup", f"{Channel.IMPORT}:{message.ref}"),
        channel=Channel.IMPORT,
        outside_ref=message.ref,
        outside_author=message.author or None,
        outside_support=message.likes,
        outside_against=message.against,
        question=Question.NEED,
        kind=SuggestionKind.SUGGEST,
        language=detect(f"{message.title}\n{message.body}"),
        title=message.title,
        text=message.body,
        visibility=Visibility.PUBLIC,
        person_key=keys.hash("outside author", author),
        signs=assessment.sign_codes(),
        priority=assessment.priority,
        submitted_at=message.sent_at,
        review_state=ReviewState.PUBLISHED if terms.publish else ReviewState.PENDING,
        published_at=message.sent_at if terms.publish else None,
        due_on=day,
    )


def _tags(model: TagModel, items: dict[int, PlanItem], message: OutsideMessage) -> list[Tag]:
    proposals = model.suggest(f"{message.title}\n{message.body}")[:1]
    return [
        Tag(item_id=items[proposal.number].id, source=TagSource.MACHINE) for proposal in proposals
    ]


def _publish(session: Session, refs: set[str], *, now: datetime) -> None:
    ids = [
        row.id
        for row in session.execute(
            select(Suggestion.id, Suggestion.outside_ref).where(
                Suggestion.channel == Channel.IMPORT
            )
        )
        if row.outside_ref in refs
    ]
    for suggestion_id in ids:
        session.add(
            Decision(
                suggestion_id=suggestion_id,
                action=ModerationAction.PUBLISH,
                from_state=ReviewState.PENDING,
                to_state=ReviewState.PUBLISHED,
                detail="import",
                version_after=1,
                decided_at=now,
            )
        )
        indexing.enqueue(session, DocumentType.SUGGESTION, suggestion_id, now=now)
