"""What a partner's program is shown of the contract: introspection, validation and the SDL, by scope."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_introspection_query,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
    validate_schema,
)
from graphql import (
    build_schema as parse_sdl,
)
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from models.rules.permission import PARTNER_SCOPES, Permission
from models.viewer import Viewer
from schema import build_schema
from schema.http.scoped import MOST_KEPT, Sight, Sights, narrowed
from server import SDL
from tests.factories.tenant import NOW
from tests.transport import TRANSPORTS, ask

if TYPE_CHECKING:
    from adapters.settings import Settings
    from tests.client import Client
    from tests.conftest import Live

WHOLE = build_schema()._schema
# By hand: what each scope shows at the root beside what every program is shown.
EVERY = {"node", "viewer", "organization", "property", "properties", "building", "buildings", "entrance", "entrances",
         "account", "accounts", "apiClient", "apiClients", "accountSignOut", "apiClientSignIn", "session", "sessions",
         "roleAssignment", "roleAssignments", "customRole", "customRoles", "consentTexts"}  # fmt: skip
CALENDARS = {"businessCalendar", "businessCalendars", "holiday", "holidays"}
LEVELS = {"slaTarget", "slaTargets", "slaClock", "slaClocks", "slaClockChanged"}
SHOWS: dict[Permission, set[str]] = {
    Permission.UNIT_READ: {"unit", "units"},
    Permission.PERSON_READ: {"person", "people", "occupancy", "occupancies"},
    Permission.PERSON_CONTACT: set(),
    Permission.TICKET_READ: {"ticket", "tickets", "ticketChanged", "ticketCategory", "ticketCategories",
                             "slaStatistics"} | LEVELS | CALENDARS,
    Permission.TICKET_CREATE: {"ticketCreate", "fileUpload", "ticketCategory", "ticketCategories"} | CALENDARS,
    Permission.WORK_ORDER_READ: {"workOrder", "workOrders", "workOrderBoard", "workOrderChanged", "dispatchQueue"}
    | {"stockItem", "stockItems", "dispatchDecision"} | LEVELS,
    Permission.GATE_READ: {"gate", "gates"},
    Permission.GATE_OPEN: {"gateOpen"},
    Permission.ACCESS_EVENT_READ: {"accessEvent", "accessEvents", "accessEventRecorded"},
    Permission.BILL_READ: {"bill", "bills", "payment", "payments", "chargeItem", "chargeItems", "ledgerAccount",
                           "ledgerAccounts"},
    Permission.DEVICE_READ: {"device", "devices", "deviceReadings", "deviceStateChanged"},
    Permission.CAMERA_READ: {"camera", "cameras"},
    Permission.ALARM_READ: {"alarm", "alarms", "alarmEscalations", "alarmChanged"},
    Permission.ALARM_HANDLE: {"alarmRaise", "alarmAcknowledge", "alarmClear", "fileUpload"},
    Permission.VEHICLE_READ: {"vehicle", "vehicles"},
    Permission.STOCK_READ: {"warehouse", "warehouses", "stockItem", "stockItems", "stockBalance", "stockBalances",
                            "stockBatches", "stockMovement", "stockMovements", "stocktake", "stocktakes",
                            "stockLevelChanged"},
    Permission.FORUM_READ: {"forumBoard", "forumBoards", "forumPost", "forumPosts", "forumReply", "forumReplies",
                            "forumPostLike", "forumPostUnlike", "forumPostReport", "forumReplyLike",
                            "forumReplyUnlike", "forumReplyReport", "forumReplyPosted"},
    Permission.EXPORT_RUN: {"exports", "export", "exportCreate", "exportCancel", "exportProgressed"},
}  # fmt: skip


def roots(schema: GraphQLSchema) -> set[str]:
    types = (schema.query_type, schema.mutation_type, schema.subscription_type)
    return {name for type_ in types if type_ for name in type_.fields}


def dangling(schema: GraphQLSchema) -> set[str]:
    """Types that nothing leads to from the roots: counted anew, not as the product does."""
    todo: list[Any] = [type_ for type_ in (schema.query_type, schema.mutation_type, schema.subscription_type) if type_]
    led: set[str] = set()
    while todo:
        type_ = todo.pop()
        if type_.name in led:
            continue
        led.add(type_.name)
        for field in getattr(type_, "fields", {}).values():
            todo += [get_named_type(entry.type) for entry in (field, *getattr(field, "args", {}).values())]
        todo += getattr(type_, "interfaces", ())
        if type_.name == "Node":
            todo += schema.get_implementations(type_).objects
    kept = (type_ for type_ in schema.type_map.values() if not is_introspection_type(type_))
    return {type_.name for type_ in kept if not is_specified_scalar_type(type_)} - led


def sound(schema: GraphQLSchema) -> None:
    """Valid, without loose ends, and a part of the whole: each field with the same type and arguments."""
    assert validate_schema(schema) == []
    assert dangling(schema) == set()
    for name, type_ in schema.type_map.items():
        whole: Any = WHOLE.type_map[name]
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not is_introspection_type(type_):
            for key, field in type_.fields.items():
                theirs = whole.fields[key]
                assert (str(field.type), field.args.keys()) == (str(theirs.type), theirs.args.keys())
                assert (field.description, field.deprecation_reason) == (theirs.description, theirs.deprecation_reason)
        elif isinstance(type_, GraphQLInputObjectType):
            assert type_ is whole


@pytest.mark.parametrize("scope", sorted(PARTNER_SCOPES, key=str))
def test_each_scope_shows_what_the_table_says(scope: Permission) -> None:
    schema = narrowed(WHOLE, frozenset({scope}))
    sound(schema)
    assert roots(schema) == EVERY | SHOWS[scope]


@budget(max_examples=4, deadline=None)
@given(st.frozensets(st.sampled_from(sorted(PARTNER_SCOPES))))
def test_any_set_of_scopes_is_a_sound_schema(held: frozenset[Permission]) -> None:
    schema = narrowed(WHOLE, held)
    sound(schema)
    assert roots(schema) == EVERY.union(*(SHOWS[scope] for scope in held))


def test_fields_follow_their_permission_and_what_they_lead_to() -> None:
    def fields(name: str, *held: Permission) -> set[str]:
        type_: Any = narrowed(WHOLE, frozenset(held)).type_map.get(name)
        return set(type_.fields) if type_ else set()

    device = fields("Device", Permission.DEVICE_READ)
    assert {"name", "telemetry"} <= device
    assert device & {"cost", "supplier", "credentials", "cameras", "alarms", "gates", "unit"} == set()
    assert "cameras" in fields("Device", Permission.DEVICE_READ, Permission.CAMERA_READ)
    assert "reporter" not in fields("Ticket", Permission.TICKET_READ)
    assert "Role" in narrowed(WHOLE, frozenset()).type_map
    assert "PaymentMethod" not in narrowed(WHOLE, frozenset({Permission.TICKET_READ})).type_map


def test_the_whole_is_the_contract_and_the_cache_is_bounded() -> None:
    assert Sight(WHOLE).sdl == SDL.read_text()
    sights = Sights(WHOLE, production=True)
    person = Viewer(organization_id=NOW, valid_until=NOW)  # type: ignore[arg-type]  # no id is asked for
    assert sights.of(person).schema is WHOLE
    assert (sights.of(None).introspection, sights.of(None).suggestions) == (False, False)
    program = replace(person, scopes=frozenset())
    assert sights.of(program) is sights.of(program)
    assert MOST_KEPT < 100


async def test_a_program_meets_its_part_on_every_transport(live: Live) -> None:
    acme = live.client.world.acme
    for transport in TRANSPORTS:
        for who in ("program", "manager"):
            told = await ask(live, transport, get_introspection_query(descriptions=False), who)
            names = {type_["name"] for type_ in told["data"]["__schema"]["types"]}
            assert {"Ticket", "Gate", "Query"} <= names
            assert ("Bill" in names) is (who == "manager")
        hidden = await ask(
            live, transport, '{ a: __type(name: "Bill") { name } b: __type(name: "Gate") { name } }', "program"
        )
        assert hidden["data"] == {"a": None, "b": {"name": "Gate"}}
        for query in ("{ bills { nodes { id } } }", "{ gate(id: 1) { nam } }",
                      f'{{ node(id: "{acme.id("gate0")}") {{ ... on Bill {{ id }} }} }}'):  # fmt: skip
            (error, *_) = (await ask(live, transport, query, "program"))["errors"]
            assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
            assert "Did you mean" not in error["message"]
        shown = f'{{ node(id: "{acme.id("gate0")}") {{ __typename ... on Gate {{ name }} }} }}'
        assert (await ask(live, transport, shown, "program"))["data"]["node"]["__typename"] == "Gate"


async def test_the_sdl_is_what_the_caller_may_see(client: Client) -> None:
    async def download(who: str | None) -> str:
        response = await client.http.get("/graphql/schema.graphql", headers=client.headers(who))
        assert (response.status_code, response.headers["cache-control"]) == (200, "private, no-cache")
        return response.text

    assert await download("resident") == await download(None) == SDL.read_text()
    own = await download("program")
    assert roots(parse_sdl(own)) == EVERY | SHOWS[Permission.TICKET_READ] | SHOWS[Permission.GATE_READ]
    assert '"""Tickets of a Property; a resident sees the own ones."""' in own, "descriptions come with it"
    refused = await client.http.get("/graphql/schema.graphql", headers={"authorization": "Bearer x"})
    assert refused.status_code == 401


class TestProduction:
    """Anonymous callers are told nothing, on any transport."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, production=True)

    async def test_nobody_is_told(self, live: Live) -> None:
        assert (await live.client.http.get("/graphql/schema.graphql")).status_code == 401
        own = await live.client.http.get("/graphql/schema.graphql", headers=live.client.headers("program"))
        assert own.status_code == 200
        for transport in TRANSPORTS:
            for query in (
                "{ __schema { types { name } } }",
                '{ __type(name: "Bill") { name } }',
                "{ propertie { id } }",
            ):
                (error, *_) = (await ask(live, transport, query, None))["errors"]
                assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
                assert "Did you mean" not in error["message"]
