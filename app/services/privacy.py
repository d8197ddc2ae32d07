"""Looking for personal data in files that are not in the portal: text, CSV, TSV and JSON.

What is found is told by its place, so that the answer can be passed on; the words themselves stay
in the file unless a caller looks them up.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.engines.text import personal_data
from app.errors import UnreadableDocumentError


@dataclass(frozen=True)
class Cell:
    """One text of a file.

    `line` counts from 1: the line a text or a table's row begins on, the place of an element in a
    JSON list. `column` is a table's heading or a JSON key, and empty in plain text.
    """

    line: int
    column: str
    text: str


@dataclass(frozen=True)
class Finding:
    """Personal data in one cell: `start` and `end` count characters of the cell's text from 0."""

    cell: Cell
    start: int
    end: int
    kind: str


def scan(cells: Iterable[Cell]) -> Iterator[Finding]:
    """What is found, cell by cell."""
    for cell in cells:
        for span in personal_data.find(cell.text):
            yield Finding(cell, span.start, span.end, span.kind.value)


def cells_of(path: Path) -> Iterator[Cell]:
    """The texts of a file, read as its ending says: .csv, .tsv, .json, .jsonl, else line by line.

    Raises UnreadableDocumentError for a file that is no text or not what its ending says.
    """
    return _READERS.get(path.suffix.lower(), _lines)(_decoded(path.read_bytes()))


def _decoded(data: bytes) -> str:
    # Chinese editions of Excel save GB 18030, everything else UTF-8.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise UnreadableDocumentError(("text in UTF-8 or GB 18030",))


def _lines(text: str) -> Iterator[Cell]:
    for number, line in enumerate(text.split("\n"), 1):
        yield Cell(number, "", line.rstrip("\r"))


def _table(text: str, delimiter: str) -> Iterator[Cell]:
    """Every cell, those of the first row too: a file without headings begins with a row of data."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    headings: list[str] = []
    line = 1
    try:
        for row in reader:
            headings = headings or [_heading(name, number) for number, name in enumerate(row, 1)]
            for number, cell in enumerate(row, 1):
                column = headings[number - 1] if number <= len(headings) else str(number)
                yield Cell(line, column, cell)
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableDocumentError((f"a table, line {line}",)) from error


def _heading(name: str, number: int) -> str:
    """A column's name, or its number where the name is empty or would itself betray somebody."""
    return str(number) if not name.strip() or personal_data.find(name) else name.strip()


def _commas(text: str) -> Iterator[Cell]:
    return _table(text, ",")


def _tabs(text: str) -> Iterator[Cell]:
    return _table(text, "\t")


def _document(text: str) -> Iterator[Cell]:
    """A whole JSON document, a list's elements as its lines; else one document on each line."""
    try:
        content = _parsed(text)
    except ValueError:
        return _records(text)
    elements = content if isinstance(content, list) else [content]
    return (cell for number, each in enumerate(elements, 1) for cell in _leaves(number, each))


def _records(text: str) -> Iterator[Cell]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            content = _parsed(line)
        except ValueError as error:
            raise UnreadableDocumentError((f"JSON, line {number}",)) from error
        yield from _leaves(number, content)


def _parsed(text: str) -> object:
    """JSON with its numbers as they are written: a telephone may be one. Raises ValueError."""
    try:
        content: object = json.loads(text, parse_int=str, parse_float=str)
    except RecursionError as error:
        raise ValueError from error
    return content


def _leaves(line: int, content: object) -> Iterator[Cell]:
    waiting = [("", content)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, str):
            yield Cell(line, name, value)
        elif isinstance(value, list):
            waiting += [(name, each) for each in reversed(value)]
        elif isinstance(value, dict):
            waiting += [
                (_heading(f"{name}.{key}".lstrip("."), number), each)
                for number, (key, each) in reversed(list(enumerate(value.items(), 1)))
            ]


_READERS: Mapping[str, Callable[[str], Iterator[Cell]]] = {
    ".csv": _commas,
    ".tsv": _tabs,
    ".json": _document,
    ".jsonl": _records,
    ".ndjson": _records,
}
