"""A plan is taken apart completely, or refused with what it lacks."""

from datetime import date

import pytest

from app.engines.plan_text.repair import SuspicionReason
from app.engines.plan_text.structure import parse_plan
from app.errors import UnreadableDocumentError

HEAD = (
    "首页 > 政务公开 > 工作要点",
    "海湾市数据局2031年工作要点",
    "海湾政务网 发布日期 : 2031-02-03",
    "字体大小: 打印",
    "",
    "2031年,全市数据系统坚持以群众需求为导向,让数据多跑路、群众少跑腿",
)
BODY = (
    "一、办好民生服务",
    "1.开展“渔港一件事”改革。打造不少于6个办事场景。方便渔民群众。",
    "2.建设智慧渔港。完善码头服务。",
    "二、用好公共数据",
    "3.开放海洋数据。动态更新目录。",
)
FOOT = ("扫一扫在手机打开当前页", "海湾市某某中心", "网站地图")


def refusal(*lines: str) -> tuple[str, ...]:
    with pytest.raises(UnreadableDocumentError) as caught:
        parse_plan(lines)
    return caught.value.missing


def test_a_whole_plan_is_taken_apart() -> None:
    plan = parse_plan((*HEAD, *BODY, *FOOT))

    assert (plan.year, plan.title) == (2031, "海湾市数据局2031年工作要点")
    assert plan.published_on == date(2031, 2, 3)
    assert plan.preamble == HEAD[-1]
    assert [chapter.title for chapter in plan.chapters] == ["办好民生服务", "用好公共数据"]
    assert [item.number for item in plan.items] == [1, 2, 3]
    assert plan.suspicions == ()


def test_an_item_keeps_its_whole_text_and_is_titled_by_its_first_sentence() -> None:
    item = parse_plan((*HEAD, *BODY)).items[0]

    assert item.title == "开展“渔港一件事”改革"
    assert item.text == BODY[1].removeprefix("1.")


def test_what_the_web_site_adds_is_left_out() -> None:
    plan = parse_plan((*HEAD, *BODY, *FOOT))

    assert plan.items[-1].text == "开放海洋数据。动态更新目录。"


def test_official_words_that_sound_like_a_button_stay() -> None:
    plan = parse_plan((*HEAD, *BODY, "关闭不再使用的旧系统。", "分享治理经验。"))

    assert plan.items[-1].text.endswith("\n关闭不再使用的旧系统。\n分享治理经验。")


def test_a_wrapped_sentence_is_joined_and_a_paragraph_is_kept_apart() -> None:
    plan = parse_plan((*HEAD, *BODY, "围绕渔业、航运、", "文旅等领域开放。"))

    assert plan.items[-1].text.endswith("目录。\n围绕渔业、航运、文旅等领域开放。")


def test_a_title_may_stand_on_its_own_line() -> None:
    plan = parse_plan((*HEAD, *BODY, "4、守护数据安全", "落实分级保护。"))

    assert plan.items[-1].title == "守护数据安全"
    assert plan.items[-1].text == "守护数据安全\n落实分级保护。"


def test_a_table_of_contents_is_passed_over() -> None:
    contents = ("目录", "一、办好民生服务", "二、用好公共数据")

    plan = parse_plan((*HEAD, *contents, *BODY))

    assert [len(chapter.items) for chapter in plan.chapters] == [2, 1]


def test_a_numbered_list_inside_an_item_stays_inside_and_is_pointed_at() -> None:
    plan = parse_plan((*HEAD, *BODY, "1.第一批目录。"))

    assert len(plan.items) == 3
    assert [found.reason for found in plan.suspicions] == [SuspicionReason.NUMBERING]


def test_a_number_with_a_decimal_point_starts_no_item() -> None:
    plan = parse_plan((*HEAD, *BODY, "4.5万个机架投入使用。"))

    assert len(plan.items) == 3


def test_traditional_characters_with_pinyin_are_read() -> None:
    lines = (
        "海灣市2031年工作要點(diǎn)",
        "一、辦好民生服務(wù)",
        "1.開展漁港行動。成數(shù)據(jù)鏈條。",
    )

    plan = parse_plan(lines)

    assert plan.items[0].text == "开展渔港行动。成数据链条。"
    assert [(found.line, found.reason) for found in plan.suspicions] == [
        (3, SuspicionReason.ODD_SENTENCE_START)
    ]


def test_a_damaged_title_preamble_or_chapter_heading_is_pointed_at() -> None:
    lines = (
        "海湾市\ufffd数据局2031年工作要点",
        "2031年,全市数据系统坚持以群众需求\ufffd为导向,让数据多跑路",
        "一、办好民生\ufffd服务",
        "1.办事。",
    )

    assert [found.line for found in parse_plan(lines).suspicions] == [1, 2, 3]


def test_an_item_that_stops_in_mid_sentence_is_pointed_at() -> None:
    plan = parse_plan((*HEAD, *BODY[:-1], "3.开放海洋数据。动态更"))

    assert [found.reason for found in plan.items[-1].suspicions] == [SuspicionReason.UNFINISHED]


def test_chapters_beyond_ten_are_counted() -> None:
    numerals = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
    body = [
        line
        for number, numeral in enumerate(numerals, start=1)
        for line in (f"{numeral}、第{number}方面", f"{number}.办事。")
    ]

    assert len(parse_plan((*HEAD, *body)).chapters) == 12


def test_an_impossible_date_is_not_taken() -> None:
    lines = ("2031年工作计划", "发布日期:2031-02-31", *BODY)

    assert parse_plan(lines).published_on is None


def test_a_novel_is_refused_with_all_it_lacks() -> None:
    lines = ("很久以前,海边有一座小城。", "城里住着一位老渔夫。")

    assert refusal(*lines) == ("year", "title", "chapters", "items")


def test_nothing_at_all_is_refused() -> None:
    assert refusal() == ("year", "title", "chapters", "items")


def test_a_plan_without_its_title_is_refused() -> None:
    assert refusal(*BODY) == ("year", "title")


def test_a_plan_that_lost_an_item_is_refused() -> None:
    assert refusal(*HEAD, *BODY[:2], *BODY[3:]) == ("numbering_gap",)


def test_a_plan_that_lost_a_chapter_heading_is_refused() -> None:
    assert refusal(*HEAD, *BODY, "四、强化保障", "4.培训干部。") == ("numbering_gap",)


def test_a_plan_whose_numbers_start_again_is_refused() -> None:
    assert refusal(*HEAD, *BODY, "三、强化保障", "1.培训干部。") == ("numbering_gap",)


def test_a_chapter_without_items_is_refused() -> None:
    assert refusal(*HEAD, *BODY, "三、强化保障") == ("items",)
