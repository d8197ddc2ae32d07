"""Hot issues in words: why one stands where it stands, what moved, who changed what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.engines.hot_issues.heat import HeatPart
from app.engines.text.language import detect
from app.models import Edition, HotIssue, HotIssueText, LedgerEntry
from app.services.hot_issues import Change, Standing, week_starts
from app.vocabulary import EditionStatus, Language, LedgerAction
from app.web.charts import one_decimal, points_of
from app.web.locale import HTML_LANGUAGES, current_language
from app.web.templating import foreign_lang, format_day

_REASONS_GIVEN = 2


def edition_name(edition: Edition) -> str:
    """What an edition is called."""
    return str(_("Hot-issue list no. %(number)s", number=edition.number))


def period(edition: Edition) -> str:
    """The days an edition looks at."""
    return _between(format_day(edition.from_on), format_day(edition.to_on))


def issue_period(issue: HotIssue) -> str:
    """The days between an issue's first and last message."""
    if issue.first_on == issue.last_on:
        return format_day(issue.first_on)
    return _between(format_day(issue.first_on), format_day(issue.last_on))


def _between(first: str, last: str) -> str:
    # Translators: a period of days, both included.
    return str(_("%(first)s to %(last)s", first=first, last=last))


def facts(issue: HotIssue, text: HotIssueText) -> tuple[str, ...]:
    """Place, people, days and numbers of an issue, for the line under its headline."""
    return (*place_and_people(text), issue_period(issue), *how_many(issue))


def place_and_people(text: HotIssueText) -> tuple[str, str]:
    """Where and whom an issue is about, marked where it is not in the page's language."""
    return (_in_its_language(text, text.place), _in_its_language(text, text.people))


def _in_its_language(text: HotIssueText, words: str) -> str:
    lang = foreign_lang(text)
    if not lang or not words:
        return words
    # `format` of a Markup escapes what it is given; only the span itself is ours.
    return Markup('<span lang="{}">{}</span>').format(lang, words)


def how_many(issue: HotIssue) -> tuple[str, str]:
    """How many people wrote how many messages."""
    return (
        ngettext("%(num)s person", "%(num)s people", issue.people_count),
        ngettext("%(num)s message", "%(num)s messages", issue.message_count),
    )


def original(text: HotIssueText) -> str:
    """What is said of a headline that nobody has put into the page's language."""
    if text.language is current_language():
        return ""
    if text.language is Language.ZH:
        # Translators: beside a Chinese headline on an English page.
        return str(_("Chinese original, not translated"))
    # Translators: beside an English headline on a Chinese page.
    return str(_("English original, not translated"))


def state(edition: Edition) -> tuple[str, str]:
    """An edition's state as a word and the tone of its colour."""
    if edition.status is EditionStatus.DRAFT:
        return _("Draft"), "open"
    if edition.status is EditionStatus.SUPERSEDED:
        return _("Replaced by a later list"), "neutral"
    return _("Holds now"), "done"


def reasons(parts: Sequence[HeatPart]) -> list[str]:
    """A sentence for each of the parts that weigh most, with its raw figure and its points."""
    points = points_of(parts)
    heaviest = sorted(parts, key=lambda part: -points[part.name])[:_REASONS_GIVEN]
    return [
        _REASONS[part.name](round(part.raw), one_decimal(points[part.name]))
        for part in heaviest
        if part.name in _REASONS and points[part.name] > 0
    ]


def _people(count: int, points: str) -> str:
    return str(
        ngettext(
            "%(num)s person wrote (%(points)s points).",
            "%(num)s different people wrote (%(points)s points).",
            count,
            points=points,
        )
    )


def _messages(count: int, points: str) -> str:
    return str(
        ngettext(
            "%(num)s message came in (%(points)s points).",
            "%(num)s messages came in (%(points)s points).",
            count,
            points=points,
        )
    )


def _support(count: int, points: str) -> str:
    return str(
        ngettext(
            "Support exceeds objection by %(num)s voice (%(points)s points).",
            "Support exceeds objection by %(num)s voices (%(points)s points).",
            count,
            points=points,
        )
    )


def _breadth(count: int, points: str) -> str:
    return str(
        ngettext(
            "It comes from %(num)s district (%(points)s points).",
            "It comes from %(num)s districts (%(points)s points).",
            count,
            points=points,
        )
    )


def _persistence(count: int, points: str) -> str:
    return str(
        ngettext(
            "Somebody wrote in %(num)s week of the period (%(points)s points).",
            "Somebody wrote in %(num)s weeks of the period (%(points)s points).",
            count,
            points=points,
        )
    )


