"""Suggestions in public: writing one in two steps, its receipt, the list, one of them, support."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog
from flask import (
    Blueprint,
    Response,
    abort,
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
from werkzeug.exceptions import TooManyRequests

from app.engines.search.analysis import MAX_QUERY_LENGTH
from app.engines.search.similar import SimilarRequest
from app.errors import IndexUnavailableError, InvalidInputError
from app.models import Campaign, PlanItem, Suggestion
from app.models.suggestion import TEXT_MAX, TITLE_MAX
from app.resources import (
    keys,
    limited,
    now,
    reading,
    search_index,
    settings,
    today,
    transaction,
)
from app.services import answers, campaigns, matters, plans, search, suggestions
from app.services.search import Shown
from app.services.suggestions import Draft, ListFilter, Sender, Terms
from app.vocabulary import HandlingState, Language, Question
from app.web import labels
from app.web.answer_words import answer_lines
from app.web.errors import page_for
from app.web.pagination import PageLinks, address_without, page_number
from app.web.public.forms import (
    READERS,
    Choice,
    ChoiceGroup,
    Choices,
    SuggestionForm,
    new_form_key,
    read_form_key,
)
from app.web.qr import qr_picture
from app.web.security import known_person_key, person_key, source_key
from app.web.sessions import renew_session
from app.web.templating import absolute, html_language, in_language, name_of

log = structlog.get_logger()

bp = Blueprint("suggestions", __name__)

SIMILAR_SHOWN = 3
SUPPORTS_PER_HOUR = 60

TONES = {
    HandlingState.RECEIVED: "neutral",
    HandlingState.IN_PROGRESS: "open",
    HandlingState.ANSWERED: "done",
    HandlingState.CLOSED: "done",
    HandlingState.REOPENED: "open",
}


# --- Writing and sending ---------------------------------------------------------------------


@bp.get("/suggestions/new")
def new() -> str:
    """The empty form, with what the reader came from already filled in."""
    return _form_page(_form_for_newcomer())


@bp.post("/suggestions/new")
def check() -> ResponseReturnValue:
    """The second step: what was typed, what others said, what had better not be published."""
    form = _typed_form()
    if "change" in request.form:
        return _form_page(form)
    draft = form.checked_draft()
    if draft is None:
        return _form_page(form), 422
    return _check_page(form, draft)


@bp.get("/suggestions/send")
def send_by_address() -> ResponseReturnValue:
    """Somebody who comes to the last step by its address starts with the first."""
    return redirect(url_for(".new"), 303)


@bp.post("/suggestions/send")
@limited(lambda chosen: chosen.suggestions_per_hour)
def send() -> ResponseReturnValue:
    """Store the suggestion and lead to its receipt; sent twice it is one suggestion."""
    form = _typed_form()
    if form.website.data:
        log.info("honeypot filled")
        session.pop("receipt_key", None)
        return redirect(url_for(".receipt"), 303)
    key = read_form_key(request.form.get("form_key"), moment=now().timestamp())
    if key is None or key.is_expired:
        return _form_page(form, notice="expired"), 400
    draft = form.checked_draft()
    if draft is None:
        return _form_page(form), 422
    if key.is_too_young:
        return _check_page(form, draft, notice="quick"), 422
    sender = Sender(person_key(), source_key(), key.value)
    with transaction() as database:
        suggestions.submit(
            database, draft, sender, keys=keys(), terms=_terms(), now=now(), today=today()
        )
    session["receipt_key"] = key.value
    renew_session()
    return redirect(url_for(".receipt"), 303)


@bp.get("/suggestions/receipt")
def receipt() -> ResponseReturnValue:
    """Number and look-up code of what this browser has just sent."""
    key = session.get("receipt_key")
    if not isinstance(key, str):
        return _kept_private(render_template("public/suggestions/no_receipt.html"), 404)
    with reading() as database:
        given = suggestions.receipt(database, key, keys=keys())
    address = absolute(url_for("public.track.index", number=given.suggestion.number))
    return _kept_private(
        render_template(
            "public/suggestions/receipt.html", given=given, picture=qr_picture(address)
        ),
        200,
    )


@bp.post("/suggestions/proposals")
def proposals() -> dict[str, object]:
    """The plan items that a half-written text may belong to, for the script beside the form."""
    title, text = request.form.get("title", "")[:TITLE_MAX], request.form.get("text", "")[:TEXT_MAX]
    with reading() as database:
        found = suggestions.proposed_items(database, f"{title}\n{text}", year=settings().plan_year)
    return {
        "items": [
            {
                "number": proposal.item.number,
                "title": in_language(proposal.item.texts).title,
                "words": list(proposal.words),
            }
            for proposal in found
        ]
    }


@bp.errorhandler(CSRFError)
def _page_expired(error: CSRFError) -> tuple[str, int]:
    """A form that was open for too long comes back with all that was typed."""
    if request.endpoint in {_endpoint("check"), _endpoint("send")}:
        return _form_page(_typed_form(), notice="expired"), 400
    return page_for(400)


@bp.errorhandler(TooManyRequests)
def _too_many(error: TooManyRequests) -> tuple[str, int]:
    """Who has sent much in a short time keeps what was typed and may send it later."""
    if request.endpoint == _endpoint("send"):
        form = _typed_form()
        draft = form.checked_draft()
        if draft is not None:
            return _check_page(form, draft, notice="many"), 429
    return page_for(429)


def _endpoint(name: str) -> str:
    """A view's full name, under the blueprint that this one is nested in."""
    return f"{request.blueprint}.{name}"


