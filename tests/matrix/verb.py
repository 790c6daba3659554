"""Who may use each verb on rows of the own Property, by hand; and the calls that try it.

A permission: who holds it there (and sees the row). A word:
- `anybody`, `signed in`;
- `assignee`: the technician that the order was given to;
- `author`: whose it is, see tests/matrix/author.py.

Behind a permission: `everywhere`, in all of the company; `anywhere`, in one Property of it; or another one that it
takes to see the row.
A verb that is not named here fails the build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.matrix.author import AUTHORS
from tests.matrix.may import HOLDS, may
from tests.visible import further

if TYPE_CHECKING:
    from collections.abc import Iterable

# About nobody but who asks, before anybody is known, or by multipart: tested beside their domain.
ELSEWHERE = {
    *("accountSignIn", "accountSignInBySms", "accountSignInByOidc", "accountSignInByWechat", "apiClientSignIn"),
    *("accountActivate", "accountSignOut", "sessionRefresh", "sessionRevokeOthers", "smsCodeSend", "oidcBegin"),
    *("accountPasswordChange", "accountTotpBegin", "accountTotpConfirm", "accountTotpRemove", "accountBindWechat"),
    *("fileUpload", "importCreate", "notificationReadAll", "notificationPreferenceSet", "pushDeviceRegister"),
}
# A verb on many rows is refused for each: tests/test_day_work.py, tests/test_shift.py.
ELSEWHERE |= {"workOrderAssignMany", "workOrderCancelMany", "shiftAssign"}
VERBS: dict[str, str] = {
    "ticketCreate": "ticket.create",
    "ticketCancel": "author",
    "ticketReopen": "author",
    "ticketRate": "author",
    "ticketComment": "author",
    "ticketAnswer": "ticket.handle",
    "ticketFollowUp": "ticket.handle",
    "ticketCategoryCreate": "ticket.manage",
    "ticketCategoryUpdate": "ticket.manage",
    "ticketCategoryArchive": "ticket.manage",
    "propertySetTicketDays": "ticket.manage",
    **dict.fromkeys(("ticketAwaitResident", "ticketClassify", "ticketResume"), "ticket.handle"),
    **dict.fromkeys(("businessCalendarSet", "holidaySet", "holidayRemove"), "ticket.manage"),
    **dict.fromkeys(("slaTargetSet", "slaTargetArchive"), "ticket.manage"),
    "ticketOpenWorkOrder": "work_order.create",
    "dispatchRuleSet": "work_order.assign",
    "workOrderAssign": "work_order.assign",
    "workOrderAccept": "assignee",
    "workOrderDecline": "assignee",
    "workOrderDepart": "assignee",
    "workOrderStart": "assignee",
    "workOrderWait": "assignee",
    "workOrderComplete": "assignee",
    "workOrderVerify": "work_order.verify",
    "workOrderReturn": "work_order.verify",
    "workOrderClose": "work_order.verify",
    "workOrderCancel": "work_order.assign",
    "workOrderReopen": "work_order.verify",
    "workOrderCheck": "assignee",
    "workOrderRecordLabour": "author",
    "workOrderSetContractor": "work_order.assign",
    "workOrderCharge": "bill.create",
    "gateOpen": "gate.open",
    "rejectedMessageDismiss": "ingest.read",
    "deviceCreate": "device.manage",
    "deviceUpdate": "device.manage",
    "deviceRetire": "device.manage",
    "deviceCredentialIssue": "device.manage",
    "deviceCredentialRevoke": "device.manage",
    "cameraCreate": "device.manage",
    "cameraUpdate": "device.manage",
    "cameraArchive": "device.manage",
    "alarmRaise": "alarm.handle",
    "alarmAcknowledge": "alarm.handle",
    "alarmClear": "alarm.handle",
    "alarmOpenWorkOrder": "work_order.create alarm.read",
    "alarmEscalationSet": "device.manage",
    "forumPostCreate": "forum.write",
    "forumPostUpdate": "author",
    "forumPostDelete": "author",
    "forumPostLike": "forum.read",
    "forumPostUnlike": "forum.read",
    "forumPostReport": "forum.read",
    "forumReplyCreate": "forum.write",
    "forumReplyDelete": "author",
    "forumReplyLike": "forum.read",
    "forumReplyUnlike": "forum.read",
    "forumReplyReport": "forum.read",
    "forumBoardCreate": "forum.moderate",
    "forumBoardUpdate": "forum.moderate",
    "forumBoardArchive": "forum.moderate",
    "forumPostHide": "forum.moderate",
    "forumPostRestore": "forum.moderate",
    "forumPostPin": "forum.moderate",
    "forumPostUnpin": "forum.moderate",
    "forumPostMarkOfficial": "forum.moderate",
    "forumReplyHide": "forum.moderate",
    "forumReplyRestore": "forum.moderate",
    "forumReplyMarkOfficial": "forum.moderate",
    "forumReportResolve": "forum.moderate",
    "forumWordRemove": "forum.moderate everywhere",
    "chargeItemCreate": "bill.create",
    "chargeItemArchive": "bill.create",
    "billCreate": "bill.create",
    "billCredit": "bill.create",
    "paymentRecord": "payment.record",
    "paymentReverse": "payment.record",
    "prepaymentApply": "payment.record",
    "exportCancel": "author",
    "notificationRead": "author",
    "pushDeviceRemove": "author",
    "vehicleCreate": "import.run",
    "vehicleUpdate": "import.run",
    "vehicleArchive": "import.run",
    "skillCreate": "staff.manage anywhere",
    "skillUpdate": "staff.manage everywhere",
    "skillArchive": "staff.manage everywhere",
    "staffSkillSet": "staff.manage anywhere",
    **dict.fromkeys(("attendanceCheckIn", "attendanceCheckOut"), "author"),
    **dict.fromkeys(("attendanceCorrect", "propertySetAttendance"), "staff.manage"),
    **dict.fromkeys(("shiftCreate", "shiftArchive", "shiftUnassign"), "staff.manage"),
    **dict.fromkeys(("teamCreate", "teamUpdate", "teamArchive", "teamMemberAdd", "teamMemberRemove"), "staff.manage"),
    "warehouseCreate": "stock.manage",
    "warehouseUpdate": "stock.manage",
    "warehouseArchive": "stock.manage",
    "stockItemCreate": "stock.manage anywhere",
    "stockItemUpdate": "stock.manage everywhere",
    "stockItemArchive": "stock.manage everywhere",
    "stockReceive": "stock.keep",
    "stockIssue": "stock.keep",
    "stockReturn": "author",
    "stockTransfer": "stock.keep",
    "stockLevelSet": "stock.manage",
    "workOrderUseMaterial": "author",
    "stocktakeStart": "stock.keep",
    "stocktakeCount": "stock.keep",
    "stocktakeFinish": "stock.manage",
    "stocktakeCancel": "stock.keep",
    "importCancel": "import.run",
    "exportCreate": "export.run anywhere",
    "forumWordAdd": "forum.moderate everywhere",
    "apiClientCreate": "api_client.manage everywhere",
    "apiClientUpdate": "api_client.manage everywhere",
    "apiClientSecretRotate": "api_client.manage everywhere",
    "apiClientSecretRevoke": "api_client.manage everywhere",
    "apiClientRevoke": "api_client.manage everywhere",
    "accountCreate": "account.manage everywhere",
    "accountDisable": "account.manage everywhere",
    "accountEnable": "account.manage everywhere",
    "accountUpdate": "author",
    "accountPasswordReset": "account.manage everywhere",
    "roleAssign": "role.manage",
    "roleRevoke": "role.manage",
    "customRoleCreate": "role.manage everywhere",
    "customRoleUpdate": "role.manage everywhere",
    "customRoleArchive": "role.manage everywhere",
    "occupancyCreate": "person.manage",
    "occupancyEnd": "person.manage",
    "identityRemove": "author",
    "identityProviderSet": "account.manage role.manage everywhere",
    "identityProviderArchive": "account.manage role.manage everywhere",
    "sessionRevoke": "author",
    "deviceCredentialRotate": "device.manage",
    "personIdNumberReveal": "person.reveal",
    "personFaceReveal": "face.read",
    "personIdNumberSet": "person.manage",
    "personFaceSet": "person.manage",
    "personFaceRemove": "person.manage",
    "personErase": "person.manage",
    "consentTextPublish": "person.manage everywhere",
    "consentGive": "author",
    "consentWithdraw": "author",
}
# Verbs that make something of the company's own: no id of a row.
PLAIN = [
    ("skillCreate", 'input: { code: "n", name: "n" }'),
    ("exportCreate", 'input: { name: "n", format: CSV, document: "{ properties { nodes { id } } }" }'),
    ("stockItemCreate", 'input: { code: "n", name: "n", unit: "个" }'),
    ("forumWordAdd", 'input: { word: "赌场" }'),
    ("customRoleCreate", 'input: { name: "n", permissions: [GATE_READ] }'),
    ("consentTextPublish", 'input: { kind: FACE, edition: "x", body: "x" }'),
    ("identityProviderSet", 'input: { kind: WECHAT, clientId: "x", clientSecret: "x" }'),
]
# Afterwards the row is gone: tried last, and once.
ENDS = (
    *("forumReplyDelete", "forumPostDelete", "forumWordRemove", "identityRemove", "roleRevoke", "sessionRevoke"),
    *("deviceCredentialRotate", "deviceCredentialRevoke"),
)
REFUSED = {"NOT_FOUND", "FORBIDDEN", "UNAUTHENTICATED"}


def allowed(login: str, verb: str) -> bool:
    """Whether the account may, on rows of `home`."""
    need = VERBS[verb]
    if need == "assignee":
        return login == "tech1"
    if need == "author":
        return login in AUTHORS[verb]
    *permissions, last = need.split()
    if last == "anywhere":
        return may(login, permissions[0], None)
    if last == "everywhere":
        return all(may(login, permission, "home") for permission in permissions) and HOLDS[login][1] is None
    return all(may(login, permission, "home") for permission in (*permissions, last))


def calls(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(verb, field with arguments) of each verb that takes an id, one foreign id of `of` at a time, others of `own`."""
    version = "expectedVersion: 1"
    ticket = 'kind: REPAIR, category: "c", text: "t"'
    verbs = [
        ("workOrderAssign", f'id: "{of["order0"]}", input: {{ {version}, staffId: "{own["tech1_staff"]}" }}'),
        ("workOrderAssign", f'id: "{own["order0"]}", input: {{ {version}, staffId: "{of["tech1_staff"]}" }}'),
        ("workOrderAccept", f'id: "{of["order1"]}", input: {{ {version} }}'),
        ("workOrderStart", f'id: "{of["order1"]}", input: {{ {version} }}'),
        ("workOrderComplete", f'id: "{of["order1"]}", input: {{ {version}, result: "done" }}'),
        *work_calls(of, own, version),
        *ticket_calls(of, own, version),
        ("gateOpen", f'id: "{of["gate0"]}", input: {{ reason: "x" }}'),
        ("ticketCreate", f'input: {{ propertyId: "{of["home"]}", {ticket} }}'),
        ("ticketCreate", f'input: {{ propertyId: "{own["home"]}", unitId: "{of["unit0"]}", {ticket} }}'),
        ("ticketCreate", f'input: {{ propertyId: "{own["home"]}", buildingId: "{of["building"]}", {ticket} }}'),
        ("ticketCreate", f'input: {{ propertyId: "{own["home"]}", reporterId: "{of["resident_person"]}", {ticket} }}'),
        ("ticketCreate", f'input: {{ propertyId: "{own["home"]}", photoIds: ["{of["loose_file"]}"], {ticket} }}'),
        *further(of, own),
    ]
    return [(name, f"{name}({arguments})") for name, arguments in verbs]


