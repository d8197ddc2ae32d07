"""Generated suggestions: invented sentences over a vocabulary with a natural long tail."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from app.engines.search.document import SearchDocument
from app.vocabulary import DocumentType, HandlingState, Language, Question

PLACES = (
    "澜汀",
    "云山",
    "海泊",
    "石湾",
    "松岭",
    "榉林",
    "银滩",
    "鹤泉",
    "桃溪",
    "枫港",
    "青屿",
    "北堤",
)
KINDS = ("小区", "学校", "医院", "公园", "菜市场", "地铁站", "公交站", "社区中心", "停车场", "广场")
THINGS = (
    "充电桩",
    "停车位",
    "路灯",
    "电梯",
    "挂号系统",
    "社保卡",
    "无证明",
    "一码通城",
    "门禁",
    "监控",
    "垃圾分类",
    "供暖",
    "公交线路",
    "办事窗口",
    "电子证照",
    "信用积分",
    "数据开放",
    "老年食堂",
    "自来水",
    "人行道",
)
FAULTS = (
    "总是坏",
    "找不到人修",
    "要排很久的队",
    "扣了两次钱",
    "晚上太吵",
    "看不清楚",
    "老人不会用",
    "一直没有开通",
    "重复提交材料",
    "没有英文说明",
    "经常断网",
    "收费不透明",
    "下雨就积水",
    "没有无障碍通道",
    "没有人回复",
)
WISHES = (
    "希望尽快处理",
    "建议增加一处",
    "请公开进度",
    "能不能延长时间",
    "最好有人上门",
    "请给个说法",
    "盼回复",
)
DISTRICTS = ("shinan", "shibei", "licang", "laoshan", "west-coast", "chengyang", "jimo", "")
HAN = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出"
    "就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
)


def suggestions(count: int, *, seed: int = 7) -> Iterator[SearchDocument]:
    """That many documents, the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a benchmark's corpus, no secret
    for number in range(1, count + 1):
        place = f"{chance.choice(PLACES)}{chance.choice(KINDS)}"
        thing, fault = chance.choice(THINGS), chance.choice(FAULTS)
        filler = "".join(chance.choices(HAN, k=chance.randint(40, 110)))
        yield SearchDocument(
            type=DocumentType.SUGGESTION,
            id=number,
            ref=f"QD-2023-{number:06d}",
            language=Language.ZH,
            title=f"{place}的{thing}{fault}",
            body=(
                f"{place}的{thing}{fault}，{filler}。"
                f"{chance.choice(WISHES)}，{chance.choice(THINGS)}也一样。"
            ),
            items=tuple(sorted({f"2023-{chance.randint(1, 24)}" for _ in range(2)})),
            question=chance.choice(list(Question)),
            district=chance.choice(DISTRICTS),
            state=chance.choice(list(HandlingState)),
            published_on=date(2022, 1, 1) + timedelta(days=chance.randrange(3 * 365)),
            support=int(chance.expovariate(0.3)),
        )


def queries(count: int, *, seed: int = 11) -> list[str]:
    """Queries of one to three words, as people type them."""
    chance = random.Random(seed)  # noqa: S311 - a benchmark's queries, no secret
    made: list[str] = []
    for _ in range(count):
        words = [chance.choice(THINGS)]
        if chance.random() < 0.6:
            words.append(chance.choice(FAULTS))
        if chance.random() < 0.3:
            words.insert(0, chance.choice(PLACES))
        made.append(" ".join(words))
    return made