def _growth(count: int, points: str) -> str:
    return str(
        _(
            "More people wrote in the second half of the period than in the first"
            " (%(points)s points).",
            points=points,
        )
    )


_REASONS: Mapping[str, Callable[[int, str], str]] = {
    "people": _people,
    "messages": _messages,
    "support": _support,
    "breadth": _breadth,
    "persistence": _persistence,
    "growth": _growth,
}


def change_words(change: Change | None, rank: int, previous: Edition | None) -> str:
    """How an issue moved since the list before; empty where nothing can be compared."""
    if change is None or previous is None:
        return ""
    number = previous.number
    if change.before is None:
        return str(_("New since list no. %(number)s", number=number))
    moved = abs(change.before - rank)
    if change.standing is Standing.UP:
        return str(
            ngettext(
                "Up %(num)s place since list no. %(number)s",
                "Up %(num)s places since list no. %(number)s",
                moved,
                number=number,
            )
        )
    if change.standing is Standing.DOWN:
        return str(
            ngettext(
                "Down %(num)s place since list no. %(number)s",
                "Down %(num)s places since list no. %(number)s",
                moved,
                number=number,
            )
        )
    return str(_("Same place as in list no. %(number)s", number=number))


def weeks_sentences(edition: Edition, counts: Sequence[int]) -> str:
    """What a chart of weeks shows, in words."""
    busy = sum(1 for count in counts if count)
    most = max(counts, default=0)
    if not most:
        return ""
    if most == 1:
        return str(
            ngettext(
                "A message came in %(num)s of the period’s %(all)s weeks.",
                "A message came in each of %(num)s of the period’s %(all)s weeks.",
                busy,
                all=len(counts),
            )
        )
    first_day = week_starts(edition, len(counts))[list(counts).index(most)]
    return str(
        ngettext(
            "Messages came in %(num)s of the period’s %(all)s weeks; the busiest week began on"
            " %(day)s and brought %(most)s.",
            "Messages came in %(num)s of the period’s %(all)s weeks; the busiest week began on"
            " %(day)s and brought %(most)s.",
            busy,
            all=len(counts),
            day=format_day(first_day),
            most=most,
        )
    )


def busy_weeks(edition: Edition, counts: Sequence[int]) -> list[tuple[str, int]]:
    """The weeks in which somebody wrote, each by its first day."""
    days = week_starts(edition, len(counts))
    return [(format_day(day), count) for day, count in zip(days, counts, strict=True) if count]


@dataclass(frozen=True)
class LedgerLine:
    """A change by hand in words; the reason stands in the language it was given in."""

    words: str
    reason: str
    reason_lang: str
    made_at: datetime
    who: str


def ledger_lines(entries: Sequence[LedgerEntry]) -> list[LedgerLine]:
    """The changes that staff made to issues, oldest first."""
    return [_line(entry) for entry in entries if entry.action in _SENTENCES]


def _line(entry: LedgerEntry) -> LedgerLine:
    reason = str(entry.detail.get("reason", ""))
    return LedgerLine(
        words=_SENTENCES[entry.action](entry.detail),
        reason=reason,
        reason_lang=reason_lang(reason),
        made_at=entry.made_at,
        who=entry.staff.name if entry.staff else _("the command line"),
    )


def reason_lang(reason: str) -> str:
    """The `lang` attribute of a reason that staff gave; nothing in the page's own language."""
    language = detect(reason)
    return "" if language is current_language() else HTML_LANGUAGES[language]


def _renamed(detail: Mapping[str, object]) -> str:
    if detail.get("language") == Language.ZH:
        return str(_("Issue %(issue)s: worded anew in Chinese", issue=detail["issue"]))
    return str(_("Issue %(issue)s: worded anew in English", issue=detail["issue"]))


def _moved(detail: Mapping[str, object]) -> str:
    return str(
        _(
            "Issue %(issue)s: moved from place %(before)s to place %(after)s",
            issue=detail["issue"],
            before=detail["from"],
            after=detail["to"],
        )
    )


def _excluded(detail: Mapping[str, object]) -> str:
    return str(
        _(
            "Issue %(issue)s: left out, it stood at place %(before)s",
            issue=detail["issue"],
            before=detail["from"],
        )
    )


def _restored(detail: Mapping[str, object]) -> str:
    return str(
        _(
            "Issue %(issue)s: taken back into the list at place %(after)s",
            issue=detail["issue"],
            after=detail["to"],
        )
    )


_SENTENCES: Mapping[LedgerAction, Callable[[Mapping[str, object]], str]] = {
    LedgerAction.RENAMED: _renamed,
    LedgerAction.MOVED: _moved,
    LedgerAction.EXCLUDED: _excluded,
    LedgerAction.RESTORED: _restored,
}
