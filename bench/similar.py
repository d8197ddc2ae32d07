"""Whether "has someone said this?" finds what belongs together, and how fast.

`python -m bench.similar MESSAGES.csv GOLD.tsv` asks, for every message that somebody put into one
group with another, for messages like it. MESSAGES.csv has the columns 留言编号, 留言主题 and
留言详情; GOLD.tsv has a group and a message's number on each line, after a heading. Beside our
answer stand two others: the likeness of titles by trigrams, and the cosine of weighted words.
"""

import csv
import math
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.engines.search.analysis import default_analyser
from app.engines.search.document import SearchDocument
from app.engines.search.index import SearchIndex
from app.engines.search.on_disk.index import WhooshIndex
from app.engines.search.similar import SimilarRequest
from app.engines.text.normalise import normalise
from app.services import glossary
from app.vocabulary import DocumentType, Language
from bench.tables import ms, percentile, show

CUT = 5
LEAST_TRIGRAMS = 0.25
"""The least likeness of titles that Decidim lets count when it looks for the same proposal."""


@dataclass(frozen=True)
class Message:
    """What somebody wrote, under its number."""

    number: int
    title: str
    text: str


Ask = Callable[[Message], Sequence[int]]


def main(messages_file: Path, groups_file: Path) -> None:
    """Ask everybody for the like of every message that has a partner, and print the table."""
    messages = read_messages(messages_file)
    partners = read_partners(groups_file)
    asked = [message for message in messages if partners.get(message.number)]
    with tempfile.TemporaryDirectory() as folder:
        index = WhooshIndex(Path(folder) / "index")
        index.rebuild(map(_document, messages))
        rows = [
            _row(name, ask, asked, partners)
            for name, ask in (
                ("ours", _ours(index)),
                ("ours, once more", _ours(index)),
                ("titles by trigrams", _by_trigrams(messages)),
                ("cosine of words", _by_cosine(messages)),
            )
        ]
        index.close()
    show(
        f"{len(asked)} of {len(messages)} messages have a partner",
        ("way", f"among first {CUT}", "first", "median", "p95"),
        rows,
    )


def read_messages(file: Path) -> list[Message]:
    """Read the messages; one without a title or a text is kept."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [
            Message(int(row["留言编号"]), row["留言主题"].strip(), row["留言详情"].strip())
            for row in csv.DictReader(lines)
        ]


def read_partners(file: Path) -> Mapping[int, frozenset[int]]:
    """Read which messages each message belongs with, itself left out."""
    groups: dict[str, set[int]] = defaultdict(set)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for group, number, *_ in list(csv.reader(lines, delimiter="\t"))[1:]:
            groups[group].add(int(number))
    return {
        number: frozenset(members - {number}) for members in groups.values() for number in members
    }


def _row(
    name: str, ask: Ask, asked: Iterable[Message], partners: Mapping[int, frozenset[int]]
) -> tuple[str, ...]:
    times, among, first = [], [], []
    for message in asked:
        began = time.perf_counter()
        found = ask(message)
        times.append(time.perf_counter() - began)
        among.append(not partners[message.number].isdisjoint(found))
        first.append(not partners[message.number].isdisjoint(found[:1]))
    return (
        name,
        f"{sum(among) / len(among):.3f}",
        f"{sum(first) / len(first):.3f}",
        ms(percentile(times, 0.5)),
        ms(percentile(times, 0.95)),
    )


def _document(message: Message) -> SearchDocument:
    return SearchDocument(
        type=DocumentType.SUGGESTION,
        id=message.number,
        ref=str(message.number),
        language=Language.ZH,
        title=message.title,
        body=message.text,
    )


def _ours(index: SearchIndex) -> Ask:
    words = glossary.bundled()

    def ask(message: Message) -> Sequence[int]:
        request = SimilarRequest(
            title=message.title,
            text=message.text,
            limit=CUT,
            exclude=frozenset({_document(message).key}),
        )
        return [hit.id for hit in index.similar(request, words)]

    return ask


def _by_trigrams(messages: Sequence[Message]) -> Ask:
    """Return what PostgreSQL's pg_trgm would: titles that share enough of their trigrams."""
    trigrams = {message.number: _trigrams(message.title) for message in messages}

    def ask(message: Message) -> Sequence[int]:
        own = trigrams[message.number]
        scores = {
            number: len(own & others) / max(1, len(own | others))
            for number, others in trigrams.items()
            if number != message.number
        }
        return _best({each: score for each, score in scores.items() if score >= LEAST_TRIGRAMS})

    return ask


def _trigrams(title: str) -> frozenset[str]:
    """Return every three neighbouring signs of each word, two blanks before it and one behind."""
    spread = "".join(sign if sign.isalnum() else " " for sign in title.lower())
    padded = [f"  {word} " for word in spread.split()]
    return frozenset(word[start : start + 3] for word in padded for start in range(len(word) - 2))


def _by_cosine(messages: Sequence[Message]) -> Ask:
    """Return what has the nearest vector of words, each weighted by how rare it is."""
    analyser = default_analyser()
    counts = {
        each.number: Counter(analyser.analyse(normalise(f"{each.title}\n{each.text}")).words)
        for each in messages
    }
    spread = Counter(word for words in counts.values() for word in words)
    vectors: dict[int, dict[str, float]] = {}
    having: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, words in counts.items():
        raw = {
            word: (1 + math.log(count)) * (1 + math.log(len(messages) / spread[word]))
            for word, count in words.items()
        }
        length = math.hypot(*raw.values()) or 1.0
        vectors[number] = {word: weight / length for word, weight in raw.items()}
        for word, weight in vectors[number].items():
            having[word].append((number, weight))

    def ask(message: Message) -> Sequence[int]:
        scores: dict[int, float] = defaultdict(float)
        for word, weight in vectors[message.number].items():
            for number, other in having[word]:
                scores[number] += weight * other
        del scores[message.number]
        return _best(scores)

    return ask


def _best(scores: Mapping[int, float]) -> Sequence[int]:
    return sorted(scores, key=lambda number: (-scores[number], number))[:CUT]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
