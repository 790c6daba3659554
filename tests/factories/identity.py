"""A provider that was, and an identity that is bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import models
from adapters.vault import KeyVault, seal_text
from models.rules.identity_provider import LoginClaim, ProviderKind
from tests.factories.tenant import NOW, PERSONAL_DATA_KEY

if TYPE_CHECKING:
    from tests.factories.world import Builder


def furnish(add: Builder) -> None:
    """Archived: tests set up the live one themselves."""
    issuer = f"https://login.{add.tenant.slug}.example.com"
    provider = add.add(
        "provider",
        models.IdentityProvider,
        kind=ProviderKind.OIDC,
        issuer=issuer,
        client_id=f"{add.tenant.slug}-wuye",
        secret_cipher="sealed",
        login_claim=LoginClaim.EMAIL,
        redirect_uris=[f"https://app.{add.tenant.slug}.example.com/back"],
        archived_at=NOW,
    )
    vault, keys = KeyVault(PERSONAL_DATA_KEY), add.tenant.keys
    add.rows[-1].secret_cipher = seal_text(vault, "a secret", keys["organization"], provider)
    add.add(
        "identity",
        models.AccountIdentity,
        account_id=add.tenant.keys["resident"],
        kind=ProviderKind.OIDC,
        issuer=issuer,
        subject=f"{add.tenant.slug}-1",
        used_at=NOW,
        removed_at=None,
    )
