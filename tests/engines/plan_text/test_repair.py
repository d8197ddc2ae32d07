"""A line comes out in plain simplified Chinese, and what is damaged is pointed at."""

import time

import pytest

from app.engines.plan_text.repair import SuspicionReason, repair


def reasons(line: str) -> list[SuspicionReason]:
    return [found.reason for found in repair(line).suspicions]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("數(shù)據(jù)局", "数据局"),
        ("開展試點(diǎn)，應(yīng)接必接", "开展试点，应接必接"),
        ("綠（lǜ）色（sè）", "绿色"),
        ("漁民們(men)的", "渔民们的"),
        ("數據(shùjù)", "数据"),
        ("数(shu\u0300)据", "数据"),
    ],
)
def test_pinyin_behind_characters_goes(line: str, expected: str) -> None:
    assert repair(line).text == expected


@pytest.mark.parametrize(
    "line",
    [
        "表格(表单)字段",
        "光传送网(OTN)接入",
        "信息模型(CIM)",
        "规划(2031—2035年)",
        "区(市)",
        "服务平台(UCS)",
        "平台型(PaaS)",
        "骨干(海湾)节点",
        "客户端(app)",
        "小店(café)",
    ],
)
def test_a_bracket_of_the_author_stays(line: str) -> None:
    repaired = repair(line)

    assert repaired.text == line


def test_traditional_characters_become_simplified() -> None:
    assert repair("為企業辦實事").text == "为企业办实事"


def test_a_simplified_line_is_not_changed() -> None:
    line = "1.深化“一网通办”。网上可办率达95%以上,著名品牌显著增加。"

    assert repair(line).text == line


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("著力推進", "着力推进"),
        ("隨著發展", "随着发展"),
        ("顯著成效和著名專家", "显著成效和著名专家"),
    ],
)
def test_the_double_character_zhe_follows_its_meaning(line: str, expected: str) -> None:
    assert repair(line).text == expected


def test_a_clean_line_raises_no_suspicion() -> None:
    assert reasons("3.建设“海湾码”。推动(市)级平台互联互通，达到60%。进一步完善机制。") == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("推动数据\ufffd享", SuspicionReason.UNREADABLE_CHARACTER),
        ("推动数据\x07共享", SuspicionReason.UNREADABLE_CHARACTER),
        ("推动锟斤拷共享", SuspicionReason.MOJIBAKE),
        ("推动ä¸­å›½共享", SuspicionReason.MOJIBAKE),
        ("推动数?据共享", SuspicionReason.STRAY_QUESTION_MARK),
        ("推动数jù据共享", SuspicionReason.LEFTOVER_PINYIN),
        ("推动饝用", SuspicionReason.RARE_CHARACTER),
        ("推动区(市级平台", SuspicionReason.UNPAIRED_BRACKET),
        ("推动区市)级平台", SuspicionReason.UNPAIRED_BRACKET),
        ("打造“一张网品牌", SuspicionReason.UNPAIRED_BRACKET),
        ("推动共享,。继续", SuspicionReason.ODD_PUNCTUATION),
        ("开展行动。成完整链条", SuspicionReason.ODD_SENTENCE_START),
        ("完善机制。入推进共享", SuspicionReason.ODD_SENTENCE_START),
        ("8.展数据行动", SuspicionReason.ODD_SENTENCE_START),
        ("开展行动。、建设平台", SuspicionReason.ODD_PUNCTUATION),
    ],
)
def test_a_damaged_place_is_reported(line: str, reason: SuspicionReason) -> None:
    assert reasons(line) == [reason]


@pytest.mark.parametrize(
    "line",
    [
        "开展行动。成立专班。力争建成。",
        "开展行动。进一步推进",
        "说:“要办好。”会议要求",
        "办成了吗?",
        "展示成果",
    ],
)
def test_an_ordinary_sentence_is_not_reported(line: str) -> None:
    assert reasons(line) == []


def test_a_suspicion_says_where_and_shows_the_place() -> None:
    (found,) = repair("13.开展数链行动。成完整“政策链”。", number=37).suspicions

    assert (found.line, found.column) == (37, 11)
    assert "行动。成完整" in found.excerpt


def test_a_misread_stretch_is_one_suspicion_with_what_its_bytes_say() -> None:
    (found,) = repair("實現規(guī)?;\ue1e7渴饝?yīng)用").suspicions

    assert found.reason is SuspicionReason.MISREAD_BYTES
    assert found.reading == "□化部署□"


def test_an_unreadable_character_never_reaches_the_text() -> None:
    assert repair("数\x00据\ue202局").text == "数\ufffd据\ufffd局"


def test_invisible_characters_and_odd_spaces_go_quietly() -> None:
    repaired = repair("\ufeff\u3000\u3000数\u200b据局\u00a0")

    assert repaired.text == "数据局"
    assert repaired.suspicions == ()


@pytest.mark.parametrize("seed", ["((shù", "(āāāāāāāāāāāā", "?;\ue202", "“", "。 "])
def test_a_hostile_line_is_read_in_time(seed: str) -> None:
    started = time.perf_counter()

    repair(seed * (100_000 // len(seed)))

    assert time.perf_counter() - started < 10
