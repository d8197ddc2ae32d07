"""Compiling by hand: rename, move, exclude, restore, publish; every act is a line in the ledger."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, not_, select
from sqlalchemy.orm import Session, defer, selectinload
from sqlalchemy.orm.attributes import flag_modified

from app.engines.search.document import document_key
from app.engines.search.index import SearchIndex
from app.engines.search.similar import SimilarRequest
from app.engines.text.normalise import clean, has_words
from app.errors import (
    IndexUnavailableError,
    InvalidInputError,
    InvalidTransitionError,
    NotFoundError,
    StaleEditError,
)
from app.models import (
    Edition,
    HotIssue,
    HotIssueMember,
    HotIssueText,
    LedgerEntry,
    StaffMember,
    Suggestion,
)
from app.services import hot_issue_evidence, indexing, search, turns
from app.services.paging import Page, paged
from app.services.staff import require
from app.vocabulary import DocumentType, EditionStatus, Language, LedgerAction, Role

ISSUE_TITLE_MIN, ISSUE_TITLE_MAX = 4, 80
PLACE_MAX, PEOPLE_MAX, REASON_MIN, REASON_MAX = 60, 60, 4, 300


@dataclass(frozen=True)
class Spot:
    """One issue of one edition, and the edition's version that was on the screen."""

    edition: int
    issue: int
    seen_version: int


@dataclass(frozen=True)
class Wording:
    """An issue's words in one language; place and people may be empty."""

    title: str
    place: str = ""
    people: str = ""


# Every act below raises NotAllowedError, NotFoundError, StaleEditError when a colleague was
# faster, and InvalidTransitionError when the edition is no draft any more.


def rename(
    session: Session,
    spot: Spot,
    language: Language,
    wording: Wording,
    *,
    by: StaffMember,
    now: datetime,
) -> None:
    """Give the issue other words in a language, or its first; raises InvalidInputError too."""
    edition = _open(session, spot.edition, "rename", by=by, seen_version=spot.seen_version)
    issue = _issue_of(edition, spot.issue)
    after = _fit_wording(wording)
    text = next((text for text in issue.texts if text.language is language), None)
    before = Wording(text.title, text.place, text.people) if text else None
    if before == after:
        raise InvalidInputError("title", "unchanged")
    if text is None:
        text = HotIssueText(language=language)
        issue.texts.append(text)
    text.title, text.place, text.people = after.title, after.place, after.people
    text.is_proposed = False
    detail: dict[str, object] = {
        "issue": issue.number,
        "language": language.value,
        "before": asdict(before) if before else None,
        "after": asdict(after),
    }
    _enter(session, edition, LedgerAction.RENAMED, detail, by=by, now=now)


def move(session: Session, spot: Spot, to_rank: int, *, by: StaffMember, now: datetime) -> None:
    """Give the issue another place in the list; raises InvalidInputError too."""
    edition = _open(session, spot.edition, "move", by=by, seen_version=spot.seen_version)
    issue = _issue_of(edition, spot.issue)
    if issue.rank is None:
        raise InvalidTransitionError("move", "excluded")
    others = [one for one in _in_order(edition) if one is not issue]
    ranked = [one for one in others if one.rank is not None]
    if not 1 <= to_rank <= len(ranked) + 1:
        raise InvalidInputError("to_rank", "out_of_range")
    if to_rank == issue.rank:
        raise InvalidInputError("to_rank", "unchanged")
    detail: dict[str, object] = {"issue": issue.number, "from": issue.rank, "to": to_rank}
    behind = ranked[to_rank - 1] if to_rank <= len(ranked) else None
    place = others.index(behind) if behind else others.index(ranked[-1]) + 1
    _renumber([*others[:place], issue, *others[place:]])
    _enter(session, edition, LedgerAction.MOVED, detail, by=by, now=now)


def exclude(session: Session, spot: Spot, reason: str, *, by: StaffMember, now: datetime) -> None:
    """Leave the issue out, with a reason that the public will read; raises InvalidInputError."""
    edition = _open(session, spot.edition, "exclude", by=by, seen_version=spot.seen_version)
    issue = _issue_of(edition, spot.issue)
    if issue.rank is None:
        raise InvalidTransitionError("exclude", "excluded")
    fit = _fit("reason", reason, REASON_MAX)
    _refuse_too_little("reason", fit, REASON_MIN)
    detail: dict[str, object] = {"issue": issue.number, "from": issue.rank, "reason": fit}
    issue.exclusion_reason = fit
    _renumber(_in_order(edition))
    _enter(session, edition, LedgerAction.EXCLUDED, detail, by=by, now=now)


