"""Sets up identity providers through the public endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.client import Client

SET = """mutation ($input: IdentityProviderSetInput!) { identityProviderSet(input: $input) {
    identityProvider { id kind issuer client loginClaim redirectUris version archivedAt }
    userErrors { code message field } } }"""


async def set_provider(client: Client, who: str | None = "admin", **input_: Any) -> dict[str, Any]:
    """The payload of identityProviderSet."""
    answer: dict[str, Any] = (await client.data(SET, who, input=input_))["identityProviderSet"]
    return answer
