"""What the queue's address and its forms say: a narrowing, a name for it, a decision on many."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from flask import abort
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.errors import InvalidInputError
from app.models.moderation import NOTE_MAX
from app.services.bulk import Order
from app.services.review_queue import FILTER_NAME_MAX, Due, Mark, QueueFilter
from app.vocabulary import Language, ModerationAction, Question, ReviewCause, ReviewState
from app.web.forms import PlainForm

WORDS_MAX = 100
"""Characters of a question to the queue."""

TAB = ("state", "cause")
CONDITIONS = ("item", "question", "district", "language", "flag", "age", "mine", "q")
"""Arguments of the address that narrow a tab."""

_ITEM = re.compile(r"(?:[1-9][0-9]{0,3})?", re.ASCII)
_FLAG = re.compile(r"[a-z_]{0,64}", re.ASCII)
_OLDER = re.compile(r"older-([1-9][0-9]{0,2})", re.ASCII)
_DUES: Mapping[str, Due] = {"overdue": "overdue", "today": "today"}

MemberT = TypeVar("MemberT", bound=StrEnum)


def narrowing_in(arguments: MultiDict[str, str], *, staff_id: int) -> QueueFilter:
    """The narrowing that an address asks for; what does not exist is answered with 422."""
    item = arguments.get("item", "")
    flag = arguments.get("flag", "")
    words = arguments.get("q", "").strip()
    if not _ITEM.fullmatch(item) or not _FLAG.fullmatch(flag) or len(words) > WORDS_MAX:
        abort(422)
    due, older_than = _age(arguments.get("age", ""))
    state = _member(ReviewState, arguments.get("state", ""))
    return QueueFilter(
        cause=_member(ReviewCause, arguments.get("cause", "")),
        # What waits has a tab of its own, whatever its state.
        state=None if state is ReviewState.PENDING else state,
        item_number=int(item) if item else None,
        question=_member(Question, arguments.get("question", "")),
        district_code=arguments.get("district", "")[:64] or None,
        language=_member(Language, arguments.get("language", "")),
        flag_code=flag or None,
        due=due,
        older_than=older_than,
        claimed_by=staff_id if arguments.get("mine") else None,
        words=words,
        since=_mark(arguments.get("since", "")),
    )


def _member(members: type[MemberT], typed: str) -> MemberT | None:
    if not typed:
        return None
    if typed not in set(members):
        abort(422)
    return members(typed)


def _age(typed: str) -> tuple[Due | None, int | None]:
    if not typed:
        return None, None
    if typed in _DUES:
        return _DUES[typed], None
    older = _OLDER.fullmatch(typed)
    return (None, int(older[1])) if older else abort(422)


def _mark(typed: str) -> Mark | None:
    try:
        return Mark.parse(typed) if typed else None
    except InvalidInputError:
        abort(422)


class FilterNameForm(PlainForm):
    """A name for the present narrowing."""

    name = StringField(
        _l("Name for this filter"),
        validators=[
            InputRequired(_l("Enter a name.")),
            Length(max=FILTER_NAME_MAX, message=_l("The name may have up to %(max)d characters.")),
        ],
    )


def _unix_lines(text: str | None) -> str | None:
    """Browsers send a line's end as two characters; a length counts what was typed."""
    return text.replace("\r\n", "\n") if text else text


class BulkForm(PlainForm):
    """What a decision on many needs beside its kind."""

    reason_code = SelectField(
        _l("Reason"),
        # The service knows the list and refuses what is not on it.
        validate_choice=False,
        validators=[InputRequired(_l("Choose a reason."))],
    )
    items = SelectMultipleField(
        _l("Plan items"),
        coerce=int,
        validate_choice=False,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    note = TextAreaField(
        _l("Note to the authors"),
        filters=[_unix_lines],
        validators=[
            Length(max=NOTE_MAX, message=_l("The note may have up to %(max)d characters.")),
        ],
        render_kw={"rows": 3},
    )

    def keep_for(self, action: ModerationAction) -> None:
        """Leave out what the action does not ask for."""
        if action is not ModerationAction.DECLINE:
            del self.reason_code
        if action is not ModerationAction.RETAG:
            del self.items

    def order(self, action: ModerationAction, *, begun_at: datetime) -> Order:
        """What is to be done to each suggestion."""
        return Order(
            action=action,
            begun_at=begun_at,
            reason_code=self.reason_code.data if self.reason_code else None,
            note=self.note.data or "",
            item_numbers=tuple(self.items.data or ()) if self.items else None,
        )
