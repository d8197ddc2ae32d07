"""Promised figures are found with what they measure; other figures are left alone."""

import time
from decimal import Decimal

import pytest

from app.engines.plan_text.targets import propose_targets
from app.vocabulary import Comparator

AT_LEAST, AT_MOST = Comparator.AT_LEAST, Comparator.AT_MOST
EXACTLY, MORE_THAN = Comparator.EXACTLY, Comparator.MORE_THAN


def read(text: str) -> list[tuple[str, Comparator, Decimal, str]]:
    return [
        (found.measure, found.comparator, found.value, found.unit)
        for found in propose_targets(text)
    ]


@pytest.mark.parametrize(
    ("text", "measure", "comparator", "value", "unit"),
    [
        ("力争渔港网络覆盖率达到60%。", "渔港网络覆盖率", AT_LEAST, "60", "%"),
        ("全市事项掌上可办率达95%以上。", "全市事项掌上可办率", AT_LEAST, "95", "%"),
        ("累计建成智慧渔村不少于400个，", "智慧渔村", AT_LEAST, "400", "个"),
        ("打造不少于30场渔民活动。", "渔民活动", AT_LEAST, "30", "场"),
        ("创新打造20个以上跨海场景。", "跨海场景", AT_LEAST, "20", "个"),
        ("日均活跃用户数超60万。", "日均活跃用户数", MORE_THAN, "600000", "户"),
        ("全市机架数达到4.5万个。", "全市机架数", AT_LEAST, "45000", "个"),
        ("将答复时限压减至2个工作日。", "答复时限", AT_MOST, "2", "个工作日"),
        ("审批时间由5天缩短至3天以内", "审批时间", AT_MOST, "3", "天"),
        ("打造港区1毫秒时延圈，", "港区时延圈", AT_MOST, "1", "毫秒"),
        ("实现使用率最高的前100项证照应用。", "使用率最高的证照应用", EXACTLY, "100", "项"),
        ("全面推广20个机关应用，", "机关应用", EXACTLY, "20", "个"),
        ("完成1,200户渔家改造。", "渔家改造", EXACTLY, "1200", "户"),
        ("吸引1000余家企业入驻。", "企业入驻", AT_LEAST, "1000", "家"),
        ("60%以上的区(市)建成中心。", "区(市)建成中心", AT_LEAST, "60", "%"),
        ("全县力争达到省四星级标准。", "全县", AT_LEAST, "4", "星级"),
        ("投诉率不超过0.5%。", "投诉率", AT_MOST, "0.5", "%"),
    ],
)
def test_a_promise_is_read(
    text: str, measure: str, comparator: Comparator, value: str, unit: str
) -> None:
    assert read(text) == [(measure, comparator, Decimal(value), unit)]


@pytest.mark.parametrize(
    "text",
    [
        "2031年继续深化改革。",
        "深化“双12”场景应用。",
        "打造“1+N”的示范体系。",
        "主动融入“2+5+N”网络。",
        "上线4.0新版本。",
        "出台《发展规划(2031—2035年)》。",
        "推进IPV6规模化部署。",
        "举办第3届峰会。",
        "6月30日前完成。",
        "提供7×24小时服务。",
        "去年已建成20个站点。",
        "成立一个专班，明确三张清单。",
        "上半年召开3次会议。",
    ],
)
def test_a_figure_that_promises_nothing_is_left_alone(text: str) -> None:
    assert read(text) == []


def test_figures_told_apart_by_respectively_go_to_their_measures() -> None:
    assert read("实现字段(表单)共享率、材料共享率分别达到60%、70%。") == [
        ("字段(表单)共享率", AT_LEAST, Decimal(60), "%"),
        ("材料共享率", AT_LEAST, Decimal(70), "%"),
    ]


def test_one_figure_holds_for_every_measure_named() -> None:
    assert read("“双公开”合规率、及时率不低于98%。") == [
        ("“双公开”合规率", AT_LEAST, Decimal(98), "%"),
        ("“双公开”及时率", AT_LEAST, Decimal(98), "%"),
    ]


def test_measures_with_their_own_figures_stay_apart() -> None:
    assert read("覆盖率达到50%、建成率达到5%，") == [
        ("覆盖率", AT_LEAST, Decimal(50), "%"),
        ("建成率", AT_LEAST, Decimal(5), "%"),
    ]


def test_two_counts_share_one_verb() -> None:
    assert read("制定2031年12个渔业“一件事”和8个港口“一个场景”，") == [
        ("渔业“一件事”", EXACTLY, Decimal(12), "个"),
        ("港口“一个场景”", EXACTLY, Decimal(8), "个"),
    ]


def test_more_figures_than_measures_keep_all_names() -> None:
    found = read("好评率、满意率分别达到98%、95%和90%。")

    assert [value for _, _, value, _ in found] == [98, 95, 90]
    assert {measure for measure, _, _, _ in found} == {"好评率、满意率"}


def test_a_target_says_where_it_stands() -> None:
    text = "开展行动。渔港覆盖率达到60%，继续努力。"

    (found,) = propose_targets(text)

    assert text[found.start : found.end] == "达到60%"
    assert found.excerpt == "渔港覆盖率达到60%"


@pytest.mark.parametrize("seed", ["12个", "分别达到1%、", "建成率", "1,", "新1个", "达到"])
def test_a_hostile_text_is_read_in_time(seed: str) -> None:
    started = time.perf_counter()

    propose_targets(seed * (200_000 // len(seed)))

    assert time.perf_counter() - started < 10
