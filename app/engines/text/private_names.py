"""Names of persons in a plain view of a text, only where the words around announce one.

A full name counts after "my name is", beside a label such as 联系人, or before a civil title. A
family name alone (王先生) names nobody, and an office holder (张伟局长) acts in public: both stay.
A name without such words is not told from any other word.
"""

import re
from collections.abc import Iterator
from itertools import chain

from app.engines.text.private_numbers import Range

# The commonest family names, without those that open everyday words more often than names.
_COMMONEST = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗"
_FAMILY = (
    _COMMONEST
    + "郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾"
    "夏韦付方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安"
    "齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷"
    "盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆卓古吉缪简车项连芦麦褚娄窦戚岑"
    "景党宫费卜晏席卫米柏宗瞿桂全佟应臧闵苟邬卞姬师仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查"
    "苑迟邝谈匡鞠惠荆冀郁胥南栗燕楚鄢劳谌奚粟冼蔺闻伊"
)
_COMPOUND = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|司徒|端木|百里|宇文|长孙|轩辕|南宫"
)
# Characters of grammar, which parents do not give, and those that end the name of a place.
_NEVER_GIVEN = (
    "的了是在有不我你他她它们这那哪个就都也要把被从到及或吗呢吧啊请说没很给让其某女姐姓您咱什么怎住"
)
_NEVER_LAST = "湾园区市县省镇乡村街号楼层室厅局处科部院所厂校站队店铺人员司话款费价"
_GIVEN = rf"(?:(?![{_NEVER_GIVEN}])[一-鿿])"
_LAST = rf"(?:(?![{_NEVER_GIVEN}{_NEVER_LAST}])[一-鿿])"
_NAME = rf"(?:(?:{_COMPOUND})|[{_FAMILY}]){_GIVEN}?{_LAST}"
# After a family name alone: 王先生, 李主任.
_TITLES = (
    "先生|女士|小姐|同志|阿姨|大爷|大妈|大姐|大哥|老师|医生|大夫|师傅|老板|律师|警官|会计|主任|书记|经理|"
    "总|某|局长|处长|科长|队长|所长|校长|院长|站长|市长|区长|县长|镇长|乡长|村长|部长|厅长|组长|班长|店长"
)
# Words that begin like a name.
_WORDS = (
    "高[一二三血考烧薪温中兴龄管级速校层]|高峰[线期时]|方便|方向|方案|安全|安徽|安装|安静|安排|何必|何种|"
    "万分|万科|万达|白天|常用|常客|常年|连续|连锁|平时|平度|成功|成都|成年|成员|时常|时刻|江苏|江西|"
    "武汉|温州|郑州|徐州|黄岛|黄海|金华|金牌|金融|金额|向阳|康复|文化|文件|文明|明显|明白|关于|关心|关注|"
    "管理|解决|项目|单[方独身]|单亲|单位|全体|全职|全家|应该|明天|乐意|商户|商家|师傅|党员|党委|房东|房产|"
    "车主|车库|农民|农户|路人|路过|游客|游泳|华为|应届|季度|古玩|简单|甘肃|宁夏|广州|南方|南京|原来|满意|"
    "和谐|石油|田地|牛奶|马上|马路|段时|齐全|施工|包括|包装|[左右][转右]|卫生|汤圆|温馨|温度|毕业|"
    "官方|盘活|荣幸|林业|金属|物业|余下|任何|任意|张贴|张罗|孔雀|左侧|右侧|于是|田间|严重|严格|严禁|查[明询实]|"
    "于[今去本昨当前近上下]"
)
_CHINESE = (
    rf"(?=[{_FAMILY}欧司上诸东皇尉公慕令夏端百宇长轩南])"
    rf"(?!{_WORDS}|(?:[{_FAMILY}]|{_COMPOUND})(?:{_TITLES}))({_NAME})"
)
_END = r"(?=$|[\s,.;:!?、。()（）\[\]【】\"”“'<>/|*\-0-9A-Za-z]"
_AFTER_OWN = _END + r"|住|家住|家在|今年|现年|现住|是[一本个]?|电话|手机|来自|性别|身份证|在)"
_AFTER_BARE = _END + r"|住|家住|今年|现年|现住|电话|手机|来自)"
_AFTER_LABEL = _END + r"|[和及]|电话|手机|性别|联系|身份证|地址|住址|男|女)"
_KIN = (
    "儿子|女儿|孩子|小孩|老公|丈夫|妻子|老婆|爱人|[父母]亲|爸爸?|妈妈?|爷爷|奶奶|外[婆公]|姥[姥爷]"
)
_OWN_NAME = re.compile(
    rf"(?=[我俺本名真儿女孩小老丈妻爱父母爸妈爷奶外姥])"
    rf"(?:[我俺]叫做?|我的?(?:名字|姓名)[是叫为]做?|本人(?:的?姓名|的?名字)[是叫为]?|名叫|名字叫做?|"
    rf"本人名?叫|真名|(?:{_KIN})[名是]?叫)[ :,]{{0,2}}{_CHINESE}{_AFTER_OWN}"
)
_BARE_OWN_NAME = re.compile(
    rf"(?:[我俺]是|本人是?|[我俺]的?(?:{_KIN})|(?:我是|本人是?|[一位名])(?:居民|村民|业主|住户|市民|租户|租客))"
    rf"[ :,]{{0,2}}{_CHINESE}{_AFTER_BARE}"
)
_LABELLED_NAME = re.compile(
    rf"(?=[联投反举申当报建来留委经求姓户业房车患病家落署签])"
    rf"(?:(?:联系|联络|投诉|反映|举报|申请|当事|报告|建议|来信|留言|申报|委托|经办|求助)人|"
    rf"姓 {{0,2}}名|(?:户主|业主|房主|车主|患者|病人|家长|落款|署名|签名|签字)(?=[ :]))"
    rf"[ :]{{0,3}}{_CHINESE}{_AFTER_LABEL}"
)
_PARTED_NAME = re.compile(
    rf"(?:姓 {{0,2}}名|[系诉映报请信言]人) ?: ?([{_FAMILY}] {{1,2}}{_LAST}){_AFTER_LABEL}"
)
_NEXT_NAME = re.compile(rf" ?[、和及] ?{_CHINESE}{_AFTER_LABEL}")
_CIVIL_TITLE = " ?(?:先生|女士|小姐|同志|阿姨|大爷|大妈|师傅)"
_TITLED_NAME = re.compile(
    r"(?:(?<![一-鿿])|(?<=[请找和与叫是为向给让由跟对了的主人民位名邻居区户]))"
    rf"(?![向于][{_FAMILY}]){_CHINESE}(?=(?<![{_COMMONEST}]){_CIVIL_TITLE})"
)

