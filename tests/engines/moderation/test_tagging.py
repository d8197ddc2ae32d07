"""Suggestions find the plan items they speak of, and say by which words."""

import time

import pytest

from app.engines.moderation.tagging import ItemWords, TagModel
from app.engines.moderation.tagging_lore import Example, Lore
from app.vocabulary import Language

ITEMS = (
    ItemWords(
        1,
        "深化便民服务改革",
        "Joined-up services",
        ("社保", "医院", "挂号", "养老", "hospital", "social insurance", "pension", "appointment"),
        "看病、养老和出行的手续合在一起办。",
        "Seeing a doctor and caring for parents take fewer steps.",
    ),
    ItemWords(
        2,
        "深化网上办事",
        "Services on one network",
        ("网上办事", "爱山东", "窗口", "排队", "APP", "counter", "queue", "video appointment"),
        "用手机就能办，结果与柜台一样。",
        "What works at the counter works by phone.",
    ),
    ItemWords(
        3,
        "深化无证明城市建设",
        "A city without certificates",
        (
            "证明",
            "电子证照",
            "身份证",
            "青岛码",
            "certificate",
            "identity card",
            "proof of address",
        ),
    ),
    ItemWords(
        5,
        "深化智慧社区建设",
        "Smart communities",
        ("小区", "物业", "电梯", "停车", "充电桩", "lift", "neighbourhood", "charging point"),
        "社区里的设施更好用。",
        "Homes and streets get better equipment.",
    ),
    ItemWords(
        9,
        "推进空天地网立体化管理",
        "Watching from air and ground",
        ("无人机", "井盖", "传感器", "低空", "drone", "manhole cover", "sensor"),
    ),
    ItemWords(
        10,
        "推进视频资源开发利用",
        "Making use of video",
        ("摄像头", "监控", "积水", "内涝", "camera", "flooding"),
    ),
    ItemWords(
        11,
        "推进信用监管",
        "Supervision by credit",
        ("信用监管", "信用修复", "处罚", "credit repair", "penalty", "inspection"),
    ),
    ItemWords(
        14,
        "推进数据开放",
        "Opening data",
        ("开放数据", "公交", "实时到站", "供暖", "open data", "bus", "heating", "5G+数据"),
    ),
    ItemWords(
        16,
        "推进信用信息应用",
        "Using credit information",
        ("信用", "贷款", "先享后付", "押金", "loan", "deposit", "pay later"),
    ),
)
MODEL = TagModel(ITEMS)


def make_example(*numbers: int, text: str) -> Example:
    return Example(numbers, "说说我的事", text, Language.ZH)


SUGGESTIONS = (
    (1, "办社保要跑好几趟"),
    (1, "老人不会用手机在医院挂号"),
    (1, "希望养老补贴自动发放"),
    (1, "Booking a hospital appointment takes an hour."),
    (1, "My pension papers were lost twice."),
    (1, "请把挂号缴费放到一起"),
    (2, "爱山东登录老是闪退"),
    (2, "網上办事不如窗口快，窗口又要排队"),
    (2, "这个APP字太小"),
    (2, "The queue at the counter never gets shorter."),
    (2, "Please offer video appointments in the evening."),
    (3, "落户还要开无犯罪证明"),
    (3, "住店能不能扫青岛码"),
    (3, "忘带身份证时请认电子证照"),
    (3, "Please stop asking for a proof of address."),
    (3, "Why three certificates for one permit?"),
    (5, "小区电梯坏了半个月"),
    (5, "物业说不能装充电桩"),
    (5, "晚上回家没地方停车"),
    (5, "The lift in our building is out of order."),
    (5, "More charging points for our neighbourhoods, please."),
    (5, "老小区能不能也做智慧社区建设"),
    (9, "路上井盖没了很危险"),
    (9, "海边可以用无人机巡查"),
    (9, "给消防栓装上传感器"),
    (9, "Drones could look for missing walkers."),
    (9, "A manhole cover is missing on our street."),
    (10, "一下雨桥洞就积水"),
    (10, "路口的摄像头坏了"),
    (10, "内涝时请提前通知"),
    (10, "Cameras should warn us of flooding."),
    (11, "公司信用修复太慢"),
    (11, "罚款交了，处罚记录还在"),
    (11, "One inspection a month is too many for a small shop."),
    (11, "How long does credit repair take?"),
    (14, "公交实时到站不准"),
    (14, "供暖信息能不能做成开放数据"),
    (14, "Where can I download bus times as open data?"),
    (14, "Heating dates should be public."),
    (14, "想要5G+数据的接口"),
    (16, "信用好的人能不能免押金"),
    (16, "小店贷款太难"),
    (16, "先享后付很方便，医院也用上吧"),
    (16, "Let people pay later without a deposit."),
)


@pytest.mark.parametrize(("number", "text"), SUGGESTIONS)
def test_a_suggestion_is_proposed_for_its_item(number: int, text: str) -> None:
    proposals = MODEL.suggest(text)
    assert proposals
    assert proposals[0].number == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "祝大家身体健康，工作顺利",
        "What a lovely sunset yesterday.",
        "红烧肉怎么做才好吃",
        "希望城市越来越好，推进各项建设",
        "Thank you for your service to the city.",
        "！！！。。。",
    ],
)
def test_nothing_is_proposed_when_nothing_fits(text: str) -> None:
    assert MODEL.suggest(text) == ()


