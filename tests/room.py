"""A product with the world in it for the control room's tests, and somebody who acts on it from elsewhere."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import httpx

from tests.client import passage
from tests.factories.world import PASSWORD
from tests.live.talk import ASSIGN
from tests.screen import post
from tests.servers.product import Product
from tests.test_file import UPLOAD

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.factories.tenant import Tenant
    from tests.screen import Screen

SIGN_IN = "mutation ($input: AccountSignInInput!) { accountSignIn(input: $input) { token } }"
LISTS = """query ($home: ID!) {
  alarms(propertyId: $home, filter: { active: true }, order: MOST_SEVERE) { nodes { id } }
  workOrders(propertyId: $home, order: LAST_CHANGED) { nodes { id } }
  accessEvents(propertyId: $home, first: 40) { nodes { id occurredAt } }
}"""
RAISE = "mutation ($input: AlarmRaiseInput!) { alarmRaise(input: $input) { alarm { id } userErrors { code } } }"
PANELS = {"alarms": "alarms", "orders": "workOrders", "gates": "accessEvents"}
SHOWN_SECONDS = 20.0


class Room:
    """Two processes over one database: the windows' own, and another, which a test may start."""

    def __init__(
        self, tenant: Tenant, folder: Path, here: Mapping[str, str], elsewhere: Mapping[str, str] | None = None
    ) -> None:
        """`here` and `elsewhere` are their settings, the same unless told."""
        self.tenant = tenant
        self.folder = folder
        self.product = Product(folder, **{"LOG_LEVEL": "warning", **here})
        (folder / "elsewhere").mkdir()
        self.elsewhere = Product(folder / "elsewhere", **{"LOG_LEVEL": "warning", **(elsewhere or here)})
        self._token = ""
        self._sequence = 0

    def do(self, query: str, at: Product | None = None, **variables: Any) -> dict[str, Any]:
        """Ask as the manager."""
        return post(at or self.product, query, variables, self._manager())

    def assign(self, order: str, technician: str, version: int, at: Product | None = None) -> None:
        """Give an order to somebody."""
        wish = {"staffId": self.tenant.id(f"{technician}_staff"), "expectedVersion": version}
        answer = self.do(ASSIGN, at, id=self.tenant.id(order), input=wish)
        assert answer["workOrderAssign"]["userErrors"] == []

    def raise_alarm(self, type_: str, severity: str, summary: str, at: Product | None = None, **where: Any) -> str:
        """An alarm by hand, of a type that no active one has; its id."""
        wish = {"propertyId": self.tenant.id("home"), "type": type_, "severity": severity, "summary": summary, **where}
        answer = self.do(RAISE, at, input=wish)["alarmRaise"]
        assert answer["userErrors"] == []
        id_: str = answer["alarm"]["id"]
        return id_

    def upload(self, content: bytes) -> dict[str, Any]:
        """A photo of the manager's: its id, and where the server says that it is."""
        form = {
            "operations": json.dumps({"query": UPLOAD, "variables": {"file": None}}),
            "map": json.dumps({"0": ["variables.file"]}),
        }
        headers = {"authorization": f"Bearer {self._manager()}", "graphql-require-preflight": "1"}
        files = {"0": ("still.jpg", content, "image/jpeg")}
        url = f"{self.product.url}/graphql"
        answer = httpx.post(url, data=form, files=files, headers=headers, trust_env=False).json()
        file: dict[str, Any] = answer["data"]["fileUpload"]["file"]
        return file

    def pass_gate(self, times: int, at: Product | None = None, **changes: Any) -> None:
        """So many passages, each a second after the one before."""
        messages = []
        for _ in range(times):
            self._sequence += 1
            when = f"2026-11-22T11:{self._sequence // 60:02}:{self._sequence % 60:02}+08:00"
            messages.append(passage(self.tenant, self._sequence, occurredAt=when, **changes))
        headers = {"authorization": f"Bearer {self.tenant.device_token}"}
        url = f"{(at or self.product).url}/ingest/events"
        answer = httpx.post(url, json={"messages": messages}, headers=headers, trust_env=False).json()
        assert [result["status"] for result in answer["results"]] == ["ACCEPTED"] * times, answer

    def lists(self, at: Product | None = None) -> dict[str, dict[str, str]]:
        """What the screen should show, as a fresh query has it: ids, and when it occurred at the gates."""
        found = self.do(LISTS, at, home=self.tenant.id("home"))
        return {
            panel: {node["id"]: node.get("occurredAt", "") for node in found[field]["nodes"]}
            for panel, field in PANELS.items()
        }

    def _manager(self) -> str:
        """A token; of one session."""
        if not self._token:
            wish = {"organization": "acme", "login": "manager", "password": PASSWORD}
            self._token = post(self.product, SIGN_IN, {"input": wish})["accountSignIn"]["token"]
        return self._token


def check_rows(room: Room, screen: Screen, at: Product | None = None) -> None:
    """Every row of a fresh query is there once, and no other."""
    wanted, deadline = room.lists(at), time.monotonic() + SHOWN_SECONDS
    seen = {panel: screen.rows(panel) for panel in PANELS}
    while {panel: sorted(ids) for panel, ids in seen.items()} != {panel: sorted(wanted[panel]) for panel in PANELS}:
        assert time.monotonic() < deadline, (seen, wanted)
        screen.page.wait_for_timeout(50)
        seen = {panel: screen.rows(panel) for panel in PANELS}
    times = [wanted["gates"][id_] for id_ in seen["gates"]]
    assert times == sorted(times, reverse=True), "the newest passage is on top"
