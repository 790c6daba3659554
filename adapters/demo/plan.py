"""What the demo's three estates consist of: houses, gates and cameras. The generator and the loading read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeVar

from models.rules.device import DeviceKind
from models.rules.gate import GateKind
from models.rules.place import PropertyKind, UnitUse

if TYPE_CHECKING:
    from collections.abc import Iterable

SEED = 20261122
REFERENCE = date(2025, 9, 1)  # nobody of the committed files moves later: they stay true, whenever they are loaded


@dataclass(frozen=True)
class BlockPlan:
    """A building of even floors."""

    code: str
    name: str
    entrances: int
    floors: int
    per_floor: int
    use: UnitUse

    @property
    def units(self) -> int:
        """How many Units it has."""
        return self.entrances * self.floors * self.per_floor


@dataclass(frozen=True)
class GatePlan:
    """A gate: the controller that drives it and the building that it leads into, by name and code."""

    name: str
    kind: GateKind
    controller: str
    building: str | None = None


@dataclass(frozen=True)
class CameraPlan:
    """A camera: how the analytics of its recorder call it, and where it hangs."""

    name: str
    recorder: str
    source_key: str
    building: str | None = None


@dataclass(frozen=True)
class EstatePlan:
    """One Property of the demo. Areas in m²; `rent_share` of its Units are let; the rest of the shares are free."""

    code: str
    name: str
    kind: PropertyKind
    address: str
    latitude: float
    longitude: float
    land_area: int
    building_area: int
    blocks: tuple[BlockPlan, ...]
    vacant_share: float
    rent_share: float
    gates: tuple[GatePlan, ...]
    cameras: tuple[CameraPlan, ...]


def _garden() -> EstatePlan:
    towers = tuple(BlockPlan(str(n), f"{n} 号楼", 2, 18, 3, UnitUse.DWELLING) for n in range(1, 7))
    houses = tuple(BlockPlan(str(n), f"{n} 号楼", 3, 6, 3, UnitUse.DWELLING) for n in range(7, 11))
    blocks = towers + houses
    outer, basement = "东西门控制器", "地库控制器"
    gates = (
        GatePlan("东门 人行", GateKind.TURNSTILE, outer),
        GatePlan("东门 车行", GateKind.LIFT_GATE, outer),
        GatePlan("西门 人行", GateKind.TURNSTILE, outer),
        GatePlan("地库入口", GateKind.LIFT_GATE, basement),
        GatePlan("地库出口", GateKind.LIFT_GATE, basement),
        *(GatePlan(f"{b.name} 大堂门", GateKind.DOOR, f"{b.name} 控制器", b.code) for b in blocks),
    )
    cameras = (
        *(CameraPlan(name, "周界录像机", key) for name, key in _GARDEN_OUTSIDE),
        *(CameraPlan(f"{b.name} 大堂", "楼内录像机", f"lobby_{b.code}", b.code) for b in blocks),
    )
    return EstatePlan(
        code="YGHY",
        name="阳光花园",
        kind=PropertyKind.RESIDENTIAL,
        address="杭州市西湖区文三路 188 号",
        latitude=30.2741,
        longitude=120.1551,
        land_area=42_000,
        building_area=98_600,
        blocks=blocks,
        vacant_share=0.09,
        rent_share=0.2,
        gates=gates,
        cameras=cameras,
    )


_GARDEN_OUTSIDE = (
    ("东门岗亭", "east_gate"),
    ("西门岗亭", "west_gate"),
    ("北侧围墙", "north_wall"),
    ("南侧围墙", "south_wall"),
    ("儿童游乐区", "playground"),
    ("中心花园", "garden"),
    ("地库入口坡道", "ramp_in"),
    ("地库 A 区", "basement_a"),
    ("地库 B 区", "basement_b"),
    ("非机动车充电棚", "bike_shed"),
)


def _tower() -> EstatePlan:
    lobby, garage = "大堂闸机控制器", "车库控制器"
    gates = (
        GatePlan("大堂闸机 A", GateKind.TURNSTILE, lobby, "T"),
        GatePlan("大堂闸机 B", GateKind.TURNSTILE, lobby, "T"),
        GatePlan("货运通道门", GateKind.DOOR, lobby, "T"),
        GatePlan("车库入口", GateKind.LIFT_GATE, garage),
        GatePlan("车库出口", GateKind.LIFT_GATE, garage),
    )
    places = (
        ("大堂前台", "lobby"),
        ("大堂闸机", "turnstile"),
        ("货运通道", "freight"),
        ("电梯厅 1 层", "lift_hall_1"),
        ("避难层 15 层", "refuge_15"),
        ("屋面机房", "roof"),
        ("车库入口", "garage_in"),
        ("车库 B1 层", "garage_b1"),
        ("车库 B2 层", "garage_b2"),
        ("配电房走廊", "switch_room"),
        ("消防通道", "fire_lane"),
        ("垃圾房", "waste_room"),
    )
    return EstatePlan(
        code="BJZX",
        name="滨江中心",
        kind=PropertyKind.OFFICE,
        address="杭州市滨江区江南大道 588 号",
        latitude=30.2084,
        longitude=120.2116,
        land_area=9_800,
        building_area=46_300,
        blocks=(BlockPlan("T", "滨江中心大厦", 1, 26, 8, UnitUse.OFFICE),),
        vacant_share=0.14,
        rent_share=0.8,
        gates=gates,
        cameras=tuple(CameraPlan(name, "大厦录像机", key, "T") for name, key in places),
    )


def _street() -> EstatePlan:
    blocks = tuple(BlockPlan(code, f"{code} 座", 1, 2, 11, UnitUse.SHOP) for code in "ABCDEF")
    parking = "停车场控制器"
    gates = (
        GatePlan("停车场入口", GateKind.LIFT_GATE, parking),
        GatePlan("停车场出口", GateKind.LIFT_GATE, parking),
        GatePlan("商管办公室门", GateKind.DOOR, parking, "A"),
        GatePlan("后勤通道门", GateKind.DOOR, parking, "D"),
    )
    places = (
        ("南入口广场", "south_square"),
        ("北入口", "north_entry"),
        ("A 座中庭", "hall_a"),
        ("C 座连廊", "bridge_c"),
        ("美食区后巷", "back_alley"),
        ("停车场出入口", "parking"),
        ("卸货区", "unloading"),
        ("F 座扶梯口", "escalator_f"),
    )
    return EstatePlan(
        code="NHLJ",
        name="南湖里街",
        kind=PropertyKind.COMMERCIAL,
        address="杭州市上城区南湖里 1–66 号",
        latitude=30.2441,
        longitude=120.1703,
        land_area=18_500,
        building_area=21_700,
        blocks=blocks,
        vacant_share=0.1,
        rent_share=0.85,
        gates=gates,
        cameras=tuple(CameraPlan(name, "街区录像机", key) for name, key in places),
    )


ESTATES = (_garden(), _tower(), _street())

# How many machines of a kind an estate has on line; the others have a file only, as in most estates.
_ON_LINE = {
    DeviceKind.GATE_CONTROLLER: 99,
    DeviceKind.RECORDER: 99,
    DeviceKind.LIFT: 4,
    DeviceKind.PUMP: 3,
    DeviceKind.METER: 4,
    DeviceKind.FIRE: 1,
    DeviceKind.HVAC: 1,
}


class _Known(Protocol):
    @property
    def kind(self) -> DeviceKind: ...


D = TypeVar("D", bound=_Known)


def played_devices(devices: Iterable[D]) -> list[D]:
    """Those of an estate's devices that talk to us: the first of each kind, those that steer gates first."""
    left, found = dict(_ON_LINE), []
    for device in devices:
        if left.get(device.kind, 0) > 0:
            left[device.kind] -= 1
            found.append(device)
    return found
