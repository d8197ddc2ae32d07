"""Cutting text into words, pairs, characters and codes."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.engines.text.segment import (
    GOV_WORDS,
    Segmenter,
    TokenKind,
    default_segmenter,
    read_words,
)


def texts_of(text: str, kind: TokenKind) -> list[str]:
    return [token.text for token in default_segmenter().tokens(text) if token.kind is kind]


@pytest.mark.parametrize(
    "term", ["一网通办", "无证明城市", "城市云脑", "适老化", "先享后付", "一码通城", "一件事"]
)
def test_a_government_term_stays_whole(term: str) -> None:
    assert term in texts_of(f"深入推进{term}建设", TokenKind.WORD)
    assert term in default_segmenter().words(f"推进{term}建设")


def test_a_segmenter_without_the_term_cuts_it() -> None:
    assert "适老化" not in Segmenter([]).words("推进适老化建设")
    assert "适老化" in Segmenter(["适老化"]).words("推进适老化建设")


def test_a_traditional_term_is_found_as_the_simplified_one_with_its_own_place() -> None:
    text = "建設無證明城市"
    token = next(token for token in default_segmenter().tokens(text) if token.text == "无证明城市")

    assert text[token.start : token.end] == "無證明城市"


def test_chinese_gives_words_pairs_and_characters() -> None:
    assert texts_of("停车难", TokenKind.WORD) == ["停车难", "停车"]
    assert texts_of("停车难", TokenKind.BIGRAM) == ["停车", "车难"]
    assert texts_of("停车难", TokenKind.SINGLE) == ["停", "车", "难"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("5G基站信号弱", "5g基站"),
        ("附近 5G 基站太少", "5g基站"),
        ("推进IPV6部署", "ipv6"),
        ("编号QD-2023-000123的建议", "qd-2023-000123"),
        ("深化双12改革", "双12"),
        ("升级到4.0版本", "4.0"),
    ],
)
def test_numbers_codes_and_mixed_words_stay_whole(text: str, code: str) -> None:
    assert code in texts_of(text, TokenKind.CODE)
    assert code in default_segmenter().words(text)


def test_a_mixed_word_is_not_seen_inside_a_longer_number() -> None:
    assert "双12" not in texts_of("双123", TokenKind.CODE)
    assert "5g基站" not in texts_of("15g基站", TokenKind.CODE)


def test_a_code_is_found_by_its_parts_too() -> None:
    assert texts_of("QD-2023-000123", TokenKind.CODE) == ["qd-2023-000123", "2023", "000123"]


def test_hyphenated_english_comes_as_its_words() -> None:
    assert texts_of("well-known bus-stop", TokenKind.LATIN) == ["well", "known", "bus", "stop"]


def test_every_token_lies_inside_the_text() -> None:
    text = "㎡５Ｇ停\u200b車難 ﬁx…cafe\u0301，QD-1😀請問"

    for token in default_segmenter().tokens(text):
        assert 0 <= token.start < token.end <= len(text)


@pytest.mark.parametrize("text", ["", "，。！？", "😀😀", "\ud800", "\x00"])
def test_a_text_without_words_has_no_tokens(text: str) -> None:
    assert default_segmenter().tokens(text) == []
    assert default_segmenter().words(text) == []


def test_the_dictionary_file_is_long_and_without_repeats() -> None:
    words = read_words(GOV_WORDS)

    assert len(words) >= 150
    assert len(words) == len(set(words))


def test_blank_lines_of_a_dictionary_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("一网通办\n\n 云脑 \n", encoding="utf-8")

    assert read_words(path) == ("一网通办", "云脑")


def test_threads_may_share_a_segmenter() -> None:
    expected = default_segmenter().words("小区停车难怎么办")

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(default_segmenter().words, ["小区停车难怎么办"] * 200))

    assert all(result == expected for result in results)
