"""The sheet of devices: one row per Device of a Property."""

from models.rules.device import DeviceKind
from models.rules.sheet.cell import text, word
from models.rules.sheet.column import Column, Sheet, key_of
from models.rules.sheet.place import PROPERTY
from models.rules.sheet.word import words

DEVICE_KINDS = words(DeviceKind, {"门禁控制器": DeviceKind.GATE_CONTROLLER})

DEVICES = Sheet(
    columns=(
        PROPERTY,
        Column("name", "设备名称", text(80), required=True),
        Column("kind", "设备类型", word(DEVICE_KINDS), required=True),
    ),
    keys=key_of("property", "name"),
)
