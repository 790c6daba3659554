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
    TRANSITION_NOT_ALLOWED="It cannot take this step in its status.",
    STAFF_NOT_ELIGIBLE="This member of staff does no work orders in this Property now.",
    FILE_ALREADY_ATTACHED="The file belongs to something already.",
    GATE_OFFLINE="The gate does not answer: it cannot be opened from afar.",
    FORUM_FLOOD="The account wrote too much in the forum within a minute: wait a moment.",
    FORUM_BOARD_ARCHIVED="The board is archived: nothing is written there any more.",
    FORUM_EDIT_WINDOW_OVER="The post is too old to be changed.",
    FORUM_ALREADY_REPORTED="The account has reported this already.",
    UPLOAD_LIMIT="The account has uploaded as much as it may for now.",
    EXPORT_LIMIT="The account has as many exports waiting or running as it may.",
)
