"""Sheets as tests make them, and the way of an import through the public endpoint."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.client import Client

FIELDS = """id kind mode dryRun state fileName sizeBytes rowsTotal rowsRead rowsCreated rowsChanged rowsUnchanged
    rowsBad version startedAt endedAt account { login } errors(first: 100) { nodes { row column code message } }"""
CREATE = f"""mutation ($input: ImportCreateInput!, $file: Upload!) {{ importCreate(input: $input, file: $file) {{
    import {{ {FIELDS} }} userErrors {{ code message field }} }} }}"""
ONE = f"query ($id: ID!) {{ import(id: $id) {{ {FIELDS} }} }}"
OPEN = ("WAITING", "CHECKING", "WRITING")
SECONDS = 20.0

PLACES = "property,building,entrance,unit,floor,built_up_area"
PEOPLE = "property,building,entrance,unit,name,phone,kind,move_in"
CARD = "id_number,id_purpose,id_consent_on,id_consent_version"
CONSENT = ("业主档案", "2026-01-01", "v1")
GOOD_ID = "11010519491231002X"
OTHER_ID = "440524188001010014"


def sheet(heading: str, *rows: Iterable[object]) -> bytes:
    """A CSV file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heading.split(","))
    writer.writerows(rows)
    return text.getvalue().encode()


async def send(
    client: Client, kind: str, content: bytes, who: str | None = "chief", name: str = "a.csv", **how: Any
) -> dict[str, Any]:
    """The whole answer to importCreate."""
    body = {"query": CREATE, "variables": {"input": {"kind": kind, **how}, "file": None}}
    form = {"operations": orjson.dumps(body).decode(), "map": '{"0": ["variables.file"]}'}
    response = await client.http.post(
        "/graphql",
        data=form,
        files={"0": (name, content, "text/csv")},
        headers=client.headers(who) | {"graphql-require-preflight": "1"},
    )
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def begun(client: Client, kind: str, content: bytes, who: str = "chief", **how: Any) -> dict[str, Any]:
    """The import as it was created."""
    answer = await send(client, kind, content, who, **how)
    payload = answer["data"]["importCreate"]
    assert payload["userErrors"] == []
    made: dict[str, Any] = payload["import"]
    return made


async def ended(client: Client, id_: str, who: str = "chief") -> dict[str, Any]:
    """The import as it ended."""
    async with asyncio.timeout(SECONDS):
        while True:
            found: dict[str, Any] = (await client.data(ONE, who, id=id_))["import"]
            if found["state"] not in OPEN:
                return found
            await asyncio.sleep(0.02)


async def imported(client: Client, kind: str, content: bytes, who: str = "chief", **how: Any) -> dict[str, Any]:
    """Create, and wait for the end."""
    return await ended(client, (await begun(client, kind, content, who, **how))["id"], who)


def counts(row: dict[str, Any]) -> tuple[str, int, int, int, int]:
    """State, created, changed, unchanged, bad."""
    return (row["state"], row["rowsCreated"], row["rowsChanged"], row["rowsUnchanged"], row["rowsBad"])


def faults(row: dict[str, Any]) -> list[tuple[int | None, str | None, str]]:
    """Row, column and code of each fault."""
    return [(one["row"], one["column"], one["code"]) for one in row["errors"]["nodes"]]
