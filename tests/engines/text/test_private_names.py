"""Names are found where they are announced, and words that look like names are left alone."""

import pytest

from app.engines.text.private_names import is_beside_a_name, names


def _found(text: str) -> list[str]:
    return [text[start:end] for start, end in names(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我叫王建国,住在海泊路", "王建国"),
        ("我叫欧阳娜娜。", "欧阳娜娜"),
        ("俺叫李和平", "李和平"),
        ("本人张可,今年60岁", "张可"),
        ("我是居民王建国。", "王建国"),
        ("我儿子叫李小明,上二年级", "李小明"),
        ("我母亲陈桂英(80岁)", "陈桂英"),
        ("联系人:赵元 电话见下", "赵元"),
        ("姓 名: 王 伟", "王 伟"),
        ("户主:何家豪(已登记)", "何家豪"),
        ("请找周婷女士核实", "周婷"),
        ("My name is Anna.", "Anna"),
        ("I'm Anna Keller, a teacher", "Anna Keller"),
        ("Contact: Peter van Dyke.", "Peter van Dyke"),
        ("Please ask Mrs. O'Neill about it", "O'Neill"),
        ("Yours sincerely,\nAnna Keller", "Anna Keller"),
    ],
)
def test_an_announced_name_is_found(text: str, name: str) -> None:
    assert _found(text) == [name]


def test_all_names_of_a_list_are_found() -> None:
    assert _found("投诉人:王建国、李秀英和张伟。") == ["王建国", "李秀英", "张伟"]


@pytest.mark.parametrize(
    "text",
    [
        "王先生和李女士说,物业张经理不管。",
        "联系人:王主任,联系人:李老师,业主:欧阳先生",
        "张伟局长、王建国书记都来过",
        "班主任张老师,时任主任李先生,向李女士道谢,于王先生家",
        "我叫外卖,我叫停车,我叫物业来",
        "我是高中生,我是安阳人,我是何家村的",
        "本人于今年3月入职,本人万分无奈,本人方便时再来",
        "我父亲高血压,我女儿高三,",
        "姓名:必填;联系人:市大数据局;申请人:万科物业",
        "王建国昨天来过。",
        "My name is on the list. I am Chinese, I am from Qingdao.",
        "Contact: Qingdao Data Bureau. Mr Mayor, please act.",
        "Name: Haibo Garden, Owner: the city",
    ],
)
def test_family_names_offices_and_words_are_left_alone(text: str) -> None:
    assert _found(text) == []


def test_a_name_stands_beside_a_stretch() -> None:
    assert is_beside_a_name("王建国 12-3-402", 4, 12)
    assert is_beside_a_name("12-3-402王建国", 0, 8)


@pytest.mark.parametrize("text", ["比分 12-3-402。", "公交 12-3-402 高峰线", "型号12-3-402的"])
def test_other_words_are_no_name_beside_it(text: str) -> None:
    start = text.index("12-3")
    assert not is_beside_a_name(text, start, start + 8)
