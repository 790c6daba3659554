"""Frigate's own payloads become alarms of its cameras: in the words of its documentation, and over a real broker."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import aiomqtt
import orjson
import pytest

from adapters.camera.frigate import DEFAULT_RULES, DetectionRule, Frigate, load_frigates
from adapters.settings import Settings, SettingsError
from models.rules.alarm import AlarmSeverity, AlarmType
from tests.conftest import house_of
from tests.servers import ServerUnavailableError
from tests.servers.mosquitto import HOUSE, MosquittoServer
from tests.test_device_message import recorder_token
from tests.test_mqtt import serving, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories.world import World

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
# As https://docs.frigate.video/integrations/mqtt/ shows it.
SEEN = {
    "id": "1607123955.475377-mxklsc",
    "camera": "cam1",
    "frame_time": 1607123962.082975,
    "snapshot": {"frame_time": 1607123965.975463, "box": [415, 489, 528, 700], "area": 12728, "score": 0.77546},
    "label": "person",
    "sub_label": None,
    "top_score": 0.958984375,
    "false_positive": False,
    "start_time": 1607123955.475377,
    "end_time": None,
    "score": 0.87890625,
    "box": [432, 496, 544, 854],
    "area": 40096,
    "ratio": 1.251397,
    "region": [218, 440, 693, 915],
    "current_zones": ["yard", "driveway"],
    "entered_zones": ["yard", "driveway"],
    "has_snapshot": False,
    "has_clip": False,
    "active": True,
    "stationary": False,
    "motionless_count": 0,
    "position_changes": 2,
    "attributes": {},
}


def event(kind: str, **changes: Any) -> bytes:
    """A message on frigate/events."""
    after = {**SEEN, **changes}
    return orjson.dumps({"type": kind, "before": {**after, "current_zones": []}, "after": after})


def told(frigate: Frigate, kind: str, **changes: Any) -> list[tuple[str, str, str]]:
    """What it means: type, alarm type, camera."""
    messages = frigate.translate("frigate/events", event(kind, **changes), NOW)
    return [(message["type"], message["alarmType"], message["cameraKey"]) for message in messages]


RAISED, CLEARED = ("alarm", "INTRUSION", "cam1"), ("alarmCleared", "INTRUSION", "cam1")


def test_a_person_in_a_zone_is_an_intrusion_until_it_ends() -> None:
    frigate = Frigate("frigate", "t")
    (message,) = frigate.translate("frigate/events", event("new"), NOW)
    assert message["occurredAt"] == "2020-12-04T23:19:22.082975+00:00"
    assert (message["severity"], message["summary"]) == ("MAJOR", "person yard、driveway (96%)")
    assert told(frigate, "update") == [], "once"
    assert told(frigate, "end", end_time=1607123970.5) == [CLEARED]


def test_only_what_the_rules_name_is_an_alarm() -> None:
    frigate = Frigate("frigate", "t")
    assert told(frigate, "new", current_zones=[], entered_zones=[]) == []
    assert told(frigate, "end", current_zones=[], entered_zones=[]) == []
    assert told(frigate, "new", label="dog") == []
    assert told(frigate, "new", false_positive=True) == []
    assert told(frigate, "update", label="fire", current_zones=[]) == [("alarm", "FIRE", "cam1")]


def test_an_object_that_walks_into_a_zone_raises_then() -> None:
    frigate = Frigate("frigate", "t")
    assert told(frigate, "new", current_zones=[]) == []
    assert told(frigate, "update") == [RAISED]


def test_the_alarm_stands_while_another_object_is_there() -> None:
    frigate = Frigate("frigate", "t")
    assert told(frigate, "new", id="1-a") == [RAISED]
    assert told(frigate, "new", id="2-b") == [RAISED], "counted"
    assert told(frigate, "new", id="3-c", camera="cam0") == [("alarm", "INTRUSION", "cam0")]
    assert told(frigate, "end", id="1-a") == []
    assert told(frigate, "end", id="2-b") == [CLEARED]


def test_after_a_restart_the_end_still_clears() -> None:
    assert told(Frigate("frigate", "t"), "end", current_zones=[]) == [CLEARED]


def test_the_same_news_has_the_same_number() -> None:
    numbers = {
        Frigate("frigate", "t").translate("frigate/events", event(kind), NOW)[0]["sequence"]
        for kind in ("new", "update", "new", "end")
    }
    assert len(numbers) == 2
    assert all(0 <= number < 2**53 for number in numbers)


def test_availability() -> None:
    frigate = Frigate("frigate", "t")
    states = [frigate.translate("frigate/available", word, NOW)[0]["state"] for word in (b"online", b"offline")]
    assert states == ["RUNNING", "STOPPED"]
    (lost,) = frigate.translate("frigate/cam1/status/detect", b"offline", NOW)
    assert (lost["type"], lost["alarmType"], lost["cameraKey"]) == ("alarm", "DEVICE_OFFLINE", "cam1")
    (back,) = frigate.translate("frigate/cam1/status/detect", b"online", NOW)
    assert back["type"] == "alarmCleared"


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("frigate/events", b"{"),
        ("frigate/events", b"[]"),
        ("frigate/events", b'{"type": "new"}'),
        ("frigate/events", b'{"type": "other", "after": {"id": "x"}}'),
        ("frigate/events", event("new", frame_time="soon")),
        ("frigate/events", event("new", frame_time=1e300)),
        ("frigate/available", b"perhaps"),
        ("frigate/cam1/status/detect", b"\xff"),
    ],
)
def test_what_is_not_frigates_is_refused(topic: str, payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says its own
        Frigate("frigate", "t").translate(topic, payload, NOW)


def test_the_servers_and_their_rules_are_data(tmp_path: Path) -> None:
    assert load_frigates(Settings()) == []
    (alone,) = load_frigates(Settings(frigate_token="a.b"))
    assert (alone.prefix, alone.token, alone._rules) == ("frigate", "a.b", DEFAULT_RULES)
    path = tmp_path / "frigate.json"
    rule = {"label": "car", "zone": "fire lane", "alarmType": "VEHICLE", "severity": "MINOR", "leastScore": 0.7}
    path.write_bytes(orjson.dumps([{"prefix": "east", "token": "c.d", "rules": [rule]}]))
    (east,) = load_frigates(Settings(frigate_file=str(path)))
    assert east._rules == (DetectionRule("car", "fire lane", AlarmType.VEHICLE, AlarmSeverity.MINOR, 0.7),)
    assert east.filters[0] == "east/events"
    for text in ("", "{}", "[1]", '[{"prefix": "x"}]', '[{"prefix": "x", "token": "t", "rules": [{}]}]'):
        path.write_text(text)
        if text == "{}":
            assert load_frigates(Settings(frigate_file=str(path))) == []
            continue
        with pytest.raises(SettingsError, match="FRIGATE_FILE"):
            load_frigates(Settings(frigate_file=str(path)))


@pytest.fixture
def broker() -> Iterator[MosquittoServer]:
    server = MosquittoServer(frigate="frigate-password", **{HOUSE: "house-password"})
    try:
        server.start()
    except ServerUnavailableError as missing:
        pytest.skip(str(missing))
    with server:
        yield server


@pytest.mark.servers
async def test_over_the_broker(settings: Settings, world: World, broker: MosquittoServer) -> None:
    from tests.dump import owner

    settings = dataclasses.replace(settings, mqtt_url=broker.url(HOUSE))
    house = house_of(settings)
    await house.database.connect()
    token = await recorder_token(house, world.acme)
    await house.database.close()
    house = house_of(dataclasses.replace(settings, frigate_token=token))

    async def alarm() -> list[tuple[int, bool]]:
        rows = await owner(
            house, "SELECT count, cleared_at FROM alarm WHERE camera_id = $1", world.acme.keys["camera1"]
        )
        return [(row["count"], row["cleared_at"] is not None) for row in rows]

    async def raised() -> bool:
        return await alarm() == [(1, False)]

    async def cleared() -> bool:
        return await alarm() == [(1, True)]

    async def kept() -> bool:
        rows = await owner(house, "SELECT payload FROM rejected_message WHERE transport = 'MQTT' ORDER BY id")
        return {row["payload"][:5] for row in rows} == {"nonse", '{"seq'}

    host, port = broker.address
    signed = {"username": "frigate", "password": broker.password("frigate")}
    async with serving(house), aiomqtt.Client(host, port, **signed) as frigate:  # type: ignore[arg-type]
        await frigate.publish("frigate/events", event("new"))
        await frigate.publish("frigate/events", event("new"))
        await until(raised)
        await frigate.publish("frigate/events", event("end", end_time=1607123970.5))
        await until(cleared)
        await frigate.publish("frigate/events", b"nonsense")
        await frigate.publish("frigate/events", event("new", id="9-z", camera="unknown"))
        await until(kept)
        assert await alarm() == [(1, True)], "nonsense changes no alarm"
