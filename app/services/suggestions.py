"""What citizens send: submitting, reading, looking up, revising, withdrawing, supporting."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.exc import StaleDataError

from app.engines.moderation.assessment import assess
from app.engines.moderation.tagging import TagProposal
from app.engines.moderation.workflow import next_state
from app.engines.text.language import detect
from app.engines.text.normalise import clean, has_words, normalise
from app.engines.text.personal_data import PersonalDataKind
from app.engines.text.personal_data import find as find_personal_data
from app.errors import InvalidInputError, NotFoundError, StaleEditError
from app.models import (
    Campaign,
    Chapter,
    Decision,
    District,
    Plan,
    PlanItem,
    Suggestion,
    Support,
    Tag,
)
from app.models.suggestion import TEXT_MAX, TEXT_MIN, TITLE_MAX, TITLE_MIN
from app.secrecy import Keys, plain_lookup_code
from app.services import (
    flags,
    indexing,
    insult_words,
    numbering,
    pauses,
    plans,
    turns,
    working_days,
)
from app.services.paging import Page, paged
from app.services.tagging import tag_model
from app.services.texts import Pieces, in_pieces
from app.vocabulary import (
    Channel,
    DocumentType,
    Language,
    ModerationAction,
    Question,
    ReviewCause,
    ReviewState,
    SuggestionKind,
    TagSource,
    Visibility,
)

NEIGHBOURS = (
    selectinload(Suggestion.district),
    selectinload(Suggestion.tags)
    .selectinload(Tag.item)
    .options(selectinload(PlanItem.texts), selectinload(PlanItem.plan)),
)
"""What a page about one suggestion reads beside its row."""


@dataclass(frozen=True)
class Draft:
    """What a citizen wrote, checked for shape only."""

    question: Question
    kind: SuggestionKind
    title: str
    text: str
    item_numbers: tuple[int, ...] = ()
    district_code: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    nickname: str | None = None
    contact: str | None = None
    has_consented: bool = False
    campaign_slug: str | None = None


@dataclass(frozen=True)
class Sender:
    """Who sends, as far as the portal wants to know: keyed hashes and the form's own key."""

    person_key: str
    source_key: str | None
    idempotency_key: str


@dataclass(frozen=True)
class Terms:
    """The portal's settings that submitting depends on."""

    plan_year: int
    number_prefix: str
    review_working_days: int


@dataclass(frozen=True)
class Receipt:
    """A suggestion and the look-up code that only its author learns."""

    suggestion: Suggestion
    lookup_code: str


def cleaned(draft: Draft) -> Draft:
    """The draft as it will be stored; raises InvalidInputError for what cannot be taken.

    Lengths are counted in characters after cleaning, so that invisible ones buy nothing.
    """
    title = " ".join(clean(draft.title).split())
    text = clean(draft.text)
    _refuse_unfit("title", title, TITLE_MIN, TITLE_MAX)
    _refuse_unfit("text", text, TEXT_MIN, TEXT_MAX)
    contact = clean(draft.contact or "") or None
    if contact and not draft.has_consented:
        raise InvalidInputError("has_consented", "missing")
    return Draft(
        question=draft.question,
        kind=draft.kind,
        title=title,
        text=text,
        item_numbers=draft.item_numbers,
        district_code=draft.district_code,
        visibility=draft.visibility,
        nickname=" ".join(clean(draft.nickname or "").split()) or None,
        contact=contact,
        has_consented=draft.has_consented,
        campaign_slug=draft.campaign_slug,
    )


def _refuse_unfit(name: str, text: str, shortest: int, longest: int) -> None:
    if len(text) < shortest:
        raise InvalidInputError(name, "too_short")
    if len(text) > longest:
        raise InvalidInputError(name, "too_long")
    if not has_words(text):
        raise InvalidInputError(name, "no_words")


