"""The codes of errors."""

from models.errors import ErrorCode
from schema.enum.show import show

show(
    ErrorCode,
    "Every code of an error, in `userErrors` or in `extensions.code`; docs/errors.md explains them.",
    GRAPHQL_PARSE_FAILED="The document is not GraphQL.",
    GRAPHQL_VALIDATION_FAILED="The document does not fit the schema.",
    BAD_USER_INPUT="A value is not acceptable; `field` names it.",
    OPERATION_RESOLUTION_FAILURE="The document has no operation of that name, or several and none was named.",
    BAD_REQUEST="The HTTP request is no GraphQL request.",
    QUERY_LIMIT_EXCEEDED="The document passes a limit: split it. With `limit`, `max` and `actual`.",
    PAYLOAD_TOO_LARGE="The body or the document has too many bytes.",
    FILE_TOO_LARGE="The file has too many bytes or pixels.",
    FILE_TYPE_NOT_ALLOWED="The file is not a photo that we can read.",
    UNAUTHENTICATED="Sign in first.",
    FORBIDDEN="The viewer's roles do not allow it there.",
    NOT_FOUND="There is nothing with this id that the viewer may see.",
    CONFLICT="Somebody changed it since the viewer read it; the payload carries it as it is.",
    SUBSCRIPTION_LIMIT="Too many operations run on this socket.",
    RESUME_GONE="The events after the cursor are gone: read a snapshot, go on from its liveCursor.",
    TIMEOUT="It took too long and was stopped.",
    SERVICE_UNAVAILABLE="The database does not answer; try again in a moment.",
    INTERNAL_SERVER_ERROR="A mistake of ours; the log has it under `errorId`.",
    WRONG_CREDENTIALS="Organization, login or password is wrong.",
    TRANSITION_NOT_ALLOWED="The work order cannot take this step in its status.",
    STAFF_NOT_ELIGIBLE="This member of staff does no work orders in this Property now.",
    FILE_ALREADY_ATTACHED="The file belongs to something already.",
    IMPORT_ENDED="The import has ended: there is nothing to cancel.",
    PLATE_TAKEN="The Property has a Vehicle with this plate.",
    VEHICLE_ARCHIVED="The Vehicle was archived: it does not change any more.",
    GATE_OFFLINE="The gate does not answer: it cannot be opened from afar.",
)
