"""The GraphQL contract: one schema of all domains."""

from __future__ import annotations

from functools import cache
from typing import Annotated

import strawberry
from strawberry.schema.config import StrawberryConfig

from schema import enum as _enums  # noqa: F401 - described before the types use them
from schema.account import AccountMutation, AccountQuery
from schema.account_identity import AccountIdentityMutation
from schema.alarm import AlarmMutation, AlarmQuery, AlarmSubscription
from schema.api_client import ApiClientMutation, ApiClientQuery
from schema.attendance import AttendanceMutation, AttendanceQuery, AttendanceSubscription
from schema.audit import AuditQuery
from schema.base import EVERY_PROGRAM, SCALARS, Info, Node, decode
from schema.base.making import quicken
from schema.base.node import split
from schema.bill import BillMutation, BillQuery, BillSubscription
from schema.business_calendar import BusinessCalendarMutation, BusinessCalendarQuery
from schema.camera import CameraMutation, CameraQuery
from schema.charge_item import ChargeItemMutation, ChargeItemQuery
from schema.consent import ConsentMutation, ConsentQuery
from schema.data_import import DataImportMutation, DataImportQuery, DataImportSubscription
from schema.device import DeviceMutation, DeviceQuery, DeviceSubscription
from schema.dispatch import DispatchMutation, DispatchQuery
from schema.enrolment import EnrolmentMutation
from schema.erasure import ErasureMutation
from schema.export import ExportMutation, ExportQuery, ExportSubscription
from schema.file import FileMutation
from schema.forum import ForumModerationMutation, ForumMutation, ForumQuery, ForumSubscription
from schema.gate import GateMutation, GateQuery, GateSubscription
from schema.identity_provider import IdentityProviderMutation, IdentityProviderQuery
from schema.ledger import LedgerQuery
from schema.notification import (
    NotificationMutation,
    NotificationQuery,
    NotificationSubscription,
    NotificationWayMutation,
    NotificationWayQuery,
)
from schema.occupancy import OccupancyMutation
from schema.oidc import OidcMutation
from schema.password import PasswordMutation
from schema.payment import PaymentMutation, PaymentQuery
from schema.person import PersonMutation, PersonQuery
from schema.place import PlaceQuery
from schema.rejected_message import RejectedMessageMutation, RejectedMessageQuery
from schema.role import RoleMutation, RoleQuery
from schema.session import SessionMutation, SessionQuery
from schema.shift import ShiftMutation, ShiftQuery
from schema.skill import SkillMutation, SkillQuery
from schema.sla import SlaMutation, SlaQuery, SlaStatisticQuery, SlaSubscription
from schema.sms_code import SmsCodeMutation
from schema.staff import StaffQuery
from schema.status import LiveStatusQuery
from schema.stock import StockMutation, StockQuery, StockSubscription, WarehouseMutation
from schema.team import TeamMutation, TeamQuery
from schema.telemetry import TelemetryQuery
from schema.ticket import TicketMutation, TicketQuery, TicketSubscription
from schema.ticket_category import TicketCategoryMutation, TicketCategoryQuery
from schema.totp import TotpMutation
from schema.vehicle import VehicleMutation, VehicleQuery
from schema.wechat import WechatMutation
from schema.work_order import WorkOrderMutation, WorkOrderQuery, WorkOrderSubscription


@strawberry.type(description="Reads. Everything is seen through the viewer's scope.")
class Query(
    AccountQuery,
    ApiClientQuery,
    RoleQuery,
    IdentityProviderQuery,
    SessionQuery,
    PlaceQuery,
    PersonQuery,
    StaffQuery,
    SkillQuery,
    TeamQuery,
    ShiftQuery,
    AttendanceQuery,
    TicketQuery,
    TicketCategoryQuery,
    BusinessCalendarQuery,
    SlaQuery,
    SlaStatisticQuery,
    WorkOrderQuery,
    DispatchQuery,
    GateQuery,
    TelemetryQuery,
    RejectedMessageQuery,
    DeviceQuery,
    CameraQuery,
    AlarmQuery,
    ForumQuery,
    ChargeItemQuery,
    BillQuery,
    PaymentQuery,
    LedgerQuery,
    ExportQuery,
    VehicleQuery,
    StockQuery,
    DataImportQuery,
    ConsentQuery,
    NotificationQuery,
    NotificationWayQuery,
    AuditQuery,
    LiveStatusQuery,
):
    """Reads."""

    @strawberry.field(
        description="Any object by its id: null for foreign and missing alike.",
        metadata={"scopes": EVERY_PROGRAM, "node": None},
    )
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Any id of this schema.")]
    ) -> Node | None:
        """Any object by its id."""
        key = decode(None, id)
        found: Node | None = await info.context.reader.one(split(id)[0], key)
        return found


@strawberry.type(description="Verbs. Each answers with what it changed, or with userErrors and nothing changed.")
class Mutation(
    AccountMutation,
    ApiClientMutation,
    EnrolmentMutation,
    RoleMutation,
    OccupancyMutation,
    SmsCodeMutation,
    OidcMutation,
    WechatMutation,
    AccountIdentityMutation,
    IdentityProviderMutation,
    SessionMutation,
    PasswordMutation,
    TotpMutation,
    FileMutation,
    TicketMutation,
    TicketCategoryMutation,
    BusinessCalendarMutation,
    SlaMutation,
    WorkOrderMutation,
    DispatchMutation,
    GateMutation,
    RejectedMessageMutation,
    DeviceMutation,
    CameraMutation,
    AlarmMutation,
    ForumMutation,
    ForumModerationMutation,
    ChargeItemMutation,
    BillMutation,
    PaymentMutation,
    ExportMutation,
    VehicleMutation,
    SkillMutation,
    TeamMutation,
    ShiftMutation,
    AttendanceMutation,
    WarehouseMutation,
    StockMutation,
    DataImportMutation,
    NotificationMutation,
    NotificationWayMutation,
    PersonMutation,
    ConsentMutation,
    ErasureMutation,
):
    """Verbs."""


@strawberry.type(description="Live streams. Each event comes exactly once, in order; resume with `after`.")
class Subscription(
    TicketSubscription,
    SlaSubscription,
    WorkOrderSubscription,
    GateSubscription,
    DeviceSubscription,
    AlarmSubscription,
    AttendanceSubscription,
    StockSubscription,
    ForumSubscription,
    BillSubscription,
    ExportSubscription,
    DataImportSubscription,
    NotificationSubscription,
):
    """Live streams."""


@cache
def build_schema() -> strawberry.Schema:
    """The schema of the product, built once a process."""
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
    quicken(schema)
    return schema
