"""The enums of dispatch."""

from models.rules.dispatch import DispatchOutcome, DispatchReason, DispatchState, DispatchTerm
from schema.enum.show import show

show(
    DispatchTerm,
    "What gives or takes points when an order is given.",
    SKILL="技能: how well somebody is able to do it.",
    PLACE="位置: how near somebody works, or worked last.",
    LOAD="负荷: what somebody has to do before it.",
    FAIRNESS="公平: what somebody was given lately.",
)
show(
    DispatchReason,
    "Why somebody is not considered for an order; of an order, why nobody got it: what those lack who come nearest.",
    NOBODY="No member of staff carries out orders there.",
    NO_SKILL="缺少技能: without the skill that it takes.",
    NOT_ON_SHIFT="不在班: no shift goes on.",
    ABSENT="未签到: on shift, not there.",
    NOT_ACCEPTED="超时未接: was asked and did not accept in time.",
    DECLINED="已退回: gave it back.",
)
show(
    DispatchState,
    "What the house is about with an order.",
    OFFERED="待接单: it gave it to somebody who has to accept it.",
    STUCK="派不出: there is nobody; it looks again every minute and when somebody comes.",
    ESCALATED="已升级: nobody took it in time, a person has to see to it.",
)
show(
    DispatchOutcome,
    "What was decided about an order.",
    ASSIGNED="系统派单: the house gave it to the best.",
    NOBODY="派不出: there was nobody.",
    ESCALATED="升级: nobody took it in time.",
    BY_HAND="人工指派: a person gave it.",
)
