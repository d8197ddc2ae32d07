"""The queue: one table of what waits, narrowed by its address, with filters kept under names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.errors import InvalidInputError
from app.models import PlanItem
from app.models.review import SavedFilter
from app.resources import now, reading, settings, today, transaction
from app.services import bulk, moderation, plans, review_queue, suggestions
from app.services.moderation import JustDecided
from app.services.review_queue import Clock, Counts, QueueFilter, QueueRow
from app.vocabulary import ModerationAction, ReviewState, Role
from app.web import labels
from app.web.pagination import PageLinks, page_number
from app.web.security import requires, signed_in_staff
from app.web.staff import wording
from app.web.staff.forms import refuse
from app.web.staff.queue_forms import CONDITIONS, TAB, FilterNameForm, narrowing_in
from app.web.templating import name_of

bp = Blueprint("queue", __name__, url_prefix="/queue")

# Translators: what can be done to many suggestions at once.
ACTIONS: Mapping[ModerationAction, object] = {
    ModerationAction.PUBLISH: _l("Publish"),
    ModerationAction.RETAG: _l("Change the plan items"),
    ModerationAction.DECLINE: _l("Decline with a reason"),
    ModerationAction.SPAM: _l("Decline as spam"),
}

OLDER_THAN = (3, 7, 14, 30)
"""Days since sending that the form offers; the address takes any number up to 999."""


@bp.get("")
@requires(Role.MODERATOR)
def index() -> str:
    """One page of the queue, narrowed as the address says."""
    return _page(FilterNameForm(None))


@bp.get("/new")
@requires(Role.MODERATOR)
def new() -> ResponseReturnValue:
    """How many that fit came since the mark of the address, in numbers and words."""
    narrowed = _narrowed()
    with reading() as session:
        count = review_queue.new_count(session, narrowed, clock=clock())
    return jsonify(count=count, words=_new_words(count))


@bp.post("/filters")
@requires(Role.MODERATOR)
def save() -> ResponseReturnValue:
    """Keep the present narrowing under a name, and come back to it."""
    form = FilterNameForm()
    kept = _kept(*TAB, *CONDITIONS)
    if not form.validate():
        return _page(form), 422
    try:
        with transaction() as session:
            review_queue.save_filter(session, form.name.data, urlencode(kept), by=signed_in_staff())
    except InvalidInputError as error:
        refuse(form, "name", _refusal_words(error))
        return _page(form), 422
    return redirect(_address(kept), 303)


@bp.get("/filters")
@bp.get("/filters/<int(min=1, max=999999999):filter_id>/delete")
@requires(Role.MODERATOR)
def back(filter_id: int = 0) -> ResponseReturnValue:
    """Lead back from the address of a form: the language switch and a new sign-in end up here."""
    return redirect(url_for("staff.queue.index"), 303)


@bp.post("/filters/<int(min=1, max=999999999):filter_id>/delete")
@requires(Role.MODERATOR)
def delete(filter_id: int) -> ResponseReturnValue:
    """Forget one of the member's own filters."""
    with transaction() as session:
        review_queue.delete_filter(session, filter_id, by=signed_in_staff())
    return redirect(url_for("staff.queue.index"), 303)


def clock() -> Clock:
    """This moment and this day."""
    return Clock(now(), today())


def filter_of(query: str) -> QueueFilter:
    """The narrowing of a query that was kept; answers 422 where it is none."""
    return narrowing_in(MultiDict(parse_qsl(query)), staff_id=signed_in_staff().id)


def _narrowed() -> QueueFilter:
    return narrowing_in(request.args, staff_id=signed_in_staff().id)


def _refusal_words(error: InvalidInputError) -> str:
    if error.reason == "too_many":
        return str(_("You keep as many filters as there is room for. Delete one first."))
    if error.field == "query":
        return str(_("Narrow the queue first, by fewer words if need be; then give it a name."))
    return str(_("Enter a name of up to %(most)s characters.", most=review_queue.FILTER_NAME_MAX))


# --- Addresses ------------------------------------------------------------------------------------


