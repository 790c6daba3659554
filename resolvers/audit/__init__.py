"""The audit: what was done is sealed into a chain, read by auditors, and verified."""

from resolvers.audit.change import MOST_CHANGES, Change, changes, count_changes, people_of
from resolvers.audit.command import Told, tell
from resolvers.audit.read import Wanted, entries
from resolvers.audit.seal import seal_audit, seal_some
from resolvers.audit.security import (
    PROOF_FAILED,
    SIGN_IN_FAILED,
    Failure,
    note_failure,
    note_refusal,
    note_security,
)
from resolvers.audit.verify import Finding, Verdict, verify

__all__ = [
    "MOST_CHANGES",
    "PROOF_FAILED",
    "SIGN_IN_FAILED",
    "Change",
    "Failure",
    "Finding",
    "Told",
    "Verdict",
    "Wanted",
    "changes",
    "count_changes",
    "entries",
    "note_failure",
    "note_refusal",
    "note_security",
    "people_of",
    "seal_audit",
    "seal_some",
    "tell",
    "verify",
]
