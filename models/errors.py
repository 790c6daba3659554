"""Expected refusals: typed, coded, with parameters for the text; bugs stay loud."""

from __future__ import annotations

from enum import Enum
from typing import Any


class ErrorCode(str, Enum):
    """Every code a client can meet (limits.md). The text in the client's language is schema/messages."""

    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    BAD_REQUEST = "BAD_REQUEST"
    QUERY_LIMIT_EXCEEDED = "QUERY_LIMIT_EXCEEDED"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    FILE_TOO_LARGE = "FILE_TOO_LARGE"
    FILE_TYPE_NOT_ALLOWED = "FILE_TYPE_NOT_ALLOWED"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    RATE_LIMITED = "RATE_LIMITED"
    CONFLICT = "CONFLICT"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    IDEMPOTENCY_IN_PROGRESS = "IDEMPOTENCY_IN_PROGRESS"
    SUBSCRIPTION_LIMIT = "SUBSCRIPTION_LIMIT"
    RESUME_GONE = "RESUME_GONE"
    TIMEOUT = "TIMEOUT"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"
    # Domain codes
    WRONG_CREDENTIALS = "WRONG_CREDENTIALS"
    TOTP_REQUIRED = "TOTP_REQUIRED"
    TOTP_WRONG = "TOTP_WRONG"
    TOTP_ON = "TOTP_ON"
    TOTP_OFF = "TOTP_OFF"
    ACTIVATION_WRONG = "ACTIVATION_WRONG"
    TRANSITION_NOT_ALLOWED = "TRANSITION_NOT_ALLOWED"
    STAFF_NOT_ELIGIBLE = "STAFF_NOT_ELIGIBLE"
    FILE_ALREADY_ATTACHED = "FILE_ALREADY_ATTACHED"
    GATE_OFFLINE = "GATE_OFFLINE"
    NAME_TAKEN = "NAME_TAKEN"
    DEVICE_RETIRED = "DEVICE_RETIRED"
    CAMERA_ARCHIVED = "CAMERA_ARCHIVED"
    ALARM_ALREADY_ACKNOWLEDGED = "ALARM_ALREADY_ACKNOWLEDGED"
    ALARM_ALREADY_CLEARED = "ALARM_ALREADY_CLEARED"
    ALARM_HAS_WORK_ORDER = "ALARM_HAS_WORK_ORDER"
    UPLOAD_LIMIT = "UPLOAD_LIMIT"
    EXPORT_LIMIT = "EXPORT_LIMIT"
    FORUM_FLOOD = "FORUM_FLOOD"
    FORUM_BOARD_ARCHIVED = "FORUM_BOARD_ARCHIVED"
    FORUM_EDIT_WINDOW_OVER = "FORUM_EDIT_WINDOW_OVER"
    FORUM_ALREADY_REPORTED = "FORUM_ALREADY_REPORTED"
    CHARGE_ITEM_EXISTS = "CHARGE_ITEM_EXISTS"
    BILL_EXISTS = "BILL_EXISTS"
    CREDIT_EXCEEDS_OPEN = "CREDIT_EXCEEDS_OPEN"
    PAYMENT_EXCEEDS_DUE = "PAYMENT_EXCEEDS_DUE"
    PAYMENT_ALREADY_RECORDED = "PAYMENT_ALREADY_RECORDED"
    PAYMENT_ALREADY_REVERSED = "PAYMENT_ALREADY_REVERSED"
    PREPAYMENT_INSUFFICIENT = "PREPAYMENT_INSUFFICIENT"
    PREPAYMENT_SPENT = "PREPAYMENT_SPENT"
    NOTHING_DUE = "NOTHING_DUE"
    IMPORT_ENDED = "IMPORT_ENDED"
    PLATE_TAKEN = "PLATE_TAKEN"
    VEHICLE_ARCHIVED = "VEHICLE_ARCHIVED"
    API_CLIENT_REVOKED = "API_CLIENT_REVOKED"
    ACCOUNT_EXISTS = "ACCOUNT_EXISTS"
    ROLE_ALREADY_GIVEN = "ROLE_ALREADY_GIVEN"
    LAST_ADMINISTRATOR = "LAST_ADMINISTRATOR"
    CUSTOM_ROLE_ARCHIVED = "CUSTOM_ROLE_ARCHIVED"
    OCCUPANCY_EXISTS = "OCCUPANCY_EXISTS"
    OCCUPANCY_ENDED = "OCCUPANCY_ENDED"
    PROVIDER_UNAVAILABLE = "PROVIDER_UNAVAILABLE"
    IDENTITY_UNBOUND = "IDENTITY_UNBOUND"
    IDENTITY_TAKEN = "IDENTITY_TAKEN"
    CONSENT_REQUIRED = "CONSENT_REQUIRED"
    CONSENT_NOT_RUNNING = "CONSENT_NOT_RUNNING"
    CONSENT_EDITION_OLD = "CONSENT_EDITION_OLD"
    ID_NUMBER_TAKEN = "ID_NUMBER_TAKEN"
    PERSON_HAS_HOME = "PERSON_HAS_HOME"
    PERSON_HAS_BALANCE = "PERSON_HAS_BALANCE"
    PERSON_ERASED = "PERSON_ERASED"


