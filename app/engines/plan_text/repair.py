"""Turns one line of an official document into plain simplified Chinese and lists what looks wrong.

Pinyin that a converter put behind characters is taken out and traditional characters become
simplified ones. What was damaged is left as it came and pointed at, because only a person may
decide what an official text says.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from opencc import OpenCC

from app.engines.plan_text.misread import find_misreadings


class SuspicionReason(StrEnum):
    """Why a place deserves a look, gravest first: a merged place keeps the gravest reason."""

    MISREAD_BYTES = "misread_bytes"
    UNREADABLE_CHARACTER = "unreadable_character"
    MOJIBAKE = "mojibake"
    STRAY_QUESTION_MARK = "stray_question_mark"
    LEFTOVER_PINYIN = "leftover_pinyin"
    RARE_CHARACTER = "rare_character"
    UNPAIRED_BRACKET = "unpaired_bracket"
    ODD_PUNCTUATION = "odd_punctuation"
    ODD_SENTENCE_START = "odd_sentence_start"
    NUMBERING = "numbering"
    UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Suspicion:
    """A place that looks damaged: line and column count from 1, the column in the repaired line.

    `reading` is what the damaged bytes still say, empty when they say nothing.
    """

    line: int
    column: int
    excerpt: str
    reason: SuspicionReason
    reading: str = ""


@dataclass(frozen=True)
class RepairedLine:
    """A repaired line, its number in the document and the places in it that look damaged."""

    text: str
    suspicions: tuple[Suspicion, ...]
    number: int = 1


@dataclass(frozen=True)
class _Place:
    start: int
    end: int
    reason: SuspicionReason
    reading: str = ""


_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_REPLACEMENT = "\ufffd"
_CONTEXT = 6

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile("[\t\u00a0\u2000-\u200a\u202f\u3000]")

# One syllable with its tone, decomposed: letters, a combining tone mark, the rest of the final.
_SYLLABLE = (
    "(?:[zcs]h|[b-df-hj-np-tw-z])?(?:[aeiou]\u0308?){0,2}[aeiou]\u0308?"
    "[\u0300\u0301\u0304\u030c][aeiou]{0,2}(?:ng|n|r)?"
)
_PINYIN = re.compile(f"(?:{_SYLLABLE}[ ']?){{1,4}}")
# Syllables that carry no tone in running speech; any other bare lower-case word is kept.
_TONELESS = frozenset({"de", "le", "zhe", "me", "men", "ne", "ba", "ma", "ge", "zi", "tou"})
_BRACKETED = re.compile(r"(?<=\S)[(（]\s?([a-z'\u00e0-\u00fc\u0101-\u01dc ]{1,24})\s?[)）]")

# 著 stays in 著名 and 显著 but stands for 着 in 著力 and 随著; the converter leaves both alone.
_ZHE = re.compile(
    r"(?<![名显卓昭论专编原巨土遗译合拙])著(?=[力手眼重实陆落想急装色意])"
    r"|(?<=[随沿朝向本有看为凭接顺])著(?![名作者书称述录译])"
)

_UNREADABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufff9-\uffff\ue000-\uf8ff\U000f0000-\U0010ffff]"
)
_MOJIBAKE = re.compile(
    "锟斤拷|烫烫烫|屯屯屯|锘縷?"
    "|(?:[\u00c2-\u00ef][\u0080-\u00bf\u0152-\u0178\u2018-\u203a\u20ac\u2122]){1,40}"
)
_STRAY_QUESTION = re.compile(
    rf"\?(?=[;,:.、，。；：]|[a-z\u00e0-\u01dc\ue000-\uf8ff\ufffd])|(?<=[{_HAN}])\?(?=[{_HAN}])"
)
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_LEFTOVER = re.compile(rf"[a-zA-Z]{{0,8}}[{_TONED}][a-zA-Z{_TONED}]{{0,8}}")
_ODD_PUNCTUATION = re.compile(r"[,，、;；:：。][,，、;；:：。]+")

_SENTENCE_START = re.compile(r"(?:^\s*\d{1,2}\s*[.．、]\s*|[。！？!?；]\s*)(?=(\S)(\S?))")
# Characters that mostly end a verb of office prose (形成, 推进, 开展 …), each with the characters
# that make it a beginning in its own right. A sentence that opens otherwise has lost something.
_OPENINGS = {
    "成": "立为果功员本都长熟就效千套品绩渝交体型",
    "进": "一步入出行口度驻城校社而企",
    "展": "示开现望览会区演台",
    "善": "于待用意治后",
    "化": "解工学繁妆整肥石险零",
    "升": "级温学值国降格",
    "造": "福就林价成型船血",
    "立": "足即项法体案德志行场刻",
    "动": "态员力物画用作植车能工议迁手",
    "续": "建签聘约保期费航",
    "入": "选驻口围库场学户网境园会",
    "力": "争求度量促戒保避推行",
    "强": "化调大力制度省市国军健弱势烈有",
    "快": "速递捷",
    "台": "账湾风阶",
    "面": "向对临貌积试",
    "筹": "建集备划措资",
    "索": "取引赔",
    "织": "密牢就",
    "绕": "开行过城",
    "究": "竟其",
    "极": "大其端",
    "焦": "点虑化",
    "确": "保定立认实需有",
    "托": "管底举起幼育",
    "泛": "在",
    "断": "面开电网",
    "持": "续有证股久",
    "照": "章明顾看护常料",
    "格": "局式外",
    "施": "工行策政教",
    "定": "期点向位制价额时于岗编型",
    "合": "理作力同法规计资成格肥适",
    "利": "用益企民率润息好",
    "实": "施现行效践体验时名事战际质物",
    "及": "时早",
    "和": "谐平睦解",
    "等": "级待",
    "性": "质能别",
    "率": "先队领",
    "度": "过假量",
    "级": "别",
    "的": "确",
    "了": "解",
    "们": "",
    "者": "",
    "型": "",
}
_NEVER_FIRST = frozenset("、，。；：,;:)）”’》】")

_PAIRS = {")": "(", "”": "“", "’": "‘", "》": "《", "】": "【", "」": "「", "]": "["}
_OPENERS = frozenset(_PAIRS.values())
_ONE_BRACKET = str.maketrans("（）", "()")


def _everyday_characters() -> frozenset[str]:
    """Return the 6,763 characters of GB 2312, which official prose hardly ever leaves."""
    pairs = bytes(
        byte for lead in range(0xB0, 0xF8) for trail in range(0xA1, 0xFF) for byte in (lead, trail)
    )
    return frozenset(pairs.decode("gb2312", errors="ignore"))


_EVERYDAY = _everyday_characters()
_HAN_RUN = re.compile(f"[{_HAN}]")


def repair(line: str, *, number: int = 1) -> RepairedLine:
    """Return the line without pinyin and in simplified characters, with its doubtful places."""
    spoken = unicodedata.normalize("NFC", _SPACES.sub(" ", _INVISIBLE.sub("", line))).strip()
    plain = _without_pinyin(spoken)
    simple = _simplified(plain)
    if simple != spoken:
        simple = _ZHE.sub("着", simple)
    places = _damaged_places(simple)
    if len(simple) == len(plain):
        places.extend(
            _Place(m.start, m.end, SuspicionReason.MISREAD_BYTES, _simplified(m.reading))
            for m in find_misreadings(plain)
        )
    text = _UNREADABLE.sub(_REPLACEMENT, simple)
    return RepairedLine(
        text,
        tuple(_as_suspicion(text, place, number=number) for place in _merged(places)),
        number,
    )


@cache
def _converter() -> OpenCC:
    """Load the dictionaries on first use: most processes never import a plan."""
    return OpenCC("t2s")


def _simplified(text: str) -> str:
    return str(_converter().convert(text))


def _without_pinyin(text: str) -> str:
    """Drop every bracket that holds nothing but pinyin; other brackets are the author's own."""
    return _BRACKETED.sub(lambda match: "" if _is_pinyin(match[1]) else match[0], text)


