"""Scanning files for personal data."""

from pathlib import Path

import pytest

from app.errors import UnreadableDocumentError
from app.services.privacy import Cell, cells_of, scan


def _file(folder: Path, name: str, content: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(content, encoding=encoding)
    return path


def _places(path: Path) -> list[tuple[int, str, str]]:
    return [
        (found.cell.line, found.cell.column, found.kind) for found in scan(list(cells_of(path)))
    ]


def test_a_number_is_found_in_its_cell() -> None:
    cell = Cell(2, "留言", "请打13900000000找我")
    (found,) = scan([Cell(1, "留言", "第一行没有"), cell])
    assert (found.cell, found.start, found.end, found.kind) == (cell, 2, 13, "mobile")


def test_plain_words_and_public_hotlines_are_left_alone() -> None:
    assert not list(scan([Cell(1, "", "停车难"), Cell(2, "", "拨打12345"), Cell(3, "", "")]))


def test_plain_text_is_read_line_by_line(tmp_path: Path) -> None:
    path = _file(tmp_path, "信件.txt", "停车难\r\n电话13900000000\r\n")
    assert _places(path) == [(2, "", "mobile")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_names_the_line_and_the_column(tmp_path: Path, encoding: str) -> None:
    content = '编号,内容\n1,"路灯\n不亮"\n2,电话13900000000\n'
    path = _file(tmp_path, "留言.csv", content, encoding)
    assert _places(path) == [(4, "内容", "mobile")]


def test_tabs_part_the_cells_of_a_tsv(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.TSV", "id\t内容\n1\t我叫王建国，\n")
    assert _places(path) == [(2, "内容", "name")]


def test_a_table_without_headings_is_not_betrayed_by_its_columns(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.csv", "13900000000,甲\n13900000001,乙,13900000002\n")
    assert _places(path) == [(1, "1", "mobile"), (2, "1", "mobile"), (2, "3", "mobile")]


def test_records_are_looked_through_to_the_bottom(tmp_path: Path) -> None:
    content = '{"人": {"电话": 13900000000, "话": ["停车", "QQ：123456"]}}\n\n"13900000001"\n'
    path = _file(tmp_path, "a.jsonl", content)
    assert _places(path) == [(1, "人.电话", "mobile"), (1, "人.话", "qq"), (3, "", "mobile")]


def test_a_json_list_counts_its_elements(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.json", '[\n {"a": true},\n {"a": "13900000000"}\n]')
    assert _places(path) == [(2, "a", "mobile")]


def test_a_json_file_may_hold_a_document_on_each_line(tmp_path: Path) -> None:
    path = _file(tmp_path, "a.json", '{"a": 1}\n{"a": "13900000000"}\n')
    assert _places(path) == [(2, "a", "mobile")]


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [
        ("a.jsonl", '{"a": 1}\n{"a": \n', "JSON, line 2"),
        ("a.json", "停车难", "JSON, line 1"),
        ("a.json", "[" * 200_000, "JSON, line 1"),
        ("a.csv", "编号,内容\n1," + "停" * 140_000, "a table, line 2"),
        ("a.txt", "停车\0难", "text in UTF-8 or GB 18030"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(
    tmp_path: Path, name: str, content: str, wrong: str
) -> None:
    with pytest.raises(UnreadableDocumentError) as refused:
        list(cells_of(_file(tmp_path, name, content)))
    assert refused.value.missing == (wrong,)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n\xff\xff")
    with pytest.raises(UnreadableDocumentError):
        list(cells_of(path))


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    assert [_places(_file(tmp_path, f"a.{ending}", "")) for ending in ("txt", "csv", "json")] == [
        [],
        [],
        [],
    ]