def restore(session: Session, spot: Spot, *, by: StaffMember, now: datetime) -> None:
    """Take an excluded issue back into the list, at the place it had."""
    edition = _open(session, spot.edition, "restore", by=by, seen_version=spot.seen_version)
    issue = _issue_of(edition, spot.issue)
    if issue.rank is not None:
        raise InvalidTransitionError("restore", "ranked")
    issue.exclusion_reason = None
    _renumber(_in_order(edition))
    detail: dict[str, object] = {"issue": issue.number, "to": issue.rank}
    _enter(session, edition, LedgerAction.RESTORED, detail, by=by, now=now)


def publish(
    session: Session,
    number: int,
    *,
    by: StaffMember | None,
    now: datetime,
    seen_version: int | None = None,
) -> Edition:
    """Freeze the edition and make it public; an older one of the same period is superseded.

    The command line has neither a staff member nor a version on a screen. Raises
    InvalidInputError when no issue is left in the list.
    """
    edition = _open(session, number, "publish", by=by, seen_version=seen_version)
    if all(issue.rank is None for issue in edition.issues):
        raise InvalidInputError("issues", "none_in_the_list")
    record = hot_issue_evidence.collect(session, edition, published_at=now)
    edition.evidence = hot_issue_evidence.canonical(record)
    edition.digest = hot_issue_evidence.digest_of(edition.evidence)
    edition.published_at = now
    edition.status = EditionStatus.PUBLISHED
    # Two lists of one period that are published together must see one another.
    turns.wait_for(session, f"publish {edition.from_on} {edition.to_on}")
    _supersede(session, edition, now=now)
    detail: dict[str, object] = {"digest": edition.digest}
    _enter(session, edition, LedgerAction.PUBLISHED, detail, by=by, now=now)
    for issue in edition.issues:
        indexing.enqueue(session, DocumentType.ISSUE, issue.id, now=now)
    return edition


def _supersede(session: Session, edition: Edition, *, now: datetime) -> None:
    older = session.scalars(
        select(Edition)
        .where(
            Edition.status == EditionStatus.PUBLISHED,
            Edition.from_on == edition.from_on,
            Edition.to_on == edition.to_on,
            Edition.id != edition.id,
        )
        .options(selectinload(Edition.issues), defer(Edition.evidence))
    ).all()
    for each in older:
        each.status = EditionStatus.SUPERSEDED
        for issue in each.issues:
            indexing.enqueue(session, DocumentType.ISSUE, issue.id, now=now)


def _open(
    session: Session, number: int, act: str, *, by: StaffMember | None, seen_version: int | None
) -> Edition:
    """The draft edition with its issues and words, locked against colleagues until the end."""
    if by is not None:
        require(by, "compile", Role.COMPILER)
    edition = session.scalar(
        select(Edition)
        .where(Edition.number == number)
        .options(selectinload(Edition.issues).selectinload(HotIssue.texts), defer(Edition.evidence))
        .with_for_update()
    )
    if edition is None:
        raise NotFoundError("edition", str(number))
    if edition.status is not EditionStatus.DRAFT:
        raise InvalidTransitionError(act, edition.status.value)
    if seen_version is not None and seen_version != edition.version:
        raise StaleEditError(seen_version, edition.version)
    return edition


def _issue_of(edition: Edition, number: int) -> HotIssue:
    for issue in edition.issues:
        if issue.number == number:
            return issue
    raise NotFoundError("issue", str(number))


def _in_order(edition: Edition) -> list[HotIssue]:
    return sorted(edition.issues, key=lambda issue: issue.position)


def _renumber(issues: Sequence[HotIssue]) -> None:
    """Write positions and ranks in this order; an excluded issue keeps a position only."""
    rank = 0
    for position, issue in enumerate(issues, 1):
        issue.position = position
        if issue.exclusion_reason is None:
            rank += 1
            issue.rank = rank
        else:
            issue.rank = None


def _enter(
    session: Session,
    edition: Edition,
    action: LedgerAction,
    detail: dict[str, object],
    *,
    by: StaffMember | None,
    now: datetime,
) -> None:
    """Write the ledger's line and raise the edition's version, also where only issues changed."""
    session.add(
        LedgerEntry(
            edition_id=edition.id,
            staff_id=by.id if by else None,
            action=action,
            detail=detail,
            made_at=now,
        )
    )
    flag_modified(edition, "message_count")
    session.flush()


def _fit_wording(wording: Wording) -> Wording:
    title = _fit("title", wording.title, ISSUE_TITLE_MAX)
    _refuse_too_little("title", title, ISSUE_TITLE_MIN)
    return Wording(
        title=title,
        place=_fit("place", wording.place, PLACE_MAX),
        people=_fit("people", wording.people, PEOPLE_MAX),
    )


def _fit(name: str, typed: str, longest: int) -> str:
    text = " ".join(clean(typed).split())
    if len(text) > longest:
        raise InvalidInputError(name, "too_long")
    return text


