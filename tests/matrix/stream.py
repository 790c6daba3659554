"""Who hears what, by hand: one event of each subscription about rows of `home`, and the accounts that hear it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models import DataExport, DataImport
from models.rules.device import DeviceState
from resolvers.device import locked, report_state
from resolvers.rights import Viewers
from resolvers.unit import system_unit
from schema import build_schema
from schema.http.execution import Engine
from subscriptions import log
from subscriptions.data_import import progressed as import_progressed
from subscriptions.export import progressed as export_progressed
from subscriptions.ports import Caller, Request, RequestRefused
from tests.client import passage

if TYPE_CHECKING:
    from resolvers.ports import House
    from subscriptions.event import Entry
    from tests.client import Client
    from tests.factories.tenant import Tenant

# Subscription: its argument (a row of the world), and who hears.
STREAMS: dict[str, tuple[str, set[str]]] = {
    # The order of the resident's ticket, given to tech2: both, and who holds work_order.read there.
    "workOrderChanged": (
        "propertyId: home",
        {"resident", "tech2", "manager", "control", "chief", "admin", "desk", "auditor"},
    ),
    # The desk comments on the resident's ticket: the resident, and who holds ticket.read there.
    "ticketChanged": (
        "propertyId: home",
        {"resident", "manager", "control", "chief", "admin", "desk", "auditor", "custom", "program"},
    ),
    # A clock of the resident's ticket, shown to them: the resident, and who holds ticket.read there.
    "slaClockChanged": (
        "propertyId: home",
        {"resident", "manager", "control", "chief", "admin", "desk", "auditor", "custom", "program"},
    ),
    # The resident passed: he himself, and who holds access_event.read there.
    "accessEventRecorded": (
        "propertyId: home",
        {"resident", "manager", "control", "chief", "admin", "guard", "auditor"},
    ),
    # device.read there.
    "deviceStateChanged": (
        "propertyId: home",
        {"manager", "control", "tech1", "tech2", "chief", "admin", "buyer", "auditor"},
    ),
    # alarm.read there; a technician sees an alarm by his order, but an event knows nothing of orders.
    "alarmChanged": ("propertyId: home", {"manager", "control", "chief", "admin", "guard", "auditor"}),
    # tech2 comes to work: he himself, and who holds roster.read there.
    "staffPresenceChanged": ("propertyId: home", {"tech2", "manager", "control", "chief", "admin", "desk", "auditor"}),
    # stock.read there.
    "stockLevelChanged": (
        "warehouseId: warehouse",
        {"manager", "tech1", "tech2", "cleaner", "chief", "admin", "buyer", "auditor"},
    ),
    # forum.read there.
    "forumReplyPosted": ("postId: post", {"resident", "neighbour", "manager", "chief", "admin", "desk", "auditor"}),
    # Who pays it, and nobody else: the others read lists.
    "billChanged": ("", {"resident"}),
    # Whose it is.
    "exportProgressed": ("", {"manager"}),
    # To whom the order is given; whose ticket is commented on; who is told of a device that fell ill, of a question.
    "notificationReceived": ("", {"tech2", "resident", "guard", "control", "desk"}),
    # import.run for what the sheet holds; import0 has people of all the company's Properties.
    "importProgressed": ("importId: import0", {"manager", "chief", "admin"}),
}


async def happen(client: Client, house: House) -> None:
    """One event of each subscription."""
    acme = client.world.acme
    keys = acme.keys
    stale = "expectedVersion: 1"
    technician, credit = acme.id("tech2_staff"), 'amount: { amount: "0.01" }, reason: "x"'
    home = f'propertyId: "{acme.id("home")}"'
    stock = f'warehouseId: "{acme.id("warehouse")}", itemId: "{acme.id("tube")}"'
    for who, call in (
        ("manager", f'workOrderAssign(id: "{acme.id("order0")}", input: {{ staffId: "{technician}", {stale} }})'),
        ("desk", f'ticketComment(id: "{acme.id("ticket0")}", input: {{ text: "好" }})'),
        ("control", f'alarmAcknowledge(id: "{acme.id("alarm0")}", input: {{}})'),
        ("tech2", f'attendanceCheckIn(input: {{ propertyId: "{acme.id("home")}" }})'),
        ("buyer", f'stockLevelSet(input: {{ {stock}, warningLevel: "11" }})'),
        ("neighbour", f'forumReplyCreate(input: {{ postId: "{acme.id("post")}", text: "好" }})'),
        ("manager", f"slaTargetSet(input: {{ {home}, priority: NORMAL, responseMinutes: 30, shown: true }})"),
        ("resident", f'ticketCreate(input: {{ {home}, kind: INQUIRY, text: "几点？" }})'),
        ("manager", f'billCredit(id: "{acme.id("bill0")}", input: {{ {credit}, {stale} }})'),
    ):
        answer = await client.data(f"mutation {{ x: {call} {{ userErrors {{ code }} }} }}", who)
        assert answer["x"]["userErrors"] == [], (call, answer)
    taken = await client.ingest(passage(acme, 1, personId=acme.id("resident_person")))
    assert taken["results"][0]["status"] == "ACCEPTED"
    async with system_unit(house, keys["organization"]) as unit:
        (device,) = (await locked(unit, [keys["lift"]])).values()
        assert await report_state(unit, device, DeviceState.FAULT)
        unit.announce(export_progressed(await DataExport.get(id=keys["export0"]), unit.now))
        unit.announce(import_progressed(await DataImport.get(id=keys["import0"]), unit.now))


class Ears:
    """Subscribes as an account does, and says which entries of the log reach it."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._viewers = Viewers(house.database, house.clock)
        self._engine = Engine(build_schema(), house, self._viewers)

    async def hears(self, subscription: str, of: Tenant, who: str, tenant: Tenant) -> list[Entry]:
        """What an account of `tenant` hears of the whole stream; a subscription that is refused hears nothing."""
        name, _, row = STREAMS[subscription][0].partition(": ")
        wanted = f'({name}: "{of.id(row)}")' if row else ""
        viewer = await self._viewers(tenant.token(who))
        assert viewer is not None
        caller = Caller(viewer, "en", tenant.token(who))
        request = Request(f"subscription {{ {subscription}{wanted} {{ cursor }} }}")
        try:
            feed = await self._engine.compile(request, caller).feed()
        except RequestRefused:
            return []
        entries = await log.read(self._house.database, feed.stream, 1, 0)
        return [entry for entry in entries if feed.wants(entry)]
