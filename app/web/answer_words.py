"""Answers, grades and reports in the reader's words."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from app.errors import InvalidInputError
from app.models.answer import ANSWER_MAX
from app.services.answers import FURTHEST, Answered
from app.services.reports import ReportReason
from app.vocabulary import AnswerStatus, Outcome
from app.web.templating import foreign_lang, format_day, name_of

# Translators: what comes of a suggestion, above the office's answer.
OUTCOMES: Mapping[Outcome, object] = {
    Outcome.ADOPTED: lazy_pgettext("outcome", "Adopted"),
    Outcome.PARTLY: lazy_pgettext("outcome", "Adopted in part"),
    Outcome.REFERENCE: lazy_pgettext("outcome", "Kept for reference"),
    Outcome.NOT_ADOPTED: lazy_pgettext("outcome", "Not adopted"),
}

OUTCOME_TONES: Mapping[Outcome, str] = {
    Outcome.ADOPTED: "done",
    Outcome.PARTLY: "open",
    Outcome.REFERENCE: "neutral",
    Outcome.NOT_ADOPTED: "neutral",
}

STATUSES: Mapping[AnswerStatus, object] = {
    AnswerStatus.DRAFT: lazy_pgettext("answer", "Waits for a second person"),
    AnswerStatus.REVIEWED: lazy_pgettext("answer", "Reviewed, not yet published"),
    AnswerStatus.PUBLISHED: lazy_pgettext("answer", "Published"),
}

STATUS_TONES: Mapping[AnswerStatus, str] = {
    AnswerStatus.DRAFT: "open",
    AnswerStatus.REVIEWED: "open",
    AnswerStatus.PUBLISHED: "done",
}

GRADES: Mapping[int, object] = {
    5: lazy_pgettext("grade", "Very satisfied"),
    4: lazy_pgettext("grade", "Satisfied"),
    3: lazy_pgettext("grade", "Basically satisfied"),
    2: lazy_pgettext("grade", "Dissatisfied"),
    1: lazy_pgettext("grade", "Very dissatisfied"),
}

REPORT_REASONS: Mapping[ReportReason, object] = {
    ReportReason.PERSONAL_DATA: _l("It shows somebody’s personal details"),
    ReportReason.INSULT: _l("It insults or threatens somebody"),
    ReportReason.ADVERTISING: _l("It is advertising"),
    ReportReason.UNTRUE: _l("What it says is not true"),
    ReportReason.OTHER: _l("Something else"),
}


@dataclass(frozen=True)
class AnswerLines:
    """A published answer in words; `lang` is empty where it is in the page's language.

    `attitude` and `result` are the author's grades, empty where there are none.
    """

    text: str
    lang: str
    unit: str
    outcome: object
    tone: str
    when: str
    iso: str
    attitude: object
    result: object


def answer_lines(found: Answered) -> AnswerLines:
    """What readers see of an answer; one that is not published yet has no day."""
    answer, rating = found.answer, found.rating
    published = answer.published_at
    return AnswerLines(
        text=answer.text,
        lang=foreign_lang(answer),
        unit=name_of(answer.unit) if answer.unit is not None else "",
        outcome=OUTCOMES[answer.outcome],
        tone=OUTCOME_TONES[answer.outcome],
        when=format_day(published) if published is not None else "",
        iso=published.isoformat(timespec="minutes") if published is not None else "",
        attitude=GRADES[rating.attitude] if rating is not None else "",
        result=GRADES[rating.result] if rating is not None else "",
    )


def refusal_words(error: InvalidInputError) -> str:
    """What a service refused in an answer or a template, as a sentence for the form."""
    words = {
        "no_words": _("Write at least one sentence."),
        "too_long": _("An answer has up to %(most)s characters.", most=ANSWER_MAX),
        "placeholder": _(
            "Only {number}, {title}, {item} and {unit} may stand in braces in a template, and none"
            " of them in an answer."
        ),
        "unknown": _("Choose one of the list."),
        "past": _("Choose a day after today."),
        "far": _("Choose a day within the next %(days)s days.", days=FURTHEST.days),
        "length": _("Give the template a name of up to 100 characters."),
    }
    return str(words.get(error.reason, _("This cannot be taken.")))
