"""The simulator's own promises: a seed's day stays its day, numbers never repeat, a verb is never sent twice."""

import pkgutil
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from graphql import parse, validate

from adapters import simulator as package
from adapters.clock import HeldClock
from adapters.settings import Settings
from adapters.simulator import Manner, address, simulate
from adapters.simulator import server as server_module
from adapters.simulator import session as session_module
from adapters.simulator.actor import chance_of
from adapters.simulator.cashier import plan_payment
from adapters.simulator.desk import plan_charge
from adapters.simulator.incident import plan_incident
from adapters.simulator.machine import plan_readings
from adapters.simulator.manager import CHECKS, MOST_OPEN, RETURN, check, choose_technician
from adapters.simulator.own_ticket import plan_rating
from adapters.simulator.passage import plan_crowd, plan_passage
from adapters.simulator.photo import take_photo
from adapters.simulator.sequence import BLOCK, Sequences
from adapters.simulator.server import Server
from adapters.simulator.session import Session
from adapters.simulator.technician import DECLINE, STEPS, WAIT, next_order, overlooks
from adapters.simulator.toolbox import LEFT, choose_part
from adapters.simulator.trouble import Refused
from adapters.simulator.wish import AT_HOME, SHARED, plan_deed, plan_post, plan_reply, plan_wish
from models.rules.device import DeviceKind
from models.rules.gate import AccessResult
from models.rules.ticket import MAX_TEXT, TicketKind
from schema import build_schema

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PEOPLE = ("a", "b", "c")
BOARDS = ("邻里闲聊", "停车与充电")
OWED = (Decimal("318.50"), Decimal("120.00"))
CAMERAS = ({"name": "东门岗亭", "key": "east_gate"}, {"name": "北侧围墙", "key": "north_wall"})
ACCOUNT = {"organization": "demo", "login": "r1", "password": "p", "name": "n", "role": "RESIDENT"}


def day(seed: int, name: str) -> list[object]:
    """Whatever one actor might choose."""
    chance = chance_of(seed, name)
    plans: list[object] = []
    for _ in range(50):
        plans += [plan_wish(chance), plan_passage(chance, PEOPLE), plan_crowd(chance), take_photo(chance)]
        plans += [plan_deed(chance), plan_post(chance, BOARDS), plan_reply(chance, "停车"), plan_payment(chance, OWED)]
        plans += [plan_incident(chance, 3, CAMERAS), plan_readings(chance, DeviceKind.LIFT, 1), plan_rating(chance)]
    return plans


def test_a_seed_plays_the_same_day() -> None:
    assert day(7, "resident1") == day(7, "resident1")


def test_seeds_and_actors_differ() -> None:
    assert day(7, "resident1") != day(8, "resident1")
    assert day(7, "resident1") != day(7, "resident2")


def test_wishes_are_tickets_that_the_contract_takes() -> None:
    chance = random.Random(1)
    wishes = [plan_wish(chance) for _ in range(500)]
    assert {wish.kind for wish in wishes} == set(TicketKind)
    assert all(0 < len(wish.text) <= MAX_TEXT and "{" not in wish.text for wish in wishes)
    assert all(0 < len(wish.category) <= 40 and wish.photos <= 9 for wish in wishes)
    assert set(AT_HOME) | set(SHARED) == set(TicketKind)


def test_passages_are_mostly_granted_and_denials_say_why() -> None:
    chance = random.Random(1)
    passages = [plan_passage(chance, PEOPLE) for _ in range(1_000)]
    denied = [passage for passage in passages if passage.result is AccessResult.DENIED]
    assert 20 < len(denied) < 200
    assert all(passage.reason for passage in denied)
    assert all(passage.reason is None for passage in passages if passage not in denied)
    assert plan_passage(chance, ()).person_id is None


def test_photos_are_small_images() -> None:
    photos = [take_photo(random.Random(seed)) for seed in range(8)]
    assert {photo.media_type for photo in photos} == {"image/jpeg", "image/png"}
    assert all(photo.content.startswith((b"\xff\xd8", b"\x89PNG")) for photo in photos)
    assert all(len(photo.content) < 100_000 for photo in photos)


def test_sequences_never_repeat_over_restarts_and_clock_steps(tmp_path: Path) -> None:
    clock, taken = HeldClock(NOON), []
    for step in (0, 3600, -7200, 0, -86_400):
        clock.move(timedelta(seconds=step))
        numbers = Sequences(tmp_path / "sequence", clock)
        taken += [numbers.take() for _ in range(BLOCK + 5)]  # past the end of a block
    assert taken == sorted(set(taken))
    assert taken[-1] < 2**53


