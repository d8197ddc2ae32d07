"""Suggestions that are one matter: joining them, taking them apart, and taking either back.

Nothing is copied or added up: each suggestion keeps its number, words, code and state, and people
are counted anew over all members whenever they are shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CompoundSelect, Select, String, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import flag_modified

from app.engines.moderation import joining
from app.engines.moderation.joining import LEAST_MEMBERS, Change, Facts
from app.engines.search.document import document_key
from app.engines.search.index import SearchIndex
from app.engines.search.similar import SimilarRequest
from app.engines.text import personal_data
from app.errors import (
    IndexUnavailableError,
    InvalidInputError,
    InvalidTransitionError,
    NotFoundError,
    StaleEditError,
)
from app.models import Matter, MatterChange, MatterMember, StaffMember, Suggestion, Support
from app.services import audit, search, suggestions, turns
from app.services.paging import Page, paged
from app.services.staff import require
from app.vocabulary import DocumentType, MatterAction, ReviewState, Role

MOST_MEMBERS = 200
"""So many suggestions in one matter can still be looked through on one page."""

# --- What a matter is ----------------------------------------------------------------------------


@dataclass(frozen=True)
class MatterView:
    """A matter as it stands: its members, published ones first, and how many people it is about.

    `people` counts each author and each supporter of any member once; who took a suggestion back
    is not counted as its author. `elsewhere` adds up the support that imported members brought
    with them, in which nobody can be told from anybody.
    """

    matter: Matter
    lead: Suggestion
    members: Sequence[Suggestion]
    people: int
    elsewhere: int

    @property
    def public_members(self) -> Sequence[Suggestion]:
        """The members that anybody may read."""
        return [member for member in self.members if member.is_public]

    @property
    def face(self) -> Suggestion | None:
        """The member whose public page speaks for all: the lead, else the first that is public."""
        if self.lead.is_public:
            return self.lead
        return next(iter(self.public_members), None)

    def public_others(self, suggestion: Suggestion) -> Sequence[Suggestion]:
        """The members beside this one that anybody may read."""
        return [member for member in self.public_members if member.id != suggestion.id]


def of(session: Session, suggestion_id: int) -> MatterView | None:
    """The matter a suggestion is in now, or None."""
    matter = session.scalar(
        select(Matter)
        .join(MatterMember, MatterMember.matter_id == Matter.id)
        .where(MatterMember.suggestion_id == suggestion_id, MatterMember.left_at.is_(None))
    )
    return None if matter is None else _view(session, matter)


def supports(session: Session, suggestion_id: int, person_key: str | None) -> bool:
    """Whether that person supports the suggestion or another member of its matter."""
    if person_key is None:
        return False
    mine = MatterMember.suggestion_id == suggestion_id
    matter = select(MatterMember.matter_id).where(mine, MatterMember.left_at.is_(None))
    joined = select(MatterMember.suggestion_id).where(
        MatterMember.matter_id.in_(matter), MatterMember.left_at.is_(None)
    )
    found = select(Support.suggestion_id).where(
        Support.person_key == person_key,
        or_(Support.suggestion_id == suggestion_id, Support.suggestion_id.in_(joined)),
    )
    return session.scalar(found.limit(1)) is not None


def _view(session: Session, matter: Matter) -> MatterView | None:
    """The matter with its members; None once it has none."""
    members = _members_of(session, [matter.id])
    if not members:
        return None
    return MatterView(
        matter=matter,
        lead=next(member for member in members if member.id == matter.lead_id),
        members=members,
        people=people_among(session, [member.id for member in members]),
        elsewhere=sum(member.outside_support for member in members),
    )


def _members_of(session: Session, matter_ids: Iterable[int]) -> Sequence[Suggestion]:
    """The present members of all these matters: public ones first, then as they joined."""
    rows = session.scalars(
        select(Suggestion)
        .join(MatterMember, MatterMember.suggestion_id == Suggestion.id)
        .where(MatterMember.matter_id.in_(list(matter_ids)), MatterMember.left_at.is_(None))
        .options(selectinload(Suggestion.district))
        .order_by(MatterMember.id)
    ).all()
    return sorted(rows, key=_place)


def _place(suggestion: Suggestion) -> tuple[bool, bool]:
    return (not suggestion.is_public, suggestion.review_state is not ReviewState.PUBLISHED)


def people_among(session: Session, suggestion_ids: Sequence[int]) -> int:
    """How many people wrote or support these suggestions, each counted once."""
    voices = _voices(suggestion_ids).subquery()
    return session.scalar(select(func.count(voices.c.person.distinct()))) or 0


def _voices(ids: Sequence[int] | Select[int]) -> CompoundSelect[int, str]:
    """Every voice under these suggestions, with whose it is."""
    # An imported author is known by the name given where it came from, whatever key it got here.
    outside = literal("outside ", String) + Suggestion.outside_author
    author = case((Suggestion.outside_author.is_not(None), outside), else_=Suggestion.person_key)
    written = select(Suggestion.id.label("suggestion_id"), author.label("person")).where(
        Suggestion.id.in_(ids), Suggestion.review_state != ReviewState.WITHDRAWN
    )
    supported = select(Support.suggestion_id, Support.person_key).where(
        Support.suggestion_id.in_(ids)
    )
    return union_all(written, supported)


def list_title(suggestion: Suggestion) -> str:
    """The title, fit for a list that lies open on a screen."""
    return personal_data.mask(suggestion.title, personal_data.find(suggestion.title))


# --- Joining -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class JoinPlan:
    """What joining would make: every member it would have, and the matters that become one.

    `members` holds the chosen ones and what is joined with them already; `seen` is what the page
    sends back, so that a colleague's change in between is noticed.
    """

    members: Sequence[Suggestion]
    chosen: Sequence[Suggestion]
    matters: Sequence[Matter]
    people: int

    @property
    def seen(self) -> Mapping[int, int]:
        """The version of each matter concerned, by its id."""
        return {matter.id: matter.version for matter in self.matters}

    @property
    def lead(self) -> Suggestion:
        """Who may best lead: who leads already and is public, else the first member."""
        leading = {matter.lead_id for matter in self.matters}
        fit = [each for each in self.members if each.id in leading and each.is_public]
        return (fit or list(self.members))[0]


def plan_merge(session: Session, numbers: Sequence[str]) -> JoinPlan:
    """What joining these suggestions would make, whole matters with them.

    Raises NotFoundError for a number that is not known, and InvalidInputError for `numbers` where
    one was withdrawn, fewer than two would be joined, too many, or all are one matter already.
    """
    chosen = _by_numbers(session, numbers)
    if any(each.review_state is ReviewState.WITHDRAWN for each in chosen):
        raise InvalidInputError("numbers", "withdrawn")
    matters = _matters_with(session, [each.id for each in chosen])
    joined = _members_of(session, [matter.id for matter in matters])
    known = {each.id for each in joined}
    members = sorted([*joined, *(each for each in chosen if each.id not in known)], key=_place)
    if len(members) < LEAST_MEMBERS:
        raise InvalidInputError("numbers", "too_few")
    if len(members) > MOST_MEMBERS:
        raise InvalidInputError("numbers", "too_many")
    if len(matters) == 1 and len(joined) == len(members):
        raise InvalidInputError("numbers", "joined")
    people = people_among(session, [each.id for each in members])
    return JoinPlan(members, chosen, matters, people)


def merge(
    session: Session,
    numbers: Sequence[str],
    *,
    lead: str,
    by: StaffMember,
    now: datetime,
    seen: Mapping[int, int] | None = None,
) -> MatterChange:
    """Join suggestions, and the matters they are in, into one matter led by `lead`.

    `seen` are the versions of the matters that were on the screen. Raises NotAllowedError,
    StaleEditError, what `plan_merge` raises, and InvalidInputError for a lead from outside.
    """
    _begin(session, by)
    plan = plan_merge(session, numbers)
    if seen is not None and dict(seen) != plan.seen:
        raise StaleEditError(sum(seen.values()), sum(plan.seen.values()))
    first = next((each for each in plan.members if each.number == lead), None)
    if first is None:
        raise InvalidInputError("lead", "unknown")
    present = _facts(session, plan.members, [matter.id for matter in plan.matters])
    target = present.members[first.id] or min(present.leads, default=None)
    if target is None:
        target = _new_matter(session, first, now=now)
    members = dict.fromkeys(present.members, target)
    after = joining.settled(present, members, {target: first.id})
    return _change(session, MatterAction.MERGE, present, after, by=by, now=now)


# --- Taking apart --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """Some members of a matter, by number, and the matter's version that was on the screen."""

    matter_id: int
    numbers: Sequence[str]
    seen_version: int


