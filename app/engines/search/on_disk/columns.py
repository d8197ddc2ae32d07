"""Three columns for Whoosh that are read as whole arrays: numbers, names and texts.

Whoosh's own give one value at a time, and counting facets over fifty thousand hits that way takes
longer than finding them. Everything is written in one byte order, and every length is checked
before it is believed, for a file may be damaged.
"""

import json
import mmap
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from whoosh.columns import Column

Numbers = NDArray[np.int64]
Codes = NDArray[np.int32]

NUMBER, CODE, OFFSET = np.dtype("<i8"), np.dtype("<i4"), np.dtype("<u8")


class DataFile(Protocol):
    """What is needed of Whoosh's files."""

    def write(self, data: bytes) -> object:
        """Append the data."""

    def get(self, position: int, length: int) -> bytes:
        """Return so many bytes from a place, or fewer where the file ends."""

    def fileno(self) -> int:
        """Return the system's number for the open file."""


def checked(data: bytes, dtype: np.dtype[np.generic], count: int) -> NDArray[np.generic]:
    """Return an array of exactly so many numbers; raises ValueError when the data is another."""
    if count < 0 or len(data) != count * dtype.itemsize:
        raise ValueError("damaged array")
    return np.frombuffer(data, dtype)


def check_rising(offsets: NDArray[np.generic], last: int) -> None:
    """Raise ValueError unless offsets begin at 0, never fall and end at `last`."""
    numbers = offsets.astype(np.int64)
    if not numbers.size or numbers[0] != 0 or numbers[-1] != last or (np.diff(numbers) < 0).any():
        raise ValueError("damaged offsets")


class NumbersColumn(Column):  # type: ignore[misc]  # Whoosh has no types
    """Whole numbers; 0 where a document has none."""

    def writer(self, dbfile: DataFile) -> "NumbersWriter":
        """See Whoosh's Column."""
        return NumbersWriter(dbfile)

    def reader(self, dbfile: DataFile, basepos: int, length: int, doccount: int) -> "NumbersReader":
        """See Whoosh's Column."""
        return NumbersReader(dbfile.get(basepos, length), doccount)

    def default_value(self, reverse: object = None) -> int:
        """See Whoosh's Column."""
        return 0


class NumbersWriter:
    """Collects the numbers and writes them at the end."""

    def __init__(self, dbfile: DataFile) -> None:
        self._dbfile = dbfile
        self._values: list[int] = []

    def add(self, docnum: int, value: int) -> None:
        """Note a document's number; documents come in order, and some may be left out."""
        self._values.extend([0] * (docnum - len(self._values)))
        self._values.append(value)

    def finish(self, doccount: int) -> None:
        """Write the column."""
        self._values.extend([0] * (doccount - len(self._values)))
        self._dbfile.write(np.array(self._values, NUMBER).tobytes())


class NumbersReader:
    """The column as one array."""

    def __init__(self, data: bytes, doccount: int) -> None:
        """Raise ValueError when the data is not that of so many documents."""
        self.values: Numbers = checked(data, NUMBER, doccount).astype(np.int64)

    def __getitem__(self, docnum: int) -> int:
        return int(self.values[docnum])


class NamesColumn(Column):  # type: ignore[misc]  # Whoosh has no types
    """Short texts that many documents share, kept as a number each; empty where there is none."""

    def writer(self, dbfile: DataFile) -> "NamesWriter":
        """See Whoosh's Column."""
        return NamesWriter(dbfile)

    def reader(self, dbfile: DataFile, basepos: int, length: int, doccount: int) -> "NamesReader":
        """See Whoosh's Column."""
        return NamesReader(dbfile.get(basepos, length), doccount)

    def default_value(self, reverse: object = None) -> str:
        """See Whoosh's Column."""
        return ""


class NamesWriter:
    """Numbers the names as they come; the empty one is 0."""

    def __init__(self, dbfile: DataFile) -> None:
        self._dbfile = dbfile
        self._numbers: dict[str, int] = {"": 0}
        self._codes: list[int] = []

    def add(self, docnum: int, value: str) -> None:
        """Note a document's name; documents come in order, and some may be left out."""
        self._codes.extend([0] * (docnum - len(self._codes)))
        self._codes.append(self._numbers.setdefault(value, len(self._numbers)))

    def finish(self, doccount: int) -> None:
        """Write the documents' numbers, then the names."""
        self._codes.extend([0] * (doccount - len(self._codes)))
        self._dbfile.write(np.array(self._codes, CODE).tobytes())
        self._dbfile.write(json.dumps(list(self._numbers)).encode("ascii"))


class NamesReader:
    """Each document's number, and the name that each number stands for."""

    def __init__(self, data: bytes, doccount: int) -> None:
        """Raise ValueError when the data is not that of so many documents."""
        codes = checked(data[: doccount * CODE.itemsize], CODE, doccount).astype(np.int32)
        self.codes: Codes = codes
        self.names: tuple[str, ...] = tuple(json.loads(data[doccount * CODE.itemsize :]))
        if codes.size and not 0 <= codes.min() <= codes.max() < len(self.names):
            raise ValueError("damaged names")

    def __getitem__(self, docnum: int) -> str:
        return self.names[int(self.codes[docnum])]


class TextsColumn(Column):  # type: ignore[misc]  # Whoosh has no types
    """Texts as they were typed, read one at a time and by several threads at once."""

    def writer(self, dbfile: DataFile) -> "TextsWriter":
        """See Whoosh's Column."""
        return TextsWriter(dbfile)

    def reader(self, dbfile: DataFile, basepos: int, length: int, doccount: int) -> "TextsReader":
        """See Whoosh's Column."""
        return TextsReader(dbfile, doccount)

    def default_value(self, reverse: object = None) -> str:
        """See Whoosh's Column."""
        return ""


class TextsWriter:
    """Writes texts as they come, and where each begins at the end."""

    def __init__(self, dbfile: DataFile) -> None:
        self._dbfile = dbfile
        self._offsets = [0]

    def add(self, docnum: int, value: str) -> None:
        """Append a document's text; documents come in order, and some may be left out."""
        self._offsets.extend([self._offsets[-1]] * (docnum + 1 - len(self._offsets)))
        data = value.encode("utf-8", "surrogatepass")
        self._dbfile.write(data)
        self._offsets.append(self._offsets[-1] + len(data))

    def finish(self, doccount: int) -> None:
        """Write where each text begins."""
        self._offsets.extend([self._offsets[-1]] * (doccount + 1 - len(self._offsets)))
        self._dbfile.write(np.array(self._offsets, OFFSET).tobytes())


class TextsReader:
    """Each document's text, from a file that is mapped into memory."""

    def __init__(self, dbfile: DataFile, doccount: int) -> None:
        """Raise ValueError or OSError when the file is not that of so many documents."""
        self._map = mmap.mmap(dbfile.fileno(), 0, access=mmap.ACCESS_READ)
        size = (doccount + 1) * OFFSET.itemsize
        end = len(self._map) - size
        if end < 0:
            raise ValueError("damaged texts")
        self._offsets = checked(self._map[end:], OFFSET, doccount + 1).astype(np.int64)
        check_rising(self._offsets, end)

    def __getitem__(self, docnum: int) -> str:
        start, end = self._offsets[docnum : docnum + 2].tolist()
        return self._map[start:end].decode("utf-8", "surrogatepass")
