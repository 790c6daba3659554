"""The enums of the rules as the contract shows them, each value described. One file per group of domains."""

from schema.enum import (
    audit,
    billing,
    core,
    device,
    error,
    export,
    forum,
    identity,
    ingest,
    notification,
    permission,
    personal,
    sheet,
    stock,
)

__all__ = [
    "audit",
    "billing",
    "core",
    "device",
    "error",
    "export",
    "forum",
    "identity",
    "ingest",
    "notification",
    "permission",
    "personal",
    "sheet",
    "stock",
]
