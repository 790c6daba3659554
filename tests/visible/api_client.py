"""Partners' programs: oneself, and with api_client.manage for the whole Organization; their Accounts as all others."""

from __future__ import annotations

SEES: dict[str, set[str]] = {
    "admin": {"client", "client_secret", "program"},
    "chief": {"program"},
    "program": {"client"},
}
ROOT_LISTS = {"apiClients": {"client"}}
PROPERTY_LISTS: dict[str, tuple[set[str], set[str]]] = {}
LIST_EXCEPTIONS: dict[tuple[str, str], set[str]] = {}
SINGLES = {"apiClient": "ApiClient", "apiClientSecret": "ApiClientSecret"}


def verbs(of: dict[str, str], own: dict[str, str]) -> list[tuple[str, str]]:
    """(field, arguments) of each verb that takes an id, with ids of `of`."""
    version = "expectedVersion: 1"
    return [
        (
            "apiClientCreate",
            f'input: {{ name: "n", scopes: [TICKET_READ], propertyIds: ["{own["home"]}", "{of["home"]}"] }}',
        ),
        ("apiClientUpdate", f'id: "{of["client"]}", input: {{ {version}, name: "n" }}'),
        ("apiClientUpdate", f'id: "{own["client"]}", input: {{ {version}, propertyIds: ["{of["home"]}"] }}'),
        ("apiClientSecretRotate", f'id: "{of["client"]}", input: {{ {version} }}'),
        ("apiClientSecretRevoke", f'id: "{of["client_secret"]}"'),
        ("apiClientRevoke", f'id: "{of["client"]}", input: {{ {version} }}'),
    ]
