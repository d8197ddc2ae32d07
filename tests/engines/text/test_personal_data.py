"""Personal data is found in the forms people write it in, and little else is taken for it."""

import itertools
import random
import string
import time
from collections.abc import Callable

import pytest
from stdnum import luhn
from stdnum.cn import ric

from app.engines.text.personal_data import (
    MASK,
    PersonalDataKind,
    PersonalDataSpan,
    find,
    mask,
)

Form = tuple[PersonalDataKind, Callable[[random.Random], str]]

_FULL_WIDTH = str.maketrans(
    string.digits + string.ascii_uppercase,
    "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ",
)
_SPOKEN = str.maketrans(string.digits, "零幺二三四五六七八九")
_WRITTEN = str.maketrans(string.digits, "〇一二三四五六七八九")


def _seeded(name: str) -> random.Random:
    return random.Random(name)  # noqa: S311 - invented test data, the same in every run


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(string.digits, k=count))


def _mobile(rng: random.Random) -> str:
    return "1" + rng.choice("3456789") + _digits(rng, 9)


def _parted(number: str, sizes: tuple[int, ...], separator: str) -> str:
    parts, start = [], 0
    for size in sizes:
        parts.append(number[start : start + size])
        start += size
    return separator.join(parts)


def _landline(rng: random.Random) -> tuple[str, str]:
    area = rng.choice(["010", "021", "020", "0531", "0532", "0535", "0731"])
    return area, rng.choice("2345678") + _digits(rng, 7)


def _resident_id(rng: random.Random) -> str:
    day = f"{rng.randint(1940, 2015)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    body = rng.choice(["370202", "370214", "110101", "440305", "513021"]) + day + _digits(rng, 3)
    return body + ric.calc_check_digit(body + "0")


def _card(rng: random.Random) -> str:
    prefix, length = rng.choice([("622202", 19), ("621700", 19), ("622588", 16), ("625800", 16)])
    body = prefix + _digits(rng, length - len(prefix) - 1)
    return body + luhn.calc_check_digit(body)


def _plate(rng: random.Random) -> str:
    return rng.choice("鲁京沪粤苏") + rng.choice("ABCDU") + rng.choice("0123ABQ") + _digits(rng, 4)


def _account_name(rng: random.Random) -> str:
    return "".join(rng.choices(string.ascii_lowercase, k=6)) + _digits(rng, 3)


def _email(rng: random.Random) -> str:
    return f"{_account_name(rng)}@{rng.choice(['example.com', 'mail.example.cn', 'example.net'])}"


def _home(rng: random.Random) -> tuple[int, int, int]:
    return rng.randint(1, 40), rng.randint(1, 6), rng.randint(1, 30) * 100 + rng.randint(1, 4)


