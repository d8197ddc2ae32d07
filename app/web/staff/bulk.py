"""Deciding on many at once: choose, look over, go through piece by piece, take back."""

import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.errors import InvalidInputError, NotFoundError
from app.resources import keys, now, reading, settings, transaction
from app.services import bulk, plans, review_queue
from app.services.bulk import Expected, Obstacle, Order, Outcome, Pick, Refusal
from app.vocabulary import ModerationAction, Role
from app.web.security import requires, signed_in_staff
from app.web.staff import wording
from app.web.staff.forms import refuse
from app.web.staff.queue import clock, filter_of
from app.web.staff.queue_forms import BulkForm
from app.web.templating import name_of

bp = Blueprint("bulk", __name__, url_prefix="/queue/bulk")

SHOWN = 200
"""Suggestions that a page of a batch lists one by one; of the others it says how many."""

JOB = "/<token>"

_KEPT = "bulk"
_PICK = re.compile(r"([A-Za-z0-9-]{1,24}):([1-9][0-9]{0,8})", re.ASCII)

OBSTACLES: Mapping[Obstacle, object] = {
    Obstacle.GONE: _l("It does not exist any more."),
    Obstacle.STALE: _l("It was changed after you saw it."),
    Obstacle.NOT_WAITING: _l("It no longer waits for a decision."),
    Obstacle.CLAIMED: _l("A colleague is working on it."),
    Obstacle.PERSONAL_DATA: _l("It may hold personal data: look at it by itself."),
    Obstacle.NOT_FITTING: _l("The action does not fit the state it is in."),
    Obstacle.NOT_ALLOWED: _l("Somebody else has to decide on this one."),
}


@dataclass(frozen=True)
class Job:
    """A batch as this browser's session keeps it: what was asked, how far it is, what came of it.

    `back` is the query of the list it was chosen from; `order` is None until it is confirmed.
    """

    token: str
    action: ModerationAction
    picks: tuple[Pick, ...]
    back: str = ""
    order: Order | None = None
    position: int = 0
    done: tuple[Pick, ...] = ()
    refused: tuple[Refusal, ...] = ()
    finished_at: datetime | None = None

    @property
    def is_undo(self) -> bool:
        """Whether it takes another batch back."""
        return self.action is ModerationAction.UNDO


# --- Choosing -------------------------------------------------------------------------------------


@bp.get("")
@requires(Role.MODERATOR)
def back() -> ResponseReturnValue:
    """Lead back from the address of a form: the language switch and a new sign-in end up here."""
    return redirect(url_for("staff.queue.index"), 303)


@bp.post("")
@requires(Role.MODERATOR)
def choose() -> ResponseReturnValue:
    """Note what is to be decided on, with the versions on the screen, and ask before it is done."""
    typed = request.form.get("action", "")
    if typed not in bulk.ACTIONS:
        abort(400)
    narrowing = request.form.get("narrowing", "")
    picks = _picks(request.form.get("scope", ""), narrowing)
    if not picks:
        return redirect(f"{url_for('staff.queue.index')}?{narrowing}", 303)
    job = Job(secrets.token_urlsafe(9), ModerationAction(typed), tuple(picks), back=narrowing)
    _keep(job)
    return redirect(_address(job), 303)


def _picks(scope: str, narrowing: str) -> Sequence[Pick]:
    """What was ticked, all that the page showed, or all that fits its narrowing."""
    if scope == "all":
        with reading() as database:
            found = review_queue.chosen(
                database, filter_of(narrowing), most=bulk.MOST, clock=clock()
            )
        return [Pick(number, version) for number, version in found]
    typed = request.form.getlist("shown" if scope == "page" else "pick")[: bulk.MOST]
    matches = [_PICK.fullmatch(each) for each in typed]
    return [Pick(match[1], int(match[2])) for match in matches if match]


# --- Going through --------------------------------------------------------------------------------


@bp.get(JOB)
@requires(Role.MODERATOR)
def job(token: str) -> str:
    """Where the batch stands: asked about, under way, or done."""
    found = _job(token)
    if found.order is None:
        return _confirm_page(found, _form(found))
    if found.finished_at is None:
        return _progress_page(found)
    return _result_page(found)


@bp.post(JOB)
@requires(Role.MODERATOR)
def start(token: str) -> ResponseReturnValue:
    """Begin a batch that was looked over."""
    found = _job(token)
    if found.order is not None:
        return redirect(_address(found), 303)
    form = _form(found)
    if not form.validate():
        return _confirm_page(found, form), 422
    order = form.order(found.action, begun_at=now())
    try:
        with reading() as database:
            bulk.check(database, order, plan_year=settings().plan_year)
    except InvalidInputError as error:
        refuse(form, error.field, _refusal_words(error))
        return _confirm_page(found, form), 422
    return _go_on(replace(found, order=order))


