"""Finds and hides personal data in a citizen's words: numbers, accounts, homes.

It knows forms, not people: names are not looked for. Every pattern is bounded and starts only where
a run of digits or letters starts, so the time grows in step with the length of the text.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from stdnum import luhn
from stdnum.cn import ric


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

_Range = tuple[int, int]
_Recogniser = Callable[[str], Iterator[_Range]]


def find(text: str) -> tuple[PersonalDataSpan, ...]:
    """The personal data in a text, in order and without overlap, as offsets into that text."""
    plain = _URL.sub(lambda url: "\n" * len(url.group()), "".join(map(_fold_character, text)))
    views = (plain, plain.translate(_CHINESE_DIGITS))
    claimed = bytearray(len(text))
    found = []
    for kind, recognise in _RECOGNISERS:
        for view in views:
            for start, end in recognise(view):
                if not any(claimed[start:end]):
                    claimed[start:end] = b"\x01" * (end - start)
                    found.append(PersonalDataSpan(start, end, kind))
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


# --- One character for one character, so that offsets hold ----------------------------------------

_BREAK = "\u200b"  # stands for every character that takes no room
_LOOK_ALIKES = {
    **dict.fromkeys("\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\ufe0f\u20e3", _BREAK),
    **dict.fromkeys("‐‑‒–—―−~～", "-"),
    **dict.fromkeys("•・‧∙", "·"),
    "\t": " ",
}
_CHINESE_DIGITS = str.maketrans(
    "〇零一幺壹二贰三叁四肆五伍六陆七柒八捌九玖", "001112233445566778899"
)


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    # Circled and raised digits number the points of a list or square a metre: they stay.
    if unicodedata.category(character) == "No":
        return character
    folded = unicodedata.normalize("NFKC", character)
    return _LOOK_ALIKES.get(folded, folded) if len(folded) == 1 else character


_URL = re.compile(r"(?:https?://|www\.)[!-~]{1,2000}", re.IGNORECASE)

# What people put between the digits they read aloud; 一 is a dash typed in haste.
_SEP = rf"[ .\-_/()·一{_BREAK}]{{0,3}}"
_GROUP = re.compile(r"[0-9]+")
_NOT_AN_AMOUNT = (
    r"(?! ?(?:元(?![旦宵])|万|亿|%|㎡|平方|平米|米|公里|千米|吨|人次|块钱|"
    r"yuan|rmb|usd|dollars?|km))"
)


def _group_sizes(number: str) -> tuple[int, ...]:
    return tuple(len(group) for group in _GROUP.findall(number.replace(_BREAK, "")))


def _is_read_aloud(sizes: tuple[int, ...], least: int) -> bool:
    """Whether the digits stand one by one, or in groups of a fair size with the rest at the end."""
    return set(sizes) == {1} or all(size >= least for size in sizes[:-1])


def _is_digit(character: str) -> bool:
    return "0" <= character <= "9"


def _digits(text: str) -> str:
    return "".join(filter(_is_digit, text))


# --- Words before a number that say what it is ----------------------------------------------------

_REACH = 16
_CALL_CUE = re.compile(
    r"电话|手机|座机|固话|联系|致电|拨打|来电|号主|tel|phone|mobile|call|contact|微信|v信|wx|vx",
    re.IGNORECASE,
)
_CARD_CUE = re.compile(
    r"银行|卡号|储蓄卡|信用卡|借记卡|账号|帐号|账户|card|account|iban|bank", re.IGNORECASE
)
_IDENTITY_CUE = re.compile(
    r"身份证|证件号|身份号|\bid (?:card|no|number)|identity|resident id|\bID\b",
    re.IGNORECASE | re.ASCII,
)
_PASSPORT_CUE = re.compile(r"护照|通行证|回乡证|台胞证|passport|travel permit", re.IGNORECASE)
_RECORD_CUE = re.compile(
    r"订单|单号|工单|编号|流水|受理|案号|文号|批次|运单|快递|发票|条码|代码|合同|备案|产品|序列|"
    r"票据|事项|表号|户号|order|serial|invoice|ticket|tracking|reference|\bref\b|case no",
    re.IGNORECASE | re.ASCII,
)


def _last_end(cue: re.Pattern[str], window: str) -> int:
    return max((match.end() for match in cue.finditer(window)), default=-1)


def _is_record_number(view: str, start: int, cue: re.Pattern[str]) -> bool:
    """Whether an order or a case is named before the number, and nothing of the cue after that."""
    window = view[max(0, start - _REACH) : start]
    record = _last_end(_RECORD_CUE, window)
    return record >= 0 and record > _last_end(cue, window)


def _is_called(view: str, start: int, cue: re.Pattern[str]) -> bool:
    return cue.search(view[max(0, start - _REACH) : start]) is not None


# --- Telephones -----------------------------------------------------------------------------------

_MOBILE = re.compile(
    rf"(?<![0-9])(?<![0-9][0-9]\.)(?:(?:\+|00)?86{_SEP})?0?"
    rf"(1{_SEP}[3-9](?:{_SEP}[0-9]){{9}})(?![0-9]){_NOT_AN_AMOUNT}",
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


def _mobiles(view: str) -> Iterator[_Range]:
    for match in _MOBILE.finditer(view):
        sizes = _group_sizes(match.group(1))
        is_called = _is_called(view, match.start(), _CALL_CUE) and len(sizes) <= _MOST_GROUPS
        if (is_called or sizes in _MOBILE_GROUPS) and not _is_record_number(
            view, match.start(), _CALL_CUE
        ):
            yield match.span()


_LANDLINE = re.compile(
    rf"(?<![0-9])(?:(?:\+|00)86{_SEP}0?|\(?0)(?:10|2[0-9]|[3-9][0-9]{{2}}){_SEP}"
    rf"([2-8](?:{_SEP}[0-9]){{6,7}})(?![0-9])(?: ?(?:转|-|ext\.?|分机) ?[0-9]{{1,6}}(?![0-9]))?"
    rf"{_NOT_AN_AMOUNT}",
    re.IGNORECASE,
)
_LOCAL_LINE = re.compile(
    r"(?:电话|座机|固话|\btel|phone|call)[^0-9\n]{0,8}(?<![-0-9A-Z])"
    rf"([2-8][0-9]{{2,3}}[ \-]?[0-9]{{4}})(?![0-9])(?!-[0-9]){_NOT_AN_AMOUNT}",
    re.IGNORECASE | re.ASCII,
)


def _landlines(view: str) -> Iterator[_Range]:
    for match in _LANDLINE.finditer(view):
        number = _digits(match.group(1))
        is_whole = _is_read_aloud(_group_sizes(match.group(1)), least=2)
        if (
            is_whole
            and not _is_day(number)
            and not _is_record_number(view, match.start(), _CALL_CUE)
        ):
            # A bracket around the whole number belongs to the sentence, not to the number.
            is_outside = match.group().startswith("(") and ")" not in match.group()
            yield match.start() + is_outside, match.end()
    for match in _LOCAL_LINE.finditer(view):
        if not _is_day(_digits(match.group(1))):
            yield match.span(1)


# --- Documents ------------------------------------------------------------------------------------

_RESIDENT_ID = re.compile(
    rf"(?<![0-9])[1-8](?:{_SEP}[0-9]){{16}}{_SEP}[0-9X](?![0-9])", re.IGNORECASE
)
# Cards issued until 1999 had fifteen digits and no check.
_OLD_RESIDENT_ID = re.compile(r"(?<![0-9])[1-8][0-9]{14}(?![0-9])")
_PROVINCES = frozenset(
    str(code)
    for first, last in (
        *((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65)),
        *((71, 71), (81, 83)),
    )
    for code in range(first, last + 1)
)


def _is_day(digits: str) -> bool:
    """Whether eight digits are a day people write about: no telephone, no passport."""
    if len(digits) != len("20230223") or not "1900" <= digits[:4] <= "2099":
        return False
    try:
        date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    except ValueError:
        return False
    return True


def _resident_ids(view: str) -> Iterator[_Range]:
    for match in _RESIDENT_ID.finditer(view):
        number = _digits(match.group()[:-1]) + match.group()[-1].upper()
        if number[:2] not in _PROVINCES or not _is_day(number[6:14]):
            continue
        # With a slip of the finger it still tells birthday and birthplace, if it is called one.
        if number[-1] == ric.calc_check_digit(number) or _is_called(
            view, match.start(), _IDENTITY_CUE
        ):
            yield match.span()
    for match in _OLD_RESIDENT_ID.finditer(view):
        number = match.group()
        if number[:2] in _PROVINCES and _is_day(f"19{number[6:12]}"):
            yield match.span()


_PASSPORT = re.compile(
    rf"(?<![A-Z0-9])(?:[A-Z]{{1,2}}{_SEP}[0-9](?:[ \-]?[0-9]){{5,7}})(?![A-Z0-9])", re.IGNORECASE
)
_CHINESE_PASSPORT = re.compile(r"[EG][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}")


def _passports(view: str) -> Iterator[_Range]:
    for match in _PASSPORT.finditer(view):
        number = "".join(character for character in match.group() if character.isalnum())
        known = _CHINESE_PASSPORT.fullmatch(number) and not _is_day(number[-8:])
        if _is_called(view, match.start(), _PASSPORT_CUE) or (
            known and not _is_record_number(view, match.start(), _PASSPORT_CUE)
        ):
            yield match.span()


_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
    rf"[ ·.\-{_BREAK}]{{0,2}}[A-HJ-Z][ ·.\-{_BREAK}]{{0,2}}"
    r"(?:[A-HJ-NP-Z0-9]{4}(?:[A-HJ-NP-Z0-9]{1,2}| ?[学警挂港澳])|"
    rf"(?:[A-HJ-NP-Z0-9][ ·\-{_BREAK}]{{1,2}}){{4,5}}[A-HJ-NP-Z0-9])(?![A-Z0-9])",
    re.IGNORECASE,
)
_LEAST_PLATE_DIGITS = 2


def _plates(view: str) -> Iterator[_Range]:
    for match in _PLATE.finditer(view):
        if len(_digits(match.group())) >= _LEAST_PLATE_DIGITS:
            yield match.span()


# --- Bank cards -----------------------------------------------------------------------------------

# Looked at from every group of digits: a room or an hour may stand before the card.
_CARD = re.compile(rf"(?<![0-9])(?=([2-69](?:{_SEP}[0-9]){{14,18}}))")
_CARD_ISSUERS = re.compile(r"62|60|65|4|5[0-9]|3[4-7]|9[58]")
_CARD_LENGTHS = range(15, 20)


def _bank_cards(view: str) -> Iterator[_Range]:
    for match in _CARD.finditer(view):
        end = _card_end(view, *match.span(1))
        if end and not _is_record_number(view, match.start(), _CARD_CUE):
            yield match.start(), end


def _card_end(view: str, start: int, furthest: int) -> int | None:
    """Where the longest card number that starts here ends: other figures may follow a space."""
    number = _digits(view[start:furthest])
    if not _CARD_ISSUERS.match(number):
        return None
    end = furthest
    while len(number) in _CARD_LENGTHS:
        if not _is_digit(view[end : end + 1]) and luhn.is_valid(number):
            is_whole = _is_read_aloud(_group_sizes(view[start:end]), least=3)
            return end if is_whole else None
        end -= 1
        while not _is_digit(view[end - 1]):
            end -= 1
        number = number[:-1]
    return None


# --- Accounts -------------------------------------------------------------------------------------

_EMAIL = re.compile(
    r"(?<![A-Z0-9._%+\-])[A-Z0-9._%+\-]{1,64}"
    r"(?: ?(?:@|艾特|[(\[{<] ?at ?[)\]}>]) ?| at (?=[A-Z0-9\-]{1,63} dot ))"
    r"((?:[A-Z0-9\-]{1,63}(?: ?(?:\.|点|[(\[{<] ?dot ?[)\]}>]) ?| dot )){1,6}[A-Z]{2,18})"
    r"(?![A-Z0-9])",
    re.IGNORECASE,
)
# An office publishes its own mailbox.
_OFFICE_DOMAIN = re.compile(r"(?:^|\.)gov\.cn$", re.IGNORECASE)


def _emails(view: str) -> Iterator[_Range]:
    for match in _EMAIL.finditer(view):
        if not _OFFICE_DOMAIN.search(match.group(1)):
            yield match.span()


_WECHAT_NAMED = re.compile(
    r"(?:微信|薇信|威信|[加+]v|v信|we ?chat|weixin|(?<![A-Z])(?:wx|vx))"
    rf"[ {_BREAK}]?(?:号码?|账号|帐号|id|account|number)?"
    rf"([ :是为号({_BREAK}]|is ){{0,4}}([A-Z][A-Z0-9_\-]{{5,19}}|[1-9][0-9]{{5,10}})(?![A-Z0-9_])",
    re.IGNORECASE,
)
_WECHAT_ITSELF = re.compile(r"(?<![A-Z0-9_])wxid_[A-Z0-9]{6,20}(?![A-Z0-9_])", re.IGNORECASE)
_STRONG_LINK = re.compile(r"[:号是为]")
_HAS_MARK = re.compile(r"[0-9_\-]")


def _wechats(view: str) -> Iterator[_Range]:
    for match in _WECHAT_NAMED.finditer(view):
        link = view[match.start() : match.start(2)]
        # "WeChat payment" is no account: a word alone counts only after a colon or the like.
        if _HAS_MARK.search(match.group(2)) or _STRONG_LINK.search(link):
            yield match.span(2)
    for match in _WECHAT_ITSELF.finditer(view):
        yield match.span()


_QQ = re.compile(
    r"(?:(?<![A-Z])QQ|扣扣|扣号|Q号|企鹅号?)(?:号码?|账号|帐号|number)?(?:[ :是为]|is ){0,4}"
    rf"([1-9](?:[ \-{_BREAK}]?[0-9]){{4,10}})(?![0-9]){_NOT_AN_AMOUNT}",
    re.IGNORECASE,
)


def _qqs(view: str) -> Iterator[_Range]:
    for match in _QQ.finditer(view):
        yield match.span(1)


# --- Homes ----------------------------------------------------------------------------------------

_LABEL = r"(?:[A-Z]?[0-9十百]{1,4}[A-Z]?|[A-Z甲乙丙丁东西南北])"
_GAP = rf"[ ,\-{_BREAK}]{{0,2}}"
_HOUSE = r" ?(?:号楼|号院|栋楼?|幢楼?|座|#楼?)"
_FLOOR = r"(?:[0-9十]{1,3}[楼层]" + _GAP + r")?"
# Three or four digits alone are a room only when nothing is being counted.
_BARE_ROOM = (
    r"[0-9]{3,4}(?![0-9多余几来年元块米平个户人名台辆度天次万亿吨套间棵盏根条层级㎡%.]|公[里斤])"
)
_NAMED_ROOM = r"[0-9]{1,4}[A-Z]? ?(?:室|房(?![屋间])|号房|号(?![楼线院]|电梯|户型|门面|商铺))"
_HOUSEHOLD = r"[0-9]{1,4}户(?!居民|业主|人家|家庭|村民|住户|[0-9]|都|共|全|的)"
_SIDE = r"[0-9十]{1,3}[楼层][东西中南北]户?"
_ROOM = rf"(?:{_NAMED_ROOM}|{_SIDE}|{_FLOOR}{_BARE_ROOM}|[东西中]户)"
_HOME = re.compile(
    rf"(?<![0-9A-Z十百])(?:"
    rf"(?:{_LABEL}(?:{_HOUSE}| ?[号楼]){_GAP})?{_LABEL} ?(?:单元|门洞){_GAP}"
    rf"(?:{_HOUSEHOLD}|{_FLOOR}{_ROOM})"
    rf"|{_LABEL}{_HOUSE}{_GAP}(?:{_FLOOR}{_NAMED_ROOM}|{_FLOOR}{_BARE_ROOM}|{_SIDE})"
    r"|[0-9]{1,4}号[0-9]{3,4}室"
    rf"|{_LABEL}{_HOUSE}-[0-9]{{1,2}}-[0-9]{{3,4}}(?![0-9])"
    r")",
    re.IGNORECASE,
)
_DASHED_HOME = re.compile(
    r"(?:小区|花园|家园|公寓|新村|社区|[苑府城庭]|住址|地址|家住|住在|address|live at|lives at)"
    r"[^0-9\n]{0,8}(?<![0-9\-])([0-9]{1,3}#?-[0-9]{1,2}-[0-9]{3,4})(?![0-9\-])",
    re.IGNORECASE,
)
_ENGLISH_LABEL = r"[ .]{0,2}(?:no\.? ?|# ?)?(?:[A-Z]?[0-9]{1,5}[A-Z]?|[A-Z])(?![A-Z0-9])"
_ENGLISH_HOUSE = rf"(?:building|bldg|block|tower|unit){_ENGLISH_LABEL}"
_ENGLISH_ROOM = (
    r"(?:room|rm|apt|apartment|flat|suite)[ .]{0,2}(?:no\.? ?|# ?)?"
    r"[A-Z]?[0-9]{1,5}[A-Z]?(?![A-Z0-9])"
)
_ENGLISH_HOME = re.compile(
    rf"\b(?:(?:{_ENGLISH_HOUSE}[ ,]{{1,2}}){{1,2}}{_ENGLISH_ROOM}"
    rf"|{_ENGLISH_ROOM}(?:[ ,]{{1,2}}{_ENGLISH_HOUSE}){{1,2}})",
    re.IGNORECASE | re.ASCII,
)
# Rooms people are sent to, not rooms people live in.
_OFFICE_BEFORE = re.compile(
    r"(?:大厅|政务服务中心|机关|法院|政府|委员会|医院|学校|中学|小学|写字楼|大厦|办公[楼区]?|"
    r"教学楼|门诊楼?|hall|hospital|office|school)[ ,:的]{0,2}$",
    re.IGNORECASE,
)


def _addresses(view: str) -> Iterator[_Range]:
    for pattern in (_HOME, _ENGLISH_HOME):
        for match in pattern.finditer(view):
            if not _OFFICE_BEFORE.search(view[max(0, match.start() - _REACH) : match.start()]):
                yield match.span()
    for match in _DASHED_HOME.finditer(view):
        yield match.span(1)


# In this order a stretch of text is claimed: what proves itself by a check digit or a letter before
# what is digits only, what is longer before what is shorter.
_RECOGNISERS: tuple[tuple[PersonalDataKind, _Recogniser], ...] = (
    (PersonalDataKind.EMAIL, _emails),
    (PersonalDataKind.RESIDENT_ID, _resident_ids),
    (PersonalDataKind.BANK_CARD, _bank_cards),
    (PersonalDataKind.PASSPORT, _passports),
    (PersonalDataKind.PLATE, _plates),
    (PersonalDataKind.MOBILE, _mobiles),
    (PersonalDataKind.LANDLINE, _landlines),
    (PersonalDataKind.WECHAT, _wechats),
    (PersonalDataKind.QQ, _qqs),
    (PersonalDataKind.ADDRESS, _addresses),
)
