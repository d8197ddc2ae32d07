"""Telephones, papers, plates and bank cards in a plain view of a text, by form and check digit.

Every recogniser takes a view of `numerals` and gives the places of what it knows. Patterns are
bounded and start only where a run of digits or letters starts, so that the time grows in step with
the length of the text.
"""

import re
from collections.abc import Iterator

from stdnum import luhn
from stdnum.cn import ric

from app.engines.text.numerals import (
    SEPARATOR,
    digits_of,
    group_sizes,
    is_day,
    is_read_aloud,
)

Range = tuple[int, int]

NOT_AN_AMOUNT = (
    r"(?! ?(?:元(?![旦宵])|万|亿|%|㎡|平方|平米|米|公里|千米|吨|人次|块钱|"
    r"yuan|rmb|usd|dollars?|km))"
)
"""What must not follow a number that is somebody's: it would be money, a length, a weight."""

# --- Words before a number that say what it is ----------------------------------------------------

REACH = 24
"""How many characters before a number are looked at for a word that says what it is."""

_RECORD_REACH = 16

_CALL_CUE = re.compile(
    r"电话|手机|座机|固话|联系|致电|拨打|来电|号主|tel|phone|mobile|call|contact|微信|v信|wx|vx",
    re.IGNORECASE,
)
_CARD_CUE = re.compile(
    r"银行|卡号|储蓄卡|信用卡|借记卡|账号|帐号|账户|card|account|iban|bank", re.IGNORECASE
)
_IDENTITY_CUE = re.compile(
    r"身份证|证件号|身份号|居留证|\bid (?:card|no|number)|identity|resident id|\bID\b|\bHKID\b",
    re.IGNORECASE | re.ASCII,
)
_PASSPORT_WORDS = r"护照|通行证|回乡证|台胞证|passport|travel permit"
_PASSPORT_CUE = re.compile(_PASSPORT_WORDS, re.IGNORECASE)
_RECORD_CUE = re.compile(
    r"订单|单号|工单|编号|流水|受理|案号|文号|批次|运单|快递|发票|条码|代码|合同|备案|产品|序列|"
    r"票据|事项|表号|户号|许可证|order|serial|invoice|ticket|tracking|reference|\bref\b|case no",
    re.IGNORECASE | re.ASCII,
)


def _last_end(cue: re.Pattern[str], window: str) -> int:
    return max((match.end() for match in cue.finditer(window)), default=-1)


def _is_record_number(view: str, start: int, cue: re.Pattern[str]) -> bool:
    """Whether an order or a case is named before the number, and nothing of the cue after that."""
    window = view[max(0, start - _RECORD_REACH) : start]
    record = _last_end(_RECORD_CUE, window)
    return record >= 0 and record > _last_end(cue, window)


def _is_called(view: str, start: int, cue: re.Pattern[str]) -> bool:
    return cue.search(view[max(0, start - REACH) : start]) is not None


# --- Telephones -----------------------------------------------------------------------------------

_MOBILE = re.compile(
    rf"(?<![0-9])(?<![0-9][0-9]\.)(?:(?:\+|00)?86{SEPARATOR})?0?"
    rf"(1{SEPARATOR}[3-9](?:{SEPARATOR}[0-9]){{9}})(?![0-9]){NOT_AN_AMOUNT}",
    re.IGNORECASE,
)
# The ways a mobile number is read out. Any other is a row of figures, a date or the address of a
# machine, unless the words before it speak of a call.
_MOBILE_GROUPS = frozenset(
    {
        *((11,), (3, 8), (7, 4), (5, 6), (6, 5), (4, 7), (8, 3)),
        *((3, 4, 4), (4, 4, 3), (4, 3, 4), (3, 3, 5), (5, 3, 3), (3, 5, 3)),
        *((3, 2, 2, 4), (3, 2, 3, 3), (3, 4, 2, 2), (3, 2, 2, 2, 2), (1,) * 11),
    }
)
_MOST_GROUPS = 6


def mobiles(view: str) -> Iterator[Range]:
    """Mobile numbers of the mainland: eleven digits from 13 to 19, with or without +86."""
    for match in _MOBILE.finditer(view):
        sizes = group_sizes(match.group(1))
        is_called = len(sizes) <= _MOST_GROUPS and _is_called(view, match.start(), _CALL_CUE)
        if (is_called or sizes in _MOBILE_GROUPS) and not _is_record_number(
            view, match.start(), _CALL_CUE
        ):
            yield match.span()