FORMS: dict[str, Form] = {
    "mobile": (PersonalDataKind.MOBILE, _mobile),
    "mobile with dashes": (
        PersonalDataKind.MOBILE,
        lambda rng: _parted(_mobile(rng), (3, 4, 4), "-"),
    ),
    "mobile with spaces": (
        PersonalDataKind.MOBILE,
        lambda rng: _parted(_mobile(rng), rng.choice([(3, 4, 4), (4, 3, 4), (3, 8)]), " "),
    ),
    "mobile digit by digit": (PersonalDataKind.MOBILE, lambda rng: " ".join(_mobile(rng))),
    "mobile in full width": (
        PersonalDataKind.MOBILE,
        lambda rng: _mobile(rng).translate(_FULL_WIDTH),
    ),
    "mobile as spoken": (PersonalDataKind.MOBILE, lambda rng: _mobile(rng).translate(_SPOKEN)),
    "mobile half spoken": (
        PersonalDataKind.MOBILE,
        lambda rng: _mobile(rng)[:3] + _digits(rng, 8).translate(_WRITTEN),
    ),
    "mobile with country": (
        PersonalDataKind.MOBILE,
        lambda rng: rng.choice(["+86 ", "+86-", "0086", "+86"]) + _mobile(rng),
    ),
    "mobile with invisible breaks": (
        PersonalDataKind.MOBILE,
        lambda rng: _parted(_mobile(rng), (3, 4, 4), "\u200b"),
    ),
    "landline with dash": (PersonalDataKind.LANDLINE, lambda rng: "-".join(_landline(rng))),
    "landline in brackets": (
        PersonalDataKind.LANDLINE,
        lambda rng: "({}) {}".format(*_landline(rng)),
    ),
    "landline in one": (PersonalDataKind.LANDLINE, lambda rng: "".join(_landline(rng))),
    "landline in full width": (
        PersonalDataKind.LANDLINE,
        lambda rng: "－".join(_landline(rng)).translate(_FULL_WIDTH),
    ),
    "identity card": (PersonalDataKind.RESIDENT_ID, _resident_id),
    "identity card with spaces": (
        PersonalDataKind.RESIDENT_ID,
        lambda rng: _parted(_resident_id(rng), (6, 8, 4), " "),
    ),
    "identity card as written": (
        PersonalDataKind.RESIDENT_ID,
        lambda rng: _resident_id(rng).translate(_WRITTEN),
    ),
    "bank card": (PersonalDataKind.BANK_CARD, _card),
    "bank card with spaces": (
        PersonalDataKind.BANK_CARD,
        lambda rng: _parted(_card(rng), (4, 4, 4, 4, 3), " ").strip(),
    ),
    "bank card with dashes": (
        PersonalDataKind.BANK_CARD,
        lambda rng: _parted(_card(rng), (4, 4, 4, 4, 3), "-").strip("-"),
    ),
    "plate": (PersonalDataKind.PLATE, _plate),
    "plate with dot": (PersonalDataKind.PLATE, lambda rng: _parted(_plate(rng), (2, 5), "·")),
    "electric plate": (
        PersonalDataKind.PLATE,
        lambda rng: "鲁B" + rng.choice("DF") + _digits(rng, 5),
    ),
    "passport": (
        PersonalDataKind.PASSPORT,
        lambda rng: rng.choice(["E8", "G3", "EA", "EK"]) + _digits(rng, 7),
    ),
    "mail": (PersonalDataKind.EMAIL, _email),
    "mail in full width": (PersonalDataKind.EMAIL, lambda rng: _email(rng).replace("@", "＠")),
    "mail against robots": (PersonalDataKind.EMAIL, lambda rng: _email(rng).replace("@", "(at)")),
    "home": (
        PersonalDataKind.ADDRESS,
        lambda rng: "{}号楼{}单元{}室".format(*_home(rng)),
    ),
    "home in short": (
        PersonalDataKind.ADDRESS,
        lambda rng: rng.choice(["{}栋{}", "{}号楼{}室", "{}幢{}房"]).format(*_home(rng)[::2]),
    ),
    "home as written": (
        PersonalDataKind.ADDRESS,
        lambda rng: (
            f"{rng.choice('一二三四五')}号楼{rng.choice('一二三')}单元"
            f"{str(_home(rng)[2]).translate(_WRITTEN)}"
        ),
    ),
    "home in English": (
        PersonalDataKind.ADDRESS,
        lambda rng: "Building {}, Unit {}, Room {}".format(*_home(rng)),
    ),
}

NAMED_FORMS: dict[str, Form] = {
    "WeChat": (PersonalDataKind.WECHAT, _account_name),
    "QQ": (PersonalDataKind.QQ, lambda rng: rng.choice("123456789") + _digits(rng, 8)),
}

FRAMES = (
    "希望小区门口加装路灯，{}，谢谢。",
    "我是老住户（{}），电梯又坏了2次！",
    "2023年5月12日反映过，答复说3个工作日，至今没有消息。{}",
    "{}请尽快安排人来看看。",
    "时间15:30 {} 12345热线",
    "Please repair the lift in our block, {}, thank you.",
    "The bus at 7:30 never comes.\n{}",
)
NAMED_FRAMES = {
    "WeChat": ("加微信{}详谈", "微信号：{}，随时可联系", "My WeChat ID: {}.", "vx {} 谢谢"),
    "QQ": ("QQ：{}，请加我", "可以加扣扣{}", "Write to QQ {}, please.", "QQ号是{}"),
}

