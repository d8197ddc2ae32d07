"""Finds year, title, chapters and numbered items in the lines of a plan.

What a web site put around the text is left out. A text that is not a complete plan is refused with
the list of what was not found, because half a plan in the database would look like a whole one.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from app.engines.plan_text.repair import RepairedLine, Suspicion, SuspicionReason, repair
from app.errors import UnreadableDocumentError


@dataclass(frozen=True)
class PlanItemText:
    """An item as printed: `text` is all of it without its number, `title` its first sentence."""

    number: int
    title: str
    text: str
    line: int
    suspicions: tuple[Suspicion, ...]


@dataclass(frozen=True)
class PlanChapter:
    """A chapter's number, heading and items."""

    number: int
    title: str
    items: tuple[PlanItemText, ...]


@dataclass(frozen=True)
class PlanDocument:
    """A whole plan; `suspicions` lists every doubtful place, those inside items too."""

    year: int
    title: str
    published_on: date | None
    preamble: str
    chapters: tuple[PlanChapter, ...]
    suspicions: tuple[Suspicion, ...]

    @property
    def items(self) -> tuple[PlanItemText, ...]:
        """The items of all chapters in order."""
        return tuple(chain.from_iterable(chapter.items for chapter in self.chapters))


_NUMERAL = "[一二三四五六七八九十]{1,3}"
_CHAPTER = re.compile(rf"(?:第({_NUMERAL})(?:章|部分)\s*|({_NUMERAL})、\s*)(.{{1,60}})")
_ITEM = re.compile(r"(\d{1,2})\s{0,3}[.．、]\s{0,3}(?![\d\s])(.+)", re.DOTALL)
_YEAR = re.compile(r"(20\d{2})\s?年")
_PLAN_NAME = re.compile(r"要点|计划|方案|安排|任务|重点工作")
_DATE = re.compile(r"(20\d{2})\s?[-年/.]\s?(\d{1,2})\s?[-月/.]\s?(\d{1,2})\s?日?")
_DATE_LABEL = re.compile(r"(?:发布|印发|成文|公开)(?:日期|时间)|^(?:日期|时间)\s?[::：]")
_CHROME = re.compile(
    r"(?:字体|字号|[【\[]?\s?字体|打印|关闭|分享|扫一扫|首页|当前位置|您的位置|您现在的位置|上一篇|下一篇"
    r"|版权所有|主办单位|承办单位|主办[:：]|承办[:：]|网站(?:标识码|地图|声明)|联系我们|附件下载|无障碍|繁體|繁体"
    r"|相关(?:阅读|链接|文章|附件|稿件)|索引号|主题分类|公开方式|有效性|责任编辑|(?:信息)?来源\s?[:：]"
    r"|(?:编辑|作者|审核|文号|发文字号|发布机构|发文机关)\s?[:：]|(?:浏览|阅读|访问|点击)(?:次数|量)"
    r"|[\w-]{1,12}ICP备|\S{0,4}公网安备)"
)
_BREADCRUMB = re.compile(r"\s[>›»]\s|^[>›»|]")
_SENTENCE_END = tuple("。！？!?；;：:”’）)》")
_LONGEST_CHROME = 80
_LONGEST_TITLE = 60
_SHORTEST_PREAMBLE = 20
_DIGITS = "零一二三四五六七八九"


@dataclass
class _OpenItem:
    number: int
    line: int
    pieces: list[str]
    suspicions: list[Suspicion]


@dataclass
class _OpenChapter:
    number: int
    title: str
    suspicions: tuple[Suspicion, ...]
    items: list[_OpenItem] = field(default_factory=list)


@dataclass
class _Body:
    """What has been read so far of the part that starts at the first chapter heading."""

    chapters: list[_OpenChapter] = field(default_factory=list)
    has_gap: bool = False
    in_footer: bool = False

    @property
    def last_number(self) -> int:
        """The number of the last item read, 0 before the first."""
        return max((item.number for each in self.chapters for item in each.items[-1:]), default=0)


def parse_plan(lines: Sequence[str]) -> PlanDocument:
    """Return the plan in these lines, repaired, with every doubtful place.

    Raises `UnreadableDocumentError` with the codes `year`, `title`, `chapters`, `items` and
    `numbering_gap` for what is not there.
    """
    repaired = [
        repair(line, number=number) for number, line in enumerate(lines, start=1) if line.strip()
    ]
    start = _body_start(repaired)
    head = repaired[:start]
    title = _title_of(head)
    year = _YEAR.search(title)
    body = _read_body(repaired[start:])
    missing = _missing(body, title=title, year=year)
    if year is None or missing:
        raise UnreadableDocumentError(missing=missing)
    preamble = _preamble(head, title=title)
    chapters = tuple(_closed(chapter) for chapter in body.chapters)
    heading = [line for line in head if line.text == title]
    suspicions = [
        *chain.from_iterable(line.suspicions for line in (*heading, *preamble)),
        *chain.from_iterable(chapter.suspicions for chapter in body.chapters),
        *chain.from_iterable(item.suspicions for each in chapters for item in each.items),
    ]
    return PlanDocument(
        year=int(year[1]),
        title=title,
        published_on=_published_on(head),
        preamble="\n".join(line.text for line in preamble),
        chapters=chapters,
        suspicions=tuple(sorted(suspicions, key=lambda found: (found.line, found.column))),
    )


def _body_start(lines: Sequence[RepairedLine]) -> int:
    """Return where the first chapter begins; a table of contents is passed over."""
    headings = [
        (index, heading[0])
        for index, line in enumerate(lines)
        if (heading := _chapter_heading(line.text)) is not None
    ]
    first_item = next(
        (
            index
            for index, line in enumerate(lines)
            if headings and index > headings[0][0] and _ITEM.fullmatch(line.text)
        ),
        len(lines),
    )
    firsts = [index for index, number in headings if number == 1 and index < first_item]
    if firsts:
        return firsts[-1]
    return headings[0][0] if headings else len(lines)


