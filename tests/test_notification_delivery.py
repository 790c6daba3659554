"""Ways out of the house: one effect whatever the workers and the providers do, and when who is told by which way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from adapters.database import DatabaseUnavailable
from adapters.limit import Limits
from adapters.mail import smtp as smtp_adapter
from adapters.provider_setting import SmtpSettings, mail_settings, push_settings
from adapters.setting_error import SettingsError
from models.rules.notification import MOST_TRIES
from resolvers.jobs import notification as job
from resolvers.jobs.notification import CLAIM, DeliveryRunner
from server import application
from tests.client import Client
from tests.conftest import house_of
from tests.dump import dump, owner
from tests.paging import check_paging
from tests.providers.smtp import PASSWORD, USER, serving_mail

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.settings import Settings
    from resolvers.ports import House
    from tests.factories.world import World
    from tests.providers import Others
    from tests.providers.smtp import Smtp

PREFER = """mutation ($input: NotificationPreferenceSetInput!) { notificationPreferenceSet(input: $input) {
  notificationPreference { id kind channels quietFrom version } userErrors { code field } } }"""
REGISTER = """mutation ($input: PushDeviceRegisterInput!) { pushDeviceRegister(input: $input) {
  pushDevice { id version } userErrors { code field } } }"""
REMOVE = "mutation ($id: ID!) { pushDeviceRemove(id: $id) { pushDevice { removedAt } userErrors { code } } }"
RAISE = "mutation ($input: AlarmRaiseInput!) { alarmRaise(input: $input) { userErrors { code } } }"
NEWS = "{ notifications { nodes { id deliveries { channel state attempts error dueAt } } } }"
PHONE = "1a0018970a8a5d6e0f1"


@pytest.fixture
async def mail() -> AsyncIterator[Smtp]:
    async with serving_mail() as smtp:
        yield smtp


@pytest.fixture
def house(settings: Settings, others: Others, mail: Smtp) -> House:
    """Led to the providers' simulators."""
    smtp = SmtpSettings("127.0.0.1", mail.port, "物业 <service@acme.example>", USER, PASSWORD, tls=False)
    return house_of(replace(others.settings(settings), mail=smtp))


@pytest.fixture
async def client(house: House, world: World) -> AsyncIterator[Client]:
    """The product without runners of its own: each test hands over when it wants to."""
    asgi = application(house)
    await house.database.connect()
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(asgi), base_url="http://wuye.test") as http:
            yield Client(http, world)
    finally:
        await house.counters.close()
        await house.outside.close()
        await house.database.close()


async def prefer(client: Client, who: str, channels: list[str], **wish: Any) -> dict[str, Any]:
    payload = (await client.data(PREFER, who, input={"channels": channels, **wish}))["notificationPreferenceSet"]
    return {**payload, "errors": [error["code"] for error in payload["userErrors"]]}


async def phone(client: Client, others: Others, who: str, token: str = PHONE) -> str:
    others.push.known.add(token)
    payload = (await client.data(REGISTER, who, input={"platform": "ANDROID", "token": token}))["pushDeviceRegister"]
    assert payload["userErrors"] == []
    id_: str = payload["pushDevice"]["id"]
    return id_


async def alarm(client: Client, type_: str = "FIRE") -> None:
    wish = {"propertyId": client.world.acme.id("home"), "type": type_, "severity": "CRITICAL", "summary": "冒烟"}
    assert (await client.data(RAISE, input=wish))["alarmRaise"]["userErrors"] == []


async def ways(client: Client, who: str) -> dict[str, tuple[str, str | None]]:
    """State and error of each way of the newest of an inbox."""
    return {one["channel"]: (one["state"], one["error"]) for one in (await newest(client, who))["deliveries"]}


async def newest(client: Client, who: str) -> dict[str, Any]:
    """The newest of an inbox that the world did not begin with."""
    old = {client.world.acme.id(name) for name in ("news0", "news1", "guard_news")}
    nodes: list[dict[str, Any]] = (await client.data(NEWS, who))["notifications"]["nodes"]
    return next(node for node in nodes if node["id"] not in old)


def later(house: House, others: Others, by: timedelta) -> None:
    house.clock.move(by)  # type: ignore[attr-defined]  # a HeldClock
    others.clock[0] += by


