"""The home page: what this is, what is asked now, the plan, the hot issues, what is new."""

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import ngettext

from app.models import HotIssue
from app.resources import reading, settings, today
from app.services import home, hot_issues
from app.services.plans import TargetCount
from app.web import charts, hot_issue_words
from app.web.charts import BarPart
from app.web.locale import LANGUAGE_COOKIE, current_language
from app.web.public.campaigns import call_state
from app.web.public.settings import A_YEAR
from app.web.targets import count_words
from app.web.templating import in_language
from config import Environment

bp = Blueprint("home", __name__)


@bp.get("/")
def index() -> Response:
    """What this is, what is asked now, and a way to search; the language is remembered."""
    day, year = today(), settings().plan_year
    with reading() as session:
        overview = home.overview(session, year=year, today=day)
    response = make_response(
        render_template(
            "public/home/index.html",
            overview=overview,
            calls=[(call, call_state(call, day)) for call in overview.calls],
            progress={number: count_words(count) for number, count in overview.targets.items()},
            targets=TargetCount.of_all(overview.targets.values()),
            bars=_bars(overview.issues),
            facts={issue.number: _facts(issue) for issue in overview.issues},
        )
    )
    _remember_language(response)
    return response


def _remember_language(response: Response) -> None:
    """Let `/` open in the language whose home page was read last."""
    chosen = current_language().value
    if request.cookies.get(LANGUAGE_COOKIE) != chosen:
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=A_YEAR,
            samesite="Lax",
            httponly=True,
            secure=settings().environment is Environment.PRODUCTION,
        )


def _bars(issues: Sequence[HotIssue]) -> dict[int, Sequence[BarPart]]:
    """Each issue's heat as pieces, by its number; the hottest issue's bar fills the width."""
    hottest = max((issue.heat for issue in issues), default=0.0)
    return {
        issue.number: charts.heat_bar_parts(hot_issues.heat_parts(issue), top_heat=hottest)
        for issue in issues
    }


def _facts(issue: HotIssue) -> Sequence[str]:
    """The line under an issue's headline: where, whom, how many, and what is not translated."""
    text = in_language(issue.texts)
    return (
        *hot_issue_words.place_and_people(text),
        ngettext("%(num)s person wrote", "%(num)s people wrote", issue.people_count),
        hot_issue_words.original(text),
    )
