"""Mailboxes by form, WeChat and QQ by the words that announce them."""

import pytest

from app.engines.text.private_accounts import emails, qqs, wechats


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("邮箱a.b@example.com。", "a.b@example.com"),
        ("邮箱zhang 艾特 example 点 com", "zhang 艾特 example 点 com"),
        ("a(dot)b(at)example(dot)com", "a(dot)b(at)example(dot)com"),
        ("Write to a@example.net. The lamp", "a@example.net"),
    ],
)
def test_a_mailbox_is_found_whole(text: str, mailbox: str) -> None:
    assert [text[start:end] for start, end in emails(text)] == [mailbox]


@pytest.mark.parametrize("text", ["office@dsj.example.gov.cn", "@所有人", "look at it. Thanks"])
def test_offices_and_greetings_are_no_mailbox(text: str) -> None:
    assert not list(emails(text))


@pytest.mark.parametrize("text", ["微信haibo_01", "加V:haibo01", "v:haibo01", "威.信 haibo01"])
def test_a_wechat_name_is_found_after_its_word(text: str) -> None:
    assert [text[start:end] for start, end in wechats(text)] == [text[text.index("haibo") :]]


@pytest.mark.parametrize("text", ["微信payment", "微信群haibo", "版本v:1.2.3", "微信 20230101通知"])
def test_other_uses_of_wechat_are_left_alone(text: str) -> None:
    assert not list(wechats(text))


@pytest.mark.parametrize("text", ["QQ:123-456-789", "QQ number is 123456789", "扣扣号123456789"])
def test_a_qq_number_is_found_after_its_word(text: str) -> None:
    assert [text[start:end] for start, end in qqs(text)] == [text[text.index("123") :]]


@pytest.mark.parametrize("text", ["QQ群123456789", "QQ币100000元", "电话123456789", "QQ:40379六三"])
def test_other_figures_are_no_qq_number(text: str) -> None:
    assert not list(qqs(text))
