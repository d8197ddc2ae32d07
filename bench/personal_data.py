"""Personal data in invented texts: how much is found, and how often a clean text is accused.

`python -m bench.personal_data` prints recall by form and language, the ways of writing that are
missed most, the share of look-alike texts with a false alarm, and the time a long text takes. Every
number, name and address is made by chance; none belongs to anybody.
"""

import random
import string
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stdnum import luhn
from stdnum.cn import ric

from app.engines.text.personal_data import PersonalDataKind, PersonalDataSpan, find
from app.vocabulary import Language
from bench import tables

Rewrite = Callable[[random.Random, str], str]


@dataclass(frozen=True)
class Sample:
    """A text with one piece of personal data at `start`..`end`."""

    text: str
    start: int
    end: int
    kind: PersonalDataKind
    form: str
    way: str
    language: Language


@dataclass(frozen=True)
class Form:
    """A sort of personal data: how it is invented, written and brought up in a sentence."""

    kind: PersonalDataKind
    invent: Callable[[random.Random, Language], str]
    ways: Mapping[str, Rewrite]
    frames: Mapping[Language, Sequence[str]]


# --- Ways of writing a number ---------------------------------------------------------------------

_FULL_WIDTH = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}
_WRITTEN = str.maketrans(string.digits, "〇一二三四五六七八九")
_ZERO_WRITTEN = str.maketrans(string.digits, "零一二三四五六七八九")
_FORMAL = str.maketrans(string.digits, "零壹贰叁肆伍陆柒捌玖")
_SPOKEN = str.maketrans(string.digits, "零幺二三四五六七八九")
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u2063"
_CARD_GROUPS = (4, 4, 4, 4, 3)


def _plain(_rng: random.Random, number: str) -> str:
    return number


def _translated(digits: Mapping[int, str | int]) -> Rewrite:
    return lambda _rng, number: number.translate(digits)


def _grouped(separators: str, *sizes: tuple[int, ...]) -> Rewrite:
    def write(rng: random.Random, number: str) -> str:
        parts, start = [], 0
        for size in rng.choice(sizes):
            parts.append(number[start : start + size])
            start += size
        return rng.choice(separators).join(part for part in [*parts, number[start:]] if part)

    return write


def _one_by_one(rng: random.Random, number: str) -> str:
    return rng.choice(" -·").join(number)


def _with_unseen(rng: random.Random, number: str) -> str:
    pieces = [number[0]]
    for character in number[1:]:
        pieces += [rng.choice(_UNSEEN) * rng.choice([0, 1, 1, 5]), character]
    return "".join(pieces)


def _mixed(rng: random.Random, number: str) -> str:
    """Each digit in a script of its own choice, the first in figures."""
    scripts: tuple[Mapping[int, str | int], ...] = ({}, _FULL_WIDTH, _ZERO_WRITTEN, _FORMAL)
    return number[0] + "".join(
        digit.translate(rng.choice(scripts)) if digit.isdigit() else digit for digit in number[1:]
    )


def _half(rng: random.Random, number: str) -> str:
    at = rng.randint(3, 7)
    return number[:at] + number[at:].translate(rng.choice([_ZERO_WRITTEN, _WRITTEN]))


def _keycaps(_rng: random.Random, number: str) -> str:
    return "".join(f"{digit}\ufe0f\u20e3" if digit.isdigit() else digit for digit in number)


def _ways(*groups: tuple[int, ...]) -> dict[str, Rewrite]:
    return {
        "plain": _plain,
        "spaces": _grouped(" \u3000\u00a0", *groups),
        "dashes": _grouped("-－–—", *groups),
        "one by one": _one_by_one,
        "full width": _translated(_FULL_WIDTH),
        "unseen characters": _with_unseen,
        "Chinese digits": _translated(_WRITTEN),
        "formal digits": _translated(_FORMAL),
        "as spoken": _translated(_SPOKEN),
        "mixed digits": _mixed,
        "half in Chinese": _half,
        "key caps": _keycaps,
    }


_LATIN_WAYS: dict[str, Rewrite] = {
    "plain": _plain,
    "full width": _translated(_FULL_WIDTH),
    "unseen characters": _with_unseen,
}
_AS_IS: dict[str, Rewrite] = {"plain": _plain}

