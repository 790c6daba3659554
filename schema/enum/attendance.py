"""The enums of attendance."""

from models.rules.attendance import AttendanceStatus, PresenceChange
from schema.enum.show import show

show(
    AttendanceStatus,
    "How a stay at work stands.",
    OPEN="在岗: checked in, not out.",
    CLOSED="已签退: checked out, or corrected.",
    FORGOTTEN="忘签退: nobody checked out; the house closed it, up to the shift's end.",
    MISSED="缺勤: nobody checked in for the shift.",
)
show(
    PresenceChange,
    "What happened to somebody's presence.",
    CHECKED_IN="签到: came to work.",
    CHECKED_OUT="签退: went.",
    FORGOTTEN="忘签退: the stay was closed without a check-out.",
    MISSED="缺勤: the shift ended and nobody had come.",
    CORRECTED="更正: a manager corrected the stay.",
)