def split(
    session: Session, chosen: Chosen, *, lead: str | None = None, by: StaffMember, now: datetime
) -> MatterChange:
    """Take members out: with a `lead` into a matter of their own, without one each stands alone.

    Raises NotAllowedError, NotFoundError, StaleEditError, and InvalidInputError for `numbers`
    (none, not a member, or all of them into one again) or a `lead` that is not among them.
    """
    _begin(session, by)
    leaving, present = _leaving(session, chosen)
    target = None
    leads: dict[int, int | None] = {}
    if lead is not None:
        first = next((each for each in leaving if each.number == lead), None)
        if first is None:
            raise InvalidInputError("lead", "unknown")
        if len(leaving) < LEAST_MEMBERS:
            raise InvalidInputError("numbers", "too_few")
        if len(leaving) == len(present.members):
            raise InvalidInputError("numbers", "all")
        target = _new_matter(session, first, now=now)
        leads[target] = first.id
    members = dict.fromkeys([each.id for each in leaving], target)
    after = joining.settled(present, members, leads)
    return _change(session, MatterAction.SPLIT, present, after, by=by, now=now)


def move(
    session: Session, chosen: Chosen, *, to: str, by: StaffMember, now: datetime
) -> MatterChange:
    """Take members to where the suggestion `to` is: its matter, or a new one that it leads.

    Raises what `split` raises, and InvalidInputError for a `to` that is not known, was withdrawn,
    or is in the same matter.
    """
    _begin(session, by)
    leaving, present = _leaving(session, chosen)
    try:
        (goal,) = _by_numbers(session, [to])
    except NotFoundError as error:
        raise InvalidInputError("to", "unknown") from error
    if goal.review_state is ReviewState.WITHDRAWN:
        raise InvalidInputError("to", "withdrawn")
    if goal.id in present.members:
        raise InvalidInputError("to", "same")
    matters = _matters_with(session, [goal.id])
    others = _members_of(session, [matter.id for matter in matters]) or [goal]
    if len(others) + len(leaving) > MOST_MEMBERS:
        raise InvalidInputError("to", "too_many")
    there = _facts(session, others, [matter.id for matter in matters])
    present = Facts({**present.members, **there.members}, {**present.leads, **there.leads})
    target = matters[0].id if matters else _new_matter(session, goal, now=now)
    lead = matters[0].lead_id if matters else goal.id
    members = dict.fromkeys([goal.id, *(each.id for each in leaving)], target)
    after = joining.settled(present, members, {target: lead})
    return _change(session, MatterAction.MOVE, present, after, by=by, now=now)


