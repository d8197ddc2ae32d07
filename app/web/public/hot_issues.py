"""The published hot-issue lists: all of them, one, one issue, the check, and the downloads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.models import Edition, HotIssue
from app.resources import reading, settings
from app.services import hot_issue_evidence, hot_issue_export, hot_issues
from app.services.hot_issue_export import Export
from app.services.hot_issues import Comparison, EditionPage, EditionSummary
from app.web import charts, hot_issue_words, labels
from app.web.charts import BarPart, WeekBar
from app.web.pagination import PageLinks, page_number
from app.web.templating import foreign_lang, format_day, in_language

bp = Blueprint("hot_issues", __name__)

EDITION = "/hot-issues/<int(min=1, max=999999):number>"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class MemberLine:
    """A message of an issue as a link."""

    title: str
    lang: str
    href: str


@dataclass(frozen=True)
class IssueView:
    """An issue as the pages show it."""

    number: int
    rank: int
    title: str
    lang: str
    original: str
    line: Sequence[str]
    heat: str
    parts: Sequence[BarPart]
    reasons: Sequence[str]
    change: str
    weeks: Sequence[WeekBar]
    weeks_words: str
    members: Sequence[MemberLine] = ()
    more: str = ""
    withdrawn: str = ""


@bp.get("/hot-issues")
def index() -> str:
    """Every published list, newest first."""
    with reading() as session:
        page = hot_issues.public_editions(session, page=page_number())
    return render_template(
        "public/hot_issues/index.html",
        editions=[_card(summary) for summary in page.rows],
        links=PageLinks.of(page),
    )


@bp.get(EDITION)
def edition(number: int) -> str:
    """One list, twenty issues a page, with everything about how it came to be."""
    with reading() as session:
        page = hot_issues.edition_page(session, number, page=page_number())
    lines = hot_issue_words.ledger_lines(page.ledger)
    return render_template(
        "public/hot_issues/edition.html",
        page=page,
        edition=page.edition,
        name=hot_issue_words.edition_name(page.edition),
        period=hot_issue_words.period(page.edition),
        state=hot_issue_words.state(page.edition),
        issues=[_row(page, issue) for issue in page.issues.rows],
        links=PageLinks.of(page.issues),
        gone=_gone(page.comparison),
        lines=lines,
        made=_made(page, len(lines)),
        weights=_weights(page.edition),
        downloads=_downloads(number),
    )


@bp.get(f"{EDITION}/issues/<int(min=1, max=999999):issue_number>")
def issue(number: int, issue_number: int) -> str:
    """One issue: why it stands where it stands, its weeks and all its public messages."""
    with reading() as session:
        page = hot_issues.issue_page(session, number, issue_number, page=page_number())
    shown = _issue(page.edition, page.issue, page.top_heat)
    return render_template(
        "public/hot_issues/issue.html",
        page=page,
        issue=shown,
        edition_name=hot_issue_words.edition_name(page.edition),
        change=hot_issue_words.change_words(page.change, page.issue.rank or 0, page.previous),
        parts=_part_rows(page.issue),
        busy_weeks=hot_issue_words.busy_weeks(page.edition, page.issue.weekly_counts),
        withdrawn=_withdrawn_words(page.withdrawn),
        links=PageLinks.of(page.members),
    )


@bp.get(f"{EDITION}/verify")
def verify(number: int) -> str:
    """Check the list against its frozen record, now."""
    with reading() as session:
        page_edition = hot_issues.published(session, number)
        found = hot_issue_evidence.check(session, number)
    return render_template(
        "public/hot_issues/verify.html",
        edition=page_edition,
        name=hot_issue_words.edition_name(page_edition),
        found=found,
    )


@bp.get(f"{EDITION}/hot-issues.xlsx")
def workbook(number: int) -> Response:
    """The list as a workbook."""
    made = _export(number)
    return _file(hot_issue_export.workbook_bytes(made), XLSX, f"hot-issues-{number}.xlsx")


@bp.get(f"{EDITION}/issues.csv")
def issues_csv(number: int) -> Response:
    """The issues as CSV."""
    content = hot_issue_export.csv_bytes(_export(number).issues)
    return _file(content, "text/csv; charset=utf-8", f"hot-issues-{number}.csv")


@bp.get(f"{EDITION}/messages.csv")
def messages_csv(number: int) -> Response:
    """The messages of the issues as CSV."""
    content = hot_issue_export.csv_bytes(_export(number).members)
    return _file(content, "text/csv; charset=utf-8", f"hot-issues-{number}-messages.csv")


@bp.get(f"{EDITION}/evidence.json")
def evidence(number: int) -> Response:
    """The frozen record, byte for byte what the digest is taken of."""
    with reading() as session:
        content = hot_issues.evidence(session, number)
    return _file(content.encode(), "application/json", f"hot-issues-{number}-evidence.json")


def _export(number: int) -> Export:
    with reading() as session:
        return hot_issue_export.published_export(session, number, zone=settings().zone)


def _file(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@dataclass(frozen=True)
class EditionCard:
    """An edition in the list of editions."""

    name: str
    href: str
    period: str
    state: tuple[str, str]
    meta: Sequence[str]


def _card(summary: EditionSummary) -> EditionCard:
    found = summary.edition
    published_on = format_day(found.published_at) if found.published_at else ""
    return EditionCard(
        name=hot_issue_words.edition_name(found),
        href=url_for("public.hot_issues.edition", number=found.number),
        period=hot_issue_words.period(found),
        state=hot_issue_words.state(found),
        meta=(
            ngettext("%(num)s issue", "%(num)s issues", summary.issue_count),
            ngettext("%(num)s message read", "%(num)s messages read", found.message_count),
            _("Published on %(day)s", day=published_on),
        ),
    )


def _row(page: EditionPage, issue: HotIssue) -> IssueView:
    """A line of the list with its first messages."""
    comparison = page.comparison
    change = comparison.changes.get(issue.id) if comparison else None
    previous = comparison.previous if comparison else None
    public = [member.suggestion for member in issue.members if member.suggestion.is_public]
    withdrawn = page.withdrawn.get(issue.id, 0)
    more = issue.message_count - withdrawn - len(public)
    return _issue(
        page.edition,
        issue,
        page.top_heat,
        change=hot_issue_words.change_words(change, issue.rank or 0, previous),
        members=[
            MemberLine(
                title=one.title,
                lang=foreign_lang(one),
                href=url_for("public.suggestions.one", number=one.number),
            )
            for one in public
        ],
        more=ngettext("and %(num)s more", "and %(num)s more", more) if more > 0 else "",
        withdrawn=_withdrawn_words(withdrawn),
    )


def _issue(
    edition: Edition,
    issue: HotIssue,
    top_heat: float,
    *,
    change: str = "",
    members: Sequence[MemberLine] = (),
    more: str = "",
    withdrawn: str = "",
) -> IssueView:
    text = in_language(issue.texts)
    parts = hot_issues.heat_parts(issue)
    return IssueView(
        number=issue.number,
        rank=issue.rank or 0,
        title=text.title,
        lang=foreign_lang(text),
        original=hot_issue_words.original(text),
        line=hot_issue_words.facts(issue, text),
        heat=_("Heat %(score)s of 100", score=charts.one_decimal(issue.heat)),
        parts=charts.heat_bar_parts(parts, top_heat=top_heat),
        reasons=hot_issue_words.reasons(parts),
        change=change,
        weeks=charts.week_bars(issue.weekly_counts),
        weeks_words=hot_issue_words.weeks_sentences(edition, issue.weekly_counts),
        members=members,
        more=more,
        withdrawn=withdrawn,
    )


def _withdrawn_words(count: int) -> str:
    if not count:
        return ""
    return str(
        ngettext(
            "%(num)s message that was counted is no longer public and is not shown.",
            "%(num)s messages that were counted are no longer public and are not shown.",
            count,
        )
    )


@dataclass(frozen=True)
class GoneLine:
    """An issue of the list before that this list does not hold."""

    rank: int
    title: str
    lang: str
    href: str


def _gone(comparison: Comparison | None) -> list[GoneLine]:
    if comparison is None:
        return []
    number = comparison.previous.number
    return [
        GoneLine(
            rank=issue.rank or 0,
            title=(text := in_language(issue.texts)).title,
            lang=foreign_lang(text),
            href=url_for("public.hot_issues.issue", number=number, issue_number=issue.number),
        )
        for issue in comparison.gone
    ]


def _made(page: EditionPage, changes: int) -> str:
    """How many messages became how many issues, and what hands did to them."""
    messages = ngettext(
        "%(num)s public message", "%(num)s public messages", page.edition.message_count
    )
    issues = ngettext("%(num)s issue", "%(num)s issues", page.issues.total)
    if not changes:
        return str(
            _(
                "From %(messages)s came %(issues)s; staff changed nothing by hand.",
                messages=messages,
                issues=issues,
            )
        )
    hands = ngettext("%(num)s change", "%(num)s changes", changes)
    return str(
        _(
            "From %(messages)s came %(issues)s; staff made %(changes)s by hand.",
            messages=messages,
            issues=issues,
            changes=hands,
        )
    )


def _weights(edition: Edition) -> list[tuple[str, str]]:
    weights = hot_issues.weights_of(edition).part_weights()
    total = sum(weights.values()) or 1.0
    return [
        (str(labels.heat_part.get(name, name)), charts.one_decimal(100 * weight / total))
        for name, weight in weights.items()
    ]


def _part_rows(issue: HotIssue) -> list[tuple[str, Mapping[str, str]]]:
    """An issue's six parts for a table: raw figure, most it can give, what it gives."""
    parts = hot_issues.heat_parts(issue)
    points = charts.points_of(parts)
    total = sum(part.weight for part in parts) or 1.0
    return [
        (
            str(labels.heat_part.get(part.name, part.name)),
            {
                "raw": charts.figure(part.raw),
                "most": charts.one_decimal(100 * part.weight / total),
                "points": charts.one_decimal(points[part.name]),
            },
        )
        for part in parts
    ]


def _downloads(number: int) -> list[tuple[str, str]]:
    return [
        (_("Workbook (XLSX)"), url_for("public.hot_issues.workbook", number=number)),
        (_("Issues (CSV)"), url_for("public.hot_issues.issues_csv", number=number)),
        (_("Messages (CSV)"), url_for("public.hot_issues.messages_csv", number=number)),
        (_("Evidence (JSON)"), url_for("public.hot_issues.evidence", number=number)),
    ]
