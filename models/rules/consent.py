"""Words of consents to sensitive personal data (rules.md 25) and of erasures. No I/O."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from models.rules.gate import AccessMethod

MAX_EDITION = 20
MAX_PURPOSE = 120
MAX_BODY = 10_000
MAX_REFERENCE = 200
MAX_NOTE = 200
ERASED_WITHIN = timedelta(hours=24)


class ConsentKind(str, Enum):
    """What a Person consents to being kept."""

    ID_NUMBER = "ID_NUMBER"
    FACE = "FACE"


class ConsentAct(str, Enum):
    """What the Person did. A consent runs while the last act of its kind is GIVEN."""

    GIVEN = "GIVEN"
    WITHDRAWN = "WITHDRAWN"


class ConsentChannel(str, Enum):
    """How it reached us."""

    APP = "APP"
    DESK = "DESK"
    IMPORT = "IMPORT"


class ErasureScope(str, Enum):
    """What of a Person is to go; the first two are those of the consent that was withdrawn."""

    ID_NUMBER = "ID_NUMBER"
    FACE = "FACE"
    PERSON = "PERSON"


class RevealPurpose(str, Enum):
    """What somebody needs the whole of it for."""

    IDENTITY_CHECK = "IDENTITY_CHECK"
    CONTRACT = "CONTRACT"
    RESIDENCE_REGISTRATION = "RESIDENCE_REGISTRATION"
    AUTHORITY_REQUEST = "AUTHORITY_REQUEST"
    LEGAL_DISPUTE = "LEGAL_DISPUTE"
    DEVICE_SETUP = "DEVICE_SETUP"
    OTHER = "OTHER"


# rules.md 25: another way in is always offered. Who keeps his face to himself comes in by any of these.
OTHER_WAYS: dict[ConsentKind, tuple[AccessMethod, ...]] = {
    ConsentKind.ID_NUMBER: (),  # opens no gate
    ConsentKind.FACE: (AccessMethod.CARD, AccessMethod.PIN, AccessMethod.QR, AccessMethod.PHONE),
}
ERASED_NAME = "已注销"  # what stands in the place of an erased Person's name