def test_a_proposal_shows_the_words_that_speak_for_it() -> None:
    (proposal,) = MODEL.suggest("小区的电梯又坏了，Lifts should be safe，小区不管")
    assert proposal.number == 5
    assert proposal.words == ("小区", "电梯", "Lifts")


def test_the_words_are_shown_as_the_author_wrote_them() -> None:
    assert MODEL.suggest("小區的電梯壞了，ＬＩＦＴ")[0].words == ("小區", "電梯", "ＬＩＦＴ")


def test_a_text_about_two_matters_gets_both_items() -> None:
    proposals = MODEL.suggest("小区门口积水，摄像头和电梯都坏了")
    assert {proposal.number for proposal in proposals} == {5, 10}


def test_saying_a_word_often_does_not_count_twice() -> None:
    once, often = MODEL.suggest("电梯"), MODEL.suggest("电梯，电梯，电梯！")
    assert once == often


def test_the_longer_keyword_takes_the_place_of_the_shorter() -> None:
    assert [proposal.number for proposal in MODEL.suggest("信用修复")] == [11]


def test_a_latin_keyword_counts_only_as_a_whole_word() -> None:
    assert MODEL.suggest("The business of a robust app-le") != ()
    assert MODEL.suggest("A robust business, a happy carlifter") == ()


def test_full_width_letters_and_capitals_make_no_difference() -> None:
    assert MODEL.suggest("ＡＰＰ打不开")[0].number == 2


def test_no_more_items_are_proposed_than_asked_for() -> None:
    text = "小区、电梯、医院、社保、井盖、无人机、公交、供暖"
    assert len(MODEL.suggest(text, limit=2)) == 2
    assert len(MODEL.suggest(text)) == 3


def test_a_word_that_every_item_has_says_nothing() -> None:
    shared = tuple(
        ItemWords(number, f"标题{number}", f"Title {number}", ("路灯",)) for number in range(1, 7)
    )
    assert TagModel(shared).suggest("路灯坏了") == ()


def test_a_daily_word_speaks_for_its_item() -> None:
    assert MODEL.suggest("坑洼路面太颠") == ()
    model = TagModel(ITEMS, Lore(words={9: ("坑洼",)}))
    (proposal,) = model.suggest("坑洼路面太颠")
    assert (proposal.number, proposal.words) == (9, ("坑洼",))


def test_words_and_examples_for_an_item_the_plan_lacks_are_left_aside() -> None:
    lore = Lore(words={99: ("坑洼",)}, examples=(make_example(99, text="坑洼"),) * 3)
    assert TagModel(ITEMS, lore).suggest("坑洼路面太颠") == ()


def test_what_several_examples_have_in_common_speaks_for_their_item() -> None:
    texts = ("站牌被树挡住", "请更新站牌", "两块站牌不一样")
    examples = tuple(make_example(14, text=text) for text in texts)
    (proposal,) = TagModel(ITEMS, Lore(examples=examples)).suggest("路边的站牌倒了")
    assert (proposal.number, proposal.words) == (14, ("站牌",))


def test_what_a_single_example_says_proves_nothing() -> None:
    lore = Lore(examples=(make_example(14, text="站牌被树挡住"),))
    assert TagModel(ITEMS, lore).suggest("路边的站牌倒了") == ()


def test_an_example_that_says_what_the_others_say_proves_nothing() -> None:
    examples = tuple(make_example(item.number, text="等了很久") for item in ITEMS for _ in range(3))
    assert TagModel(ITEMS, Lore(examples=examples)).suggest("等了很久") == ()


@pytest.mark.parametrize("text", ["The escalator is broken", "扶梯坏了"])
def test_a_word_of_like_meaning_speaks_as_the_keyword_does(text: str) -> None:
    assert MODEL.suggest(text) == ()
    model = TagModel(ITEMS, Lore(synonyms=(("电梯", "扶梯", "lift", "escalator"),)))
    (proposal,) = model.suggest(text)
    assert proposal.number == 5


def test_a_word_of_like_meaning_that_everybody_uses_says_nothing() -> None:
    lore = Lore(synonyms=(("电梯", "问题", "people"),))
    assert TagModel(ITEMS, lore).suggest("有问题，people") == ()


def test_the_same_text_gets_the_same_answer_from_a_model_made_anew() -> None:
    text = "小区门口积水，摄像头和电梯都坏了，信用好能免押金吗"
    assert TagModel(ITEMS).suggest(text) == MODEL.suggest(text)


@pytest.mark.parametrize("text", ["Manhole covers are missing", "the manhole covered by snow"])
def test_an_english_word_counts_in_all_its_forms(text: str) -> None:
    assert MODEL.suggest(text)[0].number == 9


@pytest.mark.parametrize("items", [(), (ItemWords(1, "", "", ("", "  ")),)])
def test_a_plan_without_words_proposes_nothing(items: tuple[ItemWords, ...]) -> None:
    assert TagModel(items).suggest("路灯坏了") == ()


@pytest.mark.parametrize("piece", ["小区停车", "智", "lift ", "a"])
def test_a_long_text_is_read_in_time(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    started = time.perf_counter()
    MODEL.suggest(text)
    assert time.perf_counter() - started < 3
