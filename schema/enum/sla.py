"""The enums of service levels."""

from models.rules.sla import SlaClockChange, SlaClockKind, SlaClockState, SlaGroup
from schema.enum.show import show

show(
    SlaClockKind,
    "Until what a clock counts.",
    RESPONSE="响应: until staff take it up, by accepting its order or by answering.",
    RESOLUTION="解决: until it is settled.",
)
show(
    SlaClockState,
    "How a clock stands.",
    RUNNING="计时中: it counts.",
    WARNED="预警: it counts, and will soon be due.",
    BREACHED="超时: it counts, and is late.",
    PAUSED="暂停: it waits for the resident.",
    MET="达标: stopped in time.",
    MISSED="未达标: stopped late.",
    CANCELLED="取消: called off.",
)
show(
    SlaClockChange,
    "What happened to a clock.",
    STARTED="It began.",
    PAUSED="It waits for the resident.",
    RESUMED="It counts again.",
    WARNED="It will soon be due.",
    BREACHED="It is late.",
    MET="It was stopped in time.",
    MISSED="It was stopped late.",
    CANCELLED="It was called off.",
)
show(
    SlaGroup,
    "By what statistics are gathered.",
    CATEGORY="类别: by the ticket's category.",
    TEAM="班组: by the team of who stopped the clock.",
    PROPERTY="项目: by Property.",
    DAY="日: by the day on which the clock began.",
    MONTH="月: by the month in which the clock began.",
)