def _chapter_heading(text: str) -> tuple[int, str] | None:
    """Return number and title when the line is a chapter's heading, not a sentence."""
    match = _CHAPTER.fullmatch(text)
    if match is None or "。" in match[3].rstrip("。"):
        return None
    return _number(match[1] or match[2]), match[3].strip().rstrip("。")


def _number(numeral: str) -> int:
    """Return the value of a Chinese numeral up to 99."""
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return _DIGITS.find(numeral[-1])
    return max(_DIGITS.find(tens or "一"), 1) * 10 + (_DIGITS.find(ones) if ones else 0)


def _is_chrome(text: str) -> bool:
    """Tell whether a line belongs to the web page around the plan, or is a bare date."""
    if len(text) > _LONGEST_CHROME or text.endswith(("。", "；", ";")):
        return False
    return bool(
        _CHROME.match(text)
        or _DATE_LABEL.search(text)
        or _BREADCRUMB.search(text)
        or _DATE.fullmatch(text)
    )


def _title_of(head: Iterable[RepairedLine]) -> str:
    """Return the line that names a plan and its year, the plainest first; else nothing."""
    named = [
        line.text
        for line in head
        if len(line.text) <= _LONGEST_TITLE
        and _YEAR.search(line.text)
        and _PLAN_NAME.search(line.text)
        and "。" not in line.text
        and not _is_chrome(line.text)
    ]
    plain = [text for text in named if _PLAN_NAME.search(text[-4:])]
    return next(iter(plain or named), "")


def _published_on(head: Iterable[RepairedLine]) -> date | None:
    for line in head:
        match = _DATE.search(line.text) if _DATE_LABEL.search(line.text) else None
        if match is None:
            continue
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue
    return None


def _preamble(head: Sequence[RepairedLine], *, title: str) -> tuple[RepairedLine, ...]:
    """Return the running text between title and first chapter."""
    titles = [index for index, line in enumerate(head) if line.text == title]
    return tuple(
        line
        for line in head[max(titles, default=-1) + 1 :]
        if len(line.text) >= _SHORTEST_PREAMBLE
        and not _is_chrome(line.text)
        and _chapter_heading(line.text) is None
    )


def _read_body(lines: Iterable[RepairedLine]) -> _Body:
    body = _Body()
    for line in lines:
        if _starts_chapter(body, line) or _starts_item(body, line):
            body.in_footer = False
        elif _is_chrome(line.text):
            # Below the last item a page goes on with links and addresses, not with the plan.
            body.in_footer = True
        elif not body.in_footer:
            _continue_item(body, line)
    return body


def _starts_chapter(body: _Body, line: RepairedLine) -> bool:
    """Open the next chapter when the line is its heading; a lower number is running text."""
    heading = _chapter_heading(line.text)
    if heading is None:
        return False
    number, title = heading
    expected = len(body.chapters) + 1
    if number < expected:
        return False
    body.has_gap = body.has_gap or number > expected
    body.chapters.append(_OpenChapter(number, title, line.suspicions))
    return True


def _starts_item(body: _Body, line: RepairedLine) -> bool:
    """Open the next item when the line carries its number; a lower number is a list inside."""
    match = _ITEM.fullmatch(line.text)
    if match is None or not body.chapters:
        return False
    number, expected = int(match[1]), body.last_number + 1
    chapter = body.chapters[-1]
    if number < expected and chapter.items:
        return False
    body.has_gap = body.has_gap or number != expected
    chapter.items.append(_OpenItem(number, line.number, [match[2].strip()], list(line.suspicions)))
    return True


def _continue_item(body: _Body, line: RepairedLine) -> None:
    """Add a paragraph, or the rest of a sentence that was wrapped, to the item being read."""
    if not body.chapters or not body.chapters[-1].items:
        return
    item = body.chapters[-1].items[-1]
    last = item.pieces[-1]
    wrapped = not last.endswith(_SENTENCE_END)
    if len(item.pieces) == 1 and "。" not in last:
        # A short first line without a full stop is the item's title on a line of its own.
        wrapped = wrapped and len(last) > _LONGEST_TITLE
    if not wrapped:
        item.pieces.append("\n")
    item.pieces.append(line.text)
    item.suspicions.extend(line.suspicions)
    if _ITEM.fullmatch(line.text):
        item.suspicions.append(Suspicion(line.number, 1, line.text[:12], SuspicionReason.NUMBERING))


def _missing(body: _Body, *, title: str, year: re.Match[str] | None) -> tuple[str, ...]:
    """Name what a plan must have and this text has not."""
    lacks = {
        "year": year is None,
        "title": not title,
        "chapters": not body.chapters,
        "items": not body.chapters or any(not chapter.items for chapter in body.chapters),
        "numbering_gap": body.has_gap,
    }
    return tuple(code for code, is_lacking in lacks.items() if is_lacking)


def _closed(chapter: _OpenChapter) -> PlanChapter:
    return PlanChapter(chapter.number, chapter.title, tuple(map(_closed_item, chapter.items)))


def _closed_item(item: _OpenItem) -> PlanItemText:
    """Give the item its title, and point at a text that stops in mid-sentence."""
    text = "".join(item.pieces)
    found = item.suspicions
    if not text.endswith(_SENTENCE_END):
        tail = Suspicion(item.line, len(text), text[-12:], SuspicionReason.UNFINISHED)
        found = [*found, tail]
    title = re.split(r"[。\n]", text, maxsplit=1)[0].strip()
    return PlanItemText(item.number, title, text, item.line, tuple(found))
