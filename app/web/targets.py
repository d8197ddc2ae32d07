"""What a plan item promises and how far it has come, in words and as lengths of bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import format_decimal, gettext, ngettext

from app.models import PlanItem, Target, TargetText
from app.services.plans import TargetCount, TargetState, target_states
from app.vocabulary import Comparator
from app.web import labels
from app.web.templating import foreign_lang, format_day, in_language

_VERSIONS = frozenset({"版", "版本", "version"})
"""Units whose figure is a name rather than a number: 4.0, never 4."""


@dataclass(frozen=True)
class TargetLine:
    """A target for a table row and its bar; `share` is None before anything was reported.

    Versions have no bar: 2.0 is not half of 4.0.
    """

    measure: str
    lang: str
    promise: str
    due: str
    reported: str
    reported_on: str
    state: str
    share: float | None
    is_reached: bool
    start: str
    end: str
    has_bar: bool


def target_lines(item: PlanItem) -> Sequence[TargetLine]:
    """The item's targets in their order."""
    return [_line(state) for state in target_states(item)]


def _line(state: TargetState) -> TargetLine:
    target = state.target
    text = in_language(target.texts)
    counts_up = target.comparator is not Comparator.AT_MOST
    return TargetLine(
        measure=text.measure,
        lang=foreign_lang(text),
        promise=promise(target, text),
        due=format_day(target.due_on) if target.due_on else "",
        reported=figure(state.reached, text) if state.reached is not None else "",
        reported_on=format_day(state.reported_on) if state.reported_on else "",
        state=_state_words(state),
        share=round(state.share * 100, 2) if state.reached is not None else None,
        is_reached=state.is_reached,
        start=figure(Decimal(0), text) if counts_up else "",
        end=figure(target.value, text),
        has_bar=text.unit not in _VERSIONS,
    )


def _state_words(state: TargetState) -> str:
    if state.reached is None:
        return str(gettext("Nothing reported yet"))
    return str(gettext("Reached") if state.is_reached else gettext("Under way"))


def promise(target: Target, text: TargetText) -> str:
    """The promised figure with its comparator, such as "at least 95%"."""
    amount = figure(target.value, text)
    if text.unit in _VERSIONS:
        return amount
    # Translators: a promised figure, such as “at least 95%”; Chinese needs no space between.
    return str(
        gettext(
            "%(comparator)s %(figure)s",
            comparator=labels.comparator[target.comparator],
            figure=amount,
        )
    )


def figure(value: Decimal, text: TargetText) -> str:
    """A figure with its unit as a reader writes it: 45,000 racks, 95%, version 4.0."""
    if text.unit == "%":
        return f"{format_decimal(value)}%"
    if text.unit in _VERSIONS:
        # Translators: the version of a program, such as “version 4.0”.
        return str(gettext("version %(number)s", number=format_decimal(value, "0.0##")))
    # Translators: a figure with its unit, such as “45,000 racks”; Chinese needs no space between.
    return str(gettext("%(number)s %(unit)s", number=format_decimal(value), unit=text.unit))


def count_words(count: TargetCount) -> str:
    """How far the targets of an item have come, in a few words; nothing where none is promised."""
    if not count.promised:
        return ""
    if count.reached:
        return str(
            ngettext(
                "%(reached)s of %(num)s target reached",
                "%(reached)s of %(num)s targets reached",
                count.promised,
                reached=count.reached,
            )
        )
    if count.reported:
        return str(
            ngettext(
                "%(reported)s of %(num)s target under way",
                "%(reported)s of %(num)s targets under way",
                count.promised,
                reported=count.reported,
            )
        )
    return str(
        ngettext(
            "%(num)s target, nothing reported yet",
            "%(num)s targets, nothing reported yet",
            count.promised,
        )
    )