def work_calls(of: dict[str, str], own: dict[str, str], version: str) -> list[tuple[str, str]]:
    """Those of an order of the world, which tech1 carries out."""
    order, why = f'id: "{of["order1"]}"', f'{version}, note: "x"'
    bare = ("Depart", "Verify", "Close")
    item, labour = 'itemId: "{}"', f"{version}, minutes: 1"
    return [
        *((f"workOrder{name}", f"{order}, input: {{ {version} }}") for name in bare),
        *(
            (f"workOrder{name}", f"{order}, input: {{ {why} }}")
            for name in ("Decline", "Wait", "Return", "Cancel", "Reopen")
        ),
        ("workOrderCheck", f"{order}, input: {{ {item.format(of['item1'])} }}"),
        ("workOrderCheck", f'id: "{own["order1"]}", input: {{ {item.format(of["item1"])} }}'),
        ("workOrderRecordLabour", f'{order}, input: {{ {labour}, staffId: "{own["tech1_staff"]}" }}'),
        ("workOrderRecordLabour", f'id: "{own["order1"]}", input: {{ {labour}, staffId: "{of["tech1_staff"]}" }}'),
        ("workOrderSetContractor", f'{order}, input: {{ {version}, name: "x" }}'),
    ]


def ticket_calls(of: dict[str, str], own: dict[str, str], version: str) -> list[tuple[str, str]]:
    """Those of a ticket of the resident's, and of categories."""
    ticket, category = f'id: "{of["ticket0"]}"', f'id: "{of["category1"]}"'
    home, raised = f'propertyId: "{own["home"]}"', 'kind: REPAIR, text: "t"'
    return [
        ("ticketCreate", f'input: {{ {home}, {raised}, categoryId: "{of["category1"]}" }}'),
        ("ticketCancel", f"{ticket}, input: {{ {version} }}"),
        ("ticketReopen", f'{ticket}, input: {{ {version}, reason: "x" }}'),
        ("ticketRate", f"{ticket}, input: {{ stars: 9 }}"),
        ("ticketComment", f'{ticket}, input: {{ text: "" }}'),
        ("ticketAnswer", f'{ticket}, input: {{ {version}, text: "x" }}'),
        ("ticketFollowUp", f"{ticket}, input: {{ outcome: SATISFIED }}"),
        ("ticketAwaitResident", f'{ticket}, input: {{ {version}, text: "x" }}'),
        ("ticketClassify", f'{ticket}, input: {{ {version}, categoryId: "{of["category0"]}" }}'),
        ("ticketResume", f"{ticket}, input: {{ {version} }}"),
        ("ticketCategoryCreate", f'input: {{ propertyId: "{of["home"]}", name: "n" }}'),
        ("ticketCategoryCreate", f'input: {{ {home}, name: "n", parentId: "{of["category0"]}" }}'),
        ("ticketCategoryCreate", f'input: {{ {home}, name: "n", handlerId: "{of["tech1_staff"]}" }}'),
        ("ticketCategoryUpdate", f'{category}, input: {{ {version}, name: "n" }}'),
        ("ticketCategoryUpdate", f'id: "{own["category1"]}", input: {{ {version}, handlerId: "{of["tech1_staff"]}" }}'),
        ("ticketCategoryArchive", f"{category}, input: {{ {version} }}"),
        ("propertySetTicketDays", f'id: "{of["home"]}", input: {{ {version}, reopenDays: 1, closeDays: 1 }}'),
    ]


def first_calls(ids: dict[str, str]) -> list[tuple[str, str]]:
    """One call of each verb, on rows that are all the own Property's. A version is stale, so that nothing changes."""
    found: dict[str, str] = {}
    for verb, call in [*calls(ids, ids), *((verb, f"{verb}({arguments})") for verb, arguments in PLAIN)]:
        found.setdefault(verb, call.replace("expectedVersion: 1", "expectedVersion: 999"))
    return list(found.items())


def codes(answer: dict[str, Any], verb: str) -> list[str]:
    """What was refused, wherever it says so."""
    errors: Iterable[dict[str, Any]] = answer.get("errors", [])
    told = [error["extensions"]["code"] for error in errors]
    return told or [error["code"] for error in answer["data"][verb]["userErrors"]]
