"""Who sees devices, cameras and alarms.

- Devices: with device.read there (manager, technician, control room, buyer, auditor). Credentials: only with
  device.manage there.
- Cameras: with camera.read there (manager, control room, guard).
- Alarms: with alarm.read there (manager, control room, guard, auditor); a technician those of the orders assigned to
  him.
- How long alarms may wait: with alarm.read there; the company's own with alarm.read anywhere.
- Their photos: with device.read or alarm.read there, and through such an order.
"""

from __future__ import annotations

DEVICES = {"device", "lift", "recorder"}
CAMERAS = {"camera0", "camera1"}
ALARMS = {"alarm0", "alarm1", "alarm2"}

# "wait" is the company's: for who reads alarms anywhere.
_WATCHED = {"wait", "home_wait"} | DEVICES | CAMERAS | ALARMS | {"device_file", "alarm_file"}
_AWAY = {"wait", "away_wait", "away_pump", "away_alarm"}

SEES: dict[str, set[str]] = {
    "manager": _WATCHED | {"credential"},
    "away_manager": _AWAY,
    "control": _WATCHED,
    "tech1": DEVICES | {"device_file", "alarm1", "alarm_file"},
    "tech2": DEVICES | {"device_file"},
    "chief": _WATCHED | _AWAY | {"credential"},
    "admin": _WATCHED | _AWAY | {"credential"},
    "guard": CAMERAS | ALARMS | {"wait", "home_wait", "alarm_file"},
    "buyer": DEVICES | {"device_file"},
    "auditor": DEVICES | ALARMS | {"wait", "home_wait", "device_file", "alarm_file"},
}

ROOT_LISTS = {"alarmEscalations": {"wait", "home_wait", "away_wait"}}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {
    "devices": (DEVICES, {"away_pump"}),
    "cameras": (CAMERAS, set()),
    "alarms": (ALARMS, {"away_alarm"}),
}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {"device": "Device", "deviceCredential": "DeviceCredential", "camera": "Camera", "alarm": "Alarm"}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(name, arguments) of each verb that takes an id, with ids of `of`."""
    version, home = "expectedVersion: 1", f'propertyId: "{own["home"]}"'
    device, camera, alarm = (
        'name: "n", kind: PUMP',
        'name: "n", kind: DOME',
        'type: FIRE, severity: MAJOR, summary: "s"',
    )
    return [
        ("deviceCreate", f'input: {{ propertyId: "{of["home"]}", {device} }}'),
        ("deviceCreate", f'input: {{ {home}, {device}, buildingId: "{of["building"]}" }}'),
        ("deviceCreate", f'input: {{ {home}, {device}, unitId: "{of["unit0"]}" }}'),
        ("deviceCreate", f'input: {{ {home}, {device}, photoIds: ["{of["loose_file"]}"] }}'),
        ("deviceUpdate", f'id: "{of["lift"]}", input: {{ {version}, name: "n" }}'),
        ("deviceUpdate", f'id: "{own["lift"]}", input: {{ {version}, buildingId: "{of["building"]}" }}'),
        ("deviceRetire", f'id: "{of["lift"]}", input: {{ {version} }}'),
        ("deviceCredentialIssue", f'input: {{ deviceId: "{of["lift"]}" }}'),
        ("deviceCredentialRevoke", f'id: "{of["credential"]}"'),
        ("deviceCredentialRotate", f'id: "{of["credential"]}", input: {{ overlapHours: 1 }}'),
        ("cameraCreate", f'input: {{ propertyId: "{of["home"]}", deviceId: "{own["lift"]}", {camera} }}'),
        ("cameraCreate", f'input: {{ {home}, deviceId: "{of["lift"]}", {camera} }}'),
        ("cameraUpdate", f'id: "{of["camera0"]}", input: {{ {version}, name: "n" }}'),
        ("cameraUpdate", f'id: "{own["camera0"]}", input: {{ {version}, deviceId: "{of["lift"]}" }}'),
        ("cameraArchive", f'id: "{of["camera0"]}", input: {{ {version} }}'),
        ("alarmRaise", f'input: {{ propertyId: "{of["home"]}", {alarm} }}'),
        ("alarmRaise", f'input: {{ {home}, {alarm}, deviceId: "{of["lift"]}" }}'),
        ("alarmRaise", f'input: {{ {home}, {alarm}, cameraId: "{of["camera0"]}" }}'),
        ("alarmRaise", f'input: {{ {home}, {alarm}, buildingId: "{of["building"]}" }}'),
        ("alarmEscalationSet", f'input: {{ propertyId: "{of["home"]}", severity: MAJOR, minutes: [1] }}'),
        ("alarmAcknowledge", f'id: "{of["alarm0"]}", input: {{}}'),
        ("alarmClear", f'id: "{of["alarm0"]}", input: {{ reason: "r" }}'),
        ("alarmOpenWorkOrder", f'id: "{of["alarm0"]}", input: {{}}'),
    ]
