"""The ground floor: tables, rules, the viewer, predicates, scope. Imports nothing of the house above it."""

from tortoise import Tortoise

from models.account import Account
from models.account_identity import AccountIdentity
from models.alarm import Alarm, AlarmEscalation
from models.api_client import ApiClient, ApiClientSecret
from models.attempt import Attempt
from models.attendance import Attendance, AttendanceCorrection
from models.audit import AuditEntry, AuditSeal, AuditWaiting
from models.bill import Bill, BillLine
from models.business_calendar import BusinessCalendar, Holiday
from models.camera import Camera
from models.charge_item import ChargeItem
from models.consent import Consent, ConsentText
from models.data_import import DataImport, ImportFault
from models.device import Device, DeviceCredential, DeviceSequence
from models.dispatch import DispatchCall, DispatchDecision, DispatchRule
from models.erasure import Erasure
from models.event import EventStream, LoggedEvent
from models.export import DataExport
from models.file import File
from models.forum import ForumBoard, ForumLike, ForumPost, ForumReply, ForumReport, ForumToken, ForumWord
from models.gate import AccessEvent, Gate
from models.idempotency_key import IdempotencyKey
from models.identity_provider import IdentityProvider
from models.job import Job
from models.ledger import Entry, LedgerAccount, Posting
from models.notification import Notification, NotificationDelivery, NotificationPreference, PushDevice
from models.oidc import OidcState
from models.organization import Organization, RightsVersion
from models.payment import Allocation, Payment
from models.person import Occupancy, Person
from models.person_key import PersonKey
from models.place import Building, Entrance, Property, Unit
from models.rejected_message import RejectedMessage
from models.role import CustomRole, RoleAssignment
from models.session import AccessToken, RefreshToken, Session
from models.shift import Shift, ShiftAssignment
from models.skill import Skill, StaffSkill
from models.sla import SlaClock, SlaTarget
from models.sms_code import SmsCode
from models.staff import Staff
from models.stock import (
    StockBalance,
    StockBatch,
    StockItem,
    StockMovement,
    StockPick,
    Stocktake,
    StocktakeLine,
    Warehouse,
    WorkOrderMaterial,
)
from models.team import Team, TeamMember
from models.telemetry import DeviceReading, LatestReading
from models.ticket import Ticket, TicketEntry
from models.ticket_category import TicketCategory
from models.totp import AccountTotp, RecoveryCode
from models.vehicle import Vehicle
from models.wechat import BindTicket
from models.work_order import WorkOrder, WorkOrderItem, WorkOrderLabour, WorkOrderStep

__all__ = [
    "AccessEvent",
    "AccessToken",
    "Account",
    "AccountIdentity",
    "AccountTotp",
    "Alarm",
    "AlarmEscalation",
    "Allocation",
    "ApiClient",
    "ApiClientSecret",
    "Attempt",
    "Attendance",
    "AttendanceCorrection",
    "AuditEntry",
    "AuditSeal",
    "AuditWaiting",
    "Bill",
    "BillLine",
    "BindTicket",
    "Building",
    "BusinessCalendar",
    "Camera",
    "ChargeItem",
    "Consent",
    "ConsentText",
    "CustomRole",
    "DataExport",
    "DataImport",
    "Device",
    "DeviceCredential",
    "DeviceReading",
    "DeviceSequence",
    "DispatchCall",
    "DispatchDecision",
    "DispatchRule",
    "Entrance",
    "Entry",
    "Erasure",
    "EventStream",
    "File",
    "ForumBoard",
    "ForumLike",
    "ForumPost",
    "ForumReply",
    "ForumReport",
    "ForumToken",
    "ForumWord",
    "Gate",
    "Holiday",
    "IdempotencyKey",
    "IdentityProvider",
    "ImportFault",
    "Job",
    "LatestReading",
    "LedgerAccount",
    "LoggedEvent",
    "Notification",
    "NotificationDelivery",
    "NotificationPreference",
    "Occupancy",
    "OidcState",
    "Organization",
    "Payment",
    "Person",
    "PersonKey",
    "Posting",
    "Property",
    "PushDevice",
    "RecoveryCode",
    "RefreshToken",
    "RejectedMessage",
    "RightsVersion",
    "RoleAssignment",
    "Session",
    "Shift",
    "ShiftAssignment",
    "Skill",
    "SlaClock",
    "SlaTarget",
    "SmsCode",
    "Staff",
    "StaffSkill",
    "StockBalance",
    "StockBatch",
    "StockItem",
    "StockMovement",
    "StockPick",
    "Stocktake",
    "StocktakeLine",
    "Team",
    "TeamMember",
    "Ticket",
    "TicketCategory",
    "TicketEntry",
    "Unit",
    "Vehicle",
    "Warehouse",
    "WorkOrder",
    "WorkOrderItem",
    "WorkOrderLabour",
    "WorkOrderMaterial",
    "WorkOrderStep",
]

# Links the models to each other, so that the contract can be built without a database.
Tortoise.init_models(["models"], "models")
