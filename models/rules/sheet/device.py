"""The sheet of devices: one row per Device of a Property."""

from collections.abc import Iterator, Mapping
from typing import Any

from models.rules.data_import import ImportFaultCode as Code
from models.rules.device import MAX_HEARTBEAT, MAX_LIFE, MAX_NAME, MAX_NOTES, MAX_WORD, MIN_HEARTBEAT, DeviceKind
from models.rules.sheet.cell import day, hundredths, text, whole, word
from models.rules.sheet.column import Column, Sheet, Values
from models.rules.sheet.place import PROPERTY
from models.rules.sheet.word import words

DEAREST = "1000000000"  # yuan
DEVICE_KINDS = words(
    DeviceKind,
    {
        "门禁控制器": DeviceKind.GATE_CONTROLLER,
        "摄像头": DeviceKind.CAMERA,
        "录像机": DeviceKind.RECORDER,
        "分析主机": DeviceKind.ANALYTICS,
        "网关": DeviceKind.GATEWAY,
        "电梯": DeviceKind.LIFT,
        "水泵": DeviceKind.PUMP,
        "消防": DeviceKind.FIRE,
        "表计": DeviceKind.METER,
        "传感器": DeviceKind.SENSOR,
        "暖通": DeviceKind.HVAC,
        "照明": DeviceKind.LIGHTING,
        "配电": DeviceKind.POWER,
        "停车": DeviceKind.PARKING,
        "其他": DeviceKind.OTHER,
    },
)


def _check(values: Values) -> Iterator[tuple[str, Code, Mapping[str, Any]]]:
    for later, earlier in (("installed_on", "purchased_on"), ("warranty_until", "purchased_on")):
        if later in values and earlier in values and values[later] < values[earlier]:
            yield later, Code.DATES_REVERSED, {"other": earlier}


def _keys(values: Values) -> list[tuple[Any, ...]]:
    """A name is unique in a Property, and so is a serial number."""
    serial = [(values["property"], "serial", values["serial"])] if "serial" in values else []
    return [(values["property"], "name", values["name"]), *serial]


DEVICES = Sheet(
    columns=(
        PROPERTY,
        Column("name", "设备名称", text(MAX_NAME), required=True),
        Column("kind", "设备类型", word(DEVICE_KINDS), required=True),
        Column("category", "设备分类", text(MAX_WORD)),
        Column("brand", "品牌", text(MAX_WORD)),
        Column("model", "型号", text(MAX_WORD)),
        Column("serial", "序列号", text(MAX_WORD), also=("serial_number", "出厂编号")),
        Column("building", "楼栋", text(20), also=("building_code", "楼栋编号")),
        Column("location", "安装位置", text(MAX_WORD)),
        Column("supplier", "供应商", text(MAX_WORD)),
        Column("purchased_on", "采购日期", day),
        Column("installed_on", "安装日期", day),
        Column("warranty_until", "质保到期", day),
        Column("expected_life_months", "设计寿命", whole(1, MAX_LIFE)),
        Column("cost", "购置费用", hundredths("0", DEAREST)),
        Column("heartbeat_seconds", "心跳间隔", whole(MIN_HEARTBEAT, MAX_HEARTBEAT)),
        Column("notes", "备注", text(MAX_NOTES)),
    ),
    keys=_keys,
    check=_check,
)
