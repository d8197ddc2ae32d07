"""Homes are found to the room; streets, offices and counts are left alone."""

import pytest

from app.engines.text.private_homes import addresses


def _found(text: str) -> list[str]:
    return list(dict.fromkeys(text[start:end] for start, end in addresses(text)))


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("住3号楼2单元501室", "3号楼2单元501室"),
        ("海泊花园3号楼2-501", "3号楼2-501"),
        ("3栋2单元5百01室漏水", "3栋2单元5百01室"),
        ("3号楼2单元5层东户", "3号楼2单元5层东户"),
        ("云山小区12-3-402", "12-3-402"),
        ("我是12#-3-402业主", "12#-3-402"),
        ("12-3-402王建国", "12-3-402"),
        ("Building 3, Unit 2, Room 501", "Building 3, Unit 2, Room 501"),
        ("Unit 2-501, Building 3", "Unit 2-501, Building 3"),
        ("Flat 5B, 12 Haibo Road", "Flat 5B, 12 Haibo Road"),
        ("I live in Apt 501 and", "Apt 501"),
    ],
)
def test_a_home_is_found_to_the_room(text: str, home: str) -> None:
    assert _found(text) == [home]


def test_an_entrance_makes_it_a_home_even_in_a_centre() -> None:
    assert _found("海泊中心3号楼2单元501室") == ["3号楼2单元501室"]


@pytest.mark.parametrize(
    "text",
    [
        "市民中心3号楼501室",
        "门诊楼3座501诊室,教学楼2栋301教室",
        "3号楼2单元120户居民,5栋1000多人",
        "E栋1200平米,A座1000多平,1号楼1200万",
        "江西路12号,12号门面,18号线3号口",
        "比分12-3-402,型号XK-12-3-402,2023-12-402",
        "Room 501 of the library, building 3 has 501 rooms",
    ],
)
def test_places_of_the_public_and_counts_are_left_alone(text: str) -> None:
    assert _found(text) == []