def _refuse_too_little(name: str, text: str, shortest: int) -> None:
    if len(text) < shortest:
        raise InvalidInputError(name, "too_short")
    if not has_words(text):
        raise InvalidInputError(name, "no_words")


# What the desk reads.


def editions(session: Session, *, page: int) -> Page[Edition]:
    """One page of all editions, newest first, drafts included."""
    query = select(Edition).options(defer(Edition.evidence)).order_by(Edition.number.desc())
    return paged(session, query, number=page)


@dataclass(frozen=True)
class Workbench:
    """An edition on the desk: a page of its issues, what was changed, what left the public."""

    edition: Edition
    issues: Page[HotIssue]
    ranked: int
    excluded: int
    no_longer_public: int
    ledger: Sequence[LedgerEntry]


def workbench(session: Session, number: int, *, page: int) -> Workbench:
    """The edition of that number, whatever its state; raises NotFoundError."""
    edition = _edition(session, number)
    query = (
        select(HotIssue)
        .where(HotIssue.edition_id == edition.id)
        .options(selectinload(HotIssue.texts))
        .order_by(HotIssue.position)
    )
    ranked = session.scalar(
        select(func.count()).where(HotIssue.edition_id == edition.id, HotIssue.rank.is_not(None))
    )
    issues = paged(session, query, number=page)
    return Workbench(
        edition=edition,
        issues=issues,
        ranked=ranked or 0,
        excluded=issues.total - (ranked or 0),
        no_longer_public=_no_longer_public(session, edition.id),
        ledger=ledger_of(session, edition.id),
    )


def _no_longer_public(session: Session, edition_id: int) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(HotIssueMember)
            .join(HotIssueMember.issue)
            .join(HotIssueMember.suggestion)
            .where(
                HotIssue.edition_id == edition_id,
                HotIssue.rank.is_not(None),
                not_(Suggestion.publicly_visible()),
            )
        )
        or 0
    )


@dataclass(frozen=True)
class IssueDesk:
    """One issue on the desk with one page of its messages, and how many places the list has."""

    edition: Edition
    issue: HotIssue
    ranked: int
    members: Page[Suggestion]


def issue_desk(session: Session, number: int, issue_number: int, *, page: int) -> IssueDesk:
    """The issue of an edition, whatever its state; raises NotFoundError."""
    edition = _edition(session, number)
    issue = session.scalar(
        select(HotIssue)
        .where(HotIssue.edition_id == edition.id, HotIssue.number == issue_number)
        .options(selectinload(HotIssue.texts))
    )
    if issue is None:
        raise NotFoundError("issue", str(issue_number))
    ranked = session.scalar(
        select(func.count()).where(HotIssue.edition_id == edition.id, HotIssue.rank.is_not(None))
    )
    members = (
        select(Suggestion)
        .join(HotIssueMember, HotIssueMember.suggestion_id == Suggestion.id)
        .where(HotIssueMember.issue_id == issue.id)
        .order_by(HotIssueMember.position)
    )
    return IssueDesk(edition, issue, ranked or 0, paged(session, members, number=page))


def similar(
    session: Session, index: SearchIndex, desk: IssueDesk
) -> Sequence[tuple[Suggestion, search.Shown]] | None:
    """Published suggestions like the issue's first one that are not in it, phrases marked.

    None where the search index cannot be read; nothing where the first one is no longer public.
    """
    lead = desk.members.rows[0] if desk.members.rows else None
    if lead is None or not lead.is_public:
        return ()
    members = session.scalars(
        select(HotIssueMember.suggestion_id).where(HotIssueMember.issue_id == desk.issue.id)
    )
    request = SimilarRequest(
        title=lead.title,
        text=lead.text,
        district=lead.district_code or "",
        exclude=frozenset(document_key(DocumentType.SUGGESTION, member) for member in members),
    )
    try:
        return search.similar_shown(session, index, request)
    except IndexUnavailableError:
        return None


def changes_since(session: Session, number: int, version: int) -> Sequence[LedgerEntry]:
    """What colleagues changed after the version somebody saw, oldest first.

    Each act raises the version by one and writes one line, and the draft itself is version 1.
    """
    return ledger_of(session, _edition(session, number).id)[max(0, version - 1) :]


def ledger_of(session: Session, edition_id: int) -> Sequence[LedgerEntry]:
    """The changes made by hand, oldest first; the machine's long first line is left out."""
    return session.scalars(
        select(LedgerEntry)
        .where(LedgerEntry.edition_id == edition_id, LedgerEntry.action != LedgerAction.DRAFTED)
        .options(selectinload(LedgerEntry.staff))
        .order_by(LedgerEntry.id)
    ).all()


def _edition(session: Session, number: int) -> Edition:
    edition = session.scalar(
        select(Edition).where(Edition.number == number).options(defer(Edition.evidence))
    )
    if edition is None:
        raise NotFoundError("edition", str(number))
    return edition
