"""Which machines an estate has, how many, and who makes them. Makers and suppliers are invented."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Make:
    """A product."""

    brand: str
    model: str
    prefix: str
    supplier: str


@dataclass(frozen=True)
class Machines:
    """Alike machines: `counts` by estate, `per_building` by estate, `each` by estate and number of entrances."""

    kind: str
    category: str
    name: str
    location: str
    life_months: int
    cost: int
    counts: dict[str, int] = field(default_factory=dict)
    per_building: dict[str, int] = field(default_factory=dict)
    each: dict[tuple[str, int], int] = field(default_factory=dict)


_G, _T, _S = "YGHY", "BJZX", "NHLJ"

MACHINES = (
    Machines("GATE_CONTROLLER", "门禁", "", "弱电箱", 96, 6_800),
    Machines("RECORDER", "监控", "", "消控室", 72, 12_600),
    Machines("LIFT", "电梯", "客梯 {n}", "井道", 180, 268_000, each={(_G, 2): 2, (_G, 3): 1}),
    Machines("LIFT", "电梯", "客梯 {n}", "核心筒", 180, 486_000, {_T: 8}),
    Machines("LIFT", "电梯", "货梯 {n}", "核心筒", 180, 420_000, {_T: 1, _S: 1}),
    Machines("LIFT", "电梯", "自动扶梯 {n}", "中庭", 180, 310_000, {_S: 4}),
    Machines("PUMP", "给排水", "生活水泵 {n}", "水泵房", 144, 38_000, {_G: 6, _T: 4}),
    Machines("PUMP", "给排水", "排污泵 {n}", "集水井", 96, 9_800, {_G: 10, _T: 4, _S: 4}),
    Machines("PUMP", "消防", "消防水泵 {n}", "消防泵房", 180, 56_000, {_G: 4, _T: 4, _S: 2}),
    Machines("FIRE", "消防", "火灾报警主机", "弱电井", 144, 42_000, per_building={_G: 1, _S: 1}),
    Machines("FIRE", "消防", "{n} 区火灾显示盘", "楼层前室", 144, 8_600, {_T: 13}),
    Machines("HVAC", "消防", "排烟风机 {n}", "屋面", 180, 24_000, {_T: 8, _S: 4}, {_G: 1}),
    Machines("METER", "能源", "总水表", "水表井", 72, 2_400, per_building={_G: 1, _S: 1}),
    Machines("METER", "能源", "水表 {n}", "管道井", 72, 1_900, {_T: 4}),
    Machines("METER", "能源", "公区电表", "配电间", 96, 1_600, per_building={_G: 1, _S: 1}),
    Machines("METER", "能源", "{n} 层电表", "强电井", 96, 1_300, {_T: 26}),
    Machines("METER", "能源", "地库电表 {n}", "配电间", 96, 1_600, {_G: 4}),
    Machines("POWER", "供配电", "变压器 {n}", "配电房", 240, 186_000, {_G: 4, _T: 2, _S: 2}),
    Machines("POWER", "供配电", "柴油发电机 {n}", "发电机房", 240, 240_000, {_G: 1, _T: 1, _S: 1}),
    Machines("POWER", "供配电", "低压配电柜 {n}", "配电房", 240, 46_000, {_G: 4, _T: 4, _S: 2}),
    Machines("HVAC", "暖通", "冷水机组 {n}", "制冷机房", 180, 620_000, {_T: 3}),
    Machines("HVAC", "暖通", "冷却塔 {n}", "屋面", 144, 98_000, {_T: 3}),
    Machines("HVAC", "暖通", "新风机组 {n}", "设备夹层", 144, 54_000, {_T: 11}),
    Machines("HVAC", "暖通", "空调主机 {n}", "屋面", 144, 128_000, {_S: 4}),
    Machines("LIGHTING", "照明", "路灯控制器 {n}", "园区", 96, 3_200, {_G: 10, _T: 2, _S: 4}),
    Machines("OTHER", "充电", "充电桩 {n}", "停车场", 96, 14_500, {_G: 8, _T: 6, _S: 4}),
)

MAKES = {
    "门禁": (
        Make("安启", "AQ-G8", "AQ", "安启智能科技"),
        Make("守望", "SW-D2 Pro", "SW", "守望安防"),
    ),
    "监控": (Make("明眸", "NVR-64H", "MM", "明眸视讯"),),
    "电梯": (Make("通途", "TT-1000/1.75", "TT", "通途电梯工程"), Make("捷升", "JS-800/1.5", "JS", "捷升电梯")),
    "给排水": (Make("清流", "QL-CDL20", "QL", "清流泵业"), Make("江涌", "JY-65WQ", "JY", "江涌机电")),
    "消防": (Make("安澜", "AL-9000", "AL", "安澜消防"), Make("平湖", "PH-XBD", "PH", "平湖消防设备")),
    "能源": (Make("衡准", "HZ-DTS", "HZ", "衡准仪表"), Make("量川", "LC-LXS", "LC", "量川仪表")),
    "供配电": (Make("恒电", "HD-SCB13", "HD", "恒电电气"),),
    "暖通": (Make("沐风", "MF-LS350", "MF", "沐风空调工程"),),
    "照明": (Make("朗照", "LZ-C16", "LZ", "朗照光电"),),
    "充电": (Make("速能", "SN-AC7", "SN", "速能新能源"),),
}
