"""What gql says, and what the test counts on. The clients in Node have the same in clients/documents.mjs."""

from __future__ import annotations

from typing import Any

LAST = 5  # the passage after which a client has seen enough
SIGN_IN = "mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { token userErrors { code } } }"
PLACE = "query ($id: ID!) { property(id: $id) { name liveCursor } }"
TICKET = """mutation ($input: TicketCreateInput!) {
  ticketCreate(input: $input) { ticket { id number } userErrors { code message } }
}"""
ACCESS = """subscription ($property: ID!, $after: Cursor) {
  accessEventRecorded(propertyId: $property, after: $after) { cursor result accessEvent { id reason } }
}"""


def number_of(data: dict[str, Any]) -> int:
    """Which passage an event tells of: the device gave it as the reason."""
    return int(data["accessEventRecorded"]["accessEvent"]["reason"])
