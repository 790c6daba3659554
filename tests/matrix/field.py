"""What each field of a node needs, beyond seeing its row. A field that is not named here fails the build.

- `open`: whoever sees the row sees the value, the same for everybody.
- `ref`: a node, or a list of nodes: whoever sees the row sees of it what he may see of those rows.
- a permission: null for whoever does not hold it in the row's Property; `or own`: and for others than the Person.
- `viewer`: depends on who asks, by its nature; tested beside its domain.
"""

from __future__ import annotations

FIELDS: dict[str, dict[str, str]] = {
    "Organization": {"open": "id name slug host version liveCursor"},
    "Account": {
        "open": "id login locale totpEnabled disabledAt createdAt version",
        "ref": "organization person staff",
        "viewer": "liveCursor",  # the owner's alone
    },
    "Person": {
        "open": "id name createdAt erasedAt version",
        "ref": "occupancies bills prepayments consents erasures",
        "person.contact or own": "phone email",
        "person.read": "idNumberMasked",
        "face.read": "faceReferenceMasked",
    },
    "Occupancy": {
        "open": "id kind share moveInOn moveOutOn createdAt version",
        "ref": "property unit person",
    },
    "Property": {
        "open": "id code name kind address landArea buildingArea timeZone createdAt version location liveCursor"
        " ticketReopenDays ticketCloseDays ticketRemindMinutes attendanceToleranceMinutes attendanceAheadMinutes"
        " attendanceCloseMinutes",
        "ref": "placeTree",
    },
    "Building": {"open": "id code name floorsAbove floorsBelow version", "ref": "property entrances"},
    "Entrance": {"open": "id code name version", "ref": "building units"},
    "Unit": {
        "open": "id number floor layout builtUpArea innerArea billingAreaBasis billingArea orientation use status"
        " createdAt version",
        "ref": "property building entrance occupancies bills",
    },
    "Bill": {
        "open": "id number periodFrom periodUntil dueOn status amount openAmount issuedAt updatedAt version"
        " workOrderNumber",
        "ref": "property building unit chargeItem payer lines allocations workOrder",
        "viewer": "viewerCanCredit",
    },
    "ChargeItem": {"open": "id code name rounding archivedAt createdAt version", "ref": "property"},
    "BillLine": {"open": "id kind description quantity unitPrice amount createdAt", "ref": "bill"},
    "Allocation": {"open": "id amount reversedAt createdAt", "ref": "bill payment"},
    "Payment": {
        "open": "id number method amount prepaidAmount receiptNumber receivedAt reversedAt reverseReason updatedAt"
        " version",
        "ref": "property payer recordedBy allocations",
        "viewer": "viewerCanReverse",
    },
    "Staff": {
        "open": "id number name title employedFrom employedUntil version",
        "staff.read": "phone email",
        "ref": "skills teams",
    },
    "Skill": {"open": "id code name archivedAt createdAt version"},
    "StaffSkill": {"open": "id level endedAt updatedAt version", "ref": "staff skill"},
    "Team": {"open": "id name archivedAt createdAt version", "ref": "property leader members"},
    "Shift": {
        "open": "id name startsAt endsAt breakMinutes restMinutes archivedAt createdAt version",
        "ref": "property",
    },
    "ShiftAssignment": {
        "open": "id day startsAt endsAt cancelledAt createdAt version",
        "ref": "property shift staff",
    },
    "Attendance": {
        "open": "id status day checkedInAt checkedOutAt minutes checkInClientAt"
        " checkOutClientAt correctedAt updatedAt version",
        "ref": "property staff shiftAssignment photos corrections",
        "viewer": "lateMinutes earlyMinutes checkInLocation checkInDevice checkOutLocation checkOutDevice"
        " viewerCanCheckOut viewerCanCorrect",
    },
    "AttendanceCorrection": {
        "open": "id reason fromStatus fromCheckedInAt fromCheckedOutAt toCheckedInAt toCheckedOutAt createdAt",
        "ref": "correctedBy",
    },
    "BusinessCalendar": {
        "open": "id monday tuesday wednesday thursday friday saturday sunday createdAt updatedAt version",
        "ref": "property",
    },
    "Holiday": {"open": "id day name hours archivedAt createdAt updatedAt version", "ref": "property"},
    "SlaTarget": {
        "open": "id priority responseMinutes resolutionMinutes warnPercent aroundTheClock shown archivedAt createdAt"
        " updatedAt version",
        "ref": "property ticketCategory",
    },
    "SlaClock": {
        "open": "id kind state day targetMinutes warnPercent aroundTheClock shown startedAt dueAt warnAt elapsedMinutes"
        " remainingMinutes pausedAt warnedAt breachedAt stoppedAt version",
        "ref": "property ticket workOrder ticketCategory staff team",
    },
    "TeamMember": {"open": "id joinedOn leftOn version", "ref": "team staff"},
    "LedgerAccount": {
        "open": "id kind balance createdAt",
        "ref": "property chargeItem person bills entries",
    },
    "Entry": {"open": "id amount occurredAt", "ref": "posting ledgerAccount"},
    "Posting": {"open": "id kind occurredAt", "ref": "property account bill payment entries"},
    "Ticket": {
        "open": "id number kind category department text status priority appointmentAt remindAt remindedAt"
        " resolvedAt closedAt cancelledAt closeAt reopenUntil reopenCount awaitingSince stars ratingText ratedAt"
        " createdAt updatedAt version",
        "ref": "property building unit reporter ticketCategory handler photos workOrders timeline slaClocks",
        "viewer": "viewerCanCancel viewerCanReopen viewerCanRate viewerCanAnswer viewerCanFollowUp viewerCanComment"
        " viewerCanAwaitResident viewerCanClassify viewerCanResume viewerCanOpenWorkOrder",
    },
    "TicketEntry": {
        "open": "id kind internal text status stars outcome byStaff occurredAt",
        "ref": "staff person workOrderStep",
    },
    "TicketCategory": {
        "open": "id kind name icon skill department beforePhoto afterPhoto opensWorkOrder reopenDays closeDays"
        " keywords checklist position archivedAt createdAt updatedAt version",
        "ref": "property parent children handler",
    },
    "File": {
        "open": "id moment mediaType sizeBytes kind name width height createdAt",
        "viewer": "url thumbnailUrl",  # signed for a moment
    },
    "WorkOrder": {
        "open": "id number summary status priority result skill needsBeforePhoto needsAfterPhoto assignedAt acceptedAt"
        " declinedAt departedAt startedAt waitingAt completedAt verifiedAt closedAt cancelledAt reopenedAt reworkCount"
        " closeAt reopenUntil labourMinutes createdAt updatedAt version",
        "ref": "property building unit ticket alarm reporter assignee photos steps items labour materials bills"
        " slaClocks whyAssigned decisions",
        "work_order.read": "dispatchState dispatchReason dispatchDueAt escalatedAt",
        "note.read": "contractorName contractorPhone",
        "cost.read": "labourCost contractorCost",
        "viewer": "viewerCanAssign viewerCanAccept viewerCanDecline viewerCanDepart viewerCanStart viewerCanWait"
        " viewerCanComplete viewerCanVerify viewerCanReturn viewerCanClose viewerCanCancel viewerCanReopen"
        " viewerCanCheck viewerCanCharge",
    },
    "WorkOrderStep": {
        "open": "id verb fromStatus toStatus occurredAt",
        "ref": "staff person assignee",
        "note.read": "note location",
    },
    "WorkOrderItem": {"open": "id text position doneAt version", "ref": "doneBy"},
    "WorkOrderLabour": {"open": "id minutes note occurredAt", "ref": "staff", "cost.read": "cost"},
    "DispatchRule": {
        "open": "id enabled needsPresence skillWeight placeWeight loadWeight fairnessWeight acceptLow acceptNormal"
        " acceptHigh acceptUrgent rounds createdAt updatedAt version",
        "ref": "property",
    },
    "DispatchDecision": {
        "open": "id outcome reason score terms text candidates round occurredAt",
        "ref": "workOrder staff decidedBy",
    },
    "Alarm": {
        "open": "id type severity summary count firstAt lastAt raisedAt active acknowledged acknowledgedAt"
        " clearedAt escalationLevel escalatedAt updatedAt version",
        "ref": "property building device camera acknowledgedBy clearedBy workOrder photos",
        "note.read": "acknowledgeNote clearReason",
        "viewer": "viewerCanAcknowledge viewerCanClear viewerCanOpenWorkOrder",
    },
    "AlarmEscalation": {"open": "id severity minutes effectiveFrom createdAt", "ref": "property"},
    "Device": {
        "open": "id location name kind category brand model serial purchasedOn installedOn warrantyUntil"
        " expectedLifeMonths status retiredAt state stateReportedAt connection lastSeenAt heartbeatSeconds"
        " stateVersion createdAt updatedAt version",
        "ref": "property building unit photos cameras gates alarms latestReadings credentials",
        "cost.read": "supplier cost",
        "note.read": "notes",
        "viewer": "viewerCanManage telemetry",  # the latter takes arguments: test_telemetry
    },
    "Camera": {
        "open": "id name kind location sourceKey archivedAt createdAt updatedAt version",
        "ref": "property building device alarms",
        "viewer": "connection",  # of its device, if one may see that
    },
    "Gate": {"open": "id name kind state updatedAt version", "ref": "property building device"},
    "LatestReading": {"open": "id metric value unit occurredAt recordedAt"},
    "DeviceReading": {"open": "id metric value unit occurredAt recordedAt"},
    "DeviceCredential": {"open": "id createdAt expiresAt lastUsedOn revokedAt", "ref": "device property"},
    "AccessEvent": {
        "open": "id direction method result reason occurredAt recordedAt",
        "ref": "property gate person",
    },
    "RejectedMessage": {
        "open": "id transport sequence payload code reason count firstAt lastAt dismissedAt version",
        "ref": "property device",
    },
    "ForumBoard": {
        "open": "id name description posting position archivedAt createdAt updatedAt version",
        "ref": "property posts",
        "viewer": "viewerCanPost",
    },
    "ForumPost": {
        "open": "id status official replyCount likeCount pinned lastReplyAt createdAt updatedAt version liveCursor",
        "ref": "property board photos replies",
        # What was taken down shows its text to who took it down and to who wrote it: test_forum_moderation.
        "viewer": "author title text moderationNote viewerHasLiked viewerCanReply viewerCanDelete viewerCanModerate",
    },
    "ForumReply": {
        "open": "id status official likeCount createdAt updatedAt version",
        "ref": "property post quotedReply photos",
        "viewer": "author text moderationNote viewerHasLiked viewerCanDelete viewerCanModerate",
    },
    "ForumReport": {
        "open": "id reason text status note resolvedAt createdAt version",
        "ref": "property post reply reporter",
    },
    "ForumWord": {"open": "id word createdAt"},
    "DataExport": {
        "open": "id name format state rowCount timeZone error createdAt endedAt version",
        "ref": "file",
    },
    "Notification": {
        "open": "id kind urgent title text readAt createdAt version",
        "ref": "subject property deliveries",
    },
    "NotificationPreference": {"open": "id kind channels quietFrom quietUntil version"},
    "NotificationDelivery": {
        "open": "id kind channel state attempts dueAt sentAt error createdAt version",
        "ref": "account",
    },
    "PushDevice": {"open": "id platform createdAt removedAt version"},
    "Vehicle": {"open": "id plate kind brand colour archivedAt createdAt version", "ref": "property unit owner"},
    "Warehouse": {"open": "id code name address archivedAt createdAt version", "ref": "property"},
    "StockItem": {
        "open": "id code name unit decimals category barcode keywords archivedAt createdAt version",
        "ref": "balances",
    },
    "StockBalance": {
        "open": "id quantity warningLevel lowSince updatedAt version",
        "ref": "warehouse item",
        "cost.read": "value averageCost",
    },
    "StockBatch": {
        "open": "id receivedAt expiresOn quantity quantityLeft",
        "ref": "warehouse item",
        "cost.read": "supplier unitCost",
    },
    "StockMovement": {
        "open": "id kind quantity quantityAfter note occurredAt",
        "ref": "warehouse item account workOrder stocktake origin batches",
        "cost.read": "value",
    },
    "StockPick": {"open": "id quantity", "ref": "movement batch"},
    "Stocktake": {
        "open": "id status note finishedAt createdAt version",
        "ref": "warehouse startedBy finishedBy lines movements",
    },
    "StocktakeLine": {
        "open": "id expected counted difference countedAt version",
        "ref": "stocktake item countedBy",
    },
    "WorkOrderMaterial": {
        "open": "id taken returned used updatedAt",
        "ref": "workOrder warehouse item",
        "cost.read": "cost",
    },
    "DataImport": {
        "open": "id kind mode dryRun state fileName sizeBytes rowsTotal rowsRead rowsCreated rowsChanged rowsUnchanged"
        " rowsBad startedAt endedAt createdAt version",
        "ref": "account errors",
    },
    "ImportFault": {"open": "id row code column message"},
    "AccountIdentity": {"open": "id kind issuer createdAt usedAt"},
    "IdentityProvider": {"open": "id kind issuer client loginClaim redirectUris archivedAt createdAt version"},
    "ApiClient": {
        "open": "id name identifier scopes everywhere ratePerMinute expiresAt revokedAt createdAt updatedAt version",
        "ref": "properties account secrets",
    },
    "ApiClientSecret": {"open": "id createdAt expiresAt revokedAt lastUsedAt"},
    "AuditEntry": {
        "open": "id verb actor address agent subjectType subjectKey changeCount createdAt",
        "ref": "account device property person subject sealedAs",
        "viewer": "changes summary",  # a value shows to whom its field shows: test_audit_read
    },
    "AuditSeal": {"open": "id sequence hash previous createdAt"},
    "Consent": {
        "open": "id kind act number edition purpose channel occurredAt otherWays",
        "ref": "person",
    },
    "ConsentText": {"open": "id kind edition body effectiveFrom otherWays createdAt"},
    "Erasure": {"open": "id scope requestedAt dueAt erasedAt doneAt version", "ref": "person"},
    "CustomRole": {"open": "id name description permissions archivedAt createdAt version"},
    "RoleAssignment": {
        "open": "id role validFrom validUntil createdAt",
        "ref": "account customRole property",
    },
    "Session": {
        "open": "id method address agent createdAt refreshedAt expiresAt revokedAt secondFactor",
        "ref": "account",
        "viewer": "isCurrent",
    },
}
# Null in the whole world, and why that is no gap.
NEVER: dict[str, set[str]] = {
    "CustomRole": {"archivedAt"},  # it would end the role of the account that asks
    "Session": {"revokedAt"},  # and this sign it out
}