# --- Inventing ------------------------------------------------------------------------------------

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIVISIONS = ("370202", "370214", "110101", "440305", "513021", "810000", "659001")
_FAMILY_NAMES: Sequence[str] = (
    *"王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾",
    "欧阳",
    "司马",
)
_GIVEN_NAMES = (
    *("伟", "芳", "娜", "敏", "静", "强", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "超", "霞"),
    *("建国", "秀英", "桂兰", "志明", "晓燕", "海波", "文博", "梓涵", "雨桐", "家豪", "国华"),
)
_GIVEN_CHARACTERS = (
    "伟芳娜敏静强磊军洋勇艳杰娟涛明超兰霞平刚桂英华慧建国文玉春红志海丽永晓淑云成秀福生荣金龙梅德林元月"
    "可同来和中山川天心安宁清思子宇轩涵怡欣佳琪诗雪萌岩峰岭松柏竹青蓝紫虹晨曦朝阳光亮星河江波浩瀚博学"
)
_ENGLISH_NAMES = (
    *("Anna Keller", "Thomas Wright", "Maria Lopez", "Peter van Dyke", "Li Na", "Wang Jianguo"),
    *("Zhang Xiaoyan", "John O'Neill", "Claire Dubois", "Mary-Jane Watson", "Ouyang Fei"),
)
_ESTATES = ("海泊花园", "云山小区", "松岭新村", "榉林苑", "桃溪家园")


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(string.digits, k=count))


def _mobile(rng: random.Random, _language: Language) -> str:
    return "1" + rng.choice("3456789") + _digits(rng, 9)


def _landline(rng: random.Random, _language: Language) -> str:
    area, length = rng.choice([("010", 8), ("021", 8), ("0532", 8), ("0731", 8), ("0716", 7)])
    return area + rng.choice("2345678") + _digits(rng, length - 1)


def _landline_parted(rng: random.Random, number: str) -> str:
    area = 3 if number[1] in "12" else 4
    place, line = number[:area], number[area:]
    return rng.choice(
        [
            f"{place}-{line}",
            f"{place} {line}",
            f"（{place}）{line}",
            f"({place}) {line[:4]} {line[4:]}",
            f"{place}-{line[:4]}-{line[4:]}",
            f"+86 {place[1:]} {line}",
            f"{place}—{line}",
        ]
    )


def _extension(rng: random.Random, number: str) -> str:
    link = rng.choice(["转", "-", " 转 ", " ext. ", "分机", "转分机"])
    area = 3 if number[1] in "12" else 4
    return f"{number[:area]}-{number[area:]}{link}{rng.randint(1, 8888)}"


def _resident_id(rng: random.Random, _language: Language) -> str:
    day = f"{rng.randint(1940, 2015)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    body = rng.choice(_DIVISIONS) + day + _digits(rng, 3)
    return body + str(ric.calc_check_digit(body + "0"))


def _card(rng: random.Random, _language: Language) -> str:
    prefix, length = rng.choice(
        [("622202", 19), ("621700", 19), ("622588", 16), ("625800", 16), ("4563", 16), ("3568", 16)]
    )
    body = prefix + _digits(rng, length - len(prefix) - 1)
    return body + str(luhn.calc_check_digit(body))


def _plate(rng: random.Random, _language: Language) -> str:
    letters = rng.choice(
        ["", rng.choice(_PLATE_LETTERS), "".join(rng.choices(_PLATE_LETTERS, k=2))]
    )
    tail = list(letters + _digits(rng, 5 - len(letters)))
    rng.shuffle(tail)
    return rng.choice(_PROVINCES) + rng.choice(_PLATE_LETTERS) + "".join(tail)


def _electric_plate(rng: random.Random, _language: Language) -> str:
    mark, digits = rng.choice("ABCDEFGHJK"), _digits(rng, 5)
    tail = rng.choice(
        [mark + digits, mark + rng.choice(_PLATE_LETTERS) + digits[1:], digits + mark]
    )
    return rng.choice(_PROVINCES) + rng.choice(_PLATE_LETTERS) + tail


