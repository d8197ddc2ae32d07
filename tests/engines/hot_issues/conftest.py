"""An invented corpus: what people of an invented town write, and which of it is one matter."""

from datetime import UTC, datetime, timedelta

import pytest

from app.engines.hot_issues.message import Message
from app.vocabulary import Language

Texts = tuple[tuple[str, str], ...]

CHINESE: dict[str, Texts] = {
    "concrete": (
        (
            "松风里小区旁搅拌站噪音粉尘扰民",
            "松风里小区东门外的搅拌站每天凌晨开工，粉尘飘进家里，窗户不敢开。",
        ),
        (
            "搅拌站离松风里小区太近，粉尘严重",
            "我住松风里小区三号楼，搅拌站离居民楼不到一百米，噪音和粉尘让老人睡不着。",
        ),
        (
            "请搬走松风里旁边的搅拌站",
            "松风里小区居民多次要求搅拌站搬迁，水泥车日夜进出，粉尘噪音没有人管。",
        ),
        (
            "松风里小区搅拌站夜间生产何时停止",
            "搅拌站夜里还在生产，松风里小区的孩子没法休息，粉尘落满阳台。",
        ),
        (
            "松风里搅拌站污染问题一直没有解决",
            "关于松风里小区旁搅拌站的粉尘和噪音污染，业主已经反映三次。",
        ),
    ),
    "bus": (
        (
            "建议延长727路公交末班车时间",
            "727路末班车晚上八点就没有了，在软件园上班的人加班后回不了家。",
        ),
        ("727路公交车末班太早", "软件园下班晚，727路公交末班车八点收车，希望延长到十点。"),
        ("希望727路末班车延长到十点", "每天加班到九点，727路公交已经没有末班车，只能打车。"),
        ("727路公交末班时间能否调整", "请公交公司调整727路末班车，软件园几千人晚上没有车坐。"),
    ),
    "school": (
        ("青禾路小学门口放学时堵车严重", "青禾路小学放学时家长的车停满路口，学生过马路很危险。"),
        (
            "青禾路小学放学拥堵存在安全隐患",
            "下午四点青禾路小学门口车辆乱停，堵车半小时，没有交警疏导。",
        ),
        ("请在青禾路小学门口安排交警疏导", "青禾路小学上学放学时间门口拥堵，学生在车缝里穿行。"),
        (
            "建议青禾路小学错峰放学缓解堵车",
            "青禾路小学各年级同时放学，门口堵车严重，建议错峰放学。",
        ),
        (
            "青禾路小学门前道路拥堵",
            "青禾路小学门前放学时堵得走不动，家长停车占了人行道，学生只能走车道。",
        ),
    ),
    "lift": (
        ("望潮苑五号楼电梯经常停运", "望潮苑五号楼电梯一个月坏了六次，老人被困在里面半小时。"),
        (
            "望潮苑电梯故障不断无人维修",
            "望潮苑五号楼的电梯总是故障，物业说没有维修资金，老人上不了楼。",
        ),
        ("望潮苑小区电梯困人，请督促维修", "昨晚望潮苑五号楼电梯又困人，物业拖着不维修电梯。"),
        (
            "望潮苑五号楼电梯维修资金何时到位",
            "电梯停运两周，望潮苑的业主同意用维修资金，手续却一直办不下来。",
        ),
    ),
    "heating": (
        ("枫林湾小区暖气不热", "枫林湾小区供暖以来室温只有十四度，暖气片不热，热力公司不上门。"),
        ("枫林湾供暖温度不达标", "枫林湾小区二期供暖温度不达标，测了十五度，要求热力公司退费。"),
        ("枫林湾小区冬天供暖室温太低", "家里有婴儿，枫林湾的暖气一直不热，打热力公司电话没人接。"),
        ("枫林湾小区要求退还供暖费", "枫林湾供暖温度不达标，室温十三度，热力公司应当退还供暖费。"),
    ),
    "river": (
        ("石桥河发黑发臭", "石桥河下游水面发黑，有污水从排污口流出来，夏天臭味很大。"),
        ("石桥河排污口直排污水", "石桥河边的排污口夜里直排污水，河水发臭，鱼都死了。"),
        ("请治理石桥河黑臭水体", "石桥河黑臭多年，污水管网没有接通，请尽快治理。"),
        ("石桥河的臭味什么时候能治理好", "住在石桥河边，河水发臭不敢开窗，排污口一直在排污水。"),
    ),
    "charging": (
        ("云汀公寓没有电动车充电桩", "云汀公寓地下车库没有充电桩，电动车只能飞线充电，很危险。"),
        (
            "云汀公寓飞线充电隐患大，请安装充电桩",
            "云汀公寓住户从窗户拉线给电动车充电，请物业安装充电桩。",
        ),
        (
            "建议云汀公寓增设电动车充电桩",
            "云汀公寓有三百多辆电动车，一个充电桩也没有，飞线充电随处可见。",
        ),
        (
            "云汀公寓充电桩何时安装",
            "物业答应给云汀公寓装充电桩，半年了还没有动静，电动车没处充电。",
        ),
    ),
    "pension": (
        (
            "异地退休人员养老金认证太难",
            "我在外地带孙子，养老金资格认证的手机程序总是刷脸失败，老人不会用。",
        ),
        (
            "养老金资格认证刷脸总是失败",
            "老人做养老金资格认证，手机刷脸十几次失败，异地又不能到窗口办。",
        ),
        (
            "建议养老金认证增加异地窗口",
            "退休后住在外地，养老金资格认证只能刷脸，建议增加异地窗口办理。",
        ),
        (
            "退休老人养老金刷脸认证失败怎么办",
            "母亲八十岁，养老金资格认证刷脸失败，没有别的办法可以认证。",
        ),
    ),
    "licence": (
        ("开小餐馆办证材料重复提交", "办食品经营许可证要跑三个窗口，同一份材料重复提交三次。"),
        (
            "食品经营许可证办理要跑三个窗口",
            "个体户开餐馆，食品经营许可证的材料在每个窗口重复提交，能不能一次办好。",
        ),
        (
            "食品经营许可证材料能否只交一次",
            "开餐馆办食品经营许可证，窗口之间不共享材料，重复提交身份证和租房合同。",
        ),
        (
            "餐馆办食品经营许可证太麻烦",
            "食品经营许可证的材料重复提交，三个窗口各要一份，请共享数据。",
        ),
    ),
}

