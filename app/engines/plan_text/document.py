"""Reads the lines of a text, Word or web file; knows nothing of plans.

The files come from strangers' software, so sizes are bounded before anything is unpacked and a
file that cannot be read is refused, never guessed at.
"""

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePath

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn

from app.errors import UnreadableDocumentError

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_ARCHIVE_ENTRIES = 5000
# A plan has some ten thousand characters in a hundred lines.
MAX_CHARACTERS = 300_000
MAX_LINES = 10_000

# A text in another encoding reads as a third to a half of replacement characters; a text with a
# few damaged bytes stays well below this share.
_MAX_DAMAGE = 0.02
_REPLACEMENT = "\ufffd"
_DAMAGE = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffd]")

# What the zip and XML readers raise for damaged, encrypted or foreign packages; lxml reports broken
# XML as a kind of SyntaxError.
_BROKEN_PACKAGE = (
    zipfile.BadZipFile,
    zlib.error,
    OpcError,
    EOFError,
    LookupError,
    ValueError,
    SyntaxError,
    RuntimeError,
    AttributeError,
    TypeError,
)

_WEB_TAG = re.compile(
    r"""<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>"""
    r"""|<(?P<close2>/?)(?P<name2>[a-zA-Z][a-zA-Z0-9]*)[^<>]*+>"""
    r"""|<(?P<mark>!--|!|\?)"""
)
_UNSEEN = re.compile("script|style|noscript|template|title|svg|textarea|select|iframe|rt|rp|object")
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|br|caption|center|dd|div|dl|dt|fieldset|figcaption"
    "|figure|footer|form|h[1-6]|head|header|hr|html|li|main|nav|ol|option|p|pre|section"
    "|table|tbody|td|tfoot|th|thead|tr|ul"
)
_MARK_ENDS = {"!--": "-->", "!": ">", "?": ">"}
_BREAK = "\x00"
_FOLDED = re.compile(r"(?<=[^\x00-\x7f])[ \t]*+[\r\n][ \t\r\n]*+(?=[^\x00-\x7f])")
_WHITESPACE = re.compile(r"[ \t\r\n\f]+")


def read_lines(data: bytes, *, filename: str) -> tuple[str, ...]:
    """Return the document's lines without outer spaces; refuse what holds no readable text.

    Raises `UnreadableDocumentError` with the codes `size`, `text`, `encoding`, `docx` or
    `file_type`.
    """
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableDocumentError(missing=("size",))
    suffix = PurePath(filename.lower()).suffix
    if suffix == ".docx":
        lines = _word_lines(data)
    elif suffix in {".html", ".htm"}:
        lines = _web_lines(_decoded(data))
    elif suffix == ".txt":
        lines = _decoded(data).splitlines()
    else:
        raise UnreadableDocumentError(missing=("file_type",))
    return _checked(lines)


def _checked(lines: list[str]) -> tuple[str, ...]:
    """Refuse an empty text and one too long to be an office's plan."""
    if len(lines) > MAX_LINES or sum(map(len, lines)) > MAX_CHARACTERS:
        raise UnreadableDocumentError(missing=("size",))
    stripped = tuple(line.strip() for line in lines)
    if not any(stripped):
        raise UnreadableDocumentError(missing=("text",))
    return stripped


def _decoded(data: bytes) -> str:
    """Decode by byte-order mark, else as UTF-8, else as GB 18030, forgiving a few bad bytes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _undamaged(data, encoding="utf-16")
    try:
        return _undamaged(data, encoding="utf-8-sig")
    except UnreadableDocumentError:
        return _undamaged(data, encoding="gb18030")


def _undamaged(data: bytes, *, encoding: str) -> str:
    text = data.decode(encoding, errors="replace")
    damage = len(_DAMAGE.findall(text))
    if damage > _MAX_DAMAGE * len(text):
        raise UnreadableDocumentError(missing=("encoding",))
    return text


def _word_lines(data: bytes) -> list[str]:
    """Return paragraphs and table cells in reading order, after checking the package's size."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            unpacked = sum(entry.file_size for entry in entries)
        if unpacked > MAX_UNPACKED_BYTES or len(entries) > MAX_ARCHIVE_ENTRIES:
            raise UnreadableDocumentError(missing=("size",))
        body = docx.Document(io.BytesIO(data)).element.body
    except _BROKEN_PACKAGE as error:
        raise UnreadableDocumentError(missing=("docx",)) from error
    pieces: list[str] = []
    breaks = {qn("w:p"), qn("w:br"), qn("w:cr")}
    for element in body.iter(qn("w:t"), qn("w:tab"), *breaks):
        if element.tag in breaks:
            pieces.append("\n")
        else:
            pieces.append(element.text or " ")
    return "".join(pieces).splitlines()


def _web_lines(text: str) -> list[str]:
    """Return the visible text of a page, one line for each block.

    The standard library's parser needs quadratic time for markup that never closes in some of
    the Python versions served here, so the page is scanned once, from left to right.
    """
    page = "".join(_visible_pieces(text.replace(_BREAK, _REPLACEMENT)))
    lines = (_WHITESPACE.sub(" ", _FOLDED.sub("", line)) for line in page.split(_BREAK))
    return [line for line in lines if line.strip()]


def _visible_pieces(text: str) -> Iterator[str]:
    """Yield text between tags, a break for each block tag, and nothing for what is not shown."""
    position = 0
    while (match := _WEB_TAG.search(text, position)) is not None:
        yield html.unescape(text[position : match.start()])
        position = match.end()
        if match["mark"]:
            end = text.find(_MARK_ENDS[match["mark"]], position)
            position = len(text) if end < 0 else end + len(_MARK_ENDS[match["mark"]])
            continue
        name = (match["name"] or match["name2"]).lower()
        opens = not (match["close"] or match["close2"])
        if opens and _UNSEEN.fullmatch(name):
            closing = re.compile(rf"</{name}\b[^<>]*>", re.IGNORECASE).search(text, position)
            position = len(text) if closing is None else closing.end()
        elif _BLOCK.fullmatch(name):
            yield _BREAK
    yield html.unescape(text[position:])