def _plate_parted(rng: random.Random, plate: str) -> str:
    return plate[:2] + rng.choice(["·", " ", "-", "•", ".", "・", " · "]) + plate[2:]


def _passport(rng: random.Random, _language: Language) -> str:
    return rng.choice(["E8", "G3", "EA", "EK", "E1", "EH"]) + _digits(rng, 7)


def _permit(rng: random.Random, _language: Language) -> str:
    return rng.choice(
        [
            "C" + _digits(rng, 8),
            "CA" + _digits(rng, 7),
            "L" + _digits(rng, 8),
            "H" + _digits(rng, 8),
            "M" + _digits(rng, 10),
            "T" + _digits(rng, 8),
            "0" + _digits(rng, 7),
        ]
    )


def _account_name(rng: random.Random, _language: Language) -> str:
    word = "".join(rng.choices(string.ascii_lowercase, k=rng.randint(4, 9)))
    return word + rng.choice(["", "_", "-"]) + _digits(rng, rng.randint(2, 4))


def _email(rng: random.Random, _language: Language) -> str:
    host = rng.choice(["example.com", "mail.example.cn", "example.net", "my-example.org"])
    return f"{_account_name(rng, _language).replace('-', '.')}@{host}"


_EMAIL_WAYS: dict[str, Rewrite] = {
    **_LATIN_WAYS,
    "against robots": lambda rng, name: name.replace(
        "@", rng.choice(["(at)", " [at] ", "艾特", "{at}", "＠", " @ "])
    ),
    "dots against robots": lambda _rng, name: name.replace("@", "(at)").replace(".", "(dot)"),
}


def _qq(rng: random.Random, _language: Language) -> str:
    return rng.choice("123456789") + _digits(rng, rng.randint(5, 9))


_HOMES: Mapping[Language, Sequence[str]] = {
    Language.ZH: (
        *("{0}号楼{1}单元{2}室", "{0}栋{1}单元{2}", "{0}号楼{1}单元{2}户", "{0}幢{2}室"),
        *("{0}栋{2}房", "{0}#楼{1}单元{2}", "{1}单元{2}室", "{0}号楼{2}室", "{0}座{2}室"),
        *("{0}号楼{1}单元5楼西户", "{0}号{2}室", "{0}栋{1}单元12楼{2}"),
    ),
    Language.EN: (
        *("Building {0}, Unit {1}, Room {2}", "Room {2}, Unit {1}, Building {0}"),
        *("Building No. {0}, Room {2}", "Apt {2}, Block {0}", "Tower {0}, Flat {2}"),
        *("Bldg. {0}, Unit {1}, Rm. {2}", "Flat {2}, Tower {0}", "building {0} unit {1} room {2}"),
    ),
}


def _home(rng: random.Random, language: Language) -> str:
    room = rng.randint(1, 30) * 100 + rng.randint(1, 4)
    return rng.choice(_HOMES[language]).format(rng.randint(1, 40), rng.randint(1, 6), room)


_HOME_WAYS: dict[str, Rewrite] = {
    **_LATIN_WAYS,
    "spaces": lambda _rng, home: home.replace("楼", "楼 ").replace("单元", "单元 ").strip(),
    "Chinese digits": _translated(_WRITTEN),
}


def _dashed_home(rng: random.Random, _language: Language) -> str:
    room = rng.randint(1, 30) * 100 + rng.randint(1, 4)
    return rng.choice(["{}-{}-{}", "{}#-{}-{}"]).format(rng.randint(1, 40), rng.randint(1, 6), room)


def _name(rng: random.Random, language: Language) -> str:
    if language is Language.EN:
        return rng.choice(_ENGLISH_NAMES)
    invented = "".join(rng.choices(_GIVEN_CHARACTERS, k=rng.choice([1, 2, 2])))
    given: str = rng.choice([rng.choice(_GIVEN_NAMES), invented])
    return rng.choice(_FAMILY_NAMES) + given


# --- Sentences ------------------------------------------------------------------------------------