async def test_two_workers_hand_each_over_once(
    client: Client, house: House, others: Others, mail: Smtp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="wuye")
    await prefer(client, "guard", ["SMS", "EMAIL"])
    await prefer(client, "control", ["EMAIL"])  # all others
    await prefer(client, "control", ["PUSH"], kind="ALARM_RAISED")
    await phone(client, others, "control")
    await alarm(client)
    assert await ways(client, "guard") == {"SMS": ("WAITING", None), "EMAIL": ("WAITING", None)}
    await asyncio.gather(DeliveryRunner(house).look(), DeliveryRunner(house).look())
    assert not await DeliveryRunner(house).run_one()
    assert await ways(client, "guard") == {"SMS": ("SENT", None), "EMAIL": ("SENT", None)}
    assert await ways(client, "control") == {"PUSH": ("SENT", None)}
    (row,) = await owner(house, "SELECT * FROM notification_delivery WHERE channel = 'EMAIL' AND state = 'SENT'")
    ((letter),) = mail.taken
    assert (letter["To"], letter["Subject"]) == ("guard@example.com", "紧急告警：火警")
    assert letter["Message-ID"] == row["provider_key"] == f"<{row['id']}@acme.example>"
    text = letter.get_content().strip()
    assert text == "acme home发生紧急告警：火警。请立即查看。"
    ((number, template, params),) = others.sms.sent
    assert (number[:3], template, params) == (
        "139",
        "SMS_200",
        {"type": "火警", "severity": "紧急", "place": "acme home"},
    )
    ((pushed),) = others.push.pushed
    assert pushed["audience"] == {"registration_id": [PHONE]}
    assert pushed["notification"]["ios"]["alert"] == {"title": "紧急告警：火警", "body": text}
    said = caplog.text + repr(await owner(house, "SELECT * FROM notification_delivery"))
    assert "by SMS: SENT" in caplog.text
    for secret in (number, "guard@example.com", PHONE, PASSWORD, "canary-sms-secret"):
        assert secret not in said, "no address where it need not be"


