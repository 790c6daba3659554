"""The enums of exports."""

from models.rules.export import ExportFormat, ExportState
from schema.enum.show import show

show(
    ExportFormat,
    "What kind of sheet an export writes.",
    CSV="CSV: UTF-8 with its mark, as Excel opens it.",
    XLSX="Excel: real numbers and dates.",
)
show(
    ExportState,
    "How far an export is.",
    WAITING="等待中: it waits for its turn.",
    RUNNING="进行中: rows are written.",
    DONE="已完成: the file is there.",
    FAILED="失败: `error` says why; nothing is kept.",
    CANCELLED="已取消: called off by whoever asked.",
)
