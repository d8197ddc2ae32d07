"""Finding what was already said, and why it seems to be the same matter."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from app.engines.search.analysis import Analyser, default_analyser
from app.engines.search.glossary import Glossary, GlossaryEntry
from app.engines.search.index import SearchIndex
from app.engines.search.similar import (
    Candidate,
    Reason,
    SimilarHit,
    SimilarRequest,
    find_similar,
    shared_spans,
)
from app.vocabulary import DocumentType

GLOSSARY = Glossary(
    GlossaryEntry(zh=tuple(zh.split()), en=tuple(en.split(", ")))
    for zh, en in (
        ("停车 泊车", "parking, park a car"),
        ("停车费", "parking fee, parking fees"),
        ("车位 停车位", "parking space, parking spaces"),
        ("医院", "hospital"),
        ("挂号 预约挂号", "registration, book a doctor"),
        ("自助机 自助终端", "self-service machine, kiosk"),
        ("电动自行车 电瓶车 电动车", "electric bicycle, e-bike, e-bikes"),
        ("充电", "charge, charging"),
        ("楼道 走廊", "stairwell, corridor"),
        ("电梯", "lift, elevator"),
        ("路灯", "street lamp, street light, street lights"),
        ("学校", "school"),
        ("公交 公交车", "bus, buses"),
        ("社保卡", "social security card"),
        ("补办", "replace, replacement"),
        ("自来水", "tap water"),
        ("暖气 供暖", "heating"),
        ("幼儿园", "kindergarten"),
        ("噪音 噪声", "noise"),
        ("工地", "building site, construction site"),
        ("人行道", "footpath, pavement, sidewalk"),
        ("共享单车", "shared bicycle, shared bikes"),
        ("英文", "English"),
        ("图书馆", "library"),
        ("借书", "borrow books"),
    )
)

SAID = {
    "lijing-parking": (
        "丽景小区晚上停车位不够",
        "丽景小区只有八十个车位，住了三百户，晚上回来绕好几圈也停不下，消防通道都被占了。",
    ),
    "lijing-lift": (
        "丽景小区电梯三天两头坏",
        "二号楼的电梯经常停运，老人两次被困在里面，物业一直说在等配件。",
    ),
    "yunfan-parking": (
        "云帆花园停车难",
        "云帆花园周边没有公共停车场，车停在路边就被贴条，业主希望划一些夜间的车位。",
    ),
    "haiyan-lamps": (
        "海晏中学门口路灯不亮",
        "海晏中学北门外的路灯灭了一个多月，孩子下晚自习摸黑走路，很不安全。",
    ),
    "songtao-lamps": (
        "松涛街夜里没有路灯",
        "松涛街从邮局到菜场这一段，路灯全部不亮，夜里骑车摔过人，请尽快维修。",
    ),
    "card": (
        "社保卡补办要跑两趟",
        "社保卡丢了，补办先到银行挂失，再到社保中心拿，希望能邮寄到家。",
    ),
    "bus": (
        "323路公交车班次太少",
        "早高峰等323路要半个小时，来了也挤不上去，希望高峰时段加车。",
    ),
    "dancing": (
        "望海广场跳舞音响太吵",
        "望海广场每天晚上七点到十点跳广场舞，音响开得很大，楼上的孩子没法写作业。",
    ),
    "site-noise": (
        "银杉路工地半夜施工噪音大",
        "银杉路地铁工地凌晨两点还在打桩，噪音吵得整栋楼睡不着觉。",
    ),
    "lift-subsidy": (
        "老楼加装电梯补贴怎么申请",
        "我们单元七户都同意加装电梯，想知道补贴有多少，材料交到哪里。",
    ),
    "charging": (
        "电动自行车在楼道充电",
        "有邻居把电动自行车推进楼道飞线充电，充电时没人看管，怕着火。",
    ),
    "water": (
        "自来水发黄有异味",
        "这几天早上自来水发黄，放十分钟还有铁锈味，不敢喝。",
    ),
    "heating": (
        "家里暖气不热",
        "交了采暖费，室内只有十五度，暖气片摸着是凉的，打电话一直没人上门。",
    ),
    "kindergarten": (
        "新城片区公办幼儿园学位不够",
        "新城片区孩子多，公办幼儿园报名要抽签，没抽中只能上很贵的民办园。",
    ),
    "bathing": (
        "海水浴场没有更衣室",
        "第三海水浴场夏天游客多，冲淡水和换衣服的地方太少，希望增加更衣室。",
    ),
    "bikes": (
        "共享单车堵住人行道",
        "地铁口的共享单车乱停，把人行道和盲道都堵住了，轮椅过不去。",
    ),
    "hall": (
        "办事大厅周末不开门",
        "上班族平时请不了假，政务服务大厅周末又不上班，能不能周六开半天。",
    ),
    "flood": (
        "柳泉路一下雨就积水",
        "柳泉路桥洞下面排水不畅，每次下大雨积水没过膝盖，车熄火在里面。",
    ),
    "wall": (
        "高层住宅外墙皮脱落",
        "鹤鸣公寓外墙的瓷砖往下掉，砸坏了两辆车，物业只拉了一条警戒线。",
    ),
    "hospital-english": (
        "Hospital machines have no English",
        "The registration kiosk shows Chinese only, so no visitor from abroad can book a doctor.",
    ),
    "footpath": (
        "Broken footpath on Harbour Road",
        "Paving stones are loose along Harbour Road and my mother fell there last week.",
    ),
    "hospital-fees": (
        "Parking fees at the hospital",
        "Families who visit every day pay far too much in parking fees at the hospital.",
    ),
}


@dataclass(frozen=True)
class Shelf:
    """Documents in memory, found by the words they share."""

    documents: Sequence[Candidate]
    analyser: Analyser

    def _words(self, document: Candidate) -> set[str]:
        return set(self.analyser.analyse(f"{document.title}\n{document.body}").words)

    def rarities(self, words: Sequence[str]) -> Mapping[str, float]:
        """See Source.rarities."""
        has = [self._words(document) for document in self.documents]
        counts = {word: sum(word in one for one in has) for word in words}
        return {word: math.log1p(len(has) / count) for word, count in counts.items() if count}

    def candidates(
        self, weights: Mapping[str, float], request: SimilarRequest, limit: int
    ) -> Sequence[Candidate]:
        """See Source.candidates."""
        scores = {
            document.ref: sum(weights.get(word, 0.0) for word in self._words(document))
            for document in self.documents
        }
        wanted = [
            each
            for each in self.documents
            if scores[each.ref] and f"{each.type}:{each.id}" not in request.exclude
        ]
        return sorted(wanted, key=lambda each: (-scores[each.ref], each.id))[:limit]


def make_candidate(
    number: int,
    ref: str,
    title: str,
    body: str,
    *,
    items: tuple[str, ...] = (),
    district: str = "",
) -> Candidate:
    return Candidate(
        type=DocumentType.SUGGESTION,
        id=number,
        ref=ref,
        title=title,
        body=body,
        items=items,
        district=district,
        published_on=None,
    )


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    """What a town has said so far."""
    return Shelf(
        [make_candidate(number, ref, *said) for number, (ref, said) in enumerate(SAID.items())],
        default_analyser(),
    )


def ask(shelf: Shelf, title: str, text: str) -> Sequence[SimilarHit]:
    return find_similar(shelf, SimilarRequest(title=title, text=text), GLOSSARY)


def score_of(hits: Sequence[SimilarHit], ref: str) -> float:
    return next((hit.score for hit in hits if hit.ref == ref), 0.0)


SAME_MATTER = (
    ("丽景小区停车太难", "下班晚了在丽景小区根本找不到车位，消防通道停满了车。", "lijing-parking"),
    ("丽景小区车位紧张", "一户不到半个车位，天天抢，希望挖潜改造。", "lijing-parking"),
    ("丽景的泊车问题", "丽景住户多，车没有地方泊，夜里停到了消防通道。", "lijing-parking"),
    ("丽景小区二号楼电梯故障", "电梯又停了，老人下不了楼，物业推说没有配件。", "lijing-lift"),
    ("电梯困人", "丽景小区的电梯上周又把人困住半小时。", "lijing-lift"),
    ("云帆花园没地方停车", "路边一停就贴条，周边也没有停车场。", "yunfan-parking"),
    ("请给云帆花园划夜间停车位", "晚上路边空着，能不能允许业主停一夜。", "yunfan-parking"),
    ("海晏中学北门路灯坏了", "晚自习放学，路灯不亮，家长很担心安全。", "haiyan-lamps"),
    ("學校門口路燈不亮", "海晏中學門口的路燈壞了很久，孩子摸黑走路。", "haiyan-lamps"),
    ("松涛街的路灯都灭了", "菜场门口那一段夜里漆黑，骑车容易摔。", "songtao-lamps"),
    ("补办社保卡太麻烦", "卡丢了要先去银行再去社保中心，能否邮寄。", "card"),
    ("社保卡丢失后补卡", "能不能少跑一趟，寄到家里来。", "card"),
    ("３２３路公交等太久", "早上上班高峰３２３路半小时一班，挤不上。", "bus"),
    ("希望323路高峰加车", "等车时间太长，车上人挤人。", "bus"),
    ("广场舞扰民", "望海广场晚上音响声音太大，影响孩子学习。", "dancing"),
    ("望海广场噪声", "跳广场舞的音响一直开到十点。", "dancing"),
    ("银杉路夜间打桩", "地铁工地半夜还在干活，吵得睡不着。", "site-noise"),
    ("工地噪声太大", "银杉路的工地凌晨施工。", "site-noise"),
    ("加装电梯有没有补贴", "单元邻居都同意了，补贴的材料交到哪里。", "lift-subsidy"),
    ("电瓶车进楼道", "邻居的电瓶车放在楼道里充电，担心起火。", "charging"),
    ("楼道飞线充电危险", "电动车在楼道拉线充电，没人管。", "charging"),
    ("水龙头出来的水是黄的", "早上自来水有铁锈味，不敢做饭。", "water"),
    ("供暖温度不够", "暖气片是凉的，室内才十五度，采暖费白交了。", "heating"),
    ("公办幼儿园太少", "新城片区孩子上幼儿园要抽签，学位不够。", "kindergarten"),
    ("海水浴场换衣服不方便", "第三海水浴场的更衣室太少，冲水要排队。", "bathing"),
    ("共享单车乱停放", "地铁口盲道被单车堵死，轮椅没法走。", "bikes"),
    ("政务服务大厅希望周六上班", "平时要上班，周末大厅不开门，办事要请假。", "hall"),
    ("柳泉路桥洞积水", "雨下大了，水没过膝盖，汽车熄火。", "flood"),
    ("鹤鸣公寓瓷砖掉下来砸车", "外墙的砖往下掉，物业只拉警戒线。", "wall"),
    ("Loose paving stones", "The stones along Harbour Road are loose, people fall.", "footpath"),
    ("Harbour Road pavement", "The footpath there is broken and unsafe to walk.", "footpath"),
    (
        "Too expensive to park at the hospital",
        "Visiting costs a lot in parking fees.",
        "hospital-fees",
    ),
)

ACROSS = (
    ("Electric bicycles charging in the stairwell", "I fear a fire.", "charging"),
    ("E-bikes", "People charge their e-bikes in the corridor at night.", "charging"),
    ("Replacement of a social security card", "I had to go to two places.", "card"),
    ("Shared bikes block the pavement", "A wheelchair cannot pass.", "bikes"),
    ("Noise at night", "The construction site makes noise until two.", "site-noise"),
    ("医院的自助机没有英文", "外国朋友看病，预约挂号的自助机全是中文。", "hospital-english"),
    ("医院停车费太贵", "天天去医院陪床，停车费付不起。", "hospital-fees"),
)

NEAR_MISSES = (
    # Another problem in the same place, before the problem itself.
    ("丽景小区停车位被占", "外来车占了丽景小区的车位。", "lijing-parking", "lijing-lift"),
    ("丽景小区电梯停运", "二号楼的电梯坏了三天。", "lijing-lift", "lijing-parking"),
    # The same problem in another place.
    ("丽景小区停车难", "晚上没有车位。", "lijing-parking", "yunfan-parking"),
    ("云帆花园车位不够", "晚上绕好几圈停不下。", "yunfan-parking", "lijing-parking"),
    ("松涛街路灯不亮", "夜里走路不安全。", "songtao-lamps", "haiyan-lamps"),
    ("海晏中学路灯不亮", "夜里走路不安全。", "haiyan-lamps", "songtao-lamps"),
    ("望海广场太吵", "夜里音响吵得睡不着。", "dancing", "site-noise"),
    ("银杉路太吵", "夜里工地吵得睡不着。", "site-noise", "dancing"),
    # The same thing, another wish.
    ("加装电梯的补贴", "补贴多久到账。", "lift-subsidy", "lijing-lift"),
)

OTHER_MATTERS = (
    ("图书馆借书期限太短", "一本书只能借两周，希望延长。"),
    ("公园里没有饮水点", "夏天锻炼口渴，希望装直饮机。"),
    ("Wi-Fi on trains", "Please add wireless network to suburban trains."),
)


@pytest.mark.parametrize(("title", "text", "expected"), SAME_MATTER)
def test_the_same_matter_in_other_words_comes_first(
    shelf: Shelf, title: str, text: str, expected: str
) -> None:
    hits = ask(shelf, title, text)

    assert hits[0].ref == expected
    assert hits[0].score > 0.15


@pytest.mark.parametrize(("title", "text", "expected"), ACROSS)
def test_the_same_matter_in_the_other_language_is_found_by_the_glossary(
    shelf: Shelf, title: str, text: str, expected: str
) -> None:
    (hit,) = [each for each in ask(shelf, title, text) if each.ref == expected]

    assert Reason.OTHER_LANGUAGE in hit.reasons
    assert hit.score > 0.15
    assert hit.title_spans


@pytest.mark.parametrize(("title", "text", "expected"), ACROSS)
def test_without_a_glossary_no_other_language_is_found(
    shelf: Shelf, title: str, text: str, expected: str
) -> None:
    hits = find_similar(shelf, SimilarRequest(title=title, text=text))

    assert expected not in [hit.ref for hit in hits]


@pytest.mark.parametrize(("title", "text", "same", "near"), NEAR_MISSES)
def test_a_near_miss_stands_well_below_the_same_matter(
    shelf: Shelf, title: str, text: str, same: str, near: str
) -> None:
    hits = ask(shelf, title, text)

    assert score_of(hits, same) > 1.3 * score_of(hits, near)


@pytest.mark.parametrize(("title", "text"), OTHER_MATTERS)
def test_what_nobody_said_has_nothing_like_it(shelf: Shelf, title: str, text: str) -> None:
    assert all(hit.score < 0.15 for hit in ask(shelf, title, text))


def marked(hit: SimilarHit) -> list[str]:
    return [hit.excerpt.text[span.start : span.end] for span in hit.excerpt.spans]


def one_by_one(request: SimilarRequest, *candidates: Candidate) -> list[SimilarHit]:
    """Return the hits of a world of just these documents, in their order."""
    shelf = Shelf(candidates, default_analyser())
    return sorted(find_similar(shelf, request, GLOSSARY), key=lambda hit: hit.id)


def test_a_long_text_finds_the_short_one_it_contains(shelf: Shelf) -> None:
    around = "我是本市居民，一直关心城市建设，也常给有关部门写信，感谢各位的辛苦工作。"

    hits = ask(shelf, "几点意见", around * 3 + SAID["flood"][1] + around * 3)

    assert hits[0].ref == "flood"


def test_a_short_text_finds_the_long_one_that_contains_it() -> None:
    around = "我们住在这里十几年了，邻居们都很着急，开了好几次会也没有结果，只好写信反映。"
    long = make_candidate(1, "long", "反映几个问题", around * 4 + SAID["flood"][1] + around * 4)
    other = make_candidate(2, "other", "反映几个问题", around * 8)

    hits = one_by_one(SimilarRequest(text=SAID["flood"][1]), long, other)

    assert hits[0].ref == "long"
    assert Reason.SHARED_PHRASES in hits[0].reasons
    assert [hit.ref for hit in hits[1:]] == []


def test_the_same_place_counts_for_more_than_another_and_none_lies_between() -> None:
    text = "的路灯夜里全都不亮，行人摔倒过"
    request = SimilarRequest(title="青梧路路灯不亮", text=f"青梧路{text}")
    same, unnamed, elsewhere = one_by_one(
        request,
        make_candidate(1, "same", "夜里路灯不亮", f"青梧路{text}"),
        make_candidate(2, "unnamed", "夜里路灯不亮", f"我家门前{text}"),
        make_candidate(3, "elsewhere", "夜里路灯不亮", f"白榆街{text}"),
    )

    assert same.score > unnamed.score > elsewhere.score
    assert Reason.SAME_PLACE in same.reasons
    assert Reason.SAME_PLACE not in unnamed.reasons + elsewhere.reasons


@pytest.mark.parametrize(
    "text", ["老旧小区停车难", "公共广场停车难", "这条马路停车难", "附近医院停车难"]
)
def test_a_kind_of_place_without_a_name_is_no_place(text: str) -> None:
    candidate = make_candidate(1, "one", text, f"{text}，希望增加车位。")

    (hit,) = one_by_one(SimilarRequest(title=text, text="停车难，晚上没有车位。"), candidate)

    assert Reason.SAME_PLACE not in hit.reasons


def test_an_english_street_is_the_same_place_but_a_car_park_is_none(shelf: Shelf) -> None:
    harbour = ask(shelf, "Harbour Road footpath", "The footpath is broken.")
    car_park = one_by_one(
        SimilarRequest(title="Car Park gates", text="The gates of the Car Park stay shut."),
        make_candidate(1, "gates", "Gates shut", "The gates of our car park are shut at noon."),
    )

    assert Reason.SAME_PLACE in harbour[0].reasons
    assert Reason.SAME_PLACE not in car_park[0].reasons


def test_the_same_item_and_the_same_district_raise_a_little_and_are_named() -> None:
    said = ("暖气不热", "室内只有十五度，暖气片是凉的。")
    request = SimilarRequest(
        title="暖气太凉", text="室内暖气片不热。", items=("2023-5",), district="shinan"
    )
    neither, item, district = one_by_one(
        request,
        make_candidate(1, "neither", *said, items=("2023-6",), district="laoshan"),
        make_candidate(2, "item", *said, items=("2023-4", "2023-5")),
        make_candidate(3, "district", *said, district="shinan"),
    )

    assert item.score > district.score > neither.score
    assert item.score < neither.score + 0.05
    assert Reason.SAME_ITEM in item.reasons
    assert Reason.SAME_DISTRICT in district.reasons
    assert {Reason.SAME_ITEM, Reason.SAME_DISTRICT}.isdisjoint(neither.reasons)


def test_facts_that_are_not_known_are_not_the_same() -> None:
    said = ("暖气不热", "室内只有十五度，暖气片是凉的。")

    (hit,) = one_by_one(SimilarRequest(title=said[0], text=said[1]), make_candidate(1, "1", *said))

    assert hit.score > 0.95
    assert {Reason.SAME_ITEM, Reason.SAME_DISTRICT}.isdisjoint(hit.reasons)


def test_a_synonym_counts_nearly_as_much_as_the_word_itself() -> None:
    request = SimilarRequest(title="电瓶车乱放", text="楼下电瓶车乱放。")
    same, synonym, other = one_by_one(
        request,
        make_candidate(1, "same", "电瓶车乱放", "楼下太乱。"),
        make_candidate(2, "synonym", "电动自行车乱放", "楼下太乱。"),
        make_candidate(3, "other", "三轮车乱放", "楼下太乱。"),
    )

    assert same.score > synonym.score > other.score


def test_what_is_said_in_synonyms_only_is_found() -> None:
    hits = one_by_one(
        SimilarRequest(title="泊车", text="泊车难"),
        make_candidate(1, "parking", "停车", "夜间停车不便。"),
    )

    assert [hit.ref for hit in hits] == ["parking"]


def test_one_thing_in_common_is_not_enough_across_languages(shelf: Shelf) -> None:
    hits = ask(shelf, "Parking for scooters", "Where may scooters stop?")

    assert all(Reason.OTHER_LANGUAGE not in hit.reasons for hit in hits)


def test_across_languages_the_words_that_mean_the_same_are_marked(shelf: Shelf) -> None:
    hit = ask(shelf, "Shared bikes block the pavement", "A wheelchair cannot pass.")[0]

    assert [hit.title[span.start : span.end] for span in hit.title_spans] == ["共享单车", "人行道"]
    assert marked(hit) == ["共享单车", "人行道"]
    assert Reason.SHARED_PHRASES not in hit.reasons


def test_english_phrases_are_marked_in_whole_words() -> None:
    (hit,) = one_by_one(
        SimilarRequest(title="Bus shelter", text="The bus shelter roof leaks near my mother."),
        make_candidate(1, "1", "Shelter", "Another bus shelter roof leaked; smother the noise."),
    )

    assert marked(hit) == ["bus shelter roof leaked"]


def test_phrases_that_everybody_uses_are_not_marked() -> None:
    plea = "希望有关部门尽快处理"
    others = [make_candidate(number, str(number), f"意见{number}", plea) for number in range(2, 12)]
    hits = one_by_one(
        SimilarRequest(title="柳泉路积水", text=f"柳泉路桥洞积水，{plea}。", limit=20),
        make_candidate(1, "flood", "柳泉路桥洞积水", f"桥洞下积水很深，{plea}。"),
        *others,
    )

    (span,) = hits[0].title_spans
    assert hits[0].title[span.start : span.end] == "柳泉路桥洞积水"
    assert marked(hits[0]) == []


def test_without_a_shared_phrase_the_telling_words_are_marked(shelf: Shelf) -> None:
    hit = ask(shelf, "希望323路高峰加车", "等车时间太长，车上人挤人。")[0]

    assert Reason.SHARED_PHRASES not in hit.reasons
    assert "323" in marked(hit)


def test_the_excerpt_shows_the_longest_shared_phrase() -> None:
    before = "这件事说来话长，先讲讲来龙去脉再说要点，也请各位多多包涵。" * 10
    (hit,) = one_by_one(
        SimilarRequest(title="桥洞", text="柳泉路桥洞下面排水不畅"),
        make_candidate(1, "1", "桥洞", f"桥洞。{before}柳泉路桥洞下面排水不畅，车熄火。"),
    )

    assert "柳泉路桥洞下面排水不畅" in marked(hit)
    assert hit.excerpt.cut_before


@pytest.mark.parametrize(
    "text", ["", " \n", "……😀", "的了吗", "the of and", "\ud800", "|", "1" * 3_000]
)
def test_any_text_at_all_can_be_asked_about(shelf: Shelf, text: str) -> None:
    assert ask(shelf, text, text) == ()


def test_equals_stand_in_the_order_of_their_numbers() -> None:
    twins = [make_candidate(number, "twin", *SAID["water"]) for number in (7, 3, 5)]
    shelf = Shelf(twins, default_analyser())

    hits = find_similar(shelf, SimilarRequest(title=SAID["water"][0], text=SAID["water"][1]))

    assert [hit.id for hit in hits] == [3, 5, 7]


def test_no_more_are_returned_than_asked_for(shelf: Shelf) -> None:
    request = SimilarRequest(title="丽景小区停车难", text="丽景小区晚上没有车位。", limit=1)

    assert [hit.ref for hit in find_similar(shelf, request)] == ["lijing-parking"]


def test_the_same_complaint_in_other_words_is_found(index: SearchIndex) -> None:
    hits = index.similar(
        SimilarRequest(title="小区停车太难了", text="小区晚上没有车位，停车收费很贵。")
    )

    assert hits[0].key == "suggestion:1"
    assert hits[0].score > 0.4


def test_a_copy_is_as_like_as_can_be(index: SearchIndex) -> None:
    (hit, *_) = index.similar(
        SimilarRequest(
            title="学校门口的路灯坏了",
            text="学校门口的路灯坏了三个月，孩子晚上走路不安全，附近停车也乱。",
        )
    )

    assert hit.key == "suggestion:2"
    assert hit.score > 0.95


def test_shared_phrases_are_marked_on_the_text_as_typed(index: SearchIndex) -> None:
    (hit, *_) = index.similar(SimilarRequest(title="路灯", text="门口的路灯坏了三个月没人修"))

    marked = [hit.excerpt.text[span.start : span.end] for span in hit.excerpt.spans]
    assert marked == ["門口的路燈壞了三個月"]
    assert [hit.title[span.start : span.end] for span in hit.title_spans] == ["門口的路燈壞了"]


def test_an_unlike_text_has_nothing_like_it(index: SearchIndex) -> None:
    assert index.similar(SimilarRequest(title="图书馆借书", text="图书馆借书期限太短。")) == ()


def test_a_text_without_words_has_nothing_like_it(index: SearchIndex) -> None:
    assert index.similar(SimilarRequest(text="……😀")) == ()


def test_the_excluded_is_left_out(index: SearchIndex) -> None:
    request = SimilarRequest(
        title="老旧小区停车难", text="小区没有车位", exclude=frozenset({"suggestion:1"})
    )

    assert "suggestion:1" not in [hit.key for hit in index.similar(request)]


def test_other_types_are_found_when_asked_for(index: SearchIndex) -> None:
    request = SimilarRequest(
        title="智慧社区建设", text="多建智慧社区", types=(DocumentType.ITEM,), limit=1
    )

    assert [hit.key for hit in index.similar(request)] == ["item:5"]


def test_stretches_shorter_than_four_characters_are_not_shared_phrases() -> None:
    assert shared_spans("路灯坏了", frozenset({"停车收费"})) == ()