# What a person can mend travels as data in `userErrors`; everything else is a top-level error.
USER_CODES = frozenset(
    {
        ErrorCode.NOT_FOUND,
        ErrorCode.CONFLICT,
        ErrorCode.BAD_USER_INPUT,
        ErrorCode.FILE_TOO_LARGE,
        ErrorCode.FILE_TYPE_NOT_ALLOWED,
        ErrorCode.WRONG_CREDENTIALS,
        ErrorCode.TOTP_REQUIRED,
        ErrorCode.TOTP_WRONG,
        ErrorCode.TOTP_ON,
        ErrorCode.TOTP_OFF,
        ErrorCode.ACTIVATION_WRONG,
        ErrorCode.TRANSITION_NOT_ALLOWED,
        ErrorCode.STAFF_NOT_ELIGIBLE,
        ErrorCode.FILE_ALREADY_ATTACHED,
        ErrorCode.GATE_OFFLINE,
        ErrorCode.NAME_TAKEN,
        ErrorCode.DEVICE_RETIRED,
        ErrorCode.CAMERA_ARCHIVED,
        ErrorCode.ALARM_ALREADY_ACKNOWLEDGED,
        ErrorCode.ALARM_ALREADY_CLEARED,
        ErrorCode.ALARM_HAS_WORK_ORDER,
        ErrorCode.UPLOAD_LIMIT,
        ErrorCode.EXPORT_LIMIT,
        ErrorCode.FORUM_FLOOD,
        ErrorCode.FORUM_BOARD_ARCHIVED,
        ErrorCode.FORUM_EDIT_WINDOW_OVER,
        ErrorCode.FORUM_ALREADY_REPORTED,
        ErrorCode.CHARGE_ITEM_EXISTS,
        ErrorCode.BILL_EXISTS,
        ErrorCode.CREDIT_EXCEEDS_OPEN,
        ErrorCode.PAYMENT_EXCEEDS_DUE,
        ErrorCode.PAYMENT_ALREADY_RECORDED,
        ErrorCode.PAYMENT_ALREADY_REVERSED,
        ErrorCode.PREPAYMENT_INSUFFICIENT,
        ErrorCode.PREPAYMENT_SPENT,
        ErrorCode.NOTHING_DUE,
        ErrorCode.IMPORT_ENDED,
        ErrorCode.PLATE_TAKEN,
        ErrorCode.VEHICLE_ARCHIVED,
        ErrorCode.API_CLIENT_REVOKED,
        ErrorCode.ACCOUNT_EXISTS,
        ErrorCode.ROLE_ALREADY_GIVEN,
        ErrorCode.LAST_ADMINISTRATOR,
        ErrorCode.CUSTOM_ROLE_ARCHIVED,
        ErrorCode.OCCUPANCY_EXISTS,
        ErrorCode.OCCUPANCY_ENDED,
        ErrorCode.PROVIDER_UNAVAILABLE,
        ErrorCode.IDENTITY_UNBOUND,
        ErrorCode.IDENTITY_TAKEN,
        ErrorCode.CONSENT_REQUIRED,
        ErrorCode.CONSENT_NOT_RUNNING,
        ErrorCode.CONSENT_EDITION_OLD,
        ErrorCode.ID_NUMBER_TAKEN,
        ErrorCode.PERSON_HAS_HOME,
        ErrorCode.PERSON_HAS_BALANCE,
        ErrorCode.PERSON_ERASED,
    }
)


class Refusal(Exception):
    """The house says no, and why.

    `field` names the input at fault in Python's spelling; `message` picks a more exact text than the code's own
    (a key of schema/messages); `params` fill it; `current` is the row's id that a CONFLICT shows.
    """

    def __init__(
        self,
        code: ErrorCode,
        *,
        field: str | None = None,
        message: str | None = None,
        current: Any = None,
        **params: Any,
    ) -> None:
        super().__init__(code.value, message, params)
        self.code = code
        self.field = field
        self.message = message or code.value
        self.params = params
        self.current = current