def set_lead(session: Session, chosen: Chosen, *, by: StaffMember, now: datetime) -> MatterChange:
    """Let the one chosen member lead; raises what `split` raises."""
    _begin(session, by)
    leading, present = _leaving(session, chosen)
    if len(leading) != 1:
        raise InvalidInputError("numbers", "too_many")
    if present.leads[chosen.matter_id] == leading[0].id:
        raise InvalidInputError("numbers", "leads_already")
    after = joining.settled(present, {}, {chosen.matter_id: leading[0].id})
    return _change(session, MatterAction.MOVE, present, after, by=by, now=now)


def _leaving(session: Session, chosen: Chosen) -> tuple[Sequence[Suggestion], Facts]:
    matter = session.get(Matter, chosen.matter_id)
    if matter is None:
        raise NotFoundError("matter", str(chosen.matter_id))
    if matter.version != chosen.seen_version:
        raise StaleEditError(chosen.seen_version, matter.version)
    members = _members_of(session, [matter.id])
    leaving = [each for each in members if each.number in chosen.numbers]
    if not leaving:
        raise InvalidInputError("numbers", "missing")
    if len(leaving) != len(set(chosen.numbers)):
        raise InvalidInputError("numbers", "unknown")
    return leaving, _facts(session, members, [matter.id])


