"""Where the author follows a suggestion: by number and code, without an account.

The code is asked for once; after that the server's session knows what was opened, so that
neither number nor code stands in an address.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError

from app.errors import InvalidInputError, InvalidTransitionError, NotFoundError, StaleEditError
from app.models import Decision
from app.resources import keys, limited, now, reading, today, transaction
from app.services import suggestions
from app.services.suggestions import Revision, Tracked
from app.vocabulary import ModerationAction, ReviewState
from app.web import labels
from app.web.errors import page_for
from app.web.public.forms import RevisionForm, TrackForm
from app.web.sessions import renew_session
from app.web.templating import format_day, in_both, name_of

bp = Blueprint("track", __name__)

STATE_TONES = {
    ReviewState.PENDING: "open",
    ReviewState.RETURNED: "attention",
    ReviewState.PUBLISHED: "done",
    ReviewState.DECLINED: "neutral",
    ReviewState.WITHDRAWN: "neutral",
}


@dataclass(frozen=True)
class Step:
    """Something that happened, in words for the timeline."""

    title: str
    when: str
    iso: str
    text: str
    tone: str


@bp.get("/track")
def index() -> Response:
    """Ask for number and code; the address may bring the number along."""
    form = TrackForm(formdata=None, data={"number": request.args.get("number", "")[:24]})
    return _private(_ask(form), 200)


@bp.post("/track")
@limited(lambda chosen: chosen.lookups_per_hour, counts=lambda answer: answer.status_code == 404)
def look_up() -> ResponseReturnValue:
    """Open the suggestion; whichever of number and code is wrong, the answer is the same."""
    form = TrackForm()
    if not form.validate():
        return _private(_ask(form), 422)
    try:
        with reading() as database:
            tracked = suggestions.look_up(database, form.number.data, form.code.data, keys=keys())
    except NotFoundError:
        return _private(_ask(form, is_unknown=True), 404)
    session["tracked"] = tracked.suggestion.number
    renew_session()
    return redirect(url_for(".suggestion"), 303)


@bp.get("/track/suggestion")
def suggestion() -> ResponseReturnValue:
    """How the suggestion stands, and what its author can do."""
    number = _opened()
    if number is None:
        return redirect(url_for(".index"), 303)
    with reading() as database:
        tracked = suggestions.author_view(database, number)
    return _private(_standing(tracked, _revision_of(tracked)), 200)


@bp.get("/track/suggestion/revise")
@bp.get("/track/suggestion/withdraw")
@bp.get("/track/leave")
def by_address() -> ResponseReturnValue:
    """Who comes by the address of an act sees how things stand."""
    return redirect(url_for(".suggestion"), 303)


@bp.post("/track/suggestion/revise")
def revise() -> ResponseReturnValue:
    """Send a returned suggestion in again with a new wording."""
    number = _opened()
    form = RevisionForm()
    if number is None:
        return _private(_ask(TrackForm(formdata=None), rescued=form.text.data), 400)
    if not form.validate():
        return _again(number, form, status=422)
    wording = Revision(form.title.data, form.text.data, form.seen_version.data or 0)
    try:
        with transaction() as database:
            tracked = suggestions.author_view(database, number)
            suggestions.revise(database, tracked.suggestion, wording, now=now())
    except (StaleEditError, InvalidTransitionError):
        return _again(number, form, status=409)
    except InvalidInputError as error:
        wrong = form.title if error.field == "title" else form.text
        wrong.errors = [*wrong.errors, _("Use words or figures, so that somebody can read it.")]
        return _again(number, form, status=422)
    return redirect(url_for(".suggestion"), 303)


@bp.post("/track/suggestion/withdraw")
def withdraw() -> ResponseReturnValue:
    """Take the suggestion back; doing it twice does no harm."""
    number = _opened()
    if number is None:
        return redirect(url_for(".index"), 303)
    with transaction() as database:
        found = suggestions.author_view(database, number).suggestion
        if found.review_state is not ReviewState.WITHDRAWN:
            suggestions.withdraw(database, found, now=now())
    return redirect(url_for(".suggestion"), 303)


@bp.post("/track/leave")
def leave() -> ResponseReturnValue:
    """Forget in this browser what was opened, as on a computer that others use."""
    session.pop("tracked", None)
    session.pop("receipt_key", None)
    return redirect(url_for("public.home.index"), 303)


@bp.errorhandler(CSRFError)
def _page_expired(error: CSRFError) -> ResponseReturnValue:
    """An expired page comes back with what was typed."""
    name = (request.endpoint or "").rpartition(".")[2]
    number = _opened()
    if name == "look_up":
        return _private(_ask(TrackForm(), is_expired=True), 400)
    if name == "revise" and number is not None:
        return _again(number, RevisionForm(), status=400)
    if name == "revise":
        return _private(_ask(TrackForm(formdata=None), rescued=RevisionForm().text.data), 400)
    return page_for(400)


def _opened() -> str | None:
    found = session.get("tracked")
    return found if isinstance(found, str) else None


def _private(page: str, status: int) -> Response:
    """An answer that no cache keeps.

    The referrer policy stays `same-origin`: without any referrer the proof of origin of the
    forms on these pages would be refused over https, and other sites learn nothing either way.
    """
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _ask(
    form: TrackForm, *, is_unknown: bool = False, is_expired: bool = False, rescued: str = ""
) -> str:
    return render_template(
        "public/track/index.html",
        form=form,
        is_unknown=is_unknown,
        is_expired=is_expired,
        rescued=rescued,
    )


def _revision_of(tracked: Tracked) -> RevisionForm:
    row = tracked.suggestion
    return RevisionForm(
        formdata=None,
        data={
            "title": row.title,
            "text": row.original_text or row.text,
            "seen_version": row.version,
        },
    )


def _again(number: str, form: RevisionForm, *, status: int) -> Response:
    """The page once more, with the new wording kept and the version that is stored now."""
    with reading() as database:
        tracked = suggestions.author_view(database, number)
    if status == 409:
        form.seen_version.data = tracked.suggestion.version
        form.seen_version.raw_data = None
    return _private(_standing(tracked, form, status=status), status)


def _standing(tracked: Tracked, form: RevisionForm, *, status: int = 200) -> str:
    row = tracked.suggestion
    is_pending = row.review_state is ReviewState.PENDING
    return render_template(
        "public/track/suggestion.html",
        suggestion=row,
        form=form,
        status_code=status,
        steps=_steps(tracked),
        last=_last_reasoned(tracked.decisions),
        state=(labels.review_state[row.review_state], STATE_TONES[row.review_state]),
        is_late=is_pending and row.due_on is not None and row.due_on < today(),
    )


def _last_reasoned(decisions: Sequence[Decision]) -> Decision | None:
    """The decision that explains the present state, where one does."""
    last = next((each for each in reversed(decisions) if each.action in _STATE_ACTS), None)
    return last if last is not None and last.reason is not None else None


_STATE_ACTS = frozenset(ModerationAction) - {ModerationAction.RETAG}


def _steps(tracked: Tracked) -> list[Step]:
    row = tracked.suggestion
    first = Step(
        title=_("Your suggestion arrived"),
        when=format_day(row.submitted_at),
        iso=row.submitted_at.isoformat(timespec="minutes"),
        text=_("It was given the number %(number)s.", number=row.number),
        tone="neutral",
    )
    return [first, *(_step(decision) for decision in tracked.decisions)]


def _step(decision: Decision) -> Step:
    title, tone = _happened(decision.action)
    reason = decision.reason
    return Step(
        title=title if reason is None else f"{title} – {name_of(reason)}",
        when=format_day(decision.decided_at),
        iso=decision.decided_at.isoformat(timespec="minutes"),
        text=decision.note or (in_both(reason, "explain") if reason else ""),
        tone=tone,
    )


def _happened(action: ModerationAction) -> tuple[str, str]:
    """What an act is called to the author, and its tone."""
    return {
        ModerationAction.PUBLISH: (_("It was published"), "done"),
        ModerationAction.RETURN: (_("It came back to you with a question"), "attention"),
        ModerationAction.DECLINE: (_("It was not published"), "neutral"),
        ModerationAction.RETAG: (_("The office tied it to other items of the plan"), "neutral"),
        ModerationAction.REVISE: (_("You sent a new wording"), "open"),
        ModerationAction.WITHDRAW: (_("You withdrew it"), "neutral"),
        ModerationAction.REOPEN: (_("The office took it up again"), "open"),
    }[action]
