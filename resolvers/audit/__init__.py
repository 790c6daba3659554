"""The audit: what was done is sealed into a chain, read by auditors, and verified."""

from resolvers.audit.command import Told, tell
from resolvers.audit.seal import seal_audit, seal_some
from resolvers.audit.verify import Finding, Verdict, verify

__all__ = ["Finding", "Told", "Verdict", "seal_audit", "seal_some", "tell", "verify"]
