"""Text, Word and web files give the same lines; other files are refused."""

import io
import time
import zipfile

import docx
import pytest

from app.engines.plan_text.document import MAX_CHARACTERS, MAX_UNPACKED_BYTES, read_lines
from app.errors import UnreadableDocumentError

LINES = ("海湾市2031年工作要点", "一、推进“一网通办”", "1.建设平台。")


def make_docx(*paragraphs: str, cells: tuple[str, ...] = ()) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if cells:
        table = document.add_table(rows=1, cols=len(cells))
        for cell, text in zip(table.rows[0].cells, cells, strict=True):
            cell.text = text
        document.add_paragraph("表后")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def make_package(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return stream.getvalue()


def refusal(data: bytes, *, filename: str) -> tuple[str, ...]:
    with pytest.raises(UnreadableDocumentError) as caught:
        read_lines(data, filename=filename)
    return caught.value.missing


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_is_read_in_the_usual_encodings(encoding: str) -> None:
    data = "\r\n".join(LINES).encode(encoding)

    assert read_lines(data, filename="要点.TXT") == LINES


def test_a_few_bad_bytes_do_not_spoil_a_text() -> None:
    data = ("数据局" * 100).encode() + b"\xff" + "完".encode()

    assert read_lines(data, filename="a.txt")[0].endswith("\ufffd完")


def test_word_paragraphs_and_cells_come_in_order() -> None:
    data = make_docx("一、甲", cells=("1.乙。", "2.丙。"))

    read = [line for line in read_lines(data, filename="要点.docx") if line]

    assert read == ["一、甲", "1.乙。", "2.丙。", "表后"]


def test_a_web_page_gives_a_line_for_each_block() -> None:
    page = (
        "<!DOCTYPE html><title>题</title><style>p{x:y}</style><script>if(a<b)'<p>坏'</script>"
        "<div><a title='甲>乙'>海湾市</a>2031年工作要点</div><!-- <p>藏 -->"
        "<p>一、推进&ldquo;一网\n  通办&rdquo;<p>1.建设<b>平台</b>。<br>"
    )

    assert read_lines(page.encode(), filename="x.htm") == LINES


def test_the_annotation_above_a_character_is_dropped() -> None:
    page = "<p><ruby>数<rp>(</rp><rt>shù</rt><rp>)</rp></ruby>据</p>"

    assert read_lines(page.encode(), filename="x.html") == ("数据",)


@pytest.mark.parametrize("name", ["a.pdf", "a.doc", "a", "txt"])
def test_another_kind_of_file_is_refused(name: str) -> None:
    assert refusal("数据".encode(), filename=name) == ("file_type",)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.txt"),
        (b" \r\n\t", "a.txt"),
        (b"<html><script>x</script></html>", "a.html"),
        (make_docx(), "a.docx"),
    ],
)
def test_a_file_without_text_is_refused(data: bytes, name: str) -> None:
    assert refusal(data, filename=name) == ("text",)


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, b"\x00" * 500, b"\x80\xff" * 500])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    assert refusal(data, filename="a.txt") == ("encoding",)


@pytest.mark.parametrize(
    "data",
    [
        "并非压缩包".encode(),
        make_docx("一、甲")[:2000],
        make_package(a=b"x"),
    ],
)
def test_a_broken_word_file_is_refused(data: bytes) -> None:
    assert refusal(data, filename="a.docx") == ("docx",)


def test_a_word_file_that_swells_when_unpacked_is_refused() -> None:
    data = make_package(bomb=b"0" * (MAX_UNPACKED_BYTES + 1))

    assert len(data) < 100_000
    assert refusal(data, filename="a.docx") == ("size",)


def test_a_text_too_long_to_be_a_plan_is_refused() -> None:
    assert refusal(("数" * (MAX_CHARACTERS + 1)).encode(), filename="a.txt") == ("size",)


@pytest.mark.parametrize("seed", ["<", "<a ", "<!--", "<script>", "</script", "<a '", "&#", "　\n"])
def test_hostile_markup_is_read_in_time(seed: str) -> None:
    started = time.perf_counter()

    with pytest.raises(UnreadableDocumentError):
        read_lines((seed * (5_000_000 // len(seed))).encode(), filename="a.html")

    assert time.perf_counter() - started < 15
