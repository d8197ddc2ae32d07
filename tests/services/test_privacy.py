"""Scanning lines for personal data."""

from app.services import privacy


def test_a_number_is_found_in_its_line() -> None:
    (found,) = privacy.scan(["第一行没有", "请打13900000000找我"])
    assert (found.line, found.start, found.end, found.kind) == (2, 2, 13, "mobile")


def test_plain_words_and_public_hotlines_are_left_alone() -> None:
    assert not list(privacy.scan(["停车难", "拨打12345", ""]))
