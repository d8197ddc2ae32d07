"""The three questions put to the people, and each call with what it has brought."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template
from flask_babel import gettext, ngettext

from app.models import Campaign
from app.resources import reading, today
from app.services import campaigns
from app.vocabulary import Question
from app.web.qr import qr_picture
from app.web.templating import canonical_url, format_day

bp = Blueprint("campaigns", __name__)


@dataclass(frozen=True)
class CallState:
    """Whether a campaign takes suggestions, and until when, in words."""

    words: str
    is_open: bool


def call_state(campaign: Campaign, day: date) -> CallState:
    """The campaign's state on that day."""
    if campaign.is_open(day):
        return CallState(_days_left((campaign.closes_on - day).days), is_open=True)
    if day < campaign.opens_on:
        opens = format_day(campaign.opens_on)
        return CallState(str(gettext("Opens on %(date)s", date=opens)), is_open=False)
    closed = format_day(campaign.closes_on)
    return CallState(str(gettext("Closed on %(date)s", date=closed)), is_open=False)


def _days_left(days: int) -> str:
    if days == 0:
        return str(gettext("Today is the last day"))
    return str(ngettext("%(num)s day left", "%(num)s days left", days))


@bp.get("/campaigns")
def index() -> str:
    """Each of the three questions with its calls."""
    with reading() as session:
        found = campaigns.calls(session)
    day = today()
    return render_template(
        "public/campaigns/index.html",
        questions=[
            (question, [call for call in found if call.question is question])
            for question in Question
        ],
        states={call.slug: call_state(call, day) for call in found},
    )


@bp.get("/campaigns/<slug>")
def campaign(slug: str) -> str:
    """One call: what it asks, about which items, and what people said."""
    with reading() as session:
        page = campaigns.call_page(session, slug)
    return render_template(
        "public/campaigns/campaign.html",
        page=page,
        campaign=page.campaign,
        state=call_state(page.campaign, today()),
        qr=qr_picture(canonical_url()),
    )