ZH, EN = Language.ZH, Language.EN
_ANYWHERE: Mapping[Language, Sequence[str]] = {
    ZH: (
        "希望小区门口加装路灯，{}，谢谢。",
        "我是老住户（{}），电梯又坏了2次！",
        "2023年5月12日反映过，答复说3个工作日，至今没有消息。{}",
        "{}请尽快安排人来看看。",
        "时间15:30 {} 12345热线",
        "有事请找我：{}；第4条没有写清楚",
        "请核实\n{}\n以上情况属实",
    ),
    EN: (
        "Please repair the lift in our block, {}, thank you.",
        "The bus at 7:30 never comes.\n{}",
        "I wrote on 12 May 2023 and heard nothing ({}).",
        "{} is how you find me.",
        "Details: {}. The street lamp has been dark for 3 weeks.",
    ),
}
_PERMIT_FRAMES: Mapping[Language, Sequence[str]] = {
    ZH: (
        "我的港澳通行证是{}，办理社保被退回。",
        "持台胞证{}无法预约挂号",
        "回乡证号码：{}，系统提示无效。",
        "往来台湾通行证号{}查不到记录",
        "通行证（{}）录不进去",
    ),
    EN: (
        "My travel permit number is {}, and the kiosk refuses it.",
        "Travel permit: {}. I can't book a doctor.",
        "The machine can't read my travel permit {}.",
    ),
}
_WECHAT_FRAMES: Mapping[Language, Sequence[str]] = {
    ZH: (
        "加微信{}详谈",
        "微信号：{}，随时可联系",
        "vx {} 谢谢",
        "我的微信是{}。",
        "请加我微信 {}",
        "微信（{}）",
        "VX：{}",
        "薇信号码为{}，请联系",
        "加V：{}",
    ),
    EN: (
        "My WeChat ID: {}.",
        "WeChat {} please",
        "My WeChat is {}.",
        "Add me on WeChat: {}, thanks",
    ),
}
_QQ_FRAMES: Mapping[Language, Sequence[str]] = {
    ZH: ("QQ：{}，请加我", "可以加扣扣{}", "QQ号是{}", "我的QQ {}", "企鹅号：{}。", "qq号码为{}"),
    EN: ("Write to QQ {}, please.", "My QQ number is {}.", "QQ: {}"),
}
_DASHED_FRAMES: Mapping[Language, Sequence[str]] = {
    ZH: (
        f"家住{_ESTATES[0]}{{}}，楼道灯坏了",
        f"{_ESTATES[1]}{{}}的业主反映漏水",
        "地址：榉林路{}，下水道堵了。",
        "我是{}业主，暖气不热",
        "李女士 {}，楼上漏水",
        f"{_ESTATES[3]} {{}} 室停电",
    ),
    EN: (
        "I live at {}, and the lamp is dark.",
        "My address: {}, Haibo Garden.",
        "Room {}, no heating.",
    ),
}
_OWN_NAME_FRAMES: Mapping[Language, Sequence[str]] = {
    ZH: (
        "我叫{}，家住海泊花园，楼道灯坏了。",
        "您好，本人{}，今年六十五岁。",
        "我的名字是{}。",
        "我叫{}今年刚退休，",
        "我是{}，住在松岭新村",
        "本人姓名{}，想咨询公积金",
        "本人名叫{}，女，",
    ),
    EN: (
        "My name is {}, and I live near the port.",
        "I am {}, a resident of Haibo Garden.",
        "Hello, I'm {}. The lift is broken.",
    ),
}
_CONTACT_FRAMES: Mapping[Language, Sequence[str]] = {
    ZH: (
        "联系人：{}，电话见附件",
        "姓名：{} 性别：女",
        "投诉人：{}。",
        "联系人{}，请回复",
        "业主姓名：{}",
        "户主：{}（已登记）",
        "申请人: {};",
        "反映人：{}\n事由：停车难",
    ),
    EN: (
        "Contact: {}.",
        "Name: {}\nSubject: parking",
        "Contact person: {}, after 5 pm",
        "Signed: {}",
    ),
}
_TITLED_FRAMES: Mapping[Language, Sequence[str]] = {
    ZH: (
        "邻居{}先生长期占道。",
        "请找{}女士核实，",
        "和{}先生沟通过三次，没有结果",
        "{}女士说已经办好了。",
        "感谢社区{}同志的帮助",
        "业主{}先生、",
    ),
    EN: (
        "Please ask Mr {} about it.",
        "Ms. {} told me to wait.",
        "Mrs {} and the neighbours agree.",
        "I spoke with Mr. {}, twice.",
    ),
}

