"""The ground floor: tables, rules, the viewer, predicates, scope. Imports nothing of the house above it."""

from tortoise import Tortoise

from models.account import AccessToken, Account, CustomRole, RefreshToken, RoleAssignment, Session
from models.alarm import Alarm, AlarmEscalation
from models.api_client import ApiClient, ApiClientSecret
from models.audit import AuditEntry
from models.bill import Bill, BillLine
from models.camera import Camera
from models.charge_item import ChargeItem
from models.data_import import DataImport, ImportFault
from models.device import Device, DeviceCredential, DeviceSequence
from models.event import EventStream, LoggedEvent
from models.export import DataExport
from models.file import File
from models.forum import ForumBoard, ForumLike, ForumPost, ForumReply, ForumReport, ForumToken, ForumWord
from models.gate import AccessEvent, Gate
from models.idempotency_key import IdempotencyKey
from models.job import Job
from models.ledger import Entry, LedgerAccount, Posting
from models.organization import Organization
from models.payment import Allocation, Payment
from models.person import Occupancy, Person
from models.place import Building, Entrance, Property, Unit
from models.rejected_message import RejectedMessage
from models.staff import Staff
from models.telemetry import DeviceReading, LatestReading
from models.ticket import Ticket
from models.vehicle import Vehicle
from models.work_order import WorkOrder, WorkOrderStep

__all__ = [
    "AccessEvent",
    "AccessToken",
    "Account",
    "Alarm",
    "AlarmEscalation",
    "Allocation",
    "ApiClient",
    "ApiClientSecret",
    "AuditEntry",
    "Bill",
    "BillLine",
    "Building",
    "Camera",
    "ChargeItem",
    "CustomRole",
    "DataExport",
    "DataImport",
    "Device",
    "DeviceCredential",
    "DeviceReading",
    "DeviceSequence",
    "Entrance",
    "Entry",
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
    "IdempotencyKey",
    "ImportFault",
    "Job",
    "LatestReading",
    "LedgerAccount",
    "LoggedEvent",
    "Occupancy",
    "Organization",
    "Payment",
    "Person",
    "Posting",
    "Property",
    "RefreshToken",
    "RejectedMessage",
    "RoleAssignment",
    "Session",
    "Staff",
    "Ticket",
    "Unit",
    "Vehicle",
    "WorkOrder",
    "WorkOrderStep",
]

# Links the models to each other, so that the contract can be built without a database.
Tortoise.init_models(["models"], "models")
