"""The words that sheets are filled in with: as the contract spells them, and in Chinese."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

from models.rules.person import OccupancyKind
from models.rules.place import BillingAreaBasis, Orientation, PropertyKind, UnitStatus, UnitUse
from models.rules.vehicle import VehicleKind

E = TypeVar("E", bound=Enum)


def words(enum: type[E], chinese: Mapping[str, E]) -> dict[str, E]:
    """Every member by its own name, and the Chinese words."""
    return {**{member.name: member for member in enum}, **chinese}


PROPERTY_KINDS = words(
    PropertyKind,
    {
        "住宅": PropertyKind.RESIDENTIAL,
        "商业": PropertyKind.COMMERCIAL,
        "写字楼": PropertyKind.OFFICE,
        "办公": PropertyKind.OFFICE,
        "综合": PropertyKind.MIXED,
    },
)
AREA_BASES = words(BillingAreaBasis, {"建筑面积": BillingAreaBasis.BUILT_UP, "套内面积": BillingAreaBasis.INNER})
ORIENTATIONS = words(
    Orientation,
    {
        "北": Orientation.NORTH,
        "东北": Orientation.NORTH_EAST,
        "东": Orientation.EAST,
        "东南": Orientation.SOUTH_EAST,
        "南": Orientation.SOUTH,
        "西南": Orientation.SOUTH_WEST,
        "西": Orientation.WEST,
        "西北": Orientation.NORTH_WEST,
        "南北": Orientation.NORTH_SOUTH,
    },
)
UNIT_USES = words(
    UnitUse, {"住宅": UnitUse.DWELLING, "商铺": UnitUse.SHOP, "办公": UnitUse.OFFICE, "储藏": UnitUse.STORAGE}
)
UNIT_STATUSES = words(
    UnitStatus,
    {
        "空置": UnitStatus.VACANT,
        "自住": UnitStatus.OCCUPIED,
        "出租": UnitStatus.RENTED,
        "装修": UnitStatus.RENOVATING,
        "装修中": UnitStatus.RENOVATING,
    },
)
OCCUPANCY_KINDS = words(
    OccupancyKind,
    {
        "业主": OccupancyKind.OWNER,
        "共有人": OccupancyKind.CO_OWNER,
        "租户": OccupancyKind.TENANT,
        "家庭成员": OccupancyKind.FAMILY,
        "家属": OccupancyKind.FAMILY,
    },
)
VEHICLE_KINDS = words(
    VehicleKind,
    {
        "业主车": VehicleKind.OWNER,
        "业主": VehicleKind.OWNER,
        "月租车": VehicleKind.MONTHLY,
        "月租": VehicleKind.MONTHLY,
        "访客车": VehicleKind.VISITOR,
        "访客": VehicleKind.VISITOR,
        "临时车": VehicleKind.TEMPORARY,
        "临时": VehicleKind.TEMPORARY,
        "黑名单": VehicleKind.BLACKLISTED,
    },
)