_CAPITAL_WORD = r"[A-Z][A-Za-z'’\-]{1,20}"
_PARTICLE = r"(?:(?:van|von|de|del|der|da|di|bin|al|la|le) ){0,2}"
_FULL_NAME = rf"{_CAPITAL_WORD}(?: {_PARTICLE}{_CAPITAL_WORD}){{1,2}}"
_ANY_NAME = rf"{_CAPITAL_WORD}(?: {_PARTICLE}{_CAPITAL_WORD}){{0,2}}"
_NO_PERSON = (
    r"(?![A-Za-z'’\- ]{0,60}\b(?:Bureau|Office|Department|Committee|Street|Road|Garden|Centre|"
    r"Community|School|Hospital|District|City|Company|Ltd|Center|Government|University|Hall)\b)"
)
_FUNCTION = (
    r"(?!Mayor|Secretary|Director|President|Chair|Minister|Speaker|Commissioner|Governor|Chief)"
)
_AFTER_ENGLISH = r"(?=$|[\s]*[,.;:!?()\n/|]| and | from )"
_ENGLISH_NAMES = (
    re.compile(rf"\b(?i:my (?:full )?name(?: is|'s|’s|:)|i(?: am|'m|’m) called) ({_ANY_NAME})"),
    re.compile(rf"\b(?i:i am|i'm|i’m) {_NO_PERSON}({_FULL_NAME}){_AFTER_ENGLISH}"),
    re.compile(
        rf"\b(?i:contact(?: person)?|(?:full )?name|signed(?: by)?|applicant|resident|owner)"
        rf" ?[:\-] ?{_NO_PERSON}({_FULL_NAME}){_AFTER_ENGLISH}"
    ),
    re.compile(
        rf"\b(?i:sincerely|faithfully|truly|regards),?\s{{1,2}}{_NO_PERSON}({_FULL_NAME}){_AFTER_ENGLISH}"
    ),
    re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Mx)\b\.? {_FUNCTION}({_ANY_NAME})"),
)

_NAME_BEFORE = re.compile(rf"(?<![一-鿿]){_CHINESE}[ ,:(]{{0,2}}$")
_NAME_BEHIND = re.compile(rf"[ ,:(]{{0,2}}{_CHINESE}{_AFTER_BARE}")
_LONGEST_NAME = 6


def is_beside_a_name(view: str, start: int, end: int) -> bool:
    """Whether what reads as a full Chinese name, and nothing more, stands next to a stretch."""
    before = _NAME_BEFORE.search(view, max(0, start - _LONGEST_NAME), start)
    return bool(before or _NAME_BEHIND.match(view, end))


def names(view: str) -> Iterator[Range]:
    """Names said as one's own, given beside a label, or in full before a civil title."""
    for match in _LABELLED_NAME.finditer(view):
        following: re.Match[str] | None = match
        while following:
            yield following.span(1)
            following = _NEXT_NAME.match(view, following.end(1))
    patterns = (_OWN_NAME, _BARE_OWN_NAME, _PARTED_NAME, _TITLED_NAME, *_ENGLISH_NAMES)
    for match in chain.from_iterable(pattern.finditer(view) for pattern in patterns):
        yield match.span(1)
