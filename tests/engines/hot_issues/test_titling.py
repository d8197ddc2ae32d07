"""Titles, places and people come from the messages and from nowhere else."""

from datetime import UTC, datetime

import pytest

from app.engines.hot_issues.message import Message
from app.engines.hot_issues.titling import LONGEST_TITLE, describe
from app.vocabulary import Language


def make_message(title: str, body: str, *, language: Language = Language.ZH) -> Message:
    return Message(
        id=title,
        title=title,
        body=body,
        author="",
        sent_at=datetime(2023, 2, 1, tzinfo=UTC),
        district=None,
        support=0,
        against=0,
        language=language,
    )


def test_every_title_stands_in_some_message(issues: dict[str, list[Message]]) -> None:
    for members in issues.values():
        title = describe(members).title
        assert title
        assert any(title in member.title or title in member.body for member in members)


def test_no_title_is_too_long(issues: dict[str, list[Message]]) -> None:
    assert all(len(describe(members).title) <= LONGEST_TITLE for members in issues.values())


def test_every_place_and_all_people_stand_in_some_message(
    issues: dict[str, list[Message]],
) -> None:
    for members in issues.values():
        found = describe(members)
        told = " ".join(f"{member.title} {member.body} {member.district}" for member in members)
        assert found.place in told
        assert found.people in told.lower()


@pytest.mark.parametrize(
    ("issue", "place", "people"),
    [
        ("concrete", "松风里", "居民"),
        ("school", "青禾路", "学生"),
        ("river", "石桥河", ""),
        ("ferry", "Gull Island", "commuters"),
        ("lights", "Harbour Lane", "pedestrians"),
    ],
)
def test_place_and_people_are_the_ones_most_messages_name(
    issues: dict[str, list[Message]], issue: str, place: str, people: str
) -> None:
    found = describe(issues[issue])
    assert found.people == people
    assert place in found.place


def test_stock_openings_are_left_out_of_the_title() -> None:
    members = [
        make_message("关于反映望潮苑电梯停运的问题", "望潮苑电梯停运。"),
        make_message("投诉望潮苑电梯停运", "望潮苑电梯停运两周。"),
    ]
    assert describe(members).title == "望潮苑电梯停运"


def test_a_long_title_is_cut_to_one_clause() -> None:
    title = "望潮苑五号楼电梯停运两周无人维修，" + "物业一再推脱说没有资金所以业主们都很生气" * 3
    assert describe([make_message(title, "电梯停运。")]).title == "望潮苑五号楼电梯停运两周无人维修"


def test_an_english_title_is_cut_between_words() -> None:
    title = "Street lights along the northern end of Harbour Lane remain broken after storms"
    found = describe([make_message(title, "They are dark.", language=Language.EN)]).title
    assert title.startswith(found + " ")


def test_the_language_of_most_messages_decides(issues: dict[str, list[Message]]) -> None:
    mixed = [*issues["lights"], issues["lift"][0]]
    assert describe(mixed).title.isascii()


def test_without_a_usable_title_a_sentence_of_the_text_is_taken() -> None:
    members = [make_message("求助", "尊敬的领导您好！望潮苑五号楼电梯停运两周。望尽快维修。")]
    assert describe(members).title == "望潮苑五号楼电梯停运两周"


def test_nobody_named_means_no_people_and_no_place() -> None:
    found = describe([make_message("楼道灯不亮", "灯坏了。")])
    assert (found.place, found.people) == ("", "")
