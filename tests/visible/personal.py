"""Consents and erasures: written by hand.

- The texts: everybody who signs in.
- Consents and erasures: a resident the own ones; all of people who hold or held a Unit where one holds person.manage;
  all of them with audit.read for the whole Organization.
"""

from __future__ import annotations

TEXTS = {"id_number_text", "face_text"}
HOME = {"consent0", "consent1", "consent2", "erasure0"}
AWAY = {"away_consent", "away_consent1", "away_erasure"}

SEES: dict[str, set[str]] = {
    "resident": TEXTS | {"consent0"},
    "neighbour": TEXTS | {"consent1", "consent2", "erasure0"},
    "away_resident": TEXTS | AWAY,
    "manager": TEXTS | HOME,
    "away_manager": TEXTS | AWAY,
    "control": TEXTS,
    "tech1": TEXTS,
    "tech2": TEXTS,
    "cashier": TEXTS,
    "guard": TEXTS,
    "cleaner": TEXTS,
    "desk": TEXTS | HOME,
    "buyer": TEXTS,
    "auditor": TEXTS,
    "custom": TEXTS,
    "program": TEXTS,
    "chief": TEXTS | HOME | AWAY,
    "admin": TEXTS | HOME | AWAY,
}
ROOT_LISTS: dict[str, set[str]] = {"consentTexts": TEXTS}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES: dict[str, str] = {}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(name, arguments) of each verb that takes an id, with ids of `of`."""
    person, version = f'id: "{of["resident_person"]}"', "expectedVersion: 1"
    about = f'personId: "{of["resident_person"]}", kind: ID_NUMBER'
    return [
        ("personIdNumberReveal", f"{person}, input: {{ purpose: CONTRACT }}"),
        ("personFaceReveal", f"{person}, input: {{ purpose: CONTRACT }}"),
        ("personIdNumberSet", f'{person}, input: {{ {version}, idNumber: "11010519491231002X" }}'),
        ("personFaceSet", f'{person}, input: {{ {version}, reference: "x" }}'),
        ("personFaceRemove", f"{person}, input: {{ {version} }}"),
        ("personErase", f"{person}, input: {{ {version} }}"),
        ("consentGive", f'input: {{ {about}, edition: "2026-01", purpose: "x" }}'),
        ("consentWithdraw", f"input: {{ {about} }}"),
    ]
