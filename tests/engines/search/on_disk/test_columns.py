"""Columns give back what was put in, for documents left out too, and refuse what is damaged."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

import pytest

from app.engines.search.on_disk.columns import (
    NamesColumn,
    NamesReader,
    NumbersColumn,
    NumbersReader,
    TextsColumn,
    TextsReader,
)

DOCUMENTS = 5
NUMBERS = {1: 7, 2: -3, 4: 2**40}
NAMES = {0: "市南", 2: "市北", 3: "市南"}
TEXTS = {1: "路灯壞了\n", 3: "\ud800😀"}


class DataFile:
    """What Whoosh hands to a column, over a plain file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.write, self.fileno = file.write, file.fileno

    def get(self, position: int, length: int) -> bytes:
        self._file.seek(position)
        return self._file.read(length)


Column = NumbersColumn | NamesColumn | TextsColumn
Value = TypeVar("Value", contravariant=True)


class Writer(Protocol[Value]):
    """What every column's writer can do."""

    def add(self, docnum: int, value: Value) -> None: ...

    def finish(self, doccount: int) -> None: ...


def write(path: Path, of: Callable[[DataFile], Writer[Value]], values: Mapping[int, Value]) -> None:
    with path.open("wb") as file:
        writer = of(DataFile(file))
        for document, value in values.items():
            writer.add(document, value)
        writer.finish(DOCUMENTS)


def write_numbers(path: Path) -> None:
    write(path, NumbersColumn().writer, NUMBERS)


def write_names(path: Path) -> None:
    write(path, NamesColumn().writer, NAMES)


def write_texts(path: Path) -> None:
    write(path, TextsColumn().writer, TEXTS)


def read(path: Path, column: Column) -> NumbersReader | NamesReader | TextsReader:
    with path.open("rb") as file:
        return column.reader(DataFile(file), 0, path.stat().st_size, DOCUMENTS)


@pytest.mark.parametrize(
    ("make", "column", "values", "default"),
    [
        (write_numbers, NumbersColumn(), NUMBERS, 0),
        (write_names, NamesColumn(), NAMES, ""),
        (write_texts, TextsColumn(), TEXTS, ""),
    ],
)
def test_every_value_is_read_as_it_was_written(
    tmp_path: Path,
    make: Callable[[Path], None],
    column: Column,
    values: Mapping[int, int | str],
    default: int | str,
) -> None:
    make(tmp_path / "x")

    reader = read(tmp_path / "x", column)

    assert [reader[number] for number in range(DOCUMENTS)] == [
        values.get(number, default) for number in range(DOCUMENTS)
    ]
    assert column.default_value() == default


@pytest.mark.parametrize(
    ("make", "column"),
    [
        (write_numbers, NumbersColumn()),
        (write_names, NamesColumn()),
        (write_texts, TextsColumn()),
    ],
)
def test_no_part_of_a_column_passes_for_the_whole(
    tmp_path: Path, make: Callable[[Path], None], column: Column
) -> None:
    make(tmp_path / "x")
    whole = (tmp_path / "x").read_bytes()

    for kept in range(len(whole)):
        (tmp_path / "x").write_bytes(whole[:kept])
        with pytest.raises(ValueError, match=r"damaged|empty|Expecting|Unterminated|Invalid"):
            read(tmp_path / "x", column)


def test_a_name_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    write_names(tmp_path / "x")
    content = bytearray((tmp_path / "x").read_bytes())
    content[0] = 99
    (tmp_path / "x").write_bytes(content)

    with pytest.raises(ValueError, match="damaged names"):
        read(tmp_path / "x", NamesColumn())
