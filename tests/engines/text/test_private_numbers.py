"""Telephones, papers, plates and cards by form, check digit and the words before them."""

from collections.abc import Callable, Iterator

import pytest

from app.engines.text import private_numbers
from app.engines.text.private_numbers import Range

Recogniser = Callable[[str], Iterator[Range]]


def _found(recognise: Recogniser, text: str) -> list[str]:
    return [text[start:end] for start, end in recognise(text)]


@pytest.mark.parametrize(
    ("recognise", "text", "number"),
    [
        (private_numbers.mobiles, "打138,0013,8000找我", "138,0013,8000"),
        (private_numbers.landlines, "0532-55550123 ext. 12", "0532-55550123 ext. 12"),
        (private_numbers.landlines, "010-55550123转分机8。", "010-55550123转分机8"),
        (private_numbers.landlines, "0 5 3 2 5 5 5 5 0 1 2 3。", "0 5 3 2 5 5 5 5 0 1 2 3"),
        (private_numbers.resident_ids, "香港身份证A123456(7)", "A123456(7)"),
        (private_numbers.passports, "台胞证号12345678", "12345678"),
        (private_numbers.passports, "回乡证h0123456700。", "h0123456700"),
        (private_numbers.passports, "护照 e12345678", "e12345678"),
        (private_numbers.plates, "车牌鲁BD12345", "鲁BD12345"),
        (private_numbers.plates, "鲁B 123 45", "鲁B 123 45"),
        (private_numbers.plates, "粤Z1234港", "粤Z1234港"),
    ],
)
def test_a_number_is_found_whole(recognise: Recogniser, text: str, number: str) -> None:
    assert _found(recognise, text) == [number]


def test_an_hour_before_an_identity_number_does_not_hide_it() -> None:
    text = "15:30 3 7 0 2 0 2 1 9 9 0 0 1 0 1 1 2 3 7"
    assert _found(private_numbers.resident_ids, text) == [text[6:]]


@pytest.mark.parametrize(
    ("recognise", "text"),
    [
        (private_numbers.mobiles, "人数138,001,380,00"),
        (private_numbers.landlines, "0532-20230501"),
        (private_numbers.resident_ids, "编号A123456(7)"),
        (private_numbers.passports, "护照20230501前办理"),
        (private_numbers.passports, "批次E20230501,型号C12345678"),
        (private_numbers.plates, "鲁B12345678,京AB,粤BOI123"),
        (private_numbers.plates, "鲁BABCDE"),
    ],
)
def test_what_only_looks_like_one_is_left_alone(recognise: Recogniser, text: str) -> None:
    assert _found(recognise, text) == []