_LANDLINE = re.compile(
    rf"(?<![0-9])(?:(?:\+|00)86{SEPARATOR}0?|\(?0)(?:10|2[0-9]|[3-9][0-9]{{2}}){SEPARATOR}"
    rf"([2-8](?:{SEPARATOR}[0-9]){{6,7}})(?![0-9])"
    r"(?: {0,2}(?:转 ?(?:接|分机)?|-|#|ext(?:ension|\.)?|分机)[号 :]{0,2}[0-9]{1,6}(?![0-9]))?"
    rf"{NOT_AN_AMOUNT}",
    re.IGNORECASE,
)
_SPACED_LANDLINE = re.compile(
    r"(?<![0-9])0[ \-·.](?:1[ \-·.]0|2[ \-·.][0-9]|[3-9][ \-·.][0-9][ \-·.][0-9])"
    r"[ \-·.]{1,3}([2-8](?:[ \-·.][0-9]){6,7})(?![0-9])"
)
_LOCAL_LINE = re.compile(
    r"(?:电话|座机|固话|\btel|phone|call)[^0-9\n]{0,8}(?<![-0-9A-Z])"
    rf"([2-8][0-9]{{2,3}}[ \-]?[0-9]{{4}})(?![0-9])(?!-[0-9]){NOT_AN_AMOUNT}",
    re.IGNORECASE | re.ASCII,
)


def landlines(view: str) -> Iterator[Range]:
    """Lines with their area code and extension; without an area code only after "telephone"."""
    for match in _LANDLINE.finditer(view):
        is_whole = is_read_aloud(group_sizes(match.group(1)), least=2)
        if (
            is_whole
            and not is_day(digits_of(match.group(1)))
            and not _is_record_number(view, match.start(), _CALL_CUE)
        ):
            # A bracket around the whole number belongs to the sentence, not to the number.
            is_outside = match.group().startswith("(") and ")" not in match.group()
            yield match.start() + is_outside, match.end()
    for match in _SPACED_LANDLINE.finditer(view):
        yield match.span()
    for match in _LOCAL_LINE.finditer(view):
        if not is_day(digits_of(match.group(1))):
            yield match.span(1)


# --- Papers ---------------------------------------------------------------------------------------

# Looked at from every group of digits: an hour may stand before the number.
_RESIDENT_ID = re.compile(
    rf"(?<![0-9])(?=([1-9](?:{SEPARATOR}[0-9]){{5}}{SEPARATOR}(?:1{SEPARATOR}9|2{SEPARATOR}0)"
    rf"(?:{SEPARATOR}[0-9]){{9}}{SEPARATOR}[0-9X])(?![0-9]))",
    re.IGNORECASE,
)
# Cards issued until 1999 had fifteen digits and no check.
_OLD_RESIDENT_ID = re.compile(r"(?<![0-9])[1-8][0-9]{14}(?![0-9])")
# The cards of Hong Kong, A123456(7), and the older ones of foreigners who stay for good.
_OTHER_IDENTITY = re.compile(
    r"(?<![A-Z0-9])(?:[A-Z]{1,2}[0-9]{6}\([0-9A]\)|[A-Z]{3}[0-9]{12}(?![0-9]))", re.IGNORECASE
)
# GB/T 2260; 91 to 93 stand for foreigners with permanent residence since 2023.
_PROVINCES = frozenset(
    str(code)
    for first, last in (
        *((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65)),
        *((71, 71), (81, 83), (91, 93)),
    )
    for code in range(first, last + 1)
)


def resident_ids(view: str) -> Iterator[Range]:
    """Resident identity numbers (GB 11643): place, birthday, check digit by ISO 7064 MOD 11-2.

    One that is called an identity number is taken with a wrong check digit too: with a slip of the
    finger it still tells birthday and birthplace.
    """
    for match in _RESIDENT_ID.finditer(view):
        number = digits_of(match.group(1)[:-1]) + match.group(1)[-1].upper()
        if number[:2] not in _PROVINCES or not is_day(number[6:14]):
            continue
        if number[-1] == ric.calc_check_digit(number) or _is_called(
            view, match.start(), _IDENTITY_CUE
        ):
            yield match.span(1)
    for match in _OLD_RESIDENT_ID.finditer(view):
        number = match.group()
        if number[:2] in _PROVINCES and is_day(f"19{number[6:12]}"):
            yield match.span()
    for match in _OTHER_IDENTITY.finditer(view):
        if _is_called(view, match.start(), _IDENTITY_CUE):
            yield match.span()


