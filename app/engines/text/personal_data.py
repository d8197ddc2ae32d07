"""Finds and hides personal data in a citizen's words: numbers, accounts, homes, announced names.

The recognisers of the modules `private_…` look at one plain view of the text (`numerals`); this one
puts what they find in order.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.engines.text import (
    numerals,
    private_accounts,
    private_homes,
    private_names,
    private_numbers,
)


class PersonalDataKind(StrEnum):
    """The sort of personal data that was found."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    RESIDENT_ID = "resident_id"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    PASSPORT = "passport"
    EMAIL = "email"
    WECHAT = "wechat"
    QQ = "qq"
    ADDRESS = "address"
    NAME = "name"


@dataclass(frozen=True, order=True)
class PersonalDataSpan:
    """A stretch `start`..`end` of the original text that holds personal data."""

    start: int
    end: int
    kind: PersonalDataKind


# What stands for personal data in public. Its length is fixed and nothing of the original is kept:
# the first three and last four digits of a number, beside a district, can be enough to name
# someone.
MASK = "****"

_Recogniser = Callable[[str], Iterator[private_numbers.Range]]

# A link names a page; figures inside it are the page's.
_URL = re.compile(r"(?:https?://|www\.)[!-~]{1,2000}", re.IGNORECASE)

# In this order a stretch of text is claimed: what proves itself by a check digit or a letter before
# what is digits only, what is longer before what is shorter.
_RECOGNISERS: tuple[tuple[PersonalDataKind, _Recogniser], ...] = (
    (PersonalDataKind.EMAIL, private_accounts.emails),
    (PersonalDataKind.RESIDENT_ID, private_numbers.resident_ids),
    (PersonalDataKind.BANK_CARD, private_numbers.bank_cards),
    (PersonalDataKind.PASSPORT, private_numbers.passports),
    (PersonalDataKind.PLATE, private_numbers.plates),
    (PersonalDataKind.MOBILE, private_numbers.mobiles),
    (PersonalDataKind.LANDLINE, private_numbers.landlines),
    (PersonalDataKind.WECHAT, private_accounts.wechats),
    (PersonalDataKind.QQ, private_accounts.qqs),
    (PersonalDataKind.ADDRESS, private_homes.addresses),
    (PersonalDataKind.NAME, private_names.names),
)


def find(text: str) -> tuple[PersonalDataSpan, ...]:
    """The personal data in a text, in order and without overlap, as offsets into that text."""
    plain = numerals.plain(text)
    view = _URL.sub(lambda url: "\n" * len(url.group()), plain.view)
    # A text without a Chinese digit is looked at once, and so are names: 王一 has no figure in it.
    views = tuple(dict.fromkeys((view, numerals.with_figures(view))))
    claimed = bytearray(len(view))
    found = []
    for kind, recognise in _RECOGNISERS:
        for each in views if kind is not PersonalDataKind.NAME else views[:1]:
            for start, end in recognise(each):
                if not any(claimed[start:end]):
                    claimed[start:end] = b"\x01" * (end - start)
                    found.append(PersonalDataSpan(*plain.typed(start, end), kind))
    return tuple(sorted(found))


def mask(text: str, spans: Iterable[PersonalDataSpan]) -> str:
    """The text with every span replaced by the same block, whatever its length and kind."""
    parts = []
    done = 0
    for span in sorted(spans):
        if span.start >= done:
            parts += [text[done : span.start], MASK]
        done = max(done, span.end)
    return "".join([*parts, text[done:]])