SHARE_TO_FIND = 0.98
TEXTS_PER_FORM = 35


def _is_found(frame: str, secret: str, kind: PersonalDataKind) -> bool:
    start = frame.index("{}")
    expected = PersonalDataSpan(start, start + len(secret), kind)
    return expected in find(frame.replace("{}", secret))


@pytest.mark.parametrize("name", FORMS)
def test_nearly_every_text_of_a_form_is_recognised(name: str) -> None:
    rng = _seeded(name)
    kind, invent = FORMS[name]
    missed = [
        secret
        for number in range(TEXTS_PER_FORM)
        if not _is_found(FRAMES[number % len(FRAMES)], secret := invent(rng), kind)
    ]
    assert len(missed) <= TEXTS_PER_FORM * (1 - SHARE_TO_FIND), missed


@pytest.mark.parametrize("name", NAMED_FORMS)
def test_nearly_every_account_is_recognised_by_the_word_before_it(name: str) -> None:
    rng = _seeded(name)
    kind, invent = NAMED_FORMS[name]
    frames = NAMED_FRAMES[name]
    missed = [
        secret
        for number in range(TEXTS_PER_FORM)
        if not _is_found(frames[number % len(frames)], secret := invent(rng), kind)
    ]
    assert len(missed) <= TEXTS_PER_FORM * (1 - SHARE_TO_FIND), missed


@pytest.mark.parametrize(
    "text",
    [
        "请拨打12345热线，或0532-12345、0532-96196。",
        "报警110，供电95598，客服4000000000或400-000-0000。",
        "2023年全市建成400个智慧社区，日均用户超60万，增长12.5%。",
        "第4项工作要点提到“双12”，第20条没有写。",
        "房子120平米，总价1380000元，物业费2.8元。",
        "订单号13800138000一直没有发货，工单编号：15012345678。",
        "A市A7县星沙街道，A4区政府旁的公园一号。",
        "2019-12-31 15:30到2020-01-05 08:00都在施工。",
        "案号2019鲁0202民初1234号，文号青政发〔2023〕12号。",
        "坐标120.38264512，36.06711234；版本1.15.12.1234。",
        "地址192.168.100.123打不开，https://example.cn/t/13912345678 也是。",
        "3号楼2单元120户居民都停水，5栋1000多人受影响。",
        "请到政务服务大厅A座203室办理。",
        "票价 15 18 20 30 500，人数 13 401 2 3376 5，面积 6 217 00 40095 91 186 373。",
        "13、14、15、16、17、18路公交车都改道了。",
        "流水号6222021234567894没有到账，受理编号20230512000138。",
        "二零二三年十二月三十一日，一二三四五六七八九。",
        "共投资13800138000元，长度15012345678米。",
        "WeChat payment and the WeChat group are fine; QQ music too.",
        "公众号“青岛发布”，微信小程序，微信群里都在说。",
        "Write to the office at help@office.example.gov.cn about items 4, 12 and 24.",
        "G20高速和新A4纸，E20190101次。",
        "在小区违规建设一座650吨的加油站，另有一座1200米的桥。",
        "Room 12 of the library, building 3 of 20, 500 seats.",
    ],
)
def test_other_figures_are_left_alone(text: str) -> None:
    assert find(text) == ()


def test_an_identity_number_needs_its_check_digit() -> None:
    good = "37020219900101" + "123"
    good += ric.calc_check_digit(good + "0")
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    assert [span.kind for span in find(good)] == [PersonalDataKind.RESIDENT_ID]
    assert find(wrong) == ()
    assert find("99" + good[2:]) == ()