def _kept_private(page: str, status: int) -> Response:
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _terms() -> Terms:
    chosen = settings()
    return Terms(chosen.plan_year, chosen.number_prefix, chosen.review_working_days)


def _form_for_newcomer() -> SuggestionForm:
    """Everything the address says beforehand is a wish: what does not exist is left out."""
    campaign = _open_campaign(request.args.get("campaign", ""))
    question = request.args.get("question", "")
    form = SuggestionForm(
        formdata=None,
        data={
            "question": campaign.question.value if campaign else question,
            "items": request.args.getlist("item")[:3],
            "campaign": campaign.slug if campaign else "",
            "form_key": new_form_key(),
        },
    )
    return form.offer(_choices())


def _typed_form() -> SuggestionForm:
    """The form as it was sent, with a key that holds and a campaign that is still open."""
    form = SuggestionForm().offer(_choices())
    key = read_form_key(form.form_key.data, moment=now().timestamp())
    if key is None or key.is_expired:
        form.form_key.data = new_form_key()
    if form.campaign.data and _open_campaign(form.campaign.data) is None:
        form.campaign.data = ""
    return form


def _open_campaign(slug: str) -> Campaign | None:
    with reading() as database:
        calls = campaigns.open_calls(database, today=today())
    return next((call for call in calls if call.slug == slug), None)


def _choices() -> Choices:
    with reading() as database:
        chapters = suggestions.chapters_to_choose(database, settings().plan_year)
        districts = suggestions.districts(database)
    groups = []
    for chapter in chapters:
        heading = in_language(chapter.texts)
        texts = [(item.number, in_language(item.texts)) for item in chapter.items]
        groups.append(
            ChoiceGroup(
                heading.title,
                html_language(heading.language),
                [
                    Choice(str(number), f"{number}. {text.title}", html_language(text.language))
                    for number, text in texts
                ],
            )
        )
    return Choices(groups, [(district.code, name_of(district)) for district in districts])


def _form_page(form: SuggestionForm, *, notice: str = "") -> str:
    campaign = _open_campaign(form.campaign.data or "")
    return render_template(
        "public/suggestions/new.html",
        form=form,
        chosen_items=set(form.items.data or ()),
        call=in_language(campaign.texts) if campaign else None,
        notice_kind=notice,
        working_days=settings().review_working_days,
    )


def _check_page(form: SuggestionForm, draft: Draft, *, notice: str = "") -> str:
    with reading() as database:
        noticed = suggestions.look_over(database, draft, year=settings().plan_year)
    return render_template(
        "public/suggestions/check.html",
        form=form,
        draft=draft,
        noticed=noticed,
        similar=_similar_to(draft),
        rows=_summary(form, draft),
        notice_kind=notice,
    )


def _similar_to(draft: Draft) -> Sequence[tuple[Suggestion, Shown]]:
    """What others said; without an index the step goes on without them."""
    wanted = SimilarRequest(
        title=draft.title,
        text=draft.text,
        items=tuple(f"{settings().plan_year}-{number}" for number in draft.item_numbers),
        district=draft.district_code or "",
        limit=SIMILAR_SHOWN,
    )
    try:
        with reading() as database:
            return search.similar_shown(database, search_index(), wanted)
    except IndexUnavailableError:
        log.warning("similar suggestions are unavailable")
        return ()