def _kept(*names: str) -> dict[str, str]:
    found = {name: request.args.get(name, "") for name in names}
    return {name: value for name, value in found.items() if value}


def _with(base: str, arguments: Mapping[str, str]) -> str:
    return f"{base}?{urlencode(arguments)}" if arguments else base


def _address(arguments: Mapping[str, str]) -> str:
    return _with(url_for("staff.queue.index"), arguments)


def _without(*names: str) -> str:
    """The present tab and narrowing without these conditions, read anew from the first page."""
    kept = _kept(*TAB, *CONDITIONS)
    return _address({name: value for name, value in kept.items() if name not in names})


@dataclass(frozen=True)
class QueueLinks(PageLinks):
    """Page links that keep the mark: the list does not move while it is turned over."""

    since: str = ""

    def url(self, number: int) -> str:
        """The present list's address with another page number."""
        arguments = _kept(*TAB, *CONDITIONS)
        if number > 1:
            arguments["page"] = str(number)
        if self.since:
            arguments["since"] = self.since
        return _address(arguments)


# --- Showing --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A row of the queue with its facts in words."""

    row: QueueRow
    deadline: tuple[str, str] | None
    cause: str
    flags: Sequence[str]
    parts: Sequence[wording.Part]
    pick: str


@dataclass(frozen=True)
class Tab:
    """A part of the queue, how many are in it, and where it is."""

    words: str
    count: int
    address: str
    is_current: bool


@dataclass(frozen=True)
class Options:
    """What the queue can be narrowed by, as values with words."""

    items: Sequence[tuple[str, str]]
    questions: Sequence[tuple[str, str]]
    districts: Sequence[tuple[str, str]]
    languages: Sequence[tuple[str, str]]
    flags: Sequence[tuple[str, str]]
    ages: Sequence[tuple[str, str]]
    mine: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class News:
    """What came since the list was read: how many, in words, and where to see them."""

    count: int
    words: str
    fresh: str
    look: str
    poll: str


def _page(form: FilterNameForm) -> str:
    narrowed = _narrowed()
    present = clock()
    member = signed_in_staff()
    with reading() as session:
        mark = narrowed.since or review_queue.mark(session)
        counts = review_queue.counts(session)
        page = review_queue.page(session, narrowed, counts, number=page_number(), clock=present)
        arrived = review_queue.new_count(session, narrowed, clock=present)
        options = _options(session)
        saved = review_queue.saved_filters(session, member)
        done = _just_done(session)
    kept = _kept(*TAB, *CONDITIONS)
    return render_template(
        "staff/moderation/queue.html",
        form=form,
        lines=[_line(row) for row in page.rows],
        total=page.total,
        links=QueueLinks(**vars(PageLinks.of(page)), since=str(mark)),
        narrowed=narrowed,
        typed={name: request.args.get(name, "") for name in CONDITIONS},
        tabs=_tabs(narrowed, counts),
        tab_words=_tab_words(narrowed),
        tab={name: value for name, value in kept.items() if name in TAB},
        all_of_tab=_without(*CONDITIONS),
        chips=_chips(narrowed, options),
        options=options,
        saved=[_saved(row, kept) for row in saved],
        save_address=_with(url_for("staff.queue.save"), kept),
        narrowing=urlencode({**kept, "since": str(mark)}),
        news=_news(arrived, kept, str(mark)) if narrowed.state is None else None,
        read_at=present.now,
        actions=[(action.value, str(ACTIONS[action])) for action in bulk.ACTIONS],
        most=bulk.MOST,
        me=member.id,
        done=done,
        done_words=wording.what_was_done(done) if done else "",
    )


def _just_done(session: Session) -> JustDecided | None:
    number = request.args.get("done", "")[:24]
    if not number:
        return None
    return moderation.just_decided(session, number, by=signed_in_staff(), now=now())


def _line(row: QueueRow) -> Line:
    cause = row.suggestion.review_cause
    return Line(
        row=row,
        deadline=wording.deadline(row.days_left),
        cause=str(labels.review_cause[cause]) if cause else "",
        flags=[wording.flag(code) for code in row.flag_codes],
        parts=[wording.priority_part(part) for part in row.parts],
        pick=f"{row.suggestion.number}:{row.suggestion.version}",
    )


