"""The enums of the rules as the contract shows them, each value described. One file per group of domains."""

from schema.enum import billing, core, device, error, forum, ingest

__all__ = ["core", "error", "ingest"]

__all__ = ["billing", "core", "error"]

__all__ = ["core", "error", "forum"]

__all__ = ["core", "device", "error"]