_PHONE_WAYS = {
    **_ways((3, 4, 4), (4, 3, 4), (3, 8), (3, 3, 5)),
    "with country": lambda rng, number: rng.choice(["+86 ", "+86-", "0086", "+86", "86-"]) + number,
    "dots": _grouped(".", (3, 4, 4)),
}
_ID_WAYS = _ways((6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4))
_CARD_WAYS = _ways(_CARD_GROUPS, (6, 13), (4, 4, 4, 7))
_LANDLINE_WAYS: dict[str, Rewrite] = {
    "plain": _plain,
    "parted": _landline_parted,
    "full width": lambda rng, number: _landline_parted(rng, number).translate(_FULL_WIDTH),
    "unseen characters": _with_unseen,
    "Chinese digits": _translated(_WRITTEN),
    "as spoken": _translated(_SPOKEN),
    "mixed digits": _mixed,
}
_PLATE_WAYS: dict[str, Rewrite] = {
    "plain": _plain,
    "parted": _plate_parted,
    "one by one": lambda _rng, plate: " ".join(plate),
    "full width": _translated(_FULL_WIDTH),
    "small letters": lambda _rng, plate: plate.lower(),
    "unseen characters": _with_unseen,
    "Chinese digits": _translated(_ZERO_WRITTEN),
    "mixed digits": _mixed,
}
_PASSPORT_WAYS: dict[str, Rewrite] = {
    **_LATIN_WAYS,
    "small letters": lambda _rng, number: number.lower(),
    "spaces": _grouped(" ", (1, 4, 4), (3, 3, 3)),
    "Chinese digits": _translated(_WRITTEN),
}
_NAME_WAYS: dict[str, Rewrite] = {"plain": _plain, "unseen characters": _with_unseen}

Kind = PersonalDataKind
FORMS: Mapping[str, Form] = {
    "mobile": Form(Kind.MOBILE, _mobile, _PHONE_WAYS, _ANYWHERE),
    "landline": Form(Kind.LANDLINE, _landline, _LANDLINE_WAYS, _ANYWHERE),
    "landline with extension": Form(Kind.LANDLINE, _landline, {"parted": _extension}, _ANYWHERE),
    "identity number": Form(Kind.RESIDENT_ID, _resident_id, _ID_WAYS, _ANYWHERE),
    "bank card": Form(Kind.BANK_CARD, _card, _CARD_WAYS, _ANYWHERE),
    "plate": Form(Kind.PLATE, _plate, _PLATE_WAYS, _ANYWHERE),
    "new-energy plate": Form(Kind.PLATE, _electric_plate, _PLATE_WAYS, _ANYWHERE),
    "passport": Form(Kind.PASSPORT, _passport, _PASSPORT_WAYS, _ANYWHERE),
    "travel permit": Form(Kind.PASSPORT, _permit, _PASSPORT_WAYS, _PERMIT_FRAMES),
    "e-mail": Form(Kind.EMAIL, _email, _EMAIL_WAYS, _ANYWHERE),
    "WeChat": Form(Kind.WECHAT, _account_name, _LATIN_WAYS, _WECHAT_FRAMES),
    "QQ": Form(Kind.QQ, _qq, _ways((3, 3, 4)), _QQ_FRAMES),
    "home": Form(Kind.ADDRESS, _home, _HOME_WAYS, _ANYWHERE),
    "home in figures": Form(Kind.ADDRESS, _dashed_home, _HOME_WAYS, _DASHED_FRAMES),
    "one's own name": Form(Kind.NAME, _name, _NAME_WAYS, _OWN_NAME_FRAMES),
    "name of a contact": Form(Kind.NAME, _name, _NAME_WAYS, _CONTACT_FRAMES),
    "name with a title": Form(Kind.NAME, _name, _NAME_WAYS, _TITLED_FRAMES),
}

