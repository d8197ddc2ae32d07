"""Everything of Whoosh that is used below its public surface, in one place.

Whoosh lists an index's segments in a table of contents and lets a codec lay their files out. Its
own codec and writer are generic: they pickle lists of a hundred and twenty-eight postings, sort all
postings of a build in a pool, and give values one by one. The codec here keeps Whoosh's table of
contents, segments, schema and columns, and replaces postings by arrays; building and searching by
arrays go around Whoosh's writer and searcher. Whoosh's own searcher can still read the result.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from whoosh.codec.base import TermsReader
from whoosh.codec.whoosh3 import W3Codec
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.index import TOC, clean_files
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from app.engines.search.on_disk.columns import NamesReader, NumbersReader, TextsReader
from app.engines.search.on_disk.postings import PostingsReader
from app.engines.search.on_disk.schema import make_schema

NAME = "MAIN"
DIGEST_LENGTH = 32
_TABLE = re.compile(rf"_{NAME}_(\d+)\.toc")
TERMS_FILE, POSTINGS_FILE, SEAL_FILE = ".trm", ".pst", ".sum"


class Segment(Protocol):
    """What is used of Whoosh's segments: some documents, which never change but may be deleted."""

    def segment_id(self) -> str:
        """Return a name that no other segment has."""

    def make_filename(self, ext: str) -> str:
        """Return the name of one of its files."""

    def doc_count_all(self) -> int:
        """Return how many documents it holds, deleted ones too."""

    def doc_count(self) -> int:
        """Return how many documents it holds that are not deleted."""

    def set_doc_count(self, dc: int) -> None:
        """Note how many documents it holds."""

    def deleted_docs(self) -> Iterable[int]:
        """Return the numbers of the deleted documents."""

    def delete_document(self, docnum: int) -> None:
        """Note a document as deleted."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an index holds as of one commit."""

    commit: int
    segments: tuple[Segment, ...]


class ArrayCodec(W3Codec):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's codec with its postings replaced."""

    def terms_reader(self, storage: FileStorage, segment: Segment) -> "ArrayTermsReader":
        """See Whoosh's Codec."""
        return ArrayTermsReader(open_postings(Path(storage.folder), segment))


class ArrayTermsReader(TermsReader):  # type: ignore[misc]  # Whoosh has no types
    """Gives postings to Whoosh's own searcher, which knows terms as bytes."""

    def __init__(self, postings: PostingsReader) -> None:
        self._postings = postings

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return bool(self._postings.postings(term[0], term[1].decode()).documents.size)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """Yield every field's terms in order."""
        for name in sorted(self._postings.fields):
            for term in self._postings.fields[name].terms():
                yield name, term.encode("utf-8", "surrogatepass")

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Return a term's statistics, or raise Whoosh's TermNotFound."""
        found = self._postings.postings(fieldname, text.decode())
        if not found.documents.size:
            raise TermNotFound(f"{fieldname}:{text!r}")
        return TermInfo(
            weight=float(found.frequencies.sum()),
            df=found.documents.size,
            minlength=1,
            maxweight=float(found.frequencies.max()),
            minid=int(found.documents[0]),
            maxid=int(found.documents[-1]),
        )

    def matcher(
        self, fieldname: str, text: bytes, format_: object, scorer: object = None
    ) -> ListMatcher:
        """Return what Whoosh walks over to find a term's documents."""
        info = self.term_info(fieldname, text)
        found = self._postings.postings(fieldname, text.decode())
        return ListMatcher(
            found.documents.tolist(),
            found.frequencies.tolist(),
            format=format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=info,
        )

    def indexed_field_names(self) -> Sequence[str]:
        """Return the fields that have terms here."""
        return list(self._postings.fields)


def latest_commit(directory: Path) -> int:
    """Return the number of the latest commit; -1 where there is none."""
    found = (_TABLE.fullmatch(path.name) for path in directory.iterdir())
    return max((int(match[1]) for match in found if match), default=-1)


