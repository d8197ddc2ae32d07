"""Mailboxes, WeChat names and QQ numbers in a plain view of a text.

A WeChat name is a word like any other and a QQ number a number like any other: both count only
after a word that announces them.
"""

import re
from collections.abc import Iterator

from app.engines.text.numerals import CHINESE_DIGIT, SEPARATOR, group_sizes, is_day, is_read_aloud
from app.engines.text.private_numbers import NOT_AN_AMOUNT, Range

_AT_SIGN = re.compile(r"@|艾特|\bat\b", re.IGNORECASE)
_EMAIL = re.compile(
    r"(?<![A-Z0-9._%+\-])(?:[A-Z0-9._%+\-]{1,64} ?[(\[{<] ?dot ?[)\]}>] ?){0,2}[A-Z0-9._%+\-]{1,64}"
    r"(?: ?(?:@|艾特|[(\[{<] ?at ?[)\]}>]) ?| at (?=[A-Z0-9\-]{1,63} dot ))"
    r"((?:[A-Z0-9\-]{1,63}(?:\.| \. | ?(?:点|[(\[{<] ?dot ?[)\]}>]) ?| dot )){1,6}[A-Z]{2,18})"
    r"(?![A-Z0-9])",
    re.IGNORECASE,
)
# An office publishes its own mailbox.
_OFFICE_DOMAIN = re.compile(r"(?:^|\.)gov\.cn$", re.IGNORECASE)


def emails(view: str) -> Iterator[Range]:
    """Mailboxes, also with words for the signs; those of government offices are public."""
    if not _AT_SIGN.search(view):
        return
    for match in _EMAIL.finditer(view):
        if not _OFFICE_DOMAIN.search(match.group(1)):
            yield match.span()


_WECHAT_NAMED = re.compile(
    r"(?:[微薇徽威][^一-鿿A-Z0-9]{0,2}信|(?<![A-Z0-9])v(?= ?:)|[加+] ?v|v信|we ?chat|weixin|"
    r"(?<![A-Z])(?:wx|vx))"
    r" ?(?:号码?|账号|帐号|名|id|account|number|name)?"
    r"([ :\-是为号(]|is ){0,4}([A-Z][A-Z0-9_\-]{5,19}|[1-9][0-9]{5,10})(?![A-Z0-9_])",
    re.IGNORECASE,
)
_WECHAT_ITSELF = re.compile(r"(?<![A-Z0-9_])wxid_[A-Z0-9]{6,20}(?![A-Z0-9_])", re.IGNORECASE)
_STRONG_LINK = re.compile(r"[:号是为]")
_HAS_MARK = re.compile(r"[0-9_\-]")


def wechats(view: str) -> Iterator[Range]:
    """WeChat names after the word that announces them, and those WeChat gives by itself."""
    for match in _WECHAT_NAMED.finditer(view):
        link = view[match.start() : match.start(2)]
        # "WeChat payment" is no account: a word alone counts only after a colon or the like.
        is_told = _HAS_MARK.search(match.group(2)) or _STRONG_LINK.search(link)
        if is_told and not is_day(match.group(2)):
            yield match.span(2)
    for match in _WECHAT_ITSELF.finditer(view):
        yield match.span()


_QQ = re.compile(
    r"(?:(?<![A-Z])QQ|扣扣|扣号|Q号|企鹅号?) ?(?:号码?|账号|帐号|number)?(?:[ :\-是为(]|is ){0,4}"
    rf"([1-9](?:{SEPARATOR}[0-9]){{4,10}})(?![0-9])(?!{CHINESE_DIGIT}){NOT_AN_AMOUNT}",
    re.IGNORECASE,
)


def qqs(view: str) -> Iterator[Range]:
    """QQ numbers, five to eleven digits, after the word that announces them."""
    for match in _QQ.finditer(view):
        if is_read_aloud(group_sizes(match.group(1)), least=3):
            yield match.span(1)