def test_two_simulators_beside_each_other_share_no_number(tmp_path: Path) -> None:
    path, clock = tmp_path / "sequence", HeldClock(NOON)
    one, other = Sequences(path, clock), Sequences(path, clock)
    taken = [numbers.take() for _ in range(BLOCK + 5) for numbers in (one, other)]
    assert len(set(taken)) == len(taken)


def test_a_lost_sequence_file_repeats_nothing(tmp_path: Path) -> None:
    path, clock = tmp_path / "sequence", HeldClock(NOON)
    before = Sequences(path, clock).take()
    path.unlink()
    clock.move(timedelta(seconds=BLOCK / 1000))
    assert Sequences(path, clock).take() > before


def test_orders_go_to_who_has_least_to_do() -> None:
    chance, staff = random.Random(1), ["a", "b", "c"]
    assert choose_technician(chance, staff, {"a": 2, "b": 1, "c": 2}) == "b"
    assert choose_technician(chance, staff, dict.fromkeys(staff, MOST_OPEN)) is None
    assert choose_technician(chance, [], {}) is None


def test_a_technician_answers_calls_and_finishes_before_he_begins() -> None:
    orders = [
        {"number": str(n), "status": s}
        for n, s in enumerate(["ACCEPTED", "IN_PROGRESS", "WAITING_FOR_PARTS", "EN_ROUTE", "ASSIGNED"])
    ]
    turns = []
    while orders:
        turns.append(next_order(orders)["status"])
        orders.remove(next_order(orders))
    assert turns == ["ASSIGNED", "IN_PROGRESS", "EN_ROUTE", "ACCEPTED", "WAITING_FOR_PARTS"]


def documents() -> Iterator[str]:
    """Whatever an actor says to the server."""
    for found in pkgutil.iter_modules(package.__path__):
        for value in vars(import_module(f"{package.__name__}.{found.name}")).values():
            if isinstance(value, str) and value.startswith(("query ", "mutation ", "subscription ")):
                yield value
    yield from (step.document for step in (*STEPS.values(), DECLINE, WAIT))
    yield from map(check, (*CHECKS.values(), RETURN))


def test_actors_say_what_the_contract_takes() -> None:
    said, schema = set(documents()), build_schema()._schema
    assert len(said) > 40
    assert [error for document in said for error in validate(schema, parse(document))] == []


def test_now_and_then_nobody_hears_the_phone() -> None:
    def order(number: int, outcome: str = "ASSIGNED", **values: Any) -> dict[str, Any]:
        given = {"status": "ASSIGNED", "ticket": {"id": "t"}, "whyAssigned": {"outcome": outcome}}
        return {"number": f"261122-{number}", **given, **values}

    missed = [n for n in range(500) if overlooks(1, order(n))]
    assert 30 < len(missed) < 150
    assert missed == [n for n in range(500) if overlooks(1, order(n))], "whoever of the house's people looks"
    heard = (order(missed[0], "BY_HAND"), order(missed[0], status="ACCEPTED"), order(missed[0], ticket=None))
    assert not any(overlooks(1, one) for one in heard), "who is called comes, what was begun goes on, alarms are loud"


def test_parts_are_what_the_order_needs_and_are_left_for_others() -> None:
    def lies(code: str, quantity: str) -> dict[str, Any]:
        return {"quantity": quantity, "item": {"id": code, "code": code, "name": code}}

    there = [lies("JF-15", "9.000"), lies("QF-20", f"{LEFT}.000"), lies("CZ-5", "40.000")]
    assert {str(choose_part(random.Random(n), "水管", there)) for n in range(20)} == {str(there[0]["item"])}
    assert choose_part(random.Random(1), "水管", there[1:]) is None
    assert choose_part(random.Random(1), "噪音", there) is None


def test_a_charge_is_for_what_was_done() -> None:
    order = {
        "version": 7,
        "labourMinutes": 0,
        "materials": {"nodes": [{"id": "a", "used": "1"}, {"id": "b", "used": "0"}]},
    }
    wish = plan_charge(random.Random(1), order, "item", date(2026, 12, 7))
    assert (wish["expectedVersion"], wish["dueOn"], wish["labourPrice"]) == (7, "2026-12-07", None)
    assert [part["materialId"] for part in wish["materials"]] == ["a"], "what was given back is not charged"


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:8000"), ("0.0.0.0", "http://127.0.0.1:8000"), ("::", "http://[::1]:8000")],
)
def test_the_address_follows_the_settings(host: str, url: str) -> None:
    assert address(Settings(host=host)) == url