def read_contents(directory: Path) -> Contents:
    """Return the latest commit; whatever exception comes out means that it is damaged.

    Whoosh unpickles what it reads, and a garbled pickle may ask for any amount of memory, so the
    digest is compared first. It reads from memory, for it leaves a file open when it gives up.
    """
    name = _table_of(latest_commit(directory))
    content = (directory / name).read_bytes()
    table, digest = content[:-DIGEST_LENGTH], content[-DIGEST_LENGTH:]
    if hashlib.sha256(table).digest() != digest:
        raise ValueError("damaged table of contents")
    memory = RamStorage()
    memory.files[name] = table
    found = TOC.read(memory, NAME)
    return Contents(found.generation, tuple(found.segments))


def commit(directory: Path, contents: Contents) -> None:
    """Let readers see these segments from now on, and delete the files of all others."""
    memory = RamStorage()
    TOC(make_schema(), list(contents.segments), contents.commit).write(memory, NAME)
    ((name, table),) = memory.files.items()
    draft = directory / f"{name}.new"
    draft.write_bytes(table + hashlib.sha256(table).digest())
    draft.replace(directory / name)
    clean_files(FileStorage(str(directory)), NAME, contents.commit, contents.segments)


def sweep(directory: Path, contents: Contents) -> None:
    """Delete whatever of Whoosh's files the latest commit, with these contents, does not need."""
    needed = {_table_of(contents.commit)}
    names = tuple(f"{segment.segment_id()}." for segment in contents.segments)
    for path in directory.iterdir():
        if NAME in path.name and path.name not in needed and not path.name.startswith(names):
            path.unlink(missing_ok=True)


def _table_of(number: int) -> str:
    """Return the name that Whoosh gives to a commit's table of contents."""
    return f"_{NAME}_{number}.toc"


def new_segment(directory: Path) -> Segment:
    """Return a segment of no documents whose files are still to be written."""
    segment: Segment = ArrayCodec().new_segment(FileStorage(str(directory)), NAME)
    return segment


def column_path(directory: Path, segment: Segment, name: str) -> Path:
    """Return where a column lies."""
    filename: str = W3Codec.column_filename(segment, name)
    return directory / filename


def postings_paths(directory: Path, segment: Segment) -> tuple[Path, Path]:
    """Return where a segment's terms and their postings lie."""
    return (
        directory / segment.make_filename(TERMS_FILE),
        directory / segment.make_filename(POSTINGS_FILE),
    )


def seal(directory: Path, segment: Segment) -> None:
    """Note what a segment's files hold, now that they are whole."""
    digest = _digest_of(directory, segment)
    (directory / segment.make_filename(SEAL_FILE)).write_text(digest, encoding="ascii")


def is_as_sealed(directory: Path, segment: Segment) -> bool:
    """Tell whether a segment's files hold what was written into them."""
    try:
        sealed = (directory / segment.make_filename(SEAL_FILE)).read_text(encoding="ascii")
    except (FileNotFoundError, UnicodeDecodeError):
        return False
    return sealed == _digest_of(directory, segment)


def _digest_of(directory: Path, segment: Segment) -> str:
    digest = hashlib.sha256()
    for path in sorted(directory.glob(f"{segment.segment_id()}.*")):
        if path.suffix != SEAL_FILE:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            digest.update(f"{path.name} {content}\n".encode())
    return digest.hexdigest()


def open_postings(directory: Path, segment: Segment) -> PostingsReader:
    """Return a segment's postings; raises as PostingsReader does."""
    terms, postings = postings_paths(directory, segment)
    with postings.open("rb") as file:
        return PostingsReader(terms.read_bytes(), file, segment.doc_count_all())


class Columns:
    """A segment's columns, each read whole, by Whoosh's reader of columns."""

    def __init__(self, directory: Path, segment: Segment) -> None:
        self._schema: Schema = make_schema()
        self._reader = ArrayCodec().per_document_reader(FileStorage(str(directory)), segment)

    def numbers(self, name: str) -> NumbersReader:
        """Return a column of numbers."""
        found: NumbersReader = self._reader.column_reader(name, self._schema[name].column_type)
        return found

    def names(self, name: str) -> NamesReader:
        """Return a column of names."""
        found: NamesReader = self._reader.column_reader(name, self._schema[name].column_type)
        return found

    def texts(self, name: str) -> TextsReader:
        """Return a column of texts."""
        found: TextsReader = self._reader.column_reader(name, self._schema[name].column_type)
        return found

    def close(self) -> None:
        """Close the files; what was read stays usable."""
        self._reader.close()
