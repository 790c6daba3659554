"""The server is killed in the middle of an export: the next one begins it again, and there is one whole file."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.estate import Estate
    from tests.servers.product import Product

pytestmark = [pytest.mark.faults, pytest.mark.servers, pytest.mark.timeout(400)]  # whoever comes first loads the estate

ROWS = 12_000
FIRST = "SELECT id FROM property ORDER BY id LIMIT 1"
SECONDS = 60.0
SIGN_IN = "mutation ($i: AccountSignInInput!) { accountSignIn(input: $i) { token } }"
CREATE = "mutation ($i: ExportCreateInput!) { exportCreate(input: $i) { dataExport { id } userErrors { code } } }"
SHOW = "query ($id: ID!) { export(id: $id) { state rowCount error file { url } } }"
TICKETS = "query ($p: ID!) { tickets(propertyId: $p, order: OLDEST) { nodes { number text } } }"


def fill(path: Path) -> int:
    """Copies of one ticket of the first Property; how many that has then."""
    with sqlite3.connect(path, timeout=10) as connection:
        connection.row_factory = sqlite3.Row
        row = dict(connection.execute(f"SELECT * FROM ticket WHERE property_id = ({FIRST}) LIMIT 1").fetchone())
        marks = ", ".join(f":{name}" for name in row)
        copies = ({**row, "id": str(uuid4()), "number": f"K{n}", "text": "=1+1"} for n in range(ROWS))
        connection.executemany(f"INSERT INTO ticket ({', '.join(row)}) VALUES ({marks})", copies)
        count = "SELECT COUNT(*) FROM ticket WHERE property_id = ?"
        return int(connection.execute(count, [row["property_id"]]).fetchone()[0])


class Manager:
    """Asks the running server."""

    def __init__(self, product: Product, account: dict[str, str]) -> None:
        self._product, self._account, self._token = product, account, ""

    def ask(self, query: str, **variables: Any) -> Any:
        headers = {"authorization": f"Bearer {self._token}"} if self._token else {}
        answer = httpx.post(
            f"{self._product.url}/graphql",
            json={"query": query, "variables": variables},
            headers=headers,
            trust_env=False,
            timeout=20,
        ).json()
        assert "errors" not in answer, answer
        (found,) = answer["data"].values()
        return found

    def sign_in(self) -> None:
        wish = {name: self._account[name] for name in ("organization", "login", "password")}
        self._token = self.ask(SIGN_IN, i=wish)["token"]

    def until(self, id_: str, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The export once it is so far."""
        deadline = time.monotonic() + SECONDS
        while not reached(export := self.ask(SHOW, id=id_)):
            assert time.monotonic() < deadline, export
            time.sleep(0.02)
        found: dict[str, Any] = export
        return found


def test_an_export_outlives_kill_9(estate: Estate, tmp_path: Path) -> None:
    product = estate.product(tmp_path)
    database = tmp_path / "state" / "wuye.db"
    total = fill(database)
    manager = Manager(product, next(a for a in estate.handover["accounts"] if a["role"] == "MANAGER"))
    with product:
        manager.sign_in()
        (place,) = manager.ask("{ properties(first: 1) { nodes { id } } }")["nodes"]
        wish = {"name": "all", "format": "CSV", "document": TICKETS, "variables": json.dumps({"p": place["id"]})}
        id_ = manager.ask(CREATE, i=wish)["dataExport"]["id"]
        before = manager.until(id_, lambda export: export["rowCount"] >= 1_000)
        product.kill()
        assert before["state"] == "RUNNING", "it was over before the kill: more ROWS"
        with sqlite3.connect(database, timeout=10) as connection:  # instead of waiting a minute for the claim to lapse
            connection.execute("UPDATE data_export SET locked_until = NULL")
        product.start()
        export = manager.until(id_, lambda export: export["state"] not in ("WAITING", "RUNNING"))
        assert (export["state"], export["rowCount"], export["error"]) == ("DONE", total, None)
        content = httpx.get(product.url + export["file"]["url"], trust_env=False).content
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert rows[0] == ["number", "text"]
        assert len({number for number, _ in rows[1:]}) == len(rows) - 1 == total, "each row once"
        assert {text for number, text in rows[1:] if number.startswith("K")} == {"'=1+1"}
        with sqlite3.connect(database, timeout=10) as connection:
            assert connection.execute("SELECT COUNT(*) FROM file WHERE kind = 'SHEET'").fetchone() == (1,)
