"""Consents of residents of both properties, their texts, and an erasure that is done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import models
from models.rules.consent import ConsentAct, ConsentChannel, ConsentKind, ErasureScope
from tests.factories.tenant import NOW

if TYPE_CHECKING:
    from tests.factories.world import Builder

EDITION = "2026-01"


def furnish(builder: Builder) -> None:
    """Nobody's consent runs, but for the resident's to an ID number that is not kept yet."""
    keys, slug = builder.tenant.keys, builder.tenant.slug
    for kind in ConsentKind:
        builder.add(
            f"{kind.value.lower()}_text",
            models.ConsentText,
            kind=kind,
            edition=EDITION,
            body=f"{slug} 同意书",
            effective_from=NOW - timedelta(days=300),
        )
    _acts(builder)
    for name, login in (("erasure0", "neighbour"), ("away_erasure", "away_resident")):
        builder.add(
            name,
            models.Erasure,
            person_id=keys[f"{login}_person"],
            account_id=keys[login],
            scope=ErasureScope.FACE,
            due_at=NOW - timedelta(days=27),
            erased_at=NOW - timedelta(days=28),
            done_at=NOW - timedelta(days=28),
        )


def _acts(builder: Builder) -> None:
    keys = builder.tenant.keys
    acts = (
        ("consent0", "resident", ConsentKind.ID_NUMBER, ConsentAct.GIVEN, 1),
        ("consent1", "neighbour", ConsentKind.FACE, ConsentAct.GIVEN, 1),
        ("consent2", "neighbour", ConsentKind.FACE, ConsentAct.WITHDRAWN, 2),
        ("away_consent", "away_resident", ConsentKind.FACE, ConsentAct.GIVEN, 1),
        ("away_consent1", "away_resident", ConsentKind.FACE, ConsentAct.WITHDRAWN, 2),
    )
    for name, login, kind, act, number in acts:
        builder.add(
            name,
            models.Consent,
            person_id=keys[f"{login}_person"],
            account_id=keys[login],
            kind=kind,
            act=act,
            number=number,
            edition=EDITION,
            purpose="业主档案",
            channel=ConsentChannel.APP,
            occurred_at=NOW - timedelta(days=30 - number),
        )