async def test_without_a_handover_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert await simulate(Settings(state_path=tmp_path), None, Manner()) == 1
    assert "python server.py demo" in capsys.readouterr().err


@pytest.mark.parametrize("manner", [Manner(speed=0), Manner(minutes=0), Manner(hour=24), Manner(day=0)])
async def test_a_wrong_manner_is_wrong_usage(manner: Manner, tmp_path: Path) -> None:
    assert await simulate(Settings(state_path=tmp_path), None, manner) == 2


class Answers:
    """A server that answers from a script and keeps what it was sent. An exception in the script is raised."""

    def __init__(self, script: Callable[[int, httpx.Request], httpx.Response | Exception]) -> None:
        self.requests: list[httpx.Request] = []
        self._script = script
        self.server = Server("http://test", httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._script(len(self.requests), request)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "LONGEST_WAIT", 0.1)


async def test_a_device_sends_its_call_again_until_it_is_answered() -> None:
    troubles: list[httpx.Response | Exception] = [httpx.ConnectError("x"), httpx.ReadError("x"), httpx.Response(503)]
    answers = Answers(lambda n, _: troubles[n - 1] if n <= len(troubles) else httpx.Response(200, json={}))
    response = await answers.server.post("/ingest/events", json={"messages": [{"sequence": 1}]})
    assert response.status_code == 200
    assert [request.content for request in answers.requests] == [answers.requests[0].content] * 4


@pytest.mark.parametrize("trouble", [httpx.ConnectError("x"), httpx.ReadError("x"), httpx.Response(504), "busy"])
async def test_a_verb_is_sent_again_under_its_own_key(
    trouble: httpx.Response | Exception | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "COPY_PAUSE", 0.0)
    busy = {"data": None, "errors": [{"message": "busy", "extensions": {"code": "IDEMPOTENCY_IN_PROGRESS"}}]}
    keys: list[str] = []

    def script(_: int, request: httpx.Request) -> httpx.Response | Exception:
        if b"accountSignIn" in request.content:
            return data({"accountSignIn": {"token": "t", "refreshToken": "r", "userErrors": []}})
        keys.append(request.headers["idempotency-key"])
        first = httpx.Response(200, json=busy) if isinstance(trouble, str) else trouble
        return first if len(keys) == 1 else data({"ticketCreate": {"userErrors": []}})

    session = Session(Answers(script).server, ACCOUNT)
    for _ in range(2):
        assert await session.act("mutation { ticketCreate { userErrors { code } } }") == {"userErrors": []}
    assert len(keys) == 3
    assert keys[0] == keys[1] != keys[2]


async def test_a_token_that_ran_out_is_refreshed_and_a_session_that_ended_signs_in_again() -> None:
    log: list[str] = []
    refused = {"errors": [{"message": "no", "extensions": {"code": "UNAUTHENTICATED"}}]}

    def script(_: int, request: httpx.Request) -> httpx.Response:
        for verb in ("accountSignIn", "sessionRefresh"):
            if verb.encode() in request.content:
                log.append(verb)
                if log.count("sessionRefresh") == 2 and verb == "sessionRefresh":
                    return httpx.Response(200, json={"data": {verb: None}, **refused})
                return data({verb: {"token": f"t{len(log)}", "refreshToken": f"r{len(log)}", "userErrors": []}})
        if request.headers["authorization"] != "Bearer t2":
            return httpx.Response(401, json=refused)
        return data({"viewer": None})

    session = Session(Answers(script).server, ACCOUNT)
    assert await session.read("{ viewer { roles } }") == {"viewer": None}
    assert log == ["accountSignIn", "sessionRefresh"]
    await session.renew("t2")
    assert log == ["accountSignIn", "sessionRefresh", "sessionRefresh", "accountSignIn"]
    assert await session.token() == "t4"


async def test_user_errors_are_told_by_their_codes() -> None:
    def script(_: int, request: httpx.Request) -> httpx.Response:
        if b"accountSignIn" in request.content:
            return data({"accountSignIn": {"token": "t", "refreshToken": "r", "userErrors": []}})
        return data({"workOrderAccept": {"userErrors": [{"code": "CONFLICT", "message": "changed"}]}})

    with pytest.raises(Refused) as refused:
        await Session(Answers(script).server, ACCOUNT).act("mutation { … }")
    assert refused.value.codes == {"CONFLICT"}


def data(value: object) -> httpx.Response:
    return httpx.Response(200, content=orjson.dumps({"data": value}))
