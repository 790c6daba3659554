"""What each role may do: the names (name.py) and the table written by hand (table.py)."""

from models.rules.permission.name import Permission, Role, known_permissions
from models.rules.permission.table import ADMINISTRATIVE, PARTNER_SCOPES, ROLE_PERMISSIONS

__all__ = ["ADMINISTRATIVE", "PARTNER_SCOPES", "ROLE_PERMISSIONS", "Permission", "Role", "known_permissions"]
