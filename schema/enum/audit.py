"""The enums of the audit."""

from models.rules.audit import AuditActor
from schema.enum.show import show

show(
    AuditActor,
    "What kind of actor did it.",
    ACCOUNT="账号: a person with an Account.",
    API_CLIENT="接口客户端: a partner's program.",
    DEVICE="设备: a device that reported.",
    JOB="定时任务: the house itself, at its time.",
    COMMAND="命令行: an operator on the server.",
)
