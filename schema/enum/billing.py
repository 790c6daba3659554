"""The enums of bills, payments and the ledger."""

from models.rules.bill import BillLineKind, BillStatus, Rounding
from models.rules.charge import WorkOrderCostGroup
from models.rules.ledger import LedgerAccountKind, PostingKind
from models.rules.payment import PaymentMethod
from schema.enum.show import show
from subscriptions.bill import BillChange

show(
    Rounding,
    "How the amount of a line becomes whole fen.",
    HALF_UP="四舍五入: half a fen and more goes up.",
    UP="进位: any part of a fen goes up.",
    DOWN="舍去: any part of a fen is dropped.",
)
show(
    BillStatus,
    "How far a Bill is paid.",
    OPEN="未缴: nothing is paid.",
    PARTLY_PAID="部分缴纳: something is paid, something is open.",
    PAID="已缴清: nothing is open.",
    CREDITED="已冲销: credit notes took all of it; the period may be billed again.",
)
show(BillLineKind, "What a line does to its Bill.", CHARGE="收费: adds to it.", CREDIT="冲减: takes from it.")
show(
    BillChange,
    "What happened to a Bill.",
    ISSUED="出账: it was issued.",
    PARTLY_PAID="部分缴纳: a part was paid.",
    PAID="缴清: the rest was paid.",
    CREDITED="冲减: a credit note took something off.",
    REOPENED="重新未缴: a payment was reversed.",
)
show(
    WorkOrderCostGroup,
    "By what the costs of work orders are added up.",
    WORK_ORDER="工单: each order by itself.",
    TEAM="班组: the orders of a Team together.",
    PROPERTY="项目: all of the Property together.",
)
show(
    PaymentMethod,
    "How money came.",
    CASH="现金: over the counter.",
    PREPAYMENT="预存: from what the payer had paid ahead.",
)
show(
    LedgerAccountKind,
    "What an account of the ledger counts.",
    CASH="现金: cash of a Property.",
    RECEIVABLE="应收: what is open of one Bill.",
    INCOME="收入: what was billed for a ChargeItem, less credit notes.",
    PREPAYMENT="预存: what a Person has paid ahead in a Property; we owe it.",
)
show(
    PostingKind,
    "Why a posting was made.",
    BILL_ISSUED="出账: a Bill was issued.",
    BILL_CREDITED="冲减: a credit note.",
    PAYMENT_RECORDED="收款: money was taken.",
    PREPAYMENT_APPLIED="预存抵扣: a prepayment settled bills.",
    PAYMENT_REVERSED="撤销收款: a payment was taken back.",
)