# --- Clean texts full of look-alikes --------------------------------------------------------------

CLEAN_FRAMES = (
    "{y}年{m}月{d}日至{y}-{mm}-{dd} 08:00，{n3}路和{n2}路公交车改道。",
    "建议编号QD-{y}-{n6}已办结，受理编号{y}{mm}{dd}{n6}。",
    "国办发〔{y}〕{n1}号和鲁政发〔{y}〕{n2}号文件第{n1}条没有落实。",
    "请拨打12345热线，或110、120、119、122报警。",
    "客服电话400-{n3}-{n4}、4008{n6}一直占线，95{n3}也打不通。",
    "0532-12345、0532-96{n3}无人接听。",
    "订单号{n11}，快递单号SF{n12}，一个月没有收到。",
    "工单号1{n10}，案号（{y}）鲁02{n2}民初{n4}号。",
    "总投资{n8}元，面积{n5}.{n2}平方米，人均{n4}元。",
    "房子{n3}平米，首付{n6}元，贷款{n2}万元，利率4.{n2}%。",
    "请到市民中心{n1}号楼{n3}室办事大厅办理。",
    "政务服务大厅{n1}楼{n2}号窗口，图书馆{n1}层{n3}阅览室。",
    "{n1}号楼2单元{n3}户居民停水，{n1}栋{n4}多人受影响。",
    "第{n1}章第{n2}项提到“双12”，共24项，5章。",
    "坐标120.{n6}，36.{n6}；版本{n1}.{n2}.{n1}.{n3}。",
    "比分{n1}-{n2}-{n3}，型号XK-{n4}-{n3}，批次{n8}。",
    "地址https://example.cn/t/1391{n7}，服务器192.168.{n2}.{n3}。",
    "公众号“海泊发布”，微信小程序，QQ音乐和微信支付都用不了。",
    "QQ群里{n3}人，微信群{n3}人都在反映。",
    "联系人：市大数据发展管理局，联系电话见官网。",
    "姓名：必填；联系人：选填；业主：{n3}户。",
    "我叫了三次外卖，我叫不到车，我叫物业来过{n1}次。",
    "我是高中生，我是安徽人，我是何家村的，我是城阳区居民。",
    "我是老党员，本人家住台东，本人于{y}年入职，本人方便时再来。",
    "王局长、李书记和张主任都来过，市长很重视。",
    "王先生和李女士说，物业张经理不管。",
    "张店区、李沧区、胡家庄、高新区、黄岛的路口。",
    "统一社会信用代码9137{n4}MA{n2}XK{n2}Y，许可证号{n12}。",
    "新A4纸，G{n2}高速，K{n3}次列车，E{y}{mm}{dd}批次。",
    "车次D{n4}，航班MU{n4}，限行尾号{n1}和{n1}。",
    "邮箱请写office@dsj.qingdao.gov.cn或看官网。",
    "气温{n1}-{n2}度，时间{n1}:30-{n2}:00，周期{n2}-{n3}天。",
    "13、14、15、16、17、18路公交车，票价 15 18 20 30 {n3}。",
    "二〇二三年十二月三十一日，一九九八年的老楼，一二三四五六七八九。",
    "电表号{n12}，户号{n10}，发票代码{n12}。",
    "共投资1380013{n4}元，长度1501234{n4}米，产量1391234{n4}吨。",
    "身份证和银行卡都要复印，护照、港澳通行证也要，车牌要摇号。",
    "人口{n3}万，增长{n1}.{n1}%，同比{n2}.{n2}个百分点。",
    "宁夏路{n3}号，香港中路{n2}号，江西路{n2}号对面。",
    "粤港澳大湾区，京津冀一体化，川藏线，新C证怎么考。",
    "加V不加V都一样，微信上说了，薇薇公园{n1}号门。",
    "门诊楼{n1}座{n3}诊室，教学楼{n1}栋{n3}教室，A座写字楼{n2}层。",
    "The notice of {d} May {y} names item {n1} and {n6} people.",
    "Order number {n11}, tracking {n12}, ticket {n8}.",
    "Call 12345, 110 or 400-{n3}-{n4}; bus {n3} and line {n1}.",
    "Suggestion QD-{y}-{n6} was closed on {y}-{mm}-{dd} at {n1}:30.",
    "WeChat payment, the WeChat group and QQ music are fine.",
    "Room {n3} of the library, building {n1} of {n2}, {n3} seats.",
    "My name is on the list; I am Chinese, I am from Qingdao.",
    "Contact: the Data Bureau. Name: required. Mr Mayor, please act.",
    "It cost {n5}.{n2} yuan, version {n1}.{n2}.{n3}, {n1}-{n2}-{n3} won.",
    "Write to help@example.gov.cn about items 4, 12 and 24.",
    "Passport and travel permit holders can't use the machine at gate {n1}.",
)


