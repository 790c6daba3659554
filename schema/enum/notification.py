"""The enums of notifications."""

from models.rules.notification import DeliveryState, NotificationChannel, NotificationKind, PushPlatform
from schema.enum.show import show

show(
    NotificationKind,
    "What a notification tells, and whom (docs/notification.md).",
    WORK_ORDER_ASSIGNED="新工单: to whom a WorkOrder was given.",
    WORK_ORDER_REASSIGNED="工单转派: to who had it in hand, that it is somebody else's now.",
    WORK_ORDER_DUE="预约将到: to who has the WorkOrder in hand or handles the Ticket, else to the service desk.",
    WORK_ORDER_RETURNED="工单退回: to its assignee, that the work did not pass.",
    WORK_ORDER_CANCELLED="工单取消: to its assignee.",
    WORK_ORDER_DECLINED="工单被拒: to managers of the Property, that it is to be assigned anew.",
    WORK_ORDER_ESCALATED="工单升级: to managers of the Property, that nobody could be given it or accepted it in time.",
    TICKET_ROUTED="新报事: to who handles it; where nobody does and no WorkOrder was opened, to the service desk.",
    TICKET_REPLIED="报事留言: to who carries its WorkOrder out or handles it, else to the service desk.",
    TICKET_REOPENED="报事重开: to the same.",
    TICKET_PROGRESSED="报事有进展: to its resident.",
    TICKET_ANSWERED="物业已答复: to its resident.",
    TICKET_COMMENTED="新的留言: to its resident.",
    TICKET_AWAITED="等您回复: to its resident, that the office waits for an answer.",
    TICKET_DUE="预约将到: to its resident, that somebody comes soon.",
    TICKET_RESOLVED="报事已处理: to its resident, to be rated or reopened.",
    TICKET_CLOSED="报事已关闭: to its resident.",
    ALARM_RAISED="告警: MAJOR or worse, to guards and the control room. Urgent.",
    ALARM_ESCALATED="告警升级: nobody acknowledged it; to managers and the control room. Urgent.",
    STOCK_LOW="库存不足: to buyers.",
    SLA_WARNED="时限将到: to who carries the WorkOrder out, else to who handles the Ticket.",
    SLA_BREACHED="超时: to managers of the Property.",
    ATTENDANCE_MISSED="缺勤: to who did not come to a shift.",
    ATTENDANCE_CORRECTED="考勤更正: to whose stay was corrected, or closed because the check-out was forgotten.",
)
show(
    NotificationChannel,
    "A way to tell somebody.",
    APP="应用内: the inbox; always on.",
    PUSH="推送: to the Account's registered devices.",
    SMS="短信: to the phone number of the Person or Staff.",
    EMAIL="邮件: to the e-mail address of the Person or Staff.",
)
show(
    DeliveryState,
    "How far a notification is on a way out.",
    WAITING="等待中: for its turn, for the end of quiet hours, or to be tried again.",
    SENT="已发送: the provider took it.",
    DROPPED="已取消: nobody needs it any more; `error` says why.",
    FAILED="失败: given up; `error` says why.",
)
show(
    PushPlatform,
    "What a device that is pushed to runs.",
    ANDROID="Android.",
    IOS="iOS.",
)
