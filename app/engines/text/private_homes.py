"""Homes in a plain view of a text: building, entrance and room, in words or in figures alone.

A street and its house number name a place; only with a door behind it do they name who lives there.
"""

import re
from collections.abc import Iterator

from app.engines.text.private_names import is_beside_a_name
from app.engines.text.private_numbers import REACH, Range

_LABEL = r"(?:[A-Z]?[0-9十百]{1,4}[A-Z]?|[A-Z甲乙丙丁东西南北])"
_GAP = r"[ ,\-]{0,2}"
_HOUSE = r" ?(?:号楼|号院|栋楼?|幢楼?|座|#楼?)"
_FLOOR = r"(?:[0-9十]{1,3}[楼层]" + _GAP + r")?"
# Three or four digits alone are a room only when nothing is being counted and nobody works there.
_BARE_ROOM = (
    r"[0-9]{3,4}(?![0-9多余几来年元块米平个户人名台辆度天次万亿吨套间棵盏根条层级㎡%.]|公[里斤]|"
    r"[诊教课]室|会议|办公|阅览|窗口|病房|床)"
)
_NAMED_ROOM = (
    r"[0-9十百]{1,5}[A-Z]? ?(?:室|房(?![屋间])|号房|号(?![楼线院]|电梯|户型|门面|商铺|窗口))"
)
_HOUSEHOLD = r"[0-9]{1,4}户(?!居民|业主|人家|家庭|村民|住户|[0-9]|都|共|全|的)"
_SIDE = r"[0-9十]{1,3}[楼层][东西中南北]户?"
_ROOM = rf"(?:{_NAMED_ROOM}|{_SIDE}|{_FLOOR}{_BARE_ROOM}|[东西中]户)"
_HOME = re.compile(
    rf"(?=[0-9A-Z十百甲乙丙丁东西南北])(?<![0-9A-Z十百])(?:"
    rf"(?:{_LABEL}(?:{_HOUSE}| ?[号楼]){_GAP})?{_LABEL} ?(?:单元|门洞){_GAP}"
    rf"(?:{_HOUSEHOLD}|{_FLOOR}{_ROOM})"
    rf"|{_LABEL}{_HOUSE}{_GAP}(?:{_FLOOR}{_NAMED_ROOM}|{_FLOOR}{_BARE_ROOM}|{_SIDE})"
    r"|[0-9]{1,4}号[0-9]{3,4}室"
    rf"|{_LABEL}{_HOUSE}{_GAP}[0-9]{{1,2}}-[0-9]{{3,4}}(?![0-9\-])"
    r")",
    re.IGNORECASE,
)
# 12-3-402: a home only beside a word of homes or a person, else a score or a part number.
_IN_FIGURES = re.compile(
    r"(?<![0-9A-Z\-])[0-9十]{1,3}#?-[0-9]{1,2}-[0-9]{3,4}(?![0-9\-])", re.IGNORECASE
)
_HOME_BEFORE = re.compile(
    r"(?:小区|花园|家园|公寓|新村|社区|[苑府城庭]|住址|地址|房号|门牌|家住|住在|业主|住户|户主|"
    r"我是|我家|先生|女士|address|live at|lives at|room)[^0-9\n]{0,8}$",
    re.IGNORECASE,
)
_HOME_BEHIND = re.compile(r" ?(?:室|的?(?:业主|住户|居民|户主|房主))")

_ENGLISH_LABEL = r"[ .]{0,2}(?:no\.? ?|# ?)?(?:[A-Z]?[0-9]{1,5}[A-Z]?|[A-Z])(?![A-Z0-9])"
_ENGLISH_HOUSE = rf"(?:building|bldg|block|tower|unit|entrance){_ENGLISH_LABEL}"
_ENGLISH_ROOM = (
    r"(?:room|rm|apt|apartment|flat|suite)[ .]{0,2}(?:no\.? ?|# ?)?"
    r"(?:[0-9]{1,2}-)?[A-Z]?[0-9]{1,5}[A-Z]?(?![A-Z0-9])"
)
_ENGLISH_STREET = r"[0-9]{1,4}[A-Z]? (?:[A-Z]{2,20} ){1,3}(?:road|rd|street|st|lane|avenue|ave)\b"
_ENGLISH_HOME = re.compile(
    rf"\b(?:(?:{_ENGLISH_HOUSE}[ ,]{{1,2}}){{1,2}}{_ENGLISH_ROOM}"
    rf"|{_ENGLISH_ROOM}(?:[ ,]{{1,2}}{_ENGLISH_HOUSE}){{1,2}}"
    rf"|unit[ .]{{0,2}}[0-9]{{1,2}}-[0-9]{{3,4}}(?:[ ,]{{1,2}}{_ENGLISH_HOUSE})?"
    rf"|{_ENGLISH_ROOM}[ ,]{{1,2}}{_ENGLISH_STREET}"
    rf"|(?<=live in ){_ENGLISH_ROOM}|(?<=live at ){_ENGLISH_ROOM})",
    re.IGNORECASE | re.ASCII,
)
# Rooms people are sent to, not rooms people live in.
_OFFICE_BEFORE = re.compile(
    r"(?:大厅|中心|机关|法院|政府|委员会|医院|学校|中学|小学|图书馆|写字楼|大厦|办公[楼区]?|"
    r"教学楼|门诊楼?|hall|hospital|office|school|library|centre|center)[ ,:的]{0,2}$",
    re.IGNORECASE,
)
# Nobody's office lies behind an entrance of a dwelling house.
_ENTRANCE = re.compile("单元|门洞")


def addresses(view: str) -> Iterator[Range]:
    """Homes as people give them, from the building or the entrance to the room."""
    for pattern in (_HOME, _ENGLISH_HOME):
        for match in pattern.finditer(view):
            before = view[max(0, match.start() - REACH) : match.start()]
            if _ENTRANCE.search(match.group()) or not _OFFICE_BEFORE.search(before):
                yield match.span()
    for match in _IN_FIGURES.finditer(view):
        before = view[max(0, match.start() - REACH) : match.start()]
        if (
            _HOME_BEFORE.search(before)
            or _HOME_BEHIND.match(view, match.end())
            or is_beside_a_name(view, *match.span())
        ):
            yield match.span()