def _summary(form: SuggestionForm, draft: Draft) -> list[tuple[str, object]]:
    """The answers beside the title and the text, as names and words."""
    chosen = [form.item_words[str(number)] for number in draft.item_numbers]
    return [
        (_("Question"), labels.question[draft.question]),
        (_("Kind"), labels.kind[draft.kind]),
        (_("Items of the plan"), " · ".join(chosen)),
        (_("District"), form.district_words[draft.district_code or ""]),
        (_("Who may read it"), READERS[draft.visibility.value]),
        (_("Name to show"), draft.nickname or _("None; it is shown without a name")),
        (_("Phone or e-mail"), draft.contact or ""),
    ]


# --- Reading and supporting ------------------------------------------------------------------


@dataclass(frozen=True)
class Narrowing:
    """What the list is narrowed by: for the query, and as words to take off again."""

    query: ListFilter
    selected: dict[str, str]


@bp.get("/suggestions")
def index() -> str:
    """What anybody may read, newest first."""
    narrowing = _narrowing()
    with reading() as database:
        page = suggestions.public_list(database, narrowing.query, number=page_number())
        items = plans.choices(database, settings().plan_year)
        districts = suggestions.districts(database)
    if not page.rows and page.number > 1:
        abort(404)
    options = {
        "item": [(str(item.number), _item_words(item)) for item in items],
        "question": [(each.value, str(words)) for each, words in labels.question.items()],
        "district": [(district.code, name_of(district)) for district in districts],
        "language": [(each.value, str(words)) for each, words in labels.language.items()],
    }
    return render_template(
        "public/suggestions/index.html",
        rows=page.rows,
        links=PageLinks.of(page),
        options=options,
        selected=narrowing.selected,
        active=_chips(options, narrowing.selected),
        tones=TONES,
    )


def _narrowing() -> Narrowing:
    """The list's narrowing as the address says it; what cannot be meant is left out."""
    typed = {name: request.args.get(name, "") for name in ("item", "question", "district")}
    typed["language"] = request.args.get("language", "")
    item = int(typed["item"]) if _is_item_number(typed["item"]) else None
    question = next((each for each in Question if each == typed["question"]), None)
    language = next((each for each in Language if each == typed["language"]), None)
    meant = {"item": item, "question": question, "language": language}
    selected = {
        name: value
        for name, value in typed.items()
        if value and (name == "district" or meant[name] is not None)
    }
    return Narrowing(ListFilter(item, question, typed["district"] or None, language), selected)


def _is_item_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 4


def _item_words(item: PlanItem) -> str:
    return f"{item.number} · {in_language(item.texts).title}"


def _chips(
    options: dict[str, list[tuple[str, str]]], selected: dict[str, str]
) -> list[tuple[str, str]]:
    """What the list is narrowed by, in words, each with the address that takes it off."""
    return [
        (dict(options[name]).get(value, value), address_without(name))
        for name, value in selected.items()
    ]


@bp.get("/suggestions/<number>")
def one(number: str) -> ResponseReturnValue:
    """One public suggestion; its number may be typed in small letters."""
    canonical = suggestions.canonical_number(number)
    with reading() as database:
        suggestion = suggestions.public_one(database, canonical)
        person = known_person_key()
        supported = suggestions.supports(database, suggestion.id, person)
        answered = answers.published(database, suggestion.id)
        matter = matters.of(database, suggestion.id)
    if number != canonical:
        return redirect(url_for(".one", number=canonical), 301)
    address = absolute(url_for(".one", number=canonical))
    return render_template(
        "public/suggestions/one.html",
        suggestion=suggestion,
        is_supported=supported,
        is_own=person is not None and suggestion.person_key == person,
        tone=TONES[suggestion.handling_state],
        answers=[answer_lines(found) for found in answered],
        matter=matter,
        like_words=suggestion.title[:MAX_QUERY_LENGTH],
        address=address,
        picture=qr_picture(address),
    )


@bp.post("/suggestions/<number>/support")
@limited(lambda chosen: SUPPORTS_PER_HOUR)
def support(number: str) -> ResponseReturnValue:
    """Say "me too", once; to one's own suggestion it changes nothing."""
    with suppress(InvalidInputError), transaction() as database:
        suggestions.support(
            database, number, person_key=person_key(), source_key=source_key(), now=now()
        )
    return redirect(url_for(".one", number=number), 303)


@bp.post("/suggestions/<number>/unsupport")
@limited(lambda chosen: SUPPORTS_PER_HOUR)
def unsupport(number: str) -> ResponseReturnValue:
    """Take one's own "me too" back."""
    with transaction() as database:
        suggestions.unsupport(database, number, person_key=person_key(), now=now())
    return redirect(url_for(".one", number=number), 303)
