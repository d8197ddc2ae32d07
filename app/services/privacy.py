"""Looking for personal data in text that is not in the portal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.engines.text import personal_data


@dataclass(frozen=True)
class Finding:
    """Personal data in one line: `start` and `end` count characters from 0, lines from 1."""

    line: int
    start: int
    end: int
    kind: str


def scan(lines: Iterable[str]) -> Iterator[Finding]:
    """What is found, line by line."""
    for number, line in enumerate(lines, 1):
        for span in personal_data.find(line):
            yield Finding(number, span.start, span.end, span.kind.value)
