"""What lies in the store room of the demo's first estate: thirty things that a property really has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ItemPlan:
    """An item: yuan for one as text, how many come at once, when to buy, and which orders need it by their category."""

    code: str
    name: str
    unit: str
    category: str
    cost: str
    delivery: int
    level: int
    needed: tuple[str, ...] = ()
    decimals: int = 0
    keywords: str | None = None


WAREHOUSE = ("YGHY-CK", "阳光花园备件库", "3 号楼地下室")
SUPPLIERS = ("宏达五金", "联众电气", "新城劳保", "佳洁日化")
ITEMS = (
    ItemPlan("DG-T8-18", "LED灯管 T8 18W", "根", "照明", "16.80", 40, 10, ("公共照明",), keywords="日光灯"),
    ItemPlan("DP-E27-9", "LED灯泡 E27 9W", "个", "照明", "7.50", 60, 15, ("公共照明",)),
    ItemPlan("GY-60", "声光控感应开关", "个", "照明", "14.20", 30, 8, ("公共照明",)),
    ItemPlan("YJD-3", "消防应急灯", "个", "照明", "58.00", 10, 3),
    ItemPlan("DLQ-C32", "断路器 C32 2P", "个", "电气", "38.50", 20, 5, ("电路",), keywords="空气开关 空开 跳闸"),
    ItemPlan("LDB-32", "漏电保护器 32A", "个", "电气", "72.00", 12, 4, ("电路",)),
    ItemPlan("CZ-5", "五孔插座", "个", "电气", "9.80", 40, 10, ("电路",)),
    ItemPlan("BV-2.5", "铜芯电线 BV 2.5", "米", "电气", "2.1500", 300, 60, ("电路",), 1),
    ItemPlan("JCQ-25", "交流接触器 25A", "个", "电气", "96.00", 6, 2),
    ItemPlan("BXS-10", "保险丝 10A", "个", "电气", "0.6500", 100, 20),
    ItemPlan("SLT-15", "水龙头 DN15", "个", "给排水", "35.00", 20, 6, ("水管",)),
    ItemPlan("JF-15", "角阀 DN15", "个", "给排水", "22.50", 24, 6, ("水管",)),
    ItemPlan("QF-20", "球阀 DN20", "个", "给排水", "31.00", 16, 4, ("水管",)),
    ItemPlan("RG-50", "不锈钢软管 50cm", "根", "给排水", "12.80", 30, 8, ("水管",)),
    ItemPlan("SLD-20", "生料带", "卷", "给排水", "1.2000", 100, 20, ("水管",)),
    ItemPlan("PPR-20", "PPR 水管 DN20", "米", "给排水", "4.6000", 80, 20, ("水管",), 1),
    ItemPlan("CSW-50", "存水弯 DN50", "个", "给排水", "8.40", 20, 5, ("管道",)),
    ItemPlan("FXD-1", "防臭地漏", "个", "给排水", "19.90", 16, 4, ("管道",)),
    ItemPlan("GXJ-1", "管道疏通剂", "瓶", "给排水", "9.90", 24, 6, ("管道",)),
    ItemPlan("SX-70", "防盗门锁芯 70mm", "个", "门窗", "65.00", 10, 3, ("门窗",)),
    ItemPlan("BS-1", "窗户把手", "个", "门窗", "15.60", 16, 4, ("门窗",), keywords="执手"),
    ItemPlan("HY-4", "不锈钢合页 4 寸", "副", "门窗", "11.20", 20, 5, ("门窗",)),
    ItemPlan("BMQ-45", "闭门器 45kg", "个", "门窗", "78.00", 6, 2, ("门禁",)),
    ItemPlan("DCS-280", "磁力锁 280kg", "把", "门禁对讲", "135.00", 5, 2, ("门禁",), keywords="电磁锁"),
    ItemPlan("MJK-IC", "门禁卡", "张", "门禁对讲", "2.8000", 200, 50, ("门禁",)),
    ItemPlan("DJF-1", "可视对讲分机", "台", "门禁对讲", "260.00", 4, 1, ("对讲",)),
    ItemPlan("NQ-20", "内墙腻子粉", "千克", "土建", "1.9500", 60, 15, ("墙面",), 1),
    ItemPlan("FSTL-1", "防水涂料", "千克", "土建", "17.5000", 40, 10, ("墙面",), 1),
    ItemPlan("LJD-80", "垃圾袋 80×100", "卷", "保洁", "18.00", 60, 20),
    ItemPlan("TB-1", "棉线拖把", "把", "保洁", "13.50", 20, 5, keywords="地拖"),
)
