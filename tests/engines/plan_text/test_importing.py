"""The same plan in three kinds of file becomes the same document."""

import io

import docx
import pytest

from app.engines.plan_text.importing import import_plan
from app.errors import UnreadableDocumentError

LINES = (
    "海湾市数据局2031年工作要点",
    "发布日期:2031年2月3日",
    "一、办好民生服务",
    "1.开展“渔港一件事”改革。打造不少于6个场景。",
    "2.建设智慧渔港。完善码头服务。",
)


def as_docx() -> bytes:
    document = docx.Document()
    for line in LINES:
        document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def as_html() -> bytes:
    return "".join(f"<p>&emsp;{line}</p>" for line in LINES).encode()


def test_text_word_and_web_file_give_the_same_plan() -> None:
    plan = import_plan("\n".join(LINES).encode("gb18030"), filename="a.txt")

    assert [item.title for item in plan.items] == ["开展“渔港一件事”改革", "建设智慧渔港"]
    for data, filename in ((as_docx(), "a.docx"), (as_html(), "a.html")):
        other = import_plan(data, filename=filename)
        assert (other.title, other.published_on) == (plan.title, plan.published_on)
        assert [item.text for item in other.items] == [item.text for item in plan.items]


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(UnreadableDocumentError) as caught:
        import_plan(as_docx(), filename="要点.pdf")

    assert caught.value.missing == ("file_type",)


def test_a_text_that_is_no_plan_is_refused() -> None:
    with pytest.raises(UnreadableDocumentError) as caught:
        import_plan("今天天气很好。".encode(), filename="日记.txt")

    assert "items" in caught.value.missing
