"""Where the author follows a suggestion: by number and code, without an account.

The code is asked for once; after that the server's session knows what was opened, so that
neither number nor code stands in an address.
"""

from collections.abc import Callable, Mapping, Sequence
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
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm import Session
from wtforms import TextAreaField

from app.errors import InvalidInputError, InvalidTransitionError, NotFoundError, StaleEditError
from app.models import Appeal, Decision, FollowUp, Suggestion
from app.resources import keys, limited, now, reading, settings, today, transaction
from app.services import answers, appeals, follow_ups, matters, originals, ratings, suggestions
from app.services.answers import Answered
from app.services.matters import MatterView
from app.services.queueing import Term
from app.services.suggestions import Revision, Tracked
from app.vocabulary import ReviewState
from app.web import labels
from app.web.answer_words import answer_lines
from app.web.errors import page_for
from app.web.public.author_forms import AppealForm, FollowUpForm, RatingForm
from app.web.public.forms import RevisionForm, TrackForm
from app.web.public.track_steps import steps
from app.web.sessions import renew_session

bp = Blueprint("track", __name__)

STATE_TONES = {
    ReviewState.PENDING: "open",
    ReviewState.RETURNED: "attention",
    ReviewState.PUBLISHED: "done",
    ReviewState.DECLINED: "neutral",
    ReviewState.WITHDRAWN: "neutral",
}


@dataclass(frozen=True)
class Standing:
    """All that the author's page shows: decisions, answers, appeal, matter and last question.

    `may_appeal`, `may_rate` and `is_asked` say which form is offered now.
    """

    tracked: Tracked
    answered: Sequence[Answered]
    appeal: Appeal | None
    question: FollowUp | None
    matter: MatterView | None
    may_appeal: bool
    may_rate: bool
    is_asked: bool


@dataclass(frozen=True)
class Forms:
    """The forms of the author's page; the one that was sent holds what was typed."""

    revision: RevisionForm
    rating: RatingForm
    appeal: AppealForm
    follow_up: FollowUpForm


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
    return _page(number, None, status=200)


@bp.get("/track/suggestion/revise")
@bp.get("/track/suggestion/withdraw")
@bp.get("/track/suggestion/rate")
@bp.get("/track/suggestion/appeal")
@bp.get("/track/suggestion/follow-up")
@bp.get("/track/leave")
def by_address() -> ResponseReturnValue:
    """Who comes by the address of an act sees how things stand."""
    return redirect(url_for(".suggestion"), 303)


@bp.post("/track/suggestion/revise")
def revise() -> ResponseReturnValue:
    """Send a returned suggestion in again with a new wording."""
    form = RevisionForm()

    def act(database: Session, found: Suggestion) -> None:
        wording = Revision(form.title.data, form.text.data, form.seen_version.data or 0)
        suggestions.revise(database, found, wording, now=now())

    return _acted(form, act, rescued=form.text.data)


@bp.post("/track/suggestion/rate")
def rate() -> ResponseReturnValue:
    """Grade the latest answer; a low grade opens the matter again."""
    form = RatingForm()

    def act(database: Session, found: Suggestion) -> None:
        ratings.rate(database, found, form.grades(), now=now(), term=_term())

    return _acted(form, act, rescued=form.note.data or "")


@bp.post("/track/suggestion/appeal")
def appeal() -> ResponseReturnValue:
    """Ask, once, that somebody else look at a refusal."""
    form = AppealForm()

    def act(database: Session, found: Suggestion) -> None:
        appeals.lodge(database, found, form.reasons.data or "", now=now(), term=_term())

    return _acted(form, act, rescued=form.reasons.data or "")


@bp.post("/track/suggestion/follow-up")
def follow_up() -> ResponseReturnValue:
    """Say whether it helped."""
    form = FollowUpForm()

    def act(database: Session, found: Suggestion) -> None:
        has_helped = form.helped.data == "yes"
        follow_ups.answer(database, found, has_helped=has_helped, today=today(), now=now())

    return _acted(form, act)


def _term() -> Term:
    return Term(today(), settings().review_working_days)


def _acted(
    form: FlaskForm, act: Callable[[Session, Suggestion], None], *, rescued: str = ""
) -> ResponseReturnValue:
    """Do it and show how things stand; else the page once more, with what was typed."""
    number = _opened()
    if number is None:
        return _private(_ask(TrackForm(formdata=None), rescued=rescued), 400)
    if not form.validate():
        return _page(number, form, status=422)
    try:
        with transaction() as database:
            act(database, suggestions.author_view(database, number).suggestion)
    except (StaleEditError, InvalidTransitionError):
        return _page(number, form, status=409)
    except InvalidInputError as error:
        wrong = form[error.field if error.field in form else "reasons"]
        wrong.errors = [*wrong.errors, _("Use words or figures, so that somebody can read it.")]
        return _page(number, form, status=422)
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
    if name not in _SENT:
        return page_for(400)
    form = _SENT[name]()
    if number is not None:
        return _page(number, form, status=400)
    return _private(_ask(TrackForm(formdata=None), rescued=_typed_text(form)), 400)


