"""The forms of joining and taking apart: they check shape; the service knows what may be done."""

import re
from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.errors import InvalidInputError, NotFoundError
from app.services.matters import MOST_MEMBERS
from app.web.forms import PlainForm

NUMBERS_MAX = 500
"""Characters of the field for numbers: some thirty of them."""

ALONE, OWN, MOVE = "alone", "own", "move"

_SEEN = re.compile(r"(?:[1-9][0-9]{0,8}:[1-9][0-9]{0,8}(?: |$))*", re.ASCII)


class TakeApartForm(PlainForm):
    """Which members, and where they go."""

    members = SelectMultipleField(
        _l("Which ones"),
        # The service knows the members and refuses what is none.
        validate_choice=False,
        validators=[InputRequired(_l("Tick at least one suggestion."))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    where = RadioField(
        _l("Where they go"),
        choices=[
            SelectChoice(ALONE, _l("Each stands alone again")),
            SelectChoice(OWN, _l("Together into a matter of their own")),
            SelectChoice(MOVE, _l("To another suggestion or its matter")),
        ],
        validators=[InputRequired(_l("Choose where they go."))],
    )
    to = StringField(
        _l("Number of the other suggestion"),
        validators=[Length(max=60, message=_l("No number is that long."))],
    )


class LeadForm(PlainForm):
    """Who speaks for all."""

    lead = RadioField(
        _l("Which one leads"),
        validate_choice=False,
        validators=[InputRequired(_l("Choose which one leads."))],
    )


class ConfirmForm(LeadForm):
    """The numbers to join, as they were chosen, and the matters that were on the screen."""

    numbers = HiddenField()
    seen = HiddenField()

    def seen_versions(self) -> Mapping[int, int] | None:
        """The version of each matter by its id; None where nothing of the kind was sent."""
        typed = (self.seen.data or "").strip()
        if not _SEEN.fullmatch(typed):
            return None
        pairs = (each.split(":") for each in typed.split())
        return {int(matter): int(version) for matter, version in pairs}


def seen_words(seen: Mapping[int, int]) -> str:
    """The versions as the hidden field carries them."""
    return " ".join(f"{matter}:{version}" for matter, version in seen.items())


def refusal_words(error: InvalidInputError | NotFoundError) -> str:
    """Why a change to matters is refused."""
    if isinstance(error, NotFoundError):
        return str(_("There is no suggestion %(number)s.", number=error.key))
    words = {
        "withdrawn": _("A suggestion that its author took back cannot be joined."),
        "too_few": _("It takes two suggestions to make a matter."),
        "too_many": _("A matter holds up to %(most)s suggestions.", most=MOST_MEMBERS),
        "joined": _("These are one matter already."),
        "missing": _("Tick at least one suggestion."),
        "all": _("These are all members; together they are this matter already."),
        "same": _("That suggestion is in this matter already."),
        "leads_already": _("It leads already."),
    }
    unknown = {
        "to": _("There is no suggestion of that number."),
        "lead": _("Choose which one leads."),
        "numbers": _("One of them is no longer in this matter."),
    }
    return str(words.get(error.reason) or unknown[error.field])