# --- Taking back ---------------------------------------------------------------------------------


def undo(session: Session, change_id: int, *, by: StaffMember, now: datetime) -> MatterChange:
    """Take a change back, whenever the history without it would still have been possible.

    Raises NotAllowedError, NotFoundError, and InvalidTransitionError whose `state` says why not:
    `undone`, `undo` (a taking back is not taken back; join or split again), or the id of the first
    later change that builds on it.
    """
    _begin(session, by)
    row = session.get(MatterChange, change_id)
    if row is None:
        raise NotFoundError("matter change", str(change_id))
    if row.action is MatterAction.UNDO:
        raise InvalidTransitionError("undo", "undo")
    if row.undone_by_id is not None:
        raise InvalidTransitionError("undo", "undone")
    later = [_as_change(each) for each in _holding_after(session, row.id)]
    undone = _as_change(row)
    present = _present(session)
    in_the_way = joining.first_in_the_way(present, undone, later)
    if in_the_way is not None:
        raise InvalidTransitionError("undo", str(in_the_way))
    touched = Facts(
        {key: present.members.get(key) for key in undone.was.members},
        {key: present.leads[key] for key in undone.after.leads},
    )
    restored = Facts(undone.was.members, {**touched.leads, **undone.was.leads})
    made = _change(session, MatterAction.UNDO, touched, restored, by=by, now=now)
    row.undone_by_id = made.id
    session.flush()
    return made


def _holding_after(session: Session, change_id: int) -> Sequence[MatterChange]:
    return session.scalars(
        select(MatterChange)
        .where(
            MatterChange.id > change_id,
            MatterChange.action != MatterAction.UNDO,
            MatterChange.undone_by_id.is_(None),
        )
        .order_by(MatterChange.id)
    ).all()


def _present(session: Session) -> Facts:
    """Where every joined suggestion is now, and who leads every matter."""
    rows = session.execute(
        select(MatterMember.suggestion_id, MatterMember.matter_id).where(
            MatterMember.left_at.is_(None)
        )
    )
    members: dict[int, int | None] = dict(rows.all())
    joined = set(members.values())
    leads = session.execute(select(Matter.id, Matter.lead_id))
    return Facts(members, {key: lead if key in joined else None for key, lead in leads})