def clean_texts(rng: random.Random, per_frame: int) -> Iterator[str]:
    """Texts without personal data, full of figures that look like it."""
    for frame in CLEAN_FRAMES:
        for _ in range(per_frame):
            month, day = rng.randint(1, 12), rng.randint(1, 28)
            yield frame.format(
                y=rng.randint(1999, 2024),
                m=month,
                mm=f"{month:02}",
                d=day,
                dd=f"{day:02}",
                **{
                    f"n{size}": str(rng.randint(10 ** (size - 1), 10**size - 1))
                    for size in range(1, 13)
                },
            )


# --- Measuring ------------------------------------------------------------------------------------


def samples(rng: random.Random, per_way: int) -> Iterator[Sample]:
    """For every form, way and language, `per_way` texts with one piece of personal data."""
    for name, form in FORMS.items():
        for way, write in form.ways.items():
            for language, frames in form.frames.items():
                for number in range(per_way):
                    secret = write(rng, form.invent(rng, language))
                    frame = frames[number % len(frames)]
                    start = frame.index("{}")
                    text = frame.replace("{}", secret)
                    end = start + len(secret)
                    yield Sample(text, start, end, form.kind, name, way, language)


def is_found(sample: Sample) -> bool:
    """Whether the secret is found as what it is, from its first character to its last."""
    return PersonalDataSpan(sample.start, sample.end, sample.kind) in find(sample.text)


def _recall_rows(found: Mapping[tuple[str, Language], Sequence[bool]]) -> Iterator[list[object]]:
    for name in FORMS:
        hits = [found[name, language] for language in Language]
        yield [
            name,
            sum(map(len, hits)),
            *(f"{sum(each) / len(each):.3f}" for each in hits),
            f"{sum(map(sum, hits)) / sum(map(len, hits)):.3f}",
        ]


def _slowest(texts: Sequence[str]) -> float:
    """Seconds for a text of 2,000 characters, the median of those the texts make up."""
    whole = "".join(texts)
    times = []
    for start in range(0, min(len(whole), 60_000), 2_000):
        began = time.perf_counter()
        find(whole[start : start + 2_000])
        times.append(time.perf_counter() - began)
    return tables.percentile(times, 0.5)


PER_WAY = 20
SEED = 20230001


def run(per_way: int = PER_WAY) -> None:
    """Print recall, false alarms and time."""
    rng = random.Random(SEED)  # noqa: S311 - invented texts, the same in every run
    found: dict[tuple[str, Language], list[bool]] = {}
    missed: Counter[str] = Counter()
    texts = []
    for sample in samples(rng, per_way):
        hit = is_found(sample)
        found.setdefault((sample.form, sample.language), []).append(hit)
        missed[f"{sample.form}, {sample.way}"] += not hit
        texts.append(sample.text)
    header = ("form", "texts", *(language.value for language in Language), "both")
    tables.show("Personal data found, by form", header, list(_recall_rows(found)))
    tables.show(
        "Most often missed",
        ("form, way", "missed"),
        [row for row in missed.most_common(8) if row[1]],
    )
    clean = list(clean_texts(rng, per_way))
    alarms = sum(bool(find(text)) for text in clean)
    tables.show(
        "Clean texts",
        ("texts", "false alarms", "share"),
        [(len(clean), alarms, f"{alarms / len(clean):.2%}")],
    )
    print(f"\n2,000 characters take {tables.ms(_slowest([*texts, *clean]))}.")


if __name__ == "__main__":
    run()
