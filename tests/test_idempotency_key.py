"""Idempotency keys through the public endpoints: one effect, the same bytes, and rights asked again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from adapters.settings import Limits
from resolvers.erasure import erase_due
from resolvers.idempotency_key import prune_keys
from schema.base import encode
from tests.dump import audits, dump, owner
from tests.live.websocket import talk
from tests.test_photo import photo

if TYPE_CHECKING:
    import httpx

    from resolvers.ports import House
    from tests.client import Client
    from tests.conftest import Live

COPIES = 50
PAY = """mutation ($input: PaymentRecordInput!) { paymentRecord(input: $input) {
  payment { id number amount { amount } allocations { nodes { bill { status openAmount { amount } } } } }
  userErrors { code message } } }"""
TWICE = "mutation { a: accountSignOut { userErrors { code } } b: accountSignOut { userErrors { code } } }"
UPLOAD = "mutation ($file: Upload!) { fileUpload(file: $file) { file { id } userErrors { code } } }"


class Desk:
    """A cashier who takes cash without a receipt number."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.acme = client.world.acme

    def body(self, amount: str = "10.00", **more: Any) -> dict[str, Any]:
        wish = {
            "propertyId": self.acme.id("home"),
            "payerId": self.acme.id("resident_person"),
            "amount": {"amount": amount},
        }
        return {"query": PAY, "variables": {"input": wish}, **more}

    async def send(self, key: str | None, who: str | None = "cashier", **body: Any) -> httpx.Response:
        headers = self.client.headers(who) | ({"idempotency-key": key} if key else {})
        return await self.client.http.post("/graphql", json=body or self.body(), headers=headers)


@pytest.fixture
def desk(client: Client) -> Desk:
    return Desk(client)


def code(response: httpx.Response) -> str:
    found: str = response.json()["errors"][0]["extensions"]["code"]
    return found


async def payments(house: House) -> int:
    return len(await owner(house, "SELECT id FROM payment WHERE reversed_at IS NULL AND receipt_number IS NULL"))


async def test_fifty_copies_have_one_effect_and_one_answer(desk: Desk, house: House) -> None:
    before = await payments(house)
    answers = await asyncio.gather(*(desk.send("till-7/1") for _ in range(COPIES)))
    assert {answer.status_code for answer in answers} == {200}
    (bytes_,) = {answer.content for answer in answers}
    told = orjson.loads(bytes_)["data"]["paymentRecord"]
    assert told["userErrors"] == []
    (share,) = told["payment"]["allocations"]["nodes"]
    assert share["bill"]["openAmount"]["amount"] == "332.86", "rendered as after the commit"
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == COPIES - 1
    assert await payments(house) == before + 1
    assert len(await audits(house, "payment.record")) == 1
    # Another amount, another document: another request. The same one in other words, and by the extension: the same.
    assert code(await desk.send("till-7/1", **desk.body("11.00"))) == "IDEMPOTENCY_KEY_REUSED"
    spelled = desk.body()
    spelled["query"] = "# again\n" + PAY.replace("\n", " \n ")
    again = await desk.send(None, **spelled, extensions={"idempotencyKey": "till-7/1"})
    assert (again.content, again.headers["idempotency-replayed"]) == (bytes_, "true")
    # Keys are an account's own; without one, and with the next, money is taken again.
    assert "idempotency-replayed" not in (await desk.send("till-7/1", "manager")).headers
    assert "idempotency-replayed" not in (await desk.send("till-7/2")).headers
    assert "idempotency-replayed" not in (await desk.send(None)).headers
    assert await payments(house) >= before + 3
    (kept, *_) = await owner(house, "SELECT key, answer FROM idempotency_key ORDER BY created_at, id")
    assert (kept["key"], told["payment"]["number"] in kept["answer"]) == ("till-7/1", False), "sealed"
    house.clock.move(timedelta(days=29))  # type: ignore[attr-defined]  # held
    await prune_keys(house)
    assert await owner(house, "SELECT id FROM idempotency_key")
    house.clock.move(timedelta(days=2))  # type: ignore[attr-defined]
    await prune_keys(house)
    assert not await owner(house, "SELECT id FROM idempotency_key")


