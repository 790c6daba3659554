"""The enums of the spine."""

from models.rules.account import SignInMethod
from models.rules.file import FileKind, PhotoMoment
from models.rules.gate import AccessDirection, AccessMethod, AccessResult, GateKind, GateState
from models.rules.money import CurrencyCode
from models.rules.permission import Role
from models.rules.person import OccupancyKind
from models.rules.place import BillingAreaBasis, Orientation, PropertyKind, UnitStatus, UnitUse
from models.rules.ticket import CallOutcome, Priority, TicketEntryKind, TicketKind, TicketStatus
from models.rules.work_order import WorkOrderStatus, WorkOrderVerb
from schema.enum.show import show
from subscriptions.ticket import TicketChange
from subscriptions.work_order import WorkOrderChange

show(
    PropertyKind,
    "What a Property is used for.",
    RESIDENTIAL="住宅小区: homes.",
    COMMERCIAL="商业: shops.",
    OFFICE="写字楼: offices.",
    MIXED="综合体: several uses.",
)
show(
    BillingAreaBasis,
    "Which area of a Unit an area charge counts.",
    BUILT_UP="建筑面积: the built-up area.",
    INNER="套内面积: the inner area.",
)
show(
    Orientation,
    "Where the main windows of a Unit look.",
    NORTH="北.",
    NORTH_EAST="东北.",
    EAST="东.",
    SOUTH_EAST="东南.",
    SOUTH="南.",
    SOUTH_WEST="西南.",
    WEST="西.",
    NORTH_WEST="西北.",
    NORTH_SOUTH="南北通透: both.",
)
show(UnitUse, "What a Unit is used for.", DWELLING="住宅.", SHOP="商铺.", OFFICE="办公.", STORAGE="储藏.")
show(
    UnitStatus,
    "Whether somebody holds a Unit.",
    VACANT="空置: nobody.",
    OCCUPIED="自住: its owner.",
    RENTED="出租: a tenant.",
    RENOVATING="装修中: works are going on.",
)
show(
    OccupancyKind,
    "As what a Person holds a Unit.",
    OWNER="业主: owner.",
    CO_OWNER="共有人: co-owner with a share.",
    TENANT="租户: tenant.",
    FAMILY="家庭成员: family member.",
)
show(
    Role,
    "What an Account is given.",
    RESIDENT="住户: follows from an Occupancy and ends with it.",
    TECHNICIAN="维修工: carries out work orders.",
    MANAGER="项目经理: runs a Property.",
    CONTROL_ROOM="中控室: watches gates, cameras, alarms and orders.",
    CASHIER="收费员: takes payments over the counter.",
    SERVICE_DESK="客服: answers residents.",
    GUARD="保安: gates, alarms and rounds.",
    CLEANER="保洁: cleans, and carries out work orders.",
    BUYER="采购: buys parts and equipment.",
    AUDITOR="审计: sees everything that is written down, and changes nothing.",
    ORGANIZATION_ADMIN="公司管理员: runs the company.",
    PARTNER="合作方应用: a partner's program, bound to its scopes.",
    DEVICE="设备: a machine that reports.",
    CUSTOM="自定义角色: a role that the company made; a CustomRole says what it allows.",
)
show(
    SignInMethod,
    "How a Session was opened.",
    PASSWORD="密码: login and password.",  # noqa: S106 - a word
    SMS="短信验证码: a code sent to the phone.",
    OIDC="单点登录: the company's own identity provider.",
    WECHAT="微信: the mini-program.",
    CLIENT="合作方应用: the credentials of an API client.",
)
show(
    TicketKind,
    "What a resident wants.",
    REPAIR="报修: something is broken; opens a WorkOrder.",
    COMPLAINT="投诉: somebody must look into it; opens a WorkOrder.",
    SUGGESTION="建议: an idea.",
    INQUIRY="咨询: a question.",
)
show(
    TicketStatus,
    "How far a Ticket is, as its resident sees it.",
    OPEN="待处理: nobody has taken it on.",
    IN_PROGRESS="处理中: somebody works on it.",
    RESOLVED="已解决: the work is done.",
    CLOSED="已关闭: over.",
    CANCELLED="已撤销: called off by its resident.",
)
show(
    TicketChange,
    "What happened to a Ticket.",
    RAISED="It was raised.",
    PROGRESSED="Its status changed.",
    COMMENTED="Something was said.",
    ANSWERED="It was answered.",
    CALLED="Somebody called after the work.",
    RESOLVED="The work is done.",
    RATED="Its resident rated it.",
    AWAITED="It waits for its resident from now on.",
    RESUMED="It waits for its resident no more.",
    CANCELLED="Its resident called it off.",
    REOPENED="It was reopened.",
    CLOSED="It was closed.",
    REMINDED="People were reminded of its appointment.",
    CLASSIFIED="Its category or priority was said anew.",
)
show(
    TicketEntryKind,
    "What happened to a Ticket, on its timeline.",
    RAISED="报事: it was raised.",
    STEP="工单: a WorkOrder of it took a step.",
    COMMENT="留言: something was said.",
    ANSWER="答复: it was answered.",
    CALL="回访: somebody called after the work.",
    RATING="评价: its resident rated it.",
    CLASSIFIED="改类别: staff said anew what it is about, or how urgent.",
    AWAITED="等待住户: staff asked the resident for something; it waits.",
    RESUMED="继续处理: it waits for its resident no more.",
    CANCELLED="撤销: its resident called it off.",
    REOPENED="重开: it was reopened.",
    CLOSED="关闭: it was closed.",
)
show(
    CallOutcome,
    "What a call after the work came to.",
    SATISFIED="满意.",
    UNSATISFIED="不满意.",
    NO_ANSWER="无人接听.",
)
show(
    PhotoMoment,
    "When a photo of a WorkOrder was taken.",
    BEFORE="处理前: before the work.",
    AFTER="处理后: after it.",
)
show(
    Priority,
    "How urgent it is.",
    LOW="低: can wait.",
    NORMAL="普通: the default.",
    HIGH="高: soon.",
    URGENT="紧急: now.",
)
show(
    WorkOrderStatus,
    "How far a WorkOrder is.",
    CREATED="待派单: nobody has it.",
    ASSIGNED="已派单: given to somebody.",
    ACCEPTED="已接单: taken on.",
    EN_ROUTE="前往中: on the way.",
    IN_PROGRESS="处理中: under work.",
    WAITING_FOR_PARTS="待料: parts are missing.",
    DONE="已完成: the work is done.",
    VERIFIED="已验收: checked.",
    CLOSED="已关闭: over.",
    REJECTED="已拒单: given back.",
    CANCELLED="已取消: called off.",
)
show(
    WorkOrderVerb,
    "What can be done to a WorkOrder.",
    ASSIGN="派单: give it to somebody, or to somebody else.",
    ACCEPT="接单: take it on.",
    DECLINE="拒单: give it back.",
    DEPART="出发: set out.",
    START="开工: begin, or go on.",
    WAIT="待料: wait for parts.",
    COMPLETE="完工: report it done.",
    VERIFY="验收: pass it.",
    RETURN="返工: ask for rework.",
    CLOSE="关闭: close it.",
    CANCEL="取消: call it off.",
    REOPEN="重开: reopen it.",
    WITHDRAW="住户撤销: the resident called the Ticket off.",
    OBJECT="住户重开: the resident reopened the Ticket.",
    EXPIRE="自动关闭: nobody objected in time.",
)
show(
    WorkOrderChange,
    "What happened to a WorkOrder.",
    CREATED="It was created.",
    ASSIGNED="It was given to somebody.",
    ACCEPTED="It was taken on.",
    DECLINED="It was given back.",
    DEPARTED="Somebody is on the way.",
    STARTED="The work began, or goes on.",
    WAITING="Parts are missing.",
    COMPLETED="The work is done.",
    VERIFIED="It was checked.",
    RETURNED="It has to be done better.",
    CLOSED="It is over.",
    CANCELLED="It was called off.",
    REOPENED="It was reopened.",
    ESCALATED="升级: nobody could be given it, or nobody accepted it, in time; a person has to see to it.",
    UPDATED="Its checklist, labour or contractor changed, it was charged, or why it could be given to nobody.",
)
show(
    GateKind,
    "What a Gate is.",
    DOOR="门: a door.",
    TURNSTILE="闸机: a turnstile.",
    LIFT_GATE="道闸: a lift gate for cars.",
)
show(
    GateState,
    "How a Gate stands.",
    CLOSED="关.",
    OPEN="开: open, or told to open.",
    OFFLINE="离线: it does not answer.",
)
show(AccessDirection, "Which way somebody went.", IN="进.", OUT="出.")
show(
    AccessMethod,
    "How somebody asked to pass.",
    FACE="人脸.",
    CARD="刷卡.",
    PIN="密码.",
    QR="二维码.",
    PHONE="手机.",
    REMOTE="远程: opened by staff.",
)
show(AccessResult, "Whether the Gate opened.", GRANTED="放行: it opened.", DENIED="拒绝: it stayed shut.")
show(FileKind, "What a File holds.", PHOTO="照片: a photo.", SHEET="表格: CSV or Excel.")
show(CurrencyCode, "ISO 4217.", CNY="人民币: yuan renminbi.")