@bp.get(f"{JOB}/go")
@requires(Role.MODERATOR)
def go(token: str) -> ResponseReturnValue:
    """Decide on the next piece of a batch that was confirmed.

    The one GET that changes something: a page can only go on by itself, without a script, to an
    address. It does nothing that was not confirmed by a form, its token is a secret of this
    browser's session, and a piece that is asked for twice is done once.
    """
    found = _job(token)
    is_next = request.args.get("after", "") == str(found.position)
    if found.order is None or found.finished_at is not None or not is_next:
        return redirect(_address(found), 303)
    return _go_on(found)


@bp.get(f"{JOB}/undo")
@requires(Role.MODERATOR)
def asked_for_undo(token: str) -> ResponseReturnValue:
    """Lead back from the address of a form to the batch."""
    return redirect(_address(_job(token)), 303)


@bp.post(f"{JOB}/undo")
@requires(Role.MODERATOR)
def undo(token: str) -> ResponseReturnValue:
    """Take the whole batch back, as far as nothing has happened to its suggestions since."""
    found = _job(token)
    if not _may_undo(found):
        return redirect(_address(found), 303)
    order = Order(ModerationAction.UNDO, begun_at=now())
    backwards = tuple(reversed(found.done))
    job = Job(secrets.token_urlsafe(9), order.action, backwards, back=found.back, order=order)
    return _go_on(job)


def _go_on(job: Job) -> ResponseReturnValue:
    """Decide on the next piece, keep what came of it, and show how far it is."""
    assert job.order is not None  # noqa: S101 - narrows the type: only confirmed batches come here
    piece = job.picks[job.position : job.position + bulk.PIECE]
    with transaction() as database:
        outcome = bulk.carry_out(
            database,
            piece,
            job.order,
            by=signed_in_staff(),
            plan_year=settings().plan_year,
            now=now(),
            keys=keys(),
        )
    job = _moved(job, outcome, len(piece))
    _keep(job)
    return redirect(_address(job), 303)


def _moved(job: Job, outcome: Outcome, count: int) -> Job:
    position = job.position + count
    return replace(
        job,
        position=position,
        done=(*job.done, *outcome.done),
        refused=(*job.refused, *outcome.refused),
        finished_at=now() if position >= len(job.picks) else None,
    )


def _may_undo(job: Job) -> bool:
    is_over = job.finished_at is not None and not job.is_undo and bool(job.done)
    return (
        is_over and job.finished_at is not None and bulk.may_be_undone(job.finished_at, now=now())
    )


# --- Keeping --------------------------------------------------------------------------------------


def _keep(job: Job) -> None:
    """Remember the batch in this browser's session, in place of the one before it."""
    content = asdict(job)
    content["finished_at"] = job.finished_at.isoformat() if job.finished_at else None
    if job.order is not None:
        content["order"]["begun_at"] = job.order.begun_at.isoformat()
    session[_KEPT] = content


def _job(token: str) -> Job:
    """The batch of that token; raises NotFoundError where this browser keeps another, or none."""
    content = session.get(_KEPT)
    if not isinstance(content, dict) or content.get("token") != token:
        raise NotFoundError("batch", token)
    order, finished_at = content["order"], content["finished_at"]
    return Job(
        token=token,
        action=ModerationAction(content["action"]),
        picks=tuple(Pick(**each) for each in content["picks"]),
        back=content["back"],
        order=_order(order) if order else None,
        position=content["position"],
        done=tuple(Pick(**each) for each in content["done"]),
        refused=tuple(
            Refusal(each["number"], Obstacle(each["obstacle"]), each["holder"])
            for each in content["refused"]
        ),
        finished_at=datetime.fromisoformat(finished_at) if finished_at else None,
    )


def _order(content: Mapping[str, Any]) -> Order:  # what JSON holds has no types
    items = content["item_numbers"]
    return Order(
        action=ModerationAction(content["action"]),
        begun_at=datetime.fromisoformat(content["begun_at"]),
        reason_code=content["reason_code"],
        note=content["note"],
        item_numbers=tuple(items) if items is not None else None,
    )


# --- Showing --------------------------------------------------------------------------------------


def _address(job: Job) -> str:
    return url_for("staff.bulk.job", token=job.token)


def _back(job: Job) -> str:
    base = url_for("staff.queue.index")
    return f"{base}?{job.back}" if job.back else base