ENGLISH: dict[str, Texts] = {
    "ferry": (
        (
            "Ferry to Gull Island stops too early",
            "The last ferry to Gull Island leaves at five, so commuters cannot get home.",
        ),
        (
            "Please run a later Gull Island ferry",
            "I work until six and the last Gull Island ferry has gone. A later ferry would help.",
        ),
        (
            "Gull Island ferry timetable does not suit commuters",
            "The ferry to Gull Island needs an evening sailing for commuters who work late.",
        ),
        (
            "No evening ferry to Gull Island",
            "Commuters miss the last ferry to Gull Island every week and sleep at the office.",
        ),
    ),
    "lights": (
        (
            "Street lights broken on Harbour Lane",
            "All the street lights on Harbour Lane have been dark for a month. It is not safe.",
        ),
        (
            "Harbour Lane street lights still dark",
            "I reported the broken street lights on Harbour Lane in spring and nothing happened.",
        ),
        (
            "Dark street lights make Harbour Lane unsafe",
            "Pedestrians fall on Harbour Lane at night because the street lights are broken.",
        ),
        (
            "Repair the street lights of Harbour Lane",
            "The street lights along Harbour Lane are broken, pedestrians use their phones to see.",
        ),
    ),
    "permit": (
        (
            "Work permit renewal form has no English version",
            "The online work permit renewal form is only in Chinese, so teachers cannot use it.",
        ),
        (
            "English version of the work permit renewal form",
            "Please add an English version to the online work permit renewal form for teachers.",
        ),
        (
            "Work permit renewal online should offer English",
            "Foreign teachers ask colleagues to translate the work permit renewal form each year.",
        ),
        (
            "Cannot renew work permit online without Chinese",
            "The work permit renewal form on the online portal needs an English version.",
        ),
    ),
}

ALONE: tuple[tuple[Language, str, str], ...] = (
    (Language.ZH, "请问图书馆周一是否开放", "想带孩子去市图书馆看书，不知道周一开不开门。"),
    (Language.ZH, "流浪猫绝育有没有补贴", "小公园里流浪猫越来越多，想自费绝育，问有没有补助。"),
    (Language.ZH, "建议海边增加淋浴点", "夏天游泳以后没有地方冲洗，排队要很久。"),
    (Language.ZH, "无人机飞行要在哪里报备", "买了航拍无人机，想知道报备流程。"),
    (
        Language.EN,
        "Where can I recycle old batteries",
        "I could not find a box for used batteries.",
    ),
    (
        Language.EN,
        "Chess tables for the old town",
        "Retired people would enjoy stone chess tables.",
    ),
)

START = datetime(2023, 1, 2, 8, 0, tzinfo=UTC)


def _messages() -> dict[str, list[Message]]:
    issues: dict[str, list[Message]] = {}
    languages = ((Language.ZH, CHINESE), (Language.EN, ENGLISH))
    number = 0
    for language, corpus in languages:
        for issue, texts in corpus.items():
            issues[issue] = []
            for title, body in texts:
                number += 1
                issues[issue].append(_message(number, title, body, language))
    for language, title, body in ALONE:
        number += 1
        issues[f"alone {number}"] = [_message(number, title, body, language)]
    return issues


def _message(number: int, title: str, body: str, language: Language) -> Message:
    return Message(
        id=f"M{number:03d}",
        title=title,
        body=body,
        author=f"读者{number}",
        sent_at=START + timedelta(days=(number * 37) % 60, minutes=number),
        district=("东岸区", "西岸区", None)[number % 3],
        support=number % 5,
        against=0,
        language=language,
    )


@pytest.fixture(scope="session")
def issues() -> dict[str, list[Message]]:
    """The corpus by issue; a message that stands alone is an issue of one."""
    return _messages()


@pytest.fixture(scope="session")
def messages(issues: dict[str, list[Message]]) -> list[Message]:
    """Every message of the corpus."""
    return [message for group in issues.values() for message in group]