def _options(session: Session) -> Options:
    items: Sequence[PlanItem] = plans.choices(session, settings().plan_year)
    return Options(
        items=[(str(item.number), wording.item(item)) for item in items],
        questions=[(member.value, str(words)) for member, words in labels.question.items()],
        districts=[
            (district.code, name_of(district)) for district in suggestions.districts(session)
        ],
        languages=[(member.value, str(words)) for member, words in labels.language.items()],
        flags=[(code, str(words)) for code, words in labels.sign.items()],
        ages=[
            ("overdue", str(_("Overdue"))),
            ("today", str(_("Due today"))),
            *((f"older-{days}", _older_words(days)) for days in OLDER_THAN),
        ],
        mine=[("yes", str(_("Claimed by me")))],
    )


def _older_words(days: int) -> str:
    return str(ngettext("Sent more than %(num)s day ago", "Sent more than %(num)s days ago", days))


def _tabs(narrowed: QueueFilter, counts: Counts) -> list[Tab]:
    """What waits, by cause, and what is done with, by state; a tab starts unnarrowed."""
    is_all = narrowed.state is None and narrowed.cause is None
    tabs = [Tab(str(_("All waiting")), counts.waiting, _address({}), is_all)]
    tabs += [
        Tab(
            str(labels.review_cause[cause]),
            count,
            _address({"cause": cause.value}),
            narrowed.state is None and cause is narrowed.cause,
        )
        for cause, count in counts.causes.items()
    ]
    tabs += [
        Tab(
            str(labels.review_state[state]),
            count,
            _address({"state": state.value}),
            state is narrowed.state,
        )
        for state, count in counts.states.items()
        if state is not ReviewState.PENDING
    ]
    return tabs


def _tab_words(narrowed: QueueFilter) -> str:
    if narrowed.state is not None:
        return str(labels.review_state[narrowed.state])
    return str(labels.review_cause[narrowed.cause]) if narrowed.cause else str(_("All waiting"))


def _chips(narrowed: QueueFilter, options: Options) -> list[tuple[str, str]]:
    """Each way the queue is narrowed, with the address that takes it off."""
    item = str(narrowed.item_number or "")
    age = _older_words(narrowed.older_than) if narrowed.older_than else ""
    flag = narrowed.flag_code or ""
    district = narrowed.district_code or ""
    chosen = (
        ("item", dict(options.items).get(item, item)),
        ("question", dict(options.questions).get(narrowed.question or "", "")),
        ("district", dict(options.districts).get(district, district)),
        ("language", dict(options.languages).get(narrowed.language or "", "")),
        ("flag", flag and wording.flag(flag)),
        ("age", dict(options.ages).get(narrowed.due or "", age)),
        ("mine", str(_("Claimed by me")) if narrowed.claimed_by else ""),
        ("q", _("“%(words)s”", words=narrowed.words) if narrowed.words else ""),
    )
    return [(words, _without(name)) for name, words in chosen if words]


@dataclass(frozen=True)
class Saved:
    """A kept filter with its address."""

    name: str
    address: str
    delete: str
    is_current: bool


def _saved(row: SavedFilter, kept: Mapping[str, str]) -> Saved:
    return Saved(
        name=row.name,
        address=f"{url_for('staff.queue.index')}?{row.query}",
        delete=url_for("staff.queue.delete", filter_id=row.id),
        is_current=dict(parse_qsl(row.query)) == dict(kept),
    )


def _news(count: int, kept: Mapping[str, str], mark: str) -> News:
    arguments = {**kept, "since": mark}
    return News(
        count=count,
        words=_new_words(count),
        fresh=_address(kept),
        look=_address(arguments),
        poll=_with(url_for("staff.queue.new"), arguments),
    )


def _new_words(count: int) -> str:
    return str(ngettext("%(num)s new since you looked", "%(num)s new since you looked", count))