# --- The history ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A change in the history, its suggestions by number.

    `moved` gives for each suggestion the matter it left and the one it came to, None for none;
    `leads` gives for each matter that changed its lead who leads it since; `undoes` is the change
    that it took back.
    """

    change: MatterChange
    moved: Mapping[str, tuple[int | None, int | None]]
    leads: Mapping[int, str]
    undoes: int | None

    @property
    def holds(self) -> bool:
        """Whether it is in effect; a taking back is not itself taken back."""
        return self.change.undone_by_id is None and self.change.action is not MatterAction.UNDO


def history(session: Session, matter_id: int) -> Sequence[Entry]:
    """Every change that touched the matter, newest first."""
    key = ("leads", str(matter_id))
    # Whoever leads before or after: a matter that was touched had members on one side at least.
    touched = or_(
        MatterChange.before[key].as_integer().is_not(None),
        MatterChange.after[key].as_integer().is_not(None),
    )
    rows = session.scalars(
        select(MatterChange)
        .where(touched)
        .options(selectinload(MatterChange.staff))
        .order_by(MatterChange.id.desc())
    ).all()
    return _entries(session, rows)


def entry(session: Session, change_id: int) -> Entry:
    """One change; raises NotFoundError."""
    row = session.scalar(
        select(MatterChange)
        .where(MatterChange.id == change_id)
        .options(selectinload(MatterChange.staff))
    )
    if row is None:
        raise NotFoundError("matter change", str(change_id))
    return _entries(session, [row])[0]


def _entries(session: Session, rows: Sequence[MatterChange]) -> Sequence[Entry]:
    changes = {row.id: _as_change(row) for row in rows}
    named = {key for each in changes.values() for key in each.after.members}
    named |= {lead for each in changes.values() for lead in each.after.leads.values() if lead}
    found = session.execute(
        select(Suggestion.id, Suggestion.number).where(Suggestion.id.in_(named))
    )
    numbers = dict(found.all())
    undone = session.execute(
        select(MatterChange.undone_by_id, MatterChange.id).where(
            MatterChange.undone_by_id.in_(changes)
        )
    )
    undoes = dict(undone.all())
    return [_entry(row, changes[row.id], numbers, undoes.get(row.id)) for row in rows]


def _entry(
    row: MatterChange, change: Change, numbers: Mapping[int, str], undoes: int | None
) -> Entry:
    became = change.became
    return Entry(
        change=row,
        moved={
            numbers.get(key, "?"): (change.before.members.get(key), matter)
            for key, matter in became.members.items()
        },
        leads={key: numbers.get(lead, "?") for key, lead in became.leads.items() if lead},
        undoes=undoes,
    )


# --- What the desk reads -------------------------------------------------------------------------


@dataclass(frozen=True)
class MatterRow:
    """A line of the list of matters."""

    matter: Matter
    title: str
    members: int
    people: int


def listed(session: Session, *, page: int) -> Page[MatterRow]:
    """One page of the matters that have members, the newest first."""
    joined = select(MatterMember.matter_id).where(MatterMember.left_at.is_(None))
    found = paged(
        session,
        select(Matter)
        .where(Matter.id.in_(joined))
        .options(selectinload(Matter.lead))
        .order_by(Matter.id.desc()),
        number=page,
    )
    counts = _counts(session, [matter.id for matter in found.rows])
    rows = [MatterRow(each, list_title(each.lead), *counts[each.id]) for each in found.rows]
    return Page(rows, found.number, found.per_page, found.total)


def _counts(session: Session, matter_ids: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """How many members and how many people, for each of the matters."""
    present = (MatterMember.matter_id.in_(matter_ids), MatterMember.left_at.is_(None))
    voices = _voices(select(MatterMember.suggestion_id).where(*present)).subquery()
    rows = session.execute(
        select(
            MatterMember.matter_id,
            func.count(MatterMember.id.distinct()),
            func.count(voices.c.person.distinct()),
        )
        .outerjoin(voices, voices.c.suggestion_id == MatterMember.suggestion_id)
        .where(*present)
        .group_by(MatterMember.matter_id)
    )
    return {matter_id: (members, people) for matter_id, members, people in rows}


@dataclass(frozen=True)
class MatterDesk:
    """A matter on the desk with its history; `view` is None once it has no members."""

    matter: Matter
    view: MatterView | None
    entries: Sequence[Entry]


def desk(session: Session, matter_id: int) -> MatterDesk:
    """The matter of that id, dissolved or not; raises NotFoundError."""
    matter = session.get(Matter, matter_id)
    if matter is None:
        raise NotFoundError("matter", str(matter_id))
    return MatterDesk(matter, _view(session, matter), history(session, matter.id))


@dataclass(frozen=True)
class JoinDesk:
    """A suggestion that is to be joined, its matter, and what resembles it.

    `similar` is None when the search index cannot be read.
    """

    suggestion: Suggestion
    view: MatterView | None
    similar: Sequence[tuple[Suggestion, search.Shown]] | None


def join_desk(session: Session, number: str, *, index: SearchIndex) -> JoinDesk:
    """What helps to find what a suggestion belongs with; raises NotFoundError."""
    (suggestion,) = _by_numbers(session, [number])
    view = of(session, suggestion.id)
    joined = [each.id for each in view.members] if view else [suggestion.id]
    request = SimilarRequest(
        title=suggestion.title,
        text=suggestion.text,
        items=tuple(f"{tag.item.plan.year}-{tag.item.number}" for tag in suggestion.tags),
        district=suggestion.district_code or "",
        exclude=frozenset(document_key(DocumentType.SUGGESTION, each) for each in joined),
    )
    try:
        similar = search.similar_shown(session, index, request)
    except IndexUnavailableError:
        # A number can be typed without it; the page says that it is missing.
        similar = None
    return JoinDesk(suggestion, view, similar)


# --- Reading and writing the facts ---------------------------------------------------------------


def _begin(session: Session, by: StaffMember) -> None:
    require(by, "join", Role.MODERATOR)
    # Two who join at once must see one another, whichever rows they touch.
    turns.wait_for(session, "matters")


def _by_numbers(session: Session, numbers: Sequence[str]) -> Sequence[Suggestion]:
    """The suggestions of these numbers, each once; raises NotFoundError."""
    wanted = list(dict.fromkeys(suggestions.canonical_number(each) for each in numbers))
    rows = session.scalars(
        select(Suggestion).where(Suggestion.number.in_(wanted)).options(*suggestions.NEIGHBOURS)
    )
    found = {row.number: row for row in rows}
    for number in wanted:
        if number not in found:
            raise NotFoundError("suggestion", number)
    return [found[number] for number in wanted]


def _matters_with(session: Session, suggestion_ids: Sequence[int]) -> Sequence[Matter]:
    joined = select(MatterMember.matter_id).where(
        MatterMember.suggestion_id.in_(suggestion_ids), MatterMember.left_at.is_(None)
    )
    return session.scalars(select(Matter).where(Matter.id.in_(joined)).order_by(Matter.id)).all()


def _facts(session: Session, members: Sequence[Suggestion], matter_ids: Sequence[int]) -> Facts:
    """Where these suggestions are, in their order, and who leads these matters."""
    rows = session.execute(
        select(MatterMember.suggestion_id, MatterMember.matter_id).where(
            MatterMember.matter_id.in_(matter_ids), MatterMember.left_at.is_(None)
        )
    )
    places = dict(rows.all())
    leads = session.execute(select(Matter.id, Matter.lead_id).where(Matter.id.in_(matter_ids)))
    return Facts({each.id: places.get(each.id) for each in members}, dict(leads.all()))


def _new_matter(session: Session, lead: Suggestion, *, now: datetime) -> int:
    matter = Matter(lead_id=lead.id, made_at=now)
    session.add(matter)
    session.flush()
    return matter.id


def _change(
    session: Session,
    action: MatterAction,
    before: Facts,
    after: Facts,
    *,
    by: StaffMember,
    now: datetime,
) -> MatterChange:
    """Make the facts so, and write down what was and what is."""
    known = Facts(before.members, {key: before.leads.get(key) for key in after.leads})
    became = Change(0, known, after).became
    _move(session, became.members, now=now)
    _touch(session, after.leads)
    row = MatterChange(
        action=action,
        before=_stored(Facts({key: known.members[key] for key in became.members}, known.leads)),
        after=_stored(Facts(became.members, after.leads)),
        staff_id=by.id,
        made_at=now,
    )
    session.add(row)
    session.flush()
    audit.append(
        session,
        act=f"matter.{action.value}",
        subject=f"matter {min(after.leads)}",
        detail={"change": row.id, "before": row.before, "after": row.after},
        staff=by,
        now=now,
    )
    return row


def _move(session: Session, members: Mapping[int, int | None], *, now: datetime) -> None:
    ending = session.scalars(
        select(MatterMember).where(
            MatterMember.suggestion_id.in_(members), MatterMember.left_at.is_(None)
        )
    )
    for membership in ending:
        membership.left_at = now
    # What ends must be written before what begins: a suggestion is in one matter at most.
    session.flush()
    session.add_all(
        MatterMember(matter_id=matter_id, suggestion_id=suggestion_id, joined_at=now)
        for suggestion_id, matter_id in members.items()
        if matter_id is not None
    )


def _touch(session: Session, leads: Mapping[int, int | None]) -> None:
    """Write who leads and raise each matter's version; a matter without members keeps its last."""
    for matter in session.scalars(select(Matter).where(Matter.id.in_(leads))):
        lead_id = leads[matter.id]
        if lead_id is not None:
            matter.lead_id = lead_id
        flag_modified(matter, "lead_id")


def _stored(facts: Facts) -> dict[str, object]:
    return {
        "members": {str(key): value for key, value in facts.members.items()},
        "leads": {str(key): value for key, value in facts.leads.items()},
    }


def _as_change(row: MatterChange) -> Change:
    return Change(row.id, _read(row.before), _read(row.after))


def _read(stored: Mapping[str, object]) -> Facts:
    return Facts(_ids(stored["members"]), _ids(stored["leads"]))


def _ids(stored: object) -> dict[int, int | None]:
    pairs: Mapping[str, int | None] = stored if isinstance(stored, dict) else {}
    return {int(key): value for key, value in pairs.items()}
