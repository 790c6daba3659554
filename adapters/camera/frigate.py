"""Frigate (https://frigate.video): what it publishes, in the words of our devices.

Its tracked objects come on `<prefix>/events` as `{"type": new | update | end, "before": …, "after": …}`. Rules say
which label in which zone is an alarm; the alarm is cleared when the last object that raised it has ended.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from adapters.settings import SettingsError
from models.rules.alarm import AlarmSeverity, AlarmType

if TYPE_CHECKING:
    from adapters.settings import Settings

ANY_ZONE = "*"
MOST_OBJECTS = 10_000  # tracked at once; the oldest are forgotten


@dataclass(frozen=True)
class DetectionRule:
    """`label` in `zone` (None: anywhere in the picture, "*": in any zone) is an alarm from `least_score` on."""

    label: str
    zone: str | None
    type: AlarmType
    severity: AlarmSeverity
    least_score: float = 0.0

    def holds(self, seen: dict[str, Any]) -> bool:
        """Whether an object as Frigate describes it is an alarm."""
        zones = seen.get("current_zones") or []
        there = self.zone is None or (bool(zones) if self.zone == ANY_ZONE else self.zone in zones)
        score = max(_number(seen.get("score")), _number(seen.get("top_score")))
        return there and seen.get("label") == self.label and score >= self.least_score


DEFAULT_RULES = (
    DetectionRule("person", ANY_ZONE, AlarmType.INTRUSION, AlarmSeverity.MAJOR),
    DetectionRule("fire", None, AlarmType.FIRE, AlarmSeverity.CRITICAL),
    DetectionRule("smoke", None, AlarmType.SMOKE, AlarmSeverity.CRITICAL),
)


class Frigate:
    """One Frigate server: `token` is the credential of its Device, whose cameras have its names as `sourceKey`."""

    def __init__(self, prefix: str, token: str, rules: tuple[DetectionRule, ...] = DEFAULT_RULES) -> None:
        self.prefix = prefix
        self.token = token
        self._rules = rules
        self._raised: dict[tuple[str, str], tuple[str, AlarmType]] = {}  # (object, type) → camera, type

    @property
    def filters(self) -> list[str]:
        """What to subscribe to."""
        return [f"{self.prefix}/events", f"{self.prefix}/available", f"{self.prefix}/+/status/detect"]

    def translate(self, topic: str, payload: bytes, now: datetime) -> list[dict[str, Any]]:
        """Messages as devices send them; none when it is no news. Raises ValueError when it is not Frigate's."""
        parts = topic.removeprefix(f"{self.prefix}/").split("/")
        if parts == ["events"]:
            return self._tracked(orjson.loads(payload))
        word = payload.decode(errors="replace")
        stamp = {"sequence": _sequence(topic, word, now.isoformat()), "occurredAt": now.isoformat()}
        if parts == ["available"] and word in ("online", "offline"):
            return [{**stamp, "type": "deviceState", "state": "RUNNING" if word == "online" else "STOPPED"}]
        if len(parts) == 3 and parts[1:] == ["status", "detect"]:
            return _camera(parts[0], word, stamp)
        raise ValueError("not a topic or a word of Frigate")

    def _tracked(self, event: Any) -> list[dict[str, Any]]:
        after = event.get("after") if isinstance(event, dict) else None
        if not isinstance(after, dict) or not isinstance(after.get("id"), str) or event.get("type") not in _KINDS:
            raise ValueError("an event has type, before and after with an id")
        if after.get("false_positive"):
            return []
        if event["type"] == "end":
            return self._ended(after)
        return self._seen(after)

    def _seen(self, after: dict[str, Any]) -> list[dict[str, Any]]:
        """Raise once per object and type."""
        rule = next((rule for rule in self._rules if rule.holds(after)), None)
        if rule is None or (after["id"], rule.type.value) in self._raised:
            return []
        while len(self._raised) >= MOST_OBJECTS:
            self._raised.pop(next(iter(self._raised)))
        self._raised[after["id"], rule.type.value] = (str(after.get("camera")), rule.type)
        zones = "、".join(str(zone) for zone in after.get("current_zones") or [])
        score = max(_number(after.get("score")), _number(after.get("top_score")))
        return [
            {
                "sequence": _sequence(after["id"], "raise", rule.type.value),
                "type": "alarm",
                "occurredAt": _instant(after.get("frame_time")),
                "alarmType": rule.type.value,
                "severity": rule.severity.name,
                "cameraKey": str(after.get("camera")),
                "summary": f"{after.get('label')} {zones} ({score:.0%})".replace("  ", " "),
            }
        ]

    def _ended(self, after: dict[str, Any]) -> list[dict[str, Any]]:
        """Clear what this object raised, unless another one still stands for it.

        After a restart of ours nothing is remembered: then the rules say what the object may have raised.
        """
        camera = str(after.get("camera"))
        types = {type_ for (id_, _), (_, type_) in self._raised.items() if id_ == after["id"]}
        if not types:
            was = {**after, "current_zones": after.get("entered_zones")}
            types = {rule.type for rule in self._rules if rule.holds(was)}
        for type_ in types:
            self._raised.pop((after["id"], type_.value), None)
        gone = types - {type_ for place, type_ in self._raised.values() if place == camera}
        at = _instant(after.get("end_time") or after.get("frame_time"))
        return [
            {
                "sequence": _sequence(after["id"], "clear", type_.value),
                "type": "alarmCleared",
                "occurredAt": at,
                "alarmType": type_.value,
                "cameraKey": camera,
            }
            for type_ in sorted(gone, key=lambda type_: type_.value)
        ]