_SENT: Mapping[str, type[FlaskForm]] = {
    "revise": RevisionForm,
    "rate": RatingForm,
    "appeal": AppealForm,
    "follow_up": FollowUpForm,
}
"""The form behind each view that an author writes through."""


def _typed_text(form: FlaskForm | None) -> str:
    """What was typed as text, to be copied where the form itself is not shown any more."""
    fields = (field for field in form or () if isinstance(field, TextAreaField))
    return "".join(field.data or "" for field in fields)


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


def _revision_of(row: Suggestion) -> RevisionForm:
    """What its author sent, to be worded anew; what the office masked is whole again here."""
    try:
        sent = originals.words_sent(row, keys())
    except NotFoundError:
        # It was sealed under another secret: what everybody may read is all there is.
        sent = originals.Words(row.title, row.text)
    data = {"title": sent.title, "text": sent.text, "seen_version": row.version}
    return RevisionForm(formdata=None, data=data)


def _page(number: str, typed: FlaskForm | None, *, status: int) -> Response:
    """How the suggestion stands; a form that was refused keeps what was typed."""
    with reading() as database:
        standing = _standing(database, number)
    if status == 409 and isinstance(typed, RevisionForm):
        typed.seen_version.data = standing.tracked.suggestion.version
        typed.seen_version.raw_data = None
    return _private(_shown(standing, typed, status=status), status)


def _standing(database: Session, number: str) -> Standing:
    tracked = suggestions.author_view(database, number)
    row = tracked.suggestion
    answered = answers.published(database, row.id)
    question = follow_ups.of(database, row.id)
    return Standing(
        tracked=tracked,
        answered=answered,
        appeal=appeals.of(database, row.id),
        question=question,
        matter=matters.of(database, row.id),
        may_appeal=appeals.contested_decision(database, row) is not None,
        may_rate=row.review_state is ReviewState.PUBLISHED
        and bool(answered)
        and (answered[0].rating is None or ratings.is_changeable(answered[0].rating, now=now())),
        is_asked=follow_ups.is_asked(question, row, today=today()),
    )


def _forms(standing: Standing, typed: FlaskForm | None) -> Forms:
    """The forms, filled with what is stored or with what was typed."""
    rating = standing.answered[0].rating if standing.answered else None
    given = (
        {"attitude": str(rating.attitude), "result": str(rating.result), "note": rating.note}
        if rating is not None
        else {}
    )
    return Forms(
        revision=typed
        if isinstance(typed, RevisionForm)
        else _revision_of(standing.tracked.suggestion),
        rating=typed if isinstance(typed, RatingForm) else RatingForm(None, data=given),
        appeal=typed if isinstance(typed, AppealForm) else AppealForm(None),
        follow_up=typed if isinstance(typed, FollowUpForm) else FollowUpForm(None),
    )


def _is_offered(standing: Standing, form: FlaskForm | None) -> bool:
    """Whether the page shows that form as the suggestion stands now."""
    is_returned = standing.tracked.suggestion.review_state is ReviewState.RETURNED
    offered = {
        RevisionForm: is_returned,
        RatingForm: standing.may_rate,
        AppealForm: standing.may_appeal,
        FollowUpForm: standing.is_asked,
    }
    return any(isinstance(form, kind) for kind, is_shown in offered.items() if is_shown)


def _shown(standing: Standing, typed: FlaskForm | None, *, status: int) -> str:
    row = standing.tracked.suggestion
    is_waiting = row.review_state is ReviewState.PENDING
    return render_template(
        "public/track/suggestion.html",
        suggestion=row,
        is_masked=originals.is_kept(row),
        standing=standing,
        forms=_forms(standing, typed),
        typed=typed,
        typed_text=_typed_text(typed),
        is_left_over=bool(_typed_text(typed)) and not _is_offered(standing, typed),
        status_code=status,
        answers=[answer_lines(found) for found in standing.answered],
        steps=steps(standing.tracked, standing.answered, standing.question),
        last=_last_reasoned(standing.tracked),
        state=(labels.review_state[row.review_state], STATE_TONES[row.review_state]),
        is_late=is_waiting and row.due_on is not None and row.due_on < today(),
    )


def _last_reasoned(tracked: Tracked) -> Decision | None:
    """The decision that explains the present state, where one does."""
    state = tracked.suggestion.review_state
    if state not in {ReviewState.RETURNED, ReviewState.DECLINED}:
        return None
    explaining = (
        each
        for each in reversed(tracked.decisions)
        if each.to_state is state and each.reason is not None
    )
    return next(explaining, None)
