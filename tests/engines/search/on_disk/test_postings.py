"""Terms and their documents are written as arrays and read back, or refused when damaged."""

import random
import struct
from array import array
from pathlib import Path

import pytest

from app.engines.search.on_disk.postings import (
    MOST_FREQUENT,
    PostingsReader,
    PostingsWriter,
    packed,
)

FIELDS = {
    "title_words": {"停车": {0: 1, 3: 2}, "停": {1: 1}, "路灯": {2: 7}, "a": {0: 1}},
    "body_words": {"停车场": {4: 3}, "\ud800": {1: 1}, "": {0: 1}},
}
DOCUMENTS = 5


def write(directory: Path) -> tuple[Path, Path]:
    terms, postings = directory / "x.trm", directory / "x.pst"
    with terms.open("wb") as terms_file, postings.open("wb") as postings_file:
        writer = PostingsWriter(terms_file, postings_file)
        for name, found in FIELDS.items():
            writer.add_field(
                name,
                {
                    term: array("Q", [packed(document, count) for document, count in each.items()])
                    for term, each in found.items()
                },
            )
        writer.finish()
    return terms, postings


def read(terms: Path, postings: Path) -> PostingsReader:
    with postings.open("rb") as file:
        return PostingsReader(terms.read_bytes(), file, DOCUMENTS)


def test_every_term_is_read_as_it_was_written(tmp_path: Path) -> None:
    reader = read(*write(tmp_path))

    for name, terms in FIELDS.items():
        assert list(reader.fields[name].terms()) == sorted(
            terms, key=lambda term: term.encode("utf-8", "surrogatepass")
        )
        for term, wanted in terms.items():
            found = reader.postings(name, term)
            assert dict(zip(found.documents, found.frequencies, strict=True)) == wanted


@pytest.mark.parametrize(("name", "term"), [("title_words", "停车场"), ("tags_words", "停车")])
def test_what_is_not_there_has_no_documents(tmp_path: Path, name: str, term: str) -> None:
    assert read(*write(tmp_path)).postings(name, term).documents.size == 0


def test_terms_are_found_by_how_they_open(tmp_path: Path) -> None:
    reader = read(*write(tmp_path))

    assert reader.opening_with("title_words", "停").documents.tolist() == [1, 0, 3]
    assert reader.opening_with("title_words", "灯").documents.size == 0
    assert reader.opening_with("tags_words", "停").documents.size == 0


def test_a_count_too_great_is_kept_as_the_greatest() -> None:
    assert packed(3, 10**9) == packed(3, MOST_FREQUENT)
    assert packed(3, 1) != packed(4, 1)


def test_any_damage_gives_an_answer_or_a_plain_refusal(tmp_path: Path) -> None:
    chance = random.Random(5)  # noqa: S311 - damage is to be the same each time
    outcomes = set()
    for path in write(tmp_path):
        whole = path.read_bytes()
        for _ in range(300):
            damaged = bytearray(whole)
            for _ in range(chance.randint(1, 8)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            path.write_bytes(damaged[: chance.choice((len(damaged), chance.randrange(1, 400)))])
            outcomes.add(outcome(tmp_path))
        path.write_bytes(whole)
    assert outcomes == {"answered", "refused"}


def outcome(directory: Path) -> str:
    try:
        reader = read(directory / "x.trm", directory / "x.pst")
        for field in reader.fields.values():
            found = field.numbered(0, len(field))
            assert found.documents.size < 100
            assert all(document < DOCUMENTS for document in found.documents)
    except (ValueError, TypeError, LookupError, AttributeError, struct.error):
        return "refused"
    return "answered"
