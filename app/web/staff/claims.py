"""Who works on what: claiming a suggestion, leaving it, taking it over, and seeing it live."""

from datetime import datetime

from flask import (
    Blueprint,
    get_template_attribute,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.models import Claim
from app.resources import now, reading, transaction
from app.services import claims
from app.services.claims import Standing
from app.services.paging import PER_PAGE
from app.vocabulary import Role
from app.web.security import requires, signed_in_staff

bp = Blueprint("claims", __name__)

NUMBERS_MAX = 2 * PER_PAGE
"""Suggestions that one question about claims may name; a page of the queue has fewer."""

_TYPED = frozenset({"note", "public_title", "public_text"})
"""Fields of a decision that hold words, without the prefix of its form."""


@bp.get("/claims")
@requires(Role.MODERATOR)
def rows() -> dict[str, object]:
    """Of the suggestions that the address names, those that are claimed, and the words for it."""
    _is_not_a_visit()
    numbers = request.args.getlist("number")[:NUMBERS_MAX]
    with reading() as database:
        found = claims.held_by_number(database, numbers, now=now())
    told = {
        number: {"holder": claim.staff_id, "words": _words("holder_words", claim)}
        for number, claim in found.items()
    }
    return {"claims": told}


@bp.get("/queue/<number>/claim")
@requires(Role.MODERATOR)
def standing(number: str) -> dict[str, object]:
    """How the claim on a suggestion stands, for the page that shows it."""
    _is_not_a_visit()
    with reading() as database:
        return _told(claims.standing(database, number, now=now()))


@bp.post("/queue/<number>/claim")
@requires(Role.MODERATOR)
def take(number: str) -> ResponseReturnValue:
    """Claim a suggestion, or renew the claim; the page's script is told how it stands then."""
    is_script = request.accept_mimetypes.best == "application/json"
    if is_script and "is_active" not in request.form:
        _is_not_a_visit()
    moment = now()
    with transaction() as database:
        found = claims.standing(database, number, now=moment)
        claims.claim(database, found.suggestion_id, signed_in_staff(), now=moment)
        found = claims.standing(database, number, now=moment)
    return _told(found) if is_script else _to_the_suggestion(number)


@bp.get("/queue/<number>/claim/take-over")
@requires(Role.MODERATOR)
def warning(number: str) -> ResponseReturnValue:
    """What taking it over means; where no colleague holds it, back to the suggestion."""
    with reading() as database:
        claim = claims.standing(database, number, now=now()).claim
    if claim is None or _is_own(claim):
        return _to_the_suggestion(number)
    return render_template("staff/claims/take_over.html", number=number, claim=claim)


@bp.post("/queue/<number>/claim/take-over")
@requires(Role.MODERATOR)
def take_over(number: str) -> ResponseReturnValue:
    """Take it over from the colleague whom the warning named; from another one it warns anew."""
    moment = now()
    with transaction() as database:
        found = claims.standing(database, number, now=moment)
        claim = found.claim
        is_warned = claim is None or _is_own(claim) or _is_named(claim)
        claims.claim(
            database, found.suggestion_id, signed_in_staff(), now=moment, take_over=is_warned
        )
    if not is_warned:
        page = render_template("staff/claims/take_over.html", number=number, claim=claim)
        return page, 409
    return _to_the_suggestion(number)


@bp.post("/queue/<number>/claim/leave")
@requires(Role.MODERATOR)
def leave(number: str) -> ResponseReturnValue:
    """End one's own claim and go back to the queue."""
    with transaction() as database:
        found = claims.standing(database, number, now=now())
        claims.release(database, found.suggestion_id, signed_in_staff())
    return redirect(url_for("staff.queue.index"), 303)


def ask_first(number: str, *, moment: datetime) -> tuple[str, int] | None:
    """The page that asks whether to decide on what a colleague works on; None where none does.

    Nothing is lost on it: it sends again what was sent, once more with the colleague's id, and
    that is what lets it pass. Another colleague's claim made meanwhile is asked about anew.
    """
    with reading() as database:
        claim = claims.standing(database, number, now=moment).claim
    if claim is None or _is_own(claim) or _is_named(claim):
        return None
    sent = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in {"csrf_token", "holder"}
    ]
    written = [value for name, value in sent if value and name.rpartition("-")[2] in _TYPED]
    page = render_template(
        "staff/claims/ask_first.html", number=number, claim=claim, sent=sent, written=written
    )
    return page, 409


def _is_own(claim: Claim) -> bool:
    return claim.staff_id == signed_in_staff().id


def _is_named(claim: Claim) -> bool:
    """Whether the form names this holder: who sent it was told whose claim it is."""
    return request.form.get("holder", type=int) == claim.staff_id


def _to_the_suggestion(number: str) -> ResponseReturnValue:
    return redirect(url_for("staff.moderation.suggestion", number=number), 303)


def _told(found: Standing) -> dict[str, object]:
    """How it stands as the script reads it: whose, the words, and the version as it is now."""
    claim = found.claim
    whose = "nobody" if claim is None else "own" if _is_own(claim) else "other"
    return {
        "whose": whose,
        "holder": claim.staff_id if claim else 0,
        "words": _words("claim_words", claim),
        "version": found.version,
    }


def _words(macro: str, claim: Claim | None) -> str:
    """What a page says about a claim; the template that shows it first has the one wording."""
    said = get_template_attribute("staff/claims/_macros.html", macro)
    return str(said(claim, signed_in_staff().id)).strip()


def _is_not_a_visit() -> None:
    """Keep what a script asks by itself from counting as a sign of the one who is signed in.

    Otherwise a page left open would never let an unattended browser be signed out.
    """
    session.modified = False
