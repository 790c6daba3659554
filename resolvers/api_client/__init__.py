"""Partners' programs: who they are, what they may, and how they sign in."""

from resolvers.api_client.keeping import Made, clients, create, revoke, update
from resolvers.api_client.secret import revoke_secret, rotate
from resolvers.api_client.sign_in import Pass, sign_in

__all__ = ["Made", "Pass", "clients", "create", "revoke", "revoke_secret", "rotate", "sign_in", "update"]