_KINDS = ("new", "update", "end")


def load_frigates(settings: Settings) -> list[Frigate]:
    """FRIGATE_FILE, a JSON list of `{prefix, token, rules}`, or FRIGATE_DEVICE_TOKEN. Raises SettingsError."""
    if settings.frigate_file is None:
        return [Frigate("frigate", settings.frigate_token)] if settings.frigate_token else []
    try:
        listed = orjson.loads(Path(settings.frigate_file).read_bytes())
        return [Frigate(str(one["prefix"]), str(one["token"]), _rules(one.get("rules"))) for one in listed]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(
            f"FRIGATE_FILE {settings.frigate_file} cannot be used: {type(error).__name__} {str(error)[:100]}."
            ' Write [{"prefix": "frigate", "token": "…", "rules": [{"label": "person", "zone": "yard",'
            ' "alarmType": "INTRUSION", "severity": "MAJOR", "leastScore": 0.7}]}]; see docs/mqtt.md.'
        ) from None


def _rules(listed: Any) -> tuple[DetectionRule, ...]:
    if listed is None:
        return DEFAULT_RULES
    return tuple(
        DetectionRule(
            str(rule["label"]),
            rule.get("zone"),
            AlarmType(rule["alarmType"]),
            AlarmSeverity[rule["severity"]],
            float(rule.get("leastScore", 0)),
        )
        for rule in listed
    )


def _camera(name: str, word: str, stamp: dict[str, Any]) -> list[dict[str, Any]]:
    """A camera that gives no picture is an alarm of its own."""
    told = {**stamp, "alarmType": AlarmType.DEVICE_OFFLINE.value, "cameraKey": name}
    if word == "offline":
        return [{**told, "type": "alarm", "severity": AlarmSeverity.MINOR.name, "summary": f"{name} 无画面"}]
    if word in ("online", "disabled"):
        return [{**told, "type": "alarmCleared"}]
    raise ValueError("a camera is online, offline or disabled")


def _sequence(*parts: str) -> int:
    """A number that the same news always gets: 52 bits of a hash."""
    return int(hashlib.sha256("\n".join(parts).encode()).hexdigest()[:13], 16)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def _instant(seconds: Any) -> str:
    """Frigate's seconds since 1970. Raises ValueError."""
    try:
        return datetime.fromtimestamp(float(seconds), UTC).isoformat()
    except (TypeError, OverflowError, OSError) as error:
        raise ValueError("no instant") from error