def submit(
    session: Session,
    draft: Draft,
    sender: Sender,
    *,
    keys: Keys,
    terms: Terms,
    now: datetime,
    today: date,
) -> Receipt:
    """Store the suggestion as pending and return its receipt.

    The same idempotency key always returns the same receipt: a double click, a reload and the
    back button make one suggestion. The look-up code is derived from that key, so it need not
    be stored. Raises InvalidInputError and NotFoundError (campaign or district).
    """
    code = lookup_code_of(sender.idempotency_key, keys=keys)
    turns.wait_for(session, f"form {sender.idempotency_key}")
    known = session.scalar(
        select(Suggestion).where(Suggestion.idempotency_key == sender.idempotency_key)
    )
    if known is not None:
        return Receipt(known, code)
    fit = cleaned(draft)
    words = insult_words.every(session)
    assessment = assess(fit.title, fit.text, kind=fit.kind, insult_words=words)
    suggestion = Suggestion(
        number=numbering.suggestion_number(session, prefix=terms.number_prefix, year=today.year),
        lookup_hash=keys.hash("lookup", plain_lookup_code(code)),
        idempotency_key=sender.idempotency_key,
        channel=Channel.PORTAL,
        campaign_id=_campaign_id(session, fit.campaign_slug, today=today),
        question=fit.question,
        kind=fit.kind,
        language=detect(f"{fit.title}\n{fit.text}"),
        title=fit.title,
        text=fit.text,
        district_code=_known_district(session, fit.district_code),
        visibility=fit.visibility,
        nickname=fit.nickname,
        contact_sealed=keys.seal(fit.contact) if fit.contact else None,
        contact_consent_at=now if fit.contact else None,
        person_key=sender.person_key,
        source_key=sender.source_key,
        signs=assessment.sign_codes(),
        priority=assessment.priority,
        submitted_at=now,
        due_on=working_days.rules(session).due_on(today, working_days=terms.review_working_days),
        tags=[],
    )
    session.add(suggestion)
    tag_by_numbers(
        session, suggestion, fit.item_numbers, source=TagSource.CITIZEN, year=terms.plan_year
    )
    if not suggestion.tags:
        proposals = propose_items(session, f"{fit.title}\n{fit.text}", year=terms.plan_year)
        tag_by_numbers(
            session,
            suggestion,
            [proposal.number for proposal in proposals[:1]],
            source=TagSource.MACHINE,
            year=terms.plan_year,
        )
    session.flush()
    flags.raise_by_machine(session, suggestion, now=now)
    return Receipt(suggestion, code)


def lookup_code_of(idempotency_key: str, *, keys: Keys) -> str:
    """The look-up code that belongs to a form's key, such as `7KQM-X2DP-9RTA`."""
    return keys.code("lookup code", idempotency_key)


def receipt(session: Session, idempotency_key: str, *, keys: Keys) -> Receipt:
    """The receipt of the suggestion sent with that key; raises NotFoundError."""
    found = session.scalar(select(Suggestion).where(Suggestion.idempotency_key == idempotency_key))
    if found is None:
        raise NotFoundError("receipt", "")
    return Receipt(found, lookup_code_of(idempotency_key, keys=keys))


def _campaign_id(session: Session, slug: str | None, *, today: date) -> int | None:
    if slug is None:
        return None
    campaign = session.scalar(select(Campaign).where(Campaign.slug == slug))
    if campaign is None:
        raise NotFoundError("campaign", slug)
    if not campaign.is_open(today):
        raise InvalidInputError("campaign", "closed")
    return campaign.id


def _known_district(session: Session, code: str | None) -> str | None:
    if code is None:
        return None
    if session.get(District, code) is None:
        raise InvalidInputError("district", "unknown")
    return code


def tag_by_numbers(
    session: Session,
    suggestion: Suggestion,
    numbers: Sequence[int],
    *,
    source: TagSource,
    year: int,
) -> None:
    """Make the suggestion's tags those items; a tag that stays keeps who set it."""
    wanted = {item.id: item for item in plans.choices(session, year) if item.number in numbers}
    if len(wanted) != len(set(numbers)):
        raise InvalidInputError("items", "unknown")
    suggestion.tags = [tag for tag in suggestion.tags if tag.item_id in wanted]
    present = {tag.item_id for tag in suggestion.tags}
    suggestion.tags.extend(
        Tag(item_id=item_id, source=source) for item_id in sorted(wanted) if item_id not in present
    )


def propose_items(session: Session, text: str, *, year: int) -> Sequence[TagProposal]:
    """The plan items that a text seems to speak of, with the words that speak for them."""
    return tag_model(plans.choices(session, year), year=year).suggest(text)


@dataclass(frozen=True)
class ProposedItem:
    """A plan item that a text may belong to, and the words of the text that say so."""

    item: PlanItem
    words: tuple[str, ...]


def proposed_items(session: Session, text: str, *, year: int) -> Sequence[ProposedItem]:
    """The plan items that a text seems to speak of, best first, with their texts."""
    items = {item.number: item for item in plans.choices(session, year)}
    found = tag_model(list(items.values()), year=year).suggest(text)
    return [ProposedItem(items[proposal.number], proposal.words) for proposal in found]


@dataclass(frozen=True)
class Noticed:
    """What an author should see before sending: personal data in the words, fitting items."""

    language: Language
    title: Pieces
    text: Pieces
    personal_data: tuple[PersonalDataKind, ...]
    items: Sequence[ProposedItem]


