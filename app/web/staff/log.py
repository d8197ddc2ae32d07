"""The log of the desk, for admins: who did what to what, and whether the chain is whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, json, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.models import AuditEntry
from app.resources import reading, settings
from app.services import audit, open_data
from app.services import staff as staff_service
from app.services.audit import LogFilter
from app.services.open_data import Cell
from app.vocabulary import Role
from app.web import labels
from app.web.pagination import PageLinks, address_without, page_number
from app.web.security import requires

bp = Blueprint("log", __name__, url_prefix="/log")

SUBJECT_MAX = 200
COLUMNS = ("id", "made_at", "staff", "act", "subject", "detail", "previous_digest", "digest")

# Translators: what somebody at the desk did, in the log.
ACTS: Mapping[str, object] = {
    "staff.added": _l("Account made"),
    "staff.role": _l("Role changed"),
    "staff.sign_in": _l("Signed in"),
    "staff.sign_out": _l("Signed out"),
    "staff.locked": _l("Account closed for a while after wrong tries"),
    "staff.password": _l("Password changed"),
    "staff.second_factor_on": _l("One-time codes switched on"),
    "staff.second_factor_off": _l("One-time codes switched off"),
    "digest.sent": _l("Digest sent"),
    "original.open": _l("Original text opened"),
    "claim.taken_over": _l("Claim taken over"),
    "flag.raise": _l("Flag raised"),
    "flag.lift": _l("Flag taken off"),
    "answer.drafted": _l("Answer drafted"),
    "answer.changed": _l("Answer changed"),
    "answer.reviewed": _l("Answer reviewed"),
    "answer.scheduled": _l("Answer scheduled"),
    "answer.published": _l("Answer published"),
    "answer.discarded": _l("Answer discarded"),
    "answer_template.added": _l("Answer template added"),
    "answer_template.changed": _l("Answer template changed"),
    "answer_template.removed": _l("Answer template removed"),
    "matter.merge": _l("Suggestions joined"),
    "matter.split": _l("Suggestions taken apart"),
    "matter.move": _l("Suggestions moved to another matter"),
    "matter.undo": _l("Change of a matter undone"),
    "calendar.set": _l("Working day set"),
    "calendar.remove": _l("Working day rule removed"),
    "insult_word.add": _l("Insult word added"),
    "insult_word.remove": _l("Insult word removed"),
    "reason.add": _l("Reason added"),
    "reason.change": _l("Reason changed"),
    "reason.move": _l("Reason moved"),
    "reason.on": _l("Reason switched on"),
    "reason.off": _l("Reason switched off"),
    **{f"decision.{action}": words for action, words in labels.done.items()},
}
"""What the log calls an act, in words; an act without any is shown by its name."""


@dataclass(frozen=True)
class LogLine:
    """A line of the log in words; `name` is empty where nobody was signed in."""

    id: int
    made_at: datetime
    name: str
    act: object
    subject: str
    detail: str


@bp.get("")
@requires(Role.ADMIN)
def index() -> str:
    """The log, the newest line first, narrowed by what the address says."""
    narrowed = _narrowed()
    number = page_number()
    with reading() as session:
        page = audit.listed(session, narrowed, zone=settings().zone, page=number)
        members = staff_service.everybody(session)
        acts = audit.acts(session)
        head = audit.head(session)
    names = {member.id: member.name for member in members}
    return render_template(
        "staff/log/index.html",
        lines=[_line(entry, names) for entry in page.rows],
        links=PageLinks.of(page),
        total=page.total,
        head=head,
        members=[(str(member.id), member.name) for member in members],
        acts=sorted(((act, str(ACTS.get(act, act))) for act in acts), key=lambda pair: pair[1]),
        narrowed=narrowed,
        active=_active(narrowed, names),
        csv_url=f"{url_for('staff.log.as_csv')}?{urlencode(request.args)}",
    )


@bp.get("/log.csv")
@requires(Role.ADMIN)
def as_csv() -> Response:
    """The narrowed log for a spreadsheet, the oldest line first, streamed."""
    narrowed = _narrowed()
    answer = Response(stream_with_context(_csv(narrowed)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="log.csv"'
    return answer


def _csv(narrowed: LogFilter) -> Iterator[str]:
    with reading() as session:
        entries = audit.all_lines(session, narrowed, zone=settings().zone)
        yield from open_data.as_csv((_cells(entry) for entry in entries), COLUMNS)


def _cells(entry: AuditEntry) -> Mapping[str, Cell]:
    return {
        "id": entry.id,
        "made_at": entry.made_at.astimezone(settings().zone).isoformat(timespec="seconds"),
        "staff": entry.staff_id,
        "act": entry.act,
        "subject": entry.subject,
        "detail": _as_json(entry.detail),
        "previous_digest": entry.previous_digest,
        "digest": entry.digest,
    }


def _as_json(detail: Mapping[str, object]) -> str:
    return json.dumps(detail, ensure_ascii=False, sort_keys=True)


def _line(entry: AuditEntry, names: Mapping[int, str]) -> LogLine:
    return LogLine(
        id=entry.id,
        made_at=entry.made_at,
        name=names.get(entry.staff_id or 0, ""),
        act=ACTS.get(entry.act, entry.act),
        subject=_subject_words(entry.subject, names),
        detail=_as_json(entry.detail) if entry.detail else "",
    )


def _subject_words(subject: str, names: Mapping[int, str]) -> str:
    """A member's name in place of the number by which the log knows the account."""
    kind, _colon, number = subject.partition(":")
    if kind == "staff" and number.isascii() and number.isdigit():
        return names.get(int(number), subject)
    return subject


def _narrowed() -> LogFilter:
    """What the address narrows the log by; what cannot be read narrows nothing."""
    given = request.args
    member = given.get("member", "")
    is_number = member.isascii() and member.isdigit() and len(member) < 10
    return LogFilter(
        staff_id=int(member) if is_number else None,
        act=given.get("act", "")[:64],
        subject=given.get("subject", "").strip()[:SUBJECT_MAX],
        first=_day(given.get("from", "")),
        last=_day(given.get("to", "")),
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _active(narrowed: LogFilter, names: Mapping[int, str]) -> list[tuple[str, str]]:
    """What the log is narrowed by in words, each with the address without it."""
    found: list[tuple[str, str]] = []
    if narrowed.staff_id is not None:
        name = names.get(narrowed.staff_id, str(narrowed.staff_id))
        found.append((name, address_without("member")))
    if narrowed.act:
        found.append((str(ACTS.get(narrowed.act, narrowed.act)), address_without("act")))
    if narrowed.subject:
        found.append((narrowed.subject, address_without("subject")))
    if narrowed.first is not None:
        words = _("from %(day)s", day=narrowed.first.isoformat())
        found.append((str(words), address_without("from")))
    if narrowed.last is not None:
        words = _("to %(day)s", day=narrowed.last.isoformat())
        found.append((str(words), address_without("to")))
    return found