def _form(job: Job) -> BulkForm:
    """The form of the job's action, with its reasons or items to choose from."""
    form = BulkForm()
    form.keep_for(job.action)
    with reading() as database:
        if form.reason_code:
            options = [(reason.code, name_of(reason)) for reason in bulk.reasons(database)]
            form.reason_code.choices = [("", _("Choose a reason")), *options]
        if form.items:
            items = plans.choices(database, settings().plan_year)
            form.items.choices = [(item.number, wording.item(item)) for item in items]
    return form


def _refusal_words(error: InvalidInputError) -> str:
    words = {
        "reason_code": _("Choose a reason from the list."),
        "items": _("Choose at least one item from the list."),
    }
    return str(words[error.field])


def _confirm_page(job: Job, form: BulkForm) -> str:
    with reading() as database:
        expected = bulk.preview(database, job.picks, job.action, by=signed_in_staff(), now=now())
    left = [each for each in expected if each.refusal is not None]
    count = len(expected) - len(left)
    return render_template(
        "staff/moderation/bulk_confirm.html",
        form=form,
        job=job,
        address=_address(job),
        back=_back(job),
        title=_title(job.action, count),
        consequence=_consequence(job.action),
        count=count,
        expected=[each for each in expected if each.refusal is None][:SHOWN],
        left=[_left(each.refusal, each) for each in left if each.refusal][:SHOWN],
        left_count=len(left),
        shown=SHOWN,
    )


def _progress_page(job: Job) -> str:
    go = url_for("staff.bulk.go", token=job.token, after=job.position)
    return render_template("staff/moderation/bulk_progress.html", job=job, go=go)


def _result_page(job: Job) -> str:
    reasons = Counter(each.obstacle for each in job.refused)
    return render_template(
        "staff/moderation/bulk_result.html",
        job=job,
        back=_back(job),
        title=_done_words(job),
        undo=url_for("staff.bulk.undo", token=job.token) if _may_undo(job) else "",
        done=[pick.number for pick in job.done[:SHOWN]],
        left=[_left(refusal) for refusal in job.refused[:SHOWN]],
        left_counts=[(str(OBSTACLES[obstacle]), count) for obstacle, count in reasons.items()],
        shown=SHOWN,
    )


@dataclass(frozen=True)
class Left:
    """A suggestion that stays as it is, and why."""

    number: str
    why: str
    expected: Expected | None


def _left(refusal: Refusal, expected: Expected | None = None) -> Left:
    if refusal.holder:
        why = _("%(name)s is working on it.", name=refusal.holder)
    else:
        why = OBSTACLES[refusal.obstacle]
    return Left(refusal.number, str(why), expected)


def _title(action: ModerationAction, count: int) -> str:
    """What is about to be done, as the heading of the page that asks."""
    words = {
        ModerationAction.PUBLISH: ngettext(
            "Publish %(num)s suggestion?", "Publish %(num)s suggestions?", count
        ),
        ModerationAction.RETAG: ngettext(
            "Change the plan items of %(num)s suggestion?",
            "Change the plan items of %(num)s suggestions?",
            count,
        ),
        ModerationAction.DECLINE: ngettext(
            "Decline %(num)s suggestion?", "Decline %(num)s suggestions?", count
        ),
        ModerationAction.SPAM: ngettext(
            "Decline %(num)s suggestion as spam?", "Decline %(num)s suggestions as spam?", count
        ),
    }
    return str(words[action])


def _consequence(action: ModerationAction) -> str:
    words = {
        ModerationAction.PUBLISH: _(
            "Everybody will read them as they were sent. Confidential ones are accepted without"
            " being published."
        ),
        ModerationAction.RETAG: _(
            "The items you tick take the place of those they are tied to now. They go on waiting."
        ),
        ModerationAction.DECLINE: _(
            "They are not published. Each author reads the reason, and may appeal once."
        ),
        ModerationAction.SPAM: _(
            "They are not published. Each author reads that it was taken for advertising or spam."
        ),
    }
    return str(words[action])


def _done_words(job: Job) -> str:
    """What was done, as the heading of the page that tells it."""
    count = len(job.done)
    words = {
        ModerationAction.PUBLISH: ngettext(
            "%(num)s suggestion was published", "%(num)s suggestions were published", count
        ),
        ModerationAction.RETAG: ngettext(
            "The plan items of %(num)s suggestion were changed",
            "The plan items of %(num)s suggestions were changed",
            count,
        ),
        ModerationAction.DECLINE: ngettext(
            "%(num)s suggestion was declined", "%(num)s suggestions were declined", count
        ),
        ModerationAction.SPAM: ngettext(
            "%(num)s suggestion was declined as spam",
            "%(num)s suggestions were declined as spam",
            count,
        ),
        ModerationAction.UNDO: ngettext(
            "%(num)s decision was taken back", "%(num)s decisions were taken back", count
        ),
    }
    return str(words[job.action])