def _is_pinyin(word: str) -> bool:
    bare = word.strip()
    if bare in _TONELESS:
        return True
    return _PINYIN.fullmatch(unicodedata.normalize("NFD", bare)) is not None


def _damaged_places(text: str) -> list[_Place]:
    patterns = (
        (_UNREADABLE, SuspicionReason.UNREADABLE_CHARACTER),
        (_MOJIBAKE, SuspicionReason.MOJIBAKE),
        (_STRAY_QUESTION, SuspicionReason.STRAY_QUESTION_MARK),
        (_LEFTOVER, SuspicionReason.LEFTOVER_PINYIN),
        (_ODD_PUNCTUATION, SuspicionReason.ODD_PUNCTUATION),
    )
    places = [
        _Place(match.start(), match.end(), reason)
        for pattern, reason in patterns
        for match in pattern.finditer(text)
    ]
    places.extend(
        _Place(match.start(), match.end(), SuspicionReason.RARE_CHARACTER)
        for match in _HAN_RUN.finditer(text)
        if match[0] not in _EVERYDAY
    )
    places.extend(_unpaired_brackets(text))
    places.extend(_odd_starts(text))
    return places


def _unpaired_brackets(text: str) -> list[_Place]:
    """Return every bracket and quotation mark without a partner in the same line."""
    waiting: dict[str, list[int]] = {opener: [] for opener in _OPENERS}
    alone: list[int] = []
    for position, character in enumerate(text.translate(_ONE_BRACKET)):
        if character in _OPENERS:
            waiting[character].append(position)
        elif character in _PAIRS:
            openers = waiting[_PAIRS[character]]
            if openers:
                openers.pop()
            else:
                alone.append(position)
    for openers in waiting.values():
        alone.extend(openers)
    return [_Place(at, at + 1, SuspicionReason.UNPAIRED_BRACKET) for at in alone]


def _odd_starts(text: str) -> list[_Place]:
    """Return the sentences that open in the middle of a word or with a closing mark."""
    return [
        _Place(match.end(), match.end() + 1, SuspicionReason.ODD_SENTENCE_START)
        for match in _SENTENCE_START.finditer(text)
        if _opens_oddly(match[1], match[2], before=match[0][-1:])
    ]


def _opens_oddly(first: str, second: str, *, before: str) -> bool:
    if first in _OPENINGS:
        return second not in _OPENINGS[first] or not second
    # A closing quotation mark behind a full stop closes a sentence and opens none.
    return first in _NEVER_FIRST and before not in "。！？!?；"


def _merged(places: list[_Place]) -> list[_Place]:
    """Join places that touch or leave one character between them: they are one accident."""
    order = list(SuspicionReason)
    merged: list[_Place] = []
    for place in sorted(places, key=lambda each: (each.start, each.end)):
        if not merged or place.start > merged[-1].end + 1:
            merged.append(place)
            continue
        last = merged[-1]
        merged[-1] = _Place(
            last.start,
            max(last.end, place.end),
            min(last.reason, place.reason, key=order.index),
            last.reading or place.reading,
        )
    return merged


def _as_suspicion(text: str, place: _Place, *, number: int) -> Suspicion:
    """Name the place by line and column, with a few characters around it."""
    excerpt = text[max(0, place.start - _CONTEXT) : min(place.end, place.start + 60) + _CONTEXT]
    return Suspicion(number, place.start + 1, excerpt, place.reason, place.reading)
