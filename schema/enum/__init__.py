"""The enums of the rules as the contract shows them, each value described. One file per group of domains."""

from schema.enum import (
    attendance,
    audit,
    billing,
    core,
    device,
    dispatch,
    error,
    export,
    forum,
    identity,
    ingest,
    permission,
    personal,
    sheet,
    sla,
    stock,
)

__all__ = [
    "attendance",
    "audit",
    "billing",
    "core",
    "device",
    "dispatch",
    "error",
    "export",
    "forum",
    "identity",
    "ingest",
    "permission",
    "personal",
    "sheet",
    "sla",
    "stock",
]
