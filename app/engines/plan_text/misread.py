"""Works out what stood where a two-byte text was read one byte out of step.

When one byte of a GBK text is lost, each following pair is built from the halves of two
neighbours until a single byte brings the reader back in step. The wrong characters still hold
the right bytes, so all but the lost ends can be read again. The result is a hint for a person,
never a silent correction.
"""

import re
from dataclasses import dataclass

LOST = "□"

# A lost first half shows as "?", and the user-defined area of GBK as private-use characters;
# between the two there may be one punctuation mark.
_START = re.compile(r"\?[;,:!.、；，：！。]?[\ue000-\ue4c5]")
_LONGEST = 24
_FULL_WIDTH_OFFSET = 0xFEE0


@dataclass(frozen=True)
class Misreading:
    """A misread stretch of a text and what its bytes say; `LOST` stands for a lost character."""

    start: int
    end: int
    reading: str


def find_misreadings(text: str) -> tuple[Misreading, ...]:
    """Return every stretch of `text` that looks like pairs of bytes read out of step."""
    found: list[Misreading] = []
    for match in _START.finditer(text):
        if found and match.start() < found[-1].end:
            continue
        misreading = _read_again(text, start=match.start())
        if misreading is not None:
            found.append(misreading)
    return tuple(found)


def _read_again(text: str, *, start: int) -> Misreading | None:
    """Shift the bytes behind the lost one back into step, up to where the reader recovered."""
    collected = b""
    end = start + 1
    closed_by_loss = False
    for character in text[start + 1 : start + _LONGEST]:
        end += 1
        if character == "?":
            closed_by_loss = True
            break
        collected += _bytes_of(character, first=end == start + 2)
        if len(collected) % 2:
            break
    else:
        return None
    # The first byte is the surviving half of the first lost character, and when the stretch
    # ends in a second loss, so is the last byte.
    inner = collected[1:-1] if closed_by_loss else collected[1:]
    try:
        reading = inner.decode("gbk")
    except UnicodeDecodeError:
        return None
    return Misreading(start, end, LOST + reading + (LOST if closed_by_loss else ""))


def _bytes_of(character: str, *, first: bool) -> bytes:
    """Return the GBK bytes of a character; a first ASCII mark was a full-width one once."""
    code = ord(character)
    if 0xE000 <= code <= 0xE233:
        row, cell = divmod(code - 0xE000, 94)
        return bytes((0xAA + row, 0xA1 + cell))
    if 0xE234 <= code <= 0xE4C5:
        row, cell = divmod(code - 0xE234, 94)
        return bytes((0xF8 + row, 0xA1 + cell))
    if first and character.isascii():
        character = chr(code + _FULL_WIDTH_OFFSET)
    return character.encode("gbk", errors="ignore")