async def test_what_is_kept_and_what_is_not(desk: Desk, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await dump(house)
    for key in ("", "with space", "ключ".encode().decode("latin-1"), "x" * 256):
        refused = await desk.send(None, **desk.body(), extensions={"idempotencyKey": key})
        assert (refused.status_code, code(refused)) == (400, "BAD_REQUEST"), key
    assert code(await desk.send("a", **desk.body(), extensions={"idempotencyKey": "b"})) == "BAD_REQUEST"
    for who, body in ((None, desk.body()), ("cashier", {"query": TWICE})):
        assert code(await desk.send("k", who, **body)) == "BAD_REQUEST"
    forbidden = await desk.send("k", "resident")
    assert code(forbidden) in ("FORBIDDEN", "NOT_FOUND")
    # A verb that fails at the very end, after its rows were written and its answer rendered, leaves nothing.
    with monkeypatch.context() as patched:
        patched.setattr(type(house.vault), "seal", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):  # 500 on the wire
            await desk.send("k")
    with monkeypatch.context() as patched:
        patched.setattr("resolvers.payment._settle", _broken)
        assert code(await desk.send("k")) == "INTERNAL_SERVER_ERROR"
    assert await dump(house) == before
    # The key is free still: now it runs. A query does not mind a key.
    taken = await desk.send("k")
    assert taken.json()["data"]["paymentRecord"]["userErrors"] == []
    assert (await desk.send("k", query="{ viewer { roles } }")).status_code == 200
    # What the verb refused as data is an answer too.
    much = desk.body("99999.00")
    first, second = await desk.send("m", **much), await desk.send("m", **much)
    assert first.json()["data"]["paymentRecord"]["userErrors"][0]["code"] == "PAYMENT_EXCEEDS_DUE"
    assert (first.content, second.headers["idempotency-replayed"]) == (second.content, "true")
    assert len(await audits(house, "payment.record")) == 1


async def _broken(*_: object) -> None:
    raise RuntimeError("a bug after some rows")


async def test_a_replay_is_authorised_again(desk: Desk, house: House) -> None:
    first = await desk.send("r")
    assignment = desk.acme.keys["cashier"]
    sql = "UPDATE role_assignment SET valid_until = $2 WHERE account_id = $1 RETURNING id"
    assert await owner(house, sql, assignment, house.clock.now())
    assert code(await desk.send("r")) == "FORBIDDEN", "at once, however fresh the viewer in memory is"
    await owner(house, sql, assignment, None)
    assert (await desk.send("r")).content == first.content
    ended = "UPDATE session SET revoked_at = $2 WHERE account_id = $1 RETURNING id"
    assert await owner(house, ended, assignment, house.clock.now())
    assert code(await desk.send("r")) == "UNAUTHENTICATED"


async def test_a_file_is_a_part_of_the_request(desk: Desk, house: House) -> None:
    async def upload(content: bytes) -> httpx.Response:
        parts: Any = {
            "operations": (None, orjson.dumps({"query": UPLOAD, "variables": {"file": None}})),
            "map": (None, b'{"0":["variables.file"]}'),
            "0": ("photo.png", content, "image/png"),
        }
        headers = desk.client.headers("resident") | {"graphql-require-preflight": "1", "idempotency-key": "f"}
        return await desk.client.http.post("/graphql", files=parts, headers=headers)

    count = len(await owner(house, "SELECT id FROM file"))
    content = photo("PNG")
    first, second = await upload(content), await upload(content)
    assert first.json()["data"]["fileUpload"]["file"]
    assert second.content == first.content
    assert code(await upload(photo("PNG", (30, 30)))) == "IDEMPOTENCY_KEY_REUSED"
    assert len(await owner(house, "SELECT id FROM file")) == count + 1


async def test_over_the_socket(live: Live) -> None:
    desk = Desk(live.client)
    async with talk(live.websocket_url, desk.acme.token("cashier")) as socket:
        for number in (1, 2):
            payload = desk.body(extensions={"idempotencyKey": "w"})
            await socket.send("subscribe", id=str(number), payload=payload)
            (result,) = await socket.results(str(number), 1)
            assert (await socket.hear())["type"] == "complete"
            if number == 1:
                first = result
        assert result == {**first, "extensions": {**first["extensions"], "idempotencyReplayed": True}}
    assert (await desk.send("w")).json() == first, "by HTTP too"


class TestSlow:
    """A copy does not wait for ever."""

    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(idempotency_wait_seconds=0.05)

    async def test_still_running(self, desk: Desk, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        from resolvers import payment

        inside, go = asyncio.Event(), asyncio.Event()
        real = payment._settle

        async def slow(*arguments: Any) -> Any:
            inside.set()
            await go.wait()
            return await real(*arguments)

        monkeypatch.setattr(payment, "_settle", slow)
        running = asyncio.create_task(desk.send("s"))
        await inside.wait()
        copy = (await desk.send("s")).json()["errors"][0]["extensions"]
        assert copy == {"code": "IDEMPOTENCY_IN_PROGRESS", "retryAfter": 1}
        go.set()
        first = await running
        assert (await desk.send("s")).content == first.content
        assert encode("Payment", (await audits(house, "payment.record"))[0]["subject_id"]) in first.text


TICKET = 'ticketCreate(input: { propertyId: "%s", kind: REPAIR, category: "c", text: "t" })'
REVEAL = 'personIdNumberReveal(id: "%s", input: { purpose: CONTRACT })'
SHOWS_PEOPLE = {
    "ticketCreate": {
        "{ ticket { number reporter { id } } userErrors { code } }": False,
        "{ ticket { reporter { name } } userErrors { code } }": True,
        "{ ticket { workOrders(first: 1) { nodes { ...O } } } userErrors { code } }": True,
        "{ ticket { ...O @include(if: $show) } userErrors { code } }": False,
    },
    "personIdNumberReveal": {
        "{ idNumber userErrors { code } }": True,
        "{ person { idNumberMasked } userErrors { code } }": True,
        "{ person { id version } userErrors { code } }": False,
    },
}
FRAGMENTS = {
    "...O }": " fragment O on WorkOrder { reporter { phone } }",
    "...O @": " fragment O on Ticket { reporter { phone } }",
}


async def test_erasure_takes_kept_answers_that_show_people(desk: Desk, house: House) -> None:
    acme, sent = desk.acme, {}
    calls = {
        "ticketCreate": TICKET % acme.id("home"),
        "personIdNumberReveal": REVEAL % acme.id("resident_person"),
    }
    for verb, documents in SHOWS_PEOPLE.items():
        for n, (selection, personal) in enumerate(documents.items()):
            head = "mutation ($show: Boolean = false)" if "$show" in selection else "mutation"
            tail = next((text for mark, text in FRAGMENTS.items() if mark in selection), "")
            query = f"{head} {{ {calls[verb]} {selection} }}{tail}"
            first = await desk.send(f"{verb}-{n}", "manager", query=query)
            assert first.json()["data"][verb]["userErrors"] == [], (query, first.text)
            sent[f"{verb}-{n}"] = (query, personal, first.content)
    erase = """mutation ($id: ID!) { consentWithdraw(input: { personId: $id, kind: ID_NUMBER }) {
        userErrors { code } } }"""
    withdrawn = await desk.client.data(erase, "manager", id=acme.id("resident_person"))
    assert withdrawn["consentWithdraw"]["userErrors"] == []
    await erase_due(house)
    for key, (query, _, content) in sent.items():
        assert (await desk.send(key, "manager", query=query)).content == content, "others may be under way"
    house.clock.move(timedelta(seconds=10))  # type: ignore[attr-defined]
    late = await desk.send("late", "manager", query=sent["personIdNumberReveal-0"][0])
    tickets = len(await owner(house, "SELECT id FROM ticket"))
    await erase_due(house)
    for key, (query, personal, content) in sent.items():
        again = await desk.send(key, "manager", query=query)
        assert (code(again) == "CONFLICT") if personal else (again.content == content), query
    assert (await desk.send("late", "manager", query=sent["personIdNumberReveal-0"][0])).content == late.content
    assert len(await owner(house, "SELECT id FROM ticket")) == tickets, "nothing is done twice"
    kept = await owner(house, "SELECT answer FROM idempotency_key WHERE answer IS NULL")
    assert len(kept) == sum(personal for _, personal, _ in sent.values())
