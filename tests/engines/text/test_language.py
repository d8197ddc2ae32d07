"""The language of a text, short or mixed."""

import pytest

from app.engines.text.language import detect
from app.vocabulary import Language


@pytest.mark.parametrize(
    "text",
    ["小区停车难", "希望增加5G基站和IPV6覆盖", "請修路燈", "APP 打不开", "2023", "", "😀"],
)
def test_chinese_text_is_told_as_chinese(text: str) -> None:
    assert detect(text) is Language.ZH


@pytest.mark.parametrize(
    "text",
    [
        "The street lamp is broken",
        "Parking near 五四广场 is too expensive for residents on weekends",
        "Please add a bus stop",
    ],
)
def test_english_text_is_told_as_english(text: str) -> None:
    assert detect(text) is Language.EN
