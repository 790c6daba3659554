"""What a resident wants next: pure, decided by chance alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.demo.chat import TOPICS
from models.rules.ticket import Priority, TicketKind

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

PHOTO_SHARE = 0.35
SPOTS = ("大堂", "电梯厅", "车库", "入口", "休息区")
ROOMS = ("厨房", "主卧", "次卧", "客厅", "阳台", "卫生间")
AT_HOME = {
    TicketKind.REPAIR: (
        ("水管", "{room}的水管接头渗水，地板已经泡湿了一块，麻烦尽快来看。"),
        ("水管", "{room}水龙头拧不紧，一直在滴水。"),
        ("电路", "{room}的插座突然没电，空气开关没有跳。"),
        ("电路", "{room}一开灯就跳闸，已经先把电闸拉了。"),
        ("门窗", "{room}窗户的把手断了，关不上，担心下雨进水。"),
        ("门窗", "入户门锁芯转不动，钥匙要试很多次才能开。"),
        ("管道", "{room}下水很慢，还有返味，可能堵了。"),
        ("墙面", "{room}天花板有一块水渍，怀疑是楼上漏水。"),
        ("暖通", "{room}的暖气片不热，其他房间正常。"),
        ("对讲", "可视对讲没有声音，访客按铃听不到。"),
    ),
    TicketKind.COMPLAINT: (
        ("噪音", "楼上晚上十一点以后还在拖动家具，已经连续好几天了。"),
        ("噪音", "隔壁装修周末也在用电钻，请物业协调一下。"),
        ("高空抛物", "从楼上掉下来烟头，差点落到{room}，很危险。"),
        ("油烟", "楼下油烟倒灌进{room}，请检查公共烟道。"),
    ),
    TicketKind.INQUIRY: (
        ("费用", "请问这个季度的物业费什么时候出账单？"),
        ("装修", "准备重新装修{room}，需要办哪些手续？"),
        ("门禁", "家里老人想录人脸，请问在哪里办理？"),
    ),
}
SHARED = {
    TicketKind.REPAIR: (
        ("电梯", "电梯到站时会抖一下，并且有异响，请安排检修。"),
        ("公共照明", "楼道的声控灯坏了，晚上很黑。"),
        ("门禁", "单元门关不严，刷卡以后也不会自动上锁。"),
        ("道路", "东门进来的路砖松了，老人容易绊倒。"),
    ),
    TicketKind.COMPLAINT: (
        ("停车", "有车长期停在消防通道上，请尽快处理。"),
        ("保洁", "垃圾桶已经满出来了，今天还没有人清运。"),
        ("宠物", "有人遛狗不牵绳，孩子被吓到了。"),
    ),
    TicketKind.SUGGESTION: (
        ("绿化", "建议在儿童游乐区旁边种几棵遮阴的树。"),
        ("充电", "建议增加电动车充电桩，现在晚上根本排不上。"),
        ("快递", "希望快递柜旁边加一盏灯，晚上取件看不清。"),
    ),
    TicketKind.INQUIRY: (("活动", "请问社区周末有没有亲子活动？"), ("停车", "访客车辆进小区怎么收费？")),
}
KINDS = {TicketKind.REPAIR: 62, TicketKind.COMPLAINT: 18, TicketKind.SUGGESTION: 8, TicketKind.INQUIRY: 12}
PRIORITIES = {Priority.LOW: 10, Priority.NORMAL: 65, Priority.HIGH: 20, Priority.URGENT: 5}


@dataclass(frozen=True)
class Wish:
    """A ticket to be. `come_in` is in how many hours somebody should come."""

    kind: TicketKind
    category: str
    text: str
    priority: Priority
    at_home: bool
    come_in: int | None
    photos: int


def plan_wish(chance: random.Random) -> Wish:
    """Something that residents of every estate have said."""
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    at_home = kind in AT_HOME and chance.random() < 0.7
    category, text = chance.choice((AT_HOME if at_home else SHARED)[kind])
    pressing = kind in (TicketKind.REPAIR, TicketKind.COMPLAINT)
    return Wish(
        kind=kind,
        category=category,
        text=text.format(room=chance.choice(ROOMS)),
        priority=chance.choices(list(PRIORITIES), list(PRIORITIES.values()))[0] if pressing else Priority.NORMAL,
        at_home=at_home,
        come_in=chance.randint(1, 72) if kind is TicketKind.REPAIR and at_home and chance.random() < 0.5 else None,
        photos=chance.randint(1, 3) if pressing and chance.random() < PHOTO_SHARE else 0,
    )


DEEDS = {"ticket": 40, "reply": 20, "like": 18, "post": 12, "pay": 10}
TOPIC_OF = {title: topic for topic in TOPICS for title, _ in topic.posts}


def plan_deed(chance: random.Random) -> str:
    """What a resident does next; one of DEEDS."""
    return chance.choices(list(DEEDS), list(DEEDS.values()))[0]


def plan_post(chance: random.Random, boards: Sequence[str]) -> tuple[str, str, str]:
    """Board, title and text of a post, for one of the boards where topics are known (else any of them)."""
    topics = [topic for topic in TOPICS if topic.board in boards] or list(TOPICS)
    topic = chance.choice(topics)
    title, text = chance.choice(topic.posts)
    spot = chance.choice(SPOTS)
    board = topic.board if topic.board in boards else chance.choice(boards)
    return board, title.format(place=spot), text.format(place=spot)


def plan_reply(chance: random.Random, title: str) -> str:
    """What a neighbour answers to a post."""
    topic = next((topic for known, topic in TOPIC_OF.items() if known.split("}")[-1] in title), None)
    return chance.choice((topic or chance.choice(TOPICS)).replies)