async def test_providers_fail_and_the_verb_never_notices(
    client: Client, house: House, others: Others, mail: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Down, slow, throttling: again and again, later and later. Refused for good, or too often: kept aside."""
    monkeypatch.setattr(smtp_adapter, "STEP_SECONDS", 0.3)
    await prefer(client, "guard", ["SMS", "EMAIL", "PUSH"])
    await prefer(client, "control", ["EMAIL"])
    await phone(client, others, "guard")
    others.sms.down = True
    others.push.broken.extend([(500, 1000), (429, 2002)])
    mail.answers.extend(["stall", "stall", "451 later", "550 nobody", ""])
    runner = DeliveryRunner(house)
    await alarm(client)
    await runner.look()
    assert {state for state, _ in (await ways(client, "guard")).values()} == {"WAITING"}
    assert not await runner.run_one(), "not before ten seconds are over"
    mail.waiting.set()
    for wait in (10, 20, 40, 80):
        later(house, others, timedelta(seconds=wait))
        others.sms.down = wait < 40
        await runner.look()
    told = await ways(client, "guard")
    assert (told["SMS"], told["PUSH"]) == (("SENT", None), ("SENT", None))
    states = await owner(house, "SELECT state, error FROM notification_delivery WHERE channel = 'EMAIL'")
    assert sorted((row["state"], row["error"]) for row in states) == [("FAILED", "550"), ("SENT", None)]
    assert (len(others.sms.sent), len(others.push.pushed)) == (1, 1)
    await check_who_sees_what_was_given_up(client)
    others.push.broken.extend([(503, 1000)] * (2 * MOST_TRIES))
    await alarm(client, "GAS")
    for _ in range(MOST_TRIES):
        await runner.look()
        later(house, others, timedelta(hours=1))
    assert (await ways(client, "guard"))["PUSH"] == ("FAILED", "JPush gives no cid: 1000")
    others.push.broken.clear()
    later(house, others, timedelta(hours=2))
    assert not await runner.run_one()


GIVEN_UP = """{ notificationDeliveries(filter: { state: [FAILED], channel: EMAIL }) {
  nodes { kind channel error account { login } } } all: notificationDeliveries(first: 100) { nodes { id } } }"""


async def check_who_sees_what_was_given_up(client: Client) -> None:
    """Who runs the company sees all that did not arrive, others what was theirs."""
    for who, failed, most in (("admin", 1, 5), ("manager", 0, 0), ("auditor", 0, 0), ("resident", 0, 0)):
        shown = await client.data(GIVEN_UP, who)
        assert (len(shown["notificationDeliveries"]["nodes"]), len(shown["all"]["nodes"])) == (failed, most), who
    (one,) = (await client.data(GIVEN_UP, "admin"))["notificationDeliveries"]["nodes"]
    assert (one["kind"], one["error"]) == ("ALARM_RAISED", "550")
    assert one["account"]["login"] in ("guard", "control")
    assert (await client.data(GIVEN_UP, "admin", client.world.rival))["notificationDeliveries"]["nodes"] == []
    ids = [node["id"] for node in (await client.data(GIVEN_UP, "admin"))["all"]["nodes"]]
    await check_paging(client, "notificationDeliveries", "admin", "order: NEWEST", ids)


async def test_what_a_dead_worker_left_has_one_effect(
    client: Client, house: House, others: Others, mail: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It handed everything over and died before it could say so: push and mail go again by their keys, no message."""
    await prefer(client, "guard", ["SMS", "EMAIL", "PUSH"])
    await phone(client, others, "guard")
    await alarm(client)

    async def dies(*_: Any) -> None:
        raise DatabaseUnavailable("dead")

    with monkeypatch.context() as patch:
        patch.setattr(job, "_end", dies)
        with pytest.raises(DatabaseUnavailable):
            await DeliveryRunner(house).look()
    assert not await DeliveryRunner(house).run_one(), "its claim holds"
    assert (len(others.sms.sent), len(others.push.pushed), len(mail.taken)) == (1, 1, 1)
    later(house, others, CLAIM + timedelta(seconds=1))
    await DeliveryRunner(house).look()
    assert await ways(client, "guard") == {
        "SMS": ("FAILED", "OUTCOME_UNKNOWN"), "EMAIL": ("SENT", None), "PUSH": ("SENT", None)
    }  # fmt: skip
    assert (others.push.calls, len(others.push.pushed), len(others.sms.sent)) == (2, 1, 1)
    assert len({letter["Message-ID"] for letter in mail.taken}) == 1


async def test_quiet_hours_and_what_was_read_meanwhile(
    client: Client, house: House, others: Others, mail: Smtp
) -> None:
    acme = client.world.acme
    quiet = {"quietFrom": "22:00", "quietUntil": "07:00"}
    for who in ("tech1", "tech2", "guard"):
        await prefer(client, who, ["EMAIL"], **quiet)
    later(house, others, timedelta(hours=13))  # 23:00 there
    for order, who in (("order0", "tech2"), ("order1", "tech1")):
        given = f'id: "{acme.id(order)}", input: {{ expectedVersion: 1, staffId: "{acme.id(f"{who}_staff")}" }}'
        await client.data(f"mutation {{ workOrderAssign({given}) {{ userErrors {{ code }} }} }}")
    await alarm(client)
    await DeliveryRunner(house).look()
    assert [letter["To"] for letter in mail.taken] == ["guard@example.com"], "fire waits for nobody's sleep"
    assert (await newest(client, "tech2"))["deliveries"][0]["dueAt"] == "2026-11-22T23:00:00.000000Z"
    read = "mutation ($ids: [ID!]!) { notificationRead(input: { ids: $ids }) { userErrors { code } } }"
    mine = (await newest(client, "tech1"))["id"]
    await client.data(read, "tech1", ids=[mine])
    later(house, others, timedelta(hours=8))
    await DeliveryRunner(house).look()
    assert await ways(client, "tech2") == {"EMAIL": ("SENT", None)}
    assert await ways(client, "tech1") == {"EMAIL": ("DROPPED", "READ")}


class TestStorm:
    @pytest.fixture
    def limits(self) -> Limits:
        return replace(Limits(), deliveries_per_hour=2)

    async def test_a_storm_reaches_the_inbox_alone(
        self, client: Client, house: House, others: Others, mail: Smtp
    ) -> None:
        await prefer(client, "guard", ["EMAIL"])
        for type_ in ("FIRE", "GAS", "FALL"):
            await alarm(client, type_)
        await DeliveryRunner(house).look()
        rows = await owner(house, "SELECT state, error FROM notification_delivery WHERE channel = 'EMAIL'")
        assert len(mail.taken) == [row["state"] for row in rows].count("SENT")
        assert 2 <= len(mail.taken) <= 3
        later(house, others, timedelta(minutes=1))
        await alarm(client, "SMOKE")
        await DeliveryRunner(house).look()
        assert await ways(client, "guard") == {"EMAIL": ("DROPPED", "TOO_MANY")}
        later(house, others, timedelta(minutes=61))
        await alarm(client, "FIGHT")
        await DeliveryRunner(house).look()
        assert await ways(client, "guard") == {"EMAIL": ("SENT", None)}


async def test_what_somebody_wants(client: Client, house: House, others: Others) -> None:
    first = await prefer(client, "guard", ["SMS", "APP", "SMS"], quietFrom="22:00", quietUntil="07:00")
    assert (first["errors"], first["notificationPreference"]["channels"]) == ([], ["APP", "SMS"])
    own = await prefer(client, "guard", [], kind="ALARM_RAISED")
    assert own["notificationPreference"]["channels"] == ["APP"]
    before = await dump(house)
    for wish, code, field in (
        ({}, "CONFLICT", "expectedVersion"),
        ({"expectedVersion": 2}, "CONFLICT", "expectedVersion"),
        ({"quietFrom": "22:00"}, "BAD_USER_INPUT", "quietUntil"),
        ({"quietFrom": "25:00", "quietUntil": "07:00"}, "BAD_USER_INPUT", "quietFrom"),
    ):
        refused = await prefer(client, "guard", ["EMAIL"], **wish)
        assert refused["userErrors"] == [{"code": code, "field": ["input", field]}], wish
    assert await dump(house) == before
    changed = await prefer(client, "guard", ["EMAIL"], expectedVersion=1)
    assert (changed["errors"], changed["notificationPreference"]["version"]) == ([], 2)
    await alarm(client)
    assert await ways(client, "guard") == {}, "the inbox alone"

    device = await phone(client, others, "guard")
    assert await phone(client, others, "guard") == device, "again is the same"
    await phone(client, others, "control")
    listed = "{ pushDevices { nodes { id } } }"
    assert (await client.data(listed, "guard"))["pushDevices"]["nodes"] == [], "a phone has one owner"
    for number in range(9):
        await phone(client, others, "control", f"another-{number}")
    for token, who in (("one-too-many", "control"), ("短", "guard"), ("a" * 101, "guard")):
        wish = {"platform": "IOS", "token": token}
        payload = (await client.data(REGISTER, who, input=wish))["pushDeviceRegister"]
        assert payload["userErrors"] == [{"code": "BAD_USER_INPUT", "field": ["input", "token"]}], token
    mine = (await client.data(listed, "control"))["pushDevices"]["nodes"]
    for node in mine:
        assert (await client.data(REMOVE, "control", id=node["id"]))["pushDeviceRemove"]["pushDevice"]["removedAt"]
    await alarm(client, "GAS")
    assert await ways(client, "control") == {}


def test_settings_of_mail_and_push_say_what_to_do() -> None:
    given = {"MAIL_URL": "smtps://me%40x:p%2Fw@mail.example:4650", "MAIL_FROM": "物业 <a@b.example>"}
    mail = mail_settings(given)
    assert mail == SmtpSettings("mail.example", 4650, "物业 <a@b.example>", "me@x", "p/w", tls=True)
    assert "p/w" not in repr(mail)
    plain = mail_settings({**given, "MAIL_URL": "smtp://mail.example"})
    assert plain is not None
    assert (plain.port, plain.tls, plain.starttls) == (587, False, True)
    for wrong in ({"MAIL_URL": "http://x"}, {"MAIL_FROM": ""}, {"MAIL_FROM": "nobody"}, {"MAIL_URL": "smtp://"}):
        with pytest.raises(SettingsError, match="MAIL_"):
            mail_settings({**given, **wrong})
    assert (mail_settings({}), push_settings({})) == (None, None)
    with pytest.raises(SettingsError, match="JPUSH_MASTER_SECRET"):
        push_settings({"JPUSH_APP_KEY": "x"})
