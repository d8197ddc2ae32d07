"""The forms of the hot-issue workbench: they check shape; the services know what may be done."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from app.errors import InvalidInputError
from app.services.hot_issue_desk import (
    ISSUE_TITLE_MAX,
    ISSUE_TITLE_MIN,
    PEOPLE_MAX,
    PLACE_MAX,
    REASON_MAX,
    REASON_MIN,
    Wording,
)
from app.services.hot_issue_drafts import TOP_DEFAULT, TOP_MAX
from app.web.forms import PlainForm


class DraftForm(PlainForm):
    """A period, and how long the list shall be."""

    from_on = DateField(_l("First day"), validators=[InputRequired(_l("Enter the first day."))])
    to_on = DateField(
        _l("Last day"),
        description=_l("This day is counted too."),
        validators=[InputRequired(_l("Enter the last day."))],
    )
    top = IntegerField(
        _l("How many issues"),
        description=_l("The hottest ones are kept. 0 keeps every group of two messages or more."),
        default=TOP_DEFAULT,
        validators=[
            InputRequired(_l("Enter how many issues to keep.")),
            NumberRange(0, TOP_MAX, _l("Enter a number from %(min)s to %(max)s.")),
        ],
    )


class RenameForm(PlainForm):
    """An issue's words in one language."""

    title = StringField(
        _l("Headline"),
        validators=[
            InputRequired(_l("Enter a headline.")),
            Length(
                ISSUE_TITLE_MIN,
                ISSUE_TITLE_MAX,
                _l("The headline needs %(min)d to %(max)d characters."),
            ),
        ],
    )
    place = StringField(
        _l("Location"),
        validators=[Length(max=PLACE_MAX, message=_l("The place has up to %(max)d characters."))],
    )
    people = StringField(
        _l("People it touches"),
        validators=[
            Length(max=PEOPLE_MAX, message=_l("The people have up to %(max)d characters."))
        ],
    )

    def wording(self) -> Wording:
        """What was typed."""
        return Wording(self.title.data or "", self.place.data or "", self.people.data or "")


class MoveForm(PlainForm):
    """Another place in the list."""

    to_rank = IntegerField(
        _l("New place"), validators=[InputRequired(_l("Enter a place in the list."))]
    )


class ExcludeForm(PlainForm):
    """Why an issue is left out."""

    reason = TextAreaField(
        _l("Reason"),
        description=_l("Everybody will read it beside the published list. Name no person."),
        validators=[
            InputRequired(_l("Give a reason.")),
            Length(REASON_MIN, REASON_MAX, _l("The reason needs %(min)d to %(max)d characters.")),
        ],
        render_kw={"rows": 3},
    )


def refusal_words(error: InvalidInputError) -> str:
    """What a service refused, as a sentence for the form."""
    words = {
        "out_of_range": _("This is outside of what can be chosen."),
        "before_start": _("The last day lies before the first."),
        "period_too_long": _("A period may last ten years at most."),
        "no_messages": _("No public suggestion was sent in this period. Choose another one."),
        "unchanged": _("Nothing would change: it stands so already."),
        "too_short": _("This is too short."),
        "too_long": _("This is too long."),
        "no_words": _("Write words: there is nothing here to read."),
        "none_in_the_list": _("Every issue was left out, so there is nothing to publish."),
    }
    return str(words.get(error.reason, _("This cannot be taken.")))