def look_over(session: Session, draft: Draft, *, year: int) -> Noticed:
    """Personal data in the draft, and items it may belong to where its author chose none."""
    in_title, in_text = find_personal_data(draft.title), find_personal_data(draft.text)
    words = f"{draft.title}\n{draft.text}"
    return Noticed(
        language=detect(words),
        title=in_pieces(draft.title, in_title),
        text=in_pieces(draft.text, in_text),
        personal_data=tuple(dict.fromkeys(span.kind for span in (*in_title, *in_text))),
        items=() if draft.item_numbers else proposed_items(session, words, year=year),
    )


def chapters_to_choose(session: Session, year: int) -> Sequence[Chapter]:
    """The year's chapters with their items, named, for an author to choose from."""
    return session.scalars(
        select(Chapter)
        .join(Chapter.plan)
        .where(Plan.year == year)
        .options(
            selectinload(Chapter.texts), selectinload(Chapter.items).selectinload(PlanItem.texts)
        )
        .order_by(Chapter.number)
    ).all()


@dataclass(frozen=True)
class ListFilter:
    """How a reader narrows the public list."""

    item_number: int | None = None
    question: Question | None = None
    district_code: str | None = None
    language: Language | None = None


def public_list(session: Session, narrowed: ListFilter, *, number: int) -> Page[Suggestion]:
    """One page of what anybody may read, newest first."""
    query = _narrow(
        select(Suggestion)
        .where(Suggestion.publicly_visible())
        .options(
            selectinload(Suggestion.district),
            selectinload(Suggestion.tags).selectinload(Tag.item).selectinload(PlanItem.texts),
        )
        .order_by(Suggestion.published_at.desc(), Suggestion.id.desc()),
        narrowed,
    )
    return paged(session, query, number=number)


def _narrow(query: Select[Suggestion], narrowed: ListFilter) -> Select[Suggestion]:
    if narrowed.item_number is not None:
        query = query.where(
            Suggestion.tags.any(Tag.item.has(PlanItem.number == narrowed.item_number))
        )
    if narrowed.question is not None:
        query = query.where(Suggestion.question == narrowed.question)
    if narrowed.district_code is not None:
        query = query.where(Suggestion.district_code == narrowed.district_code)
    if narrowed.language is not None:
        query = query.where(Suggestion.language == narrowed.language)
    return query


def canonical_number(typed: str) -> str:
    """A suggestion's number as it is stored, however it was typed: `ｑｄ-2023-000123` too."""
    return "".join(normalise(typed[:60]).split()).upper()


def public_one(session: Session, number: str) -> Suggestion:
    """The suggestion of that number if anybody may read it; raises NotFoundError."""
    found = session.scalar(
        select(Suggestion)
        .where(Suggestion.number == number, Suggestion.publicly_visible())
        .options(*NEIGHBOURS)
    )
    if found is None:
        raise NotFoundError("suggestion", number)
    return found


@dataclass(frozen=True)
class Tracked:
    """What the author sees of a suggestion: its state and every decision, oldest first."""

    suggestion: Suggestion
    decisions: Sequence[Decision] = field(default_factory=tuple)


def look_up(session: Session, number: str, code: str, *, keys: Keys) -> Tracked:
    """The suggestion that number and code open; raises one NotFoundError for either being wrong.

    The row is found by the code's hash, so a wrong number costs the same as a wrong code.
    """
    hashed = keys.hash("lookup", plain_lookup_code(code[:60]))
    found = session.scalar(
        select(Suggestion).where(Suggestion.lookup_hash == hashed).options(*NEIGHBOURS)
    )
    if found is None or found.number != canonical_number(number):
        raise NotFoundError("suggestion", "look-up")
    return Tracked(found, decisions_on(session, found.id))


def author_view(session: Session, number: str) -> Tracked:
    """What its author sees of the suggestion; only for one who has shown number and code.

    Raises NotFoundError.
    """
    found = session.scalar(
        select(Suggestion).where(Suggestion.number == number).options(*NEIGHBOURS)
    )
    if found is None:
        raise NotFoundError("suggestion", number)
    return Tracked(found, decisions_on(session, found.id))


def decisions_on(session: Session, suggestion_id: int) -> Sequence[Decision]:
    """Every decision on the suggestion, oldest first, with staff and reason."""
    return session.scalars(
        select(Decision)
        .where(Decision.suggestion_id == suggestion_id)
        .options(selectinload(Decision.staff), selectinload(Decision.reason))
        .order_by(Decision.id)
    ).all()