_PASSPORT = re.compile(
    rf"(?<![A-Z0-9])(?!(?:IS|NO) )[A-Z] ?[A-Z]?{SEPARATOR}[0-9](?:[ \-]?[0-9]){{5,9}}(?![A-Z0-9])",
    re.IGNORECASE,
)
_CHINESE_PASSPORT = re.compile(r"[EG][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}")
_NUMBER_OF_A_PAPER = re.compile(
    rf"(?:{_PASSPORT_WORDS})(?:号码?|号|number|no\.?|is|是|为|[ :(#]){{0,5}}"
    r"([0-9](?:[ \-]?[0-9]){7,9})(?![0-9])",
    re.IGNORECASE,
)


def passports(view: str) -> Iterator[Range]:
    """Passports and travel permits: mainland passports by form, all others where they are named."""
    for match in _PASSPORT.finditer(view):
        number = "".join(filter(str.isalnum, match.group())).upper()
        known = _CHINESE_PASSPORT.fullmatch(number) and not is_day(number[-8:])
        if _is_called(view, match.start(), _PASSPORT_CUE) or (
            known and not _is_record_number(view, match.start(), _PASSPORT_CUE)
        ):
            yield match.span()
    for match in _NUMBER_OF_A_PAPER.finditer(view):
        if not is_day(digits_of(match.group(1))):
            yield match.span(1)


_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
    r"[ ·.\-]{0,3}[A-HJ-Z][ ·.\-]{0,3}"
    r"(?:[A-HJ-NP-Z0-9]{4}(?:[A-HJ-NP-Z0-9]{1,2}| ?[学警挂港澳])|"
    r"(?:[A-HJ-NP-Z0-9][ ·\-]{1,2}){4,5}[A-HJ-NP-Z0-9]|"
    r"[A-HJ-NP-Z0-9]{2,3}[ ·\-][A-HJ-NP-Z0-9]{2,3})(?![A-Z0-9])",
    re.IGNORECASE,
)
_PLATE_LENGTHS = range(7, 9)
_LEAST_PLATE_DIGITS = 2


def plates(view: str) -> Iterator[Range]:
    """Number plates (GA 36): province, letter, five characters; six for electric cars; no I, O."""
    for match in _PLATE.finditer(view):
        length = sum(map(str.isalnum, match.group()))
        if length in _PLATE_LENGTHS and len(digits_of(match.group())) >= _LEAST_PLATE_DIGITS:
            yield match.span()


# --- Bank cards -----------------------------------------------------------------------------------

# Looked at from every group of digits: a room or an hour may stand before the card.
_CARD = re.compile(rf"(?<![0-9])(?=([2-69](?:{SEPARATOR}[0-9]){{14,18}}))")
_CARD_ISSUERS = re.compile(r"62|60|65|4|5[0-9]|3[4-7]|9[58]")
_CARD_LENGTHS = range(15, 20)


def bank_cards(view: str) -> Iterator[Range]:
    """Card numbers (ISO/IEC 7812): a known issuer, 15 to 19 digits, the check digit of Luhn."""
    for match in _CARD.finditer(view):
        end = _card_end(view, *match.span(1))
        if end and not _is_record_number(view, match.start(), _CARD_CUE):
            yield match.start(), end


def _is_digit(character: str) -> bool:
    return "0" <= character <= "9"


def _card_end(view: str, start: int, furthest: int) -> int | None:
    """Where the longest card number that starts here ends: other figures may follow a space."""
    number = digits_of(view[start:furthest])
    if not _CARD_ISSUERS.match(number):
        return None
    end = furthest
    while len(number) in _CARD_LENGTHS:
        if not _is_digit(view[end : end + 1]) and luhn.is_valid(number):
            is_whole = is_read_aloud(group_sizes(view[start:end]), least=3)
            return end if is_whole else None
        end -= 1
        while not _is_digit(view[end - 1]):
            end -= 1
        number = number[:-1]
    return None
