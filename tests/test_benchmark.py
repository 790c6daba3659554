"""The benchmark asks for what the contract has, and its rows are what the product's database holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID
from xml.etree import ElementTree

import asyncpg
import pytest
from graphql import build_schema, parse, validate

from tests.benchmarks.read.data import Scale, fill
from tests.benchmarks.read.operation import OPERATIONS, PEERS, POSTGRAPHILE, PRODUCT, node_id, normal
from tests.benchmarks.read.report import Shot, figures, plot, table
from tests.conftest import ROLE, ROLE_PASSWORD

if TYPE_CHECKING:
    from tests.servers.postgres import PostgresServer

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("documents", "contract"),
    [(PRODUCT, "schema/schema.graphql"), (PEERS, "tests/benchmarks/peers/schema.graphql")],
    ids=["product", "peers"],
)
def test_the_documents_are_valid(documents: dict[str, str], contract: str) -> None:
    schema = build_schema((ROOT / contract).read_text())
    for operation, document in documents.items():
        assert validate(schema, parse(document)) == [], operation
    assert tuple(documents) == OPERATIONS == tuple(POSTGRAPHILE)


def test_answers_of_different_contracts_have_one_form() -> None:
    key = UUID("01924560-6c00-7005-8000-000000000185")
    bill = {"periodFrom": "2026-11-01", "createdAt": "2026-11-01T01:00:00.000000Z", "amount": {"amount": "250.60"}}
    ours = {"bills": {"nodes": [{"id": node_id("Bill", key), **bill, "lines": {"nodes": []}}]}}
    theirs = {
        "bills": [{"id": str(key), **bill, "createdAt": "2026-11-01T09:00:00+08:00", "amount": "25060", "lines": []}]
    }
    assert normal(ours) == normal(theirs)
    theirs["bills"][0]["amount"] = "25061"
    assert normal(ours) != normal(theirs)


def test_figures_are_medians_over_the_rounds() -> None:
    shots = [
        Shot(name, "tiny", rate, 1.0, 2.0, 0.5, 0.25, 330, 100.0, 0.1, 0.0)
        for name, rates in (("product", (300.0, 100.0, 200.0)), ("limit", (400.0, 800.0, 100.0)))
        for rate in rates
    ]
    found = figures(shots)
    assert [(figure.rate, figure.low, figure.high) for figure in found] == [(200, 100, 300), (400, 100, 800)]
    assert "| tiny | limit | 400 | 100–800 | 0.50 × |" in table(found)
    assert len(ElementTree.fromstring(plot(found)).findall("{*}rect")) == 5


@pytest.mark.postgres
async def test_the_rows_are_valid(postgres: PostgresServer) -> None:
    """`fill` itself looks at every foreign key and at the books; here are the counts, on a small scale."""
    name = postgres.create_database()
    try:
        await fill(postgres.url(name, ROLE, ROLE_PASSWORD), postgres.url(name), Scale(400, 500, 4, 2_000))
        connection = await asyncpg.connect(postgres.url(name))
        try:
            tables = (
                "unit",
                "ticket",
                "bill",
                "bill_line",
                "access_event",
                "access_event_before",
                "access_event_after",
            )
            counts = [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables]
        finally:
            await connection.close()
    finally:
        postgres.drop_database(name)
    assert counts == [400, 500, 1_600, 3_200, 2_000, 0, 0]