@dataclass(frozen=True)
class Revision:
    """A returned suggestion's new wording, and the version its author saw."""

    title: str
    text: str
    seen_version: int


def revise(session: Session, suggestion: Suggestion, revision: Revision, *, now: datetime) -> None:
    """Put the author's new wording back into the queue."""
    if suggestion.version != revision.seen_version:
        raise StaleEditError(revision.seen_version, suggestion.version)
    target = next_state(suggestion.review_state, ModerationAction.REVISE)
    title = " ".join(clean(revision.title).split())
    text = clean(revision.text)
    _refuse_unfit("title", title, TITLE_MIN, TITLE_MAX)
    _refuse_unfit("text", text, TEXT_MIN, TEXT_MAX)
    before = suggestion.review_state
    # What is read is read first: a question in between would write half of the change.
    words = insult_words.every(session)
    pauses.end(session, suggestion, now=now)
    suggestion.title, suggestion.text = title, text
    # What was masked belonged to words that its author has replaced.
    suggestion.original_text = suggestion.original_sealed = None
    suggestion.language = detect(f"{title}\n{text}")
    assessment = assess(title, text, kind=suggestion.kind, insult_words=words)
    suggestion.signs = assessment.sign_codes()
    suggestion.priority = assessment.priority
    suggestion.review_state, suggestion.review_cause = target, ReviewCause.REVISED
    _by_author(session, suggestion, ModerationAction.REVISE, before, now=now)
    flags.raise_by_machine(session, suggestion, now=now)


def withdraw(session: Session, suggestion: Suggestion, *, now: datetime) -> None:
    """Take the suggestion back for its author; it leaves every public page."""
    before = suggestion.review_state
    after = next_state(before, ModerationAction.WITHDRAW)
    pauses.end(session, suggestion, now=now)
    suggestion.review_state = after
    suggestion.review_cause = None
    _by_author(session, suggestion, ModerationAction.WITHDRAW, before, now=now)
    indexing.enqueue_suggestion(session, suggestion.id, now=now)


def _by_author(
    session: Session,
    suggestion: Suggestion,
    action: ModerationAction,
    before: ReviewState,
    *,
    now: datetime,
) -> None:
    seen = suggestion.version
    try:
        session.flush()
    except StaleDataError as error:
        # Somebody's change came between reading the row and writing it.
        raise StaleEditError(seen, seen + 1) from error
    session.add(
        Decision(
            suggestion_id=suggestion.id,
            action=action,
            from_state=before,
            to_state=suggestion.review_state,
            version_after=suggestion.version,
            decided_at=now,
        )
    )


def support(
    session: Session, number: str, *, person_key: str, source_key: str | None, now: datetime
) -> None:
    """Count one person's "me too" once; the author's own does not count."""
    suggestion = public_one(session, number)
    if suggestion.person_key == person_key:
        raise InvalidInputError("support", "own")
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql_insert if is_postgresql else sqlite_insert
    session.execute(
        insert(Support)
        .values(
            suggestion_id=suggestion.id,
            person_key=person_key,
            source_key=source_key,
            supported_at=now,
        )
        .on_conflict_do_nothing()
    )
    _recount(session, suggestion, now=now)


def unsupport(session: Session, number: str, *, person_key: str, now: datetime) -> None:
    """Take one person's "me too" back."""
    suggestion = public_one(session, number)
    session.execute(
        delete(Support).where(
            Support.suggestion_id == suggestion.id, Support.person_key == person_key
        )
    )
    _recount(session, suggestion, now=now)


def _recount(session: Session, suggestion: Suggestion, *, now: datetime) -> None:
    """Write the count without raising the version: support is no change to what was said."""
    # Whoever counts holds the row, or two who count at once would each miss the other's support.
    session.execute(
        select(Suggestion.id).where(Suggestion.id == suggestion.id).with_for_update(key_share=True)
    )
    counted = session.scalar(
        select(func.count()).select_from(Support).where(Support.suggestion_id == suggestion.id)
    )
    session.execute(
        update(Suggestion).where(Suggestion.id == suggestion.id).values(support_count=counted or 0)
    )
    indexing.enqueue(session, DocumentType.SUGGESTION, suggestion.id, now=now)


def supports(session: Session, suggestion_id: int, person_key: str | None) -> bool:
    """Whether that person supports the suggestion."""
    return person_key is not None and (
        session.get(Support, (suggestion_id, person_key)) is not None
    )


def districts(session: Session) -> Sequence[District]:
    """The city's districts in their customary order."""
    return session.scalars(select(District).order_by(District.position)).all()