def test_an_identity_number_with_a_slip_is_found_when_it_is_called_one() -> None:
    body = "37020219900101123"
    wrong = body + ("1" if ric.calc_check_digit(body + "0") != "1" else "2")
    assert [span.kind for span in find(f"身份证号：{wrong}")] == [PersonalDataKind.RESIDENT_ID]
    assert find(f"编号：{wrong}") == ()


def test_a_bank_card_needs_its_check_digit_and_an_issuer() -> None:
    body = "622202123456789012"
    good = body + luhn.calc_check_digit(body)
    assert [span.kind for span in find(f"卡号{good}")] == [PersonalDataKind.BANK_CARD]
    assert find(f"卡号{body}{(int(good[-1]) + 1) % 10}") == ()
    assert find("卡号7" + good[1:]) == ()


def test_a_card_number_is_told_from_the_figures_behind_it() -> None:
    body = "622588123456789"
    card = body + luhn.calc_check_digit(body)
    (span,) = find(f"银行卡 {card} 500 元")
    assert (span.start, span.end) == (4, 4 + len(card))


@pytest.mark.parametrize(
    "number",
    [
        "1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣",
        "①③⑧⓪⓪①③⑧⓪⓪⓪",
        "1\u200b\u200b\u200b\u200b\u200b38\u2060001\xad38000",
        "１三8零〇壹叁捌零０0",
        "幺三八——零零幺三——八零零零",
    ],
)
def test_a_disguised_number_is_found_and_hidden_whole(number: str) -> None:
    text = f"请打{number}，谢谢"
    assert find(text) == (PersonalDataSpan(2, 2 + len(number), PersonalDataKind.MOBILE),)
    assert mask(text, find(text)) == f"请打{MASK}，谢谢"


def test_a_name_is_found_beside_the_number_of_its_owner() -> None:
    text = "联系人：王建国 13800138000，业主李女士"
    spans = find(text)
    assert [text[span.start : span.end] for span in spans] == ["王建国", "13800138000"]
    assert [span.kind for span in spans] == [PersonalDataKind.NAME, PersonalDataKind.MOBILE]


def test_spans_are_sorted_and_apart() -> None:
    text = "鲁B12345车主，住3号楼2单元501室，电话138-0013-8000或0532-55550123，微信同号。"
    spans = find(text)
    assert [text[span.start : span.end] for span in spans] == [
        "鲁B12345",
        "3号楼2单元501室",
        "138-0013-8000",
        "0532-55550123",
    ]
    assert all(left.end <= right.start for left, right in itertools.pairwise(spans))


def test_a_masked_text_holds_nothing_of_what_was_hidden() -> None:
    text = "我住3号楼2单元501室，电话13800138000，请回电。"
    masked = mask(text, find(text))
    assert masked == f"我住{MASK}，电话{MASK}，请回电。"
    assert find(masked) == ()


def test_masking_takes_overlapping_spans_in_any_order() -> None:
    spans = [
        PersonalDataSpan(4, 8, PersonalDataKind.QQ),
        PersonalDataSpan(2, 6, PersonalDataKind.MOBILE),
    ]
    assert mask("0123456789", spans) == f"01{MASK}89"


def test_masking_without_spans_changes_nothing() -> None:
    assert mask("路灯不亮", ()) == "路灯不亮"


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "138-",
        "a",
        "a@",
        "a.",
        "一",
        "3号楼",
        "3栋1单元",
        "鲁B",
        "微信",
        "6222 ",
        "6 2 ",
        "QQ:1",
        "2 0 ",
        "12-3-",
        "0532-2",
        "我叫王",
        "王李先生",
        "投诉人:王伟、",
        "Mr A van de ",
        "a(dot)",
        "\u200b1",
        "Room 1, Unit 1, ",
    ],
)
def test_a_hostile_text_takes_no_longer_than_its_length(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = time.perf_counter()
    find(text)
    # A pattern that looked back over the whole text would need minutes.
    assert time.perf_counter() - started < 8
