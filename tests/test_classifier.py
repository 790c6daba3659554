"""A language model says what a ticket is about where the keywords say nothing; without it nothing is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from adapters.classifier import REST, HttpClassifier
from adapters.clock import HeldClock
from adapters.outside import make_outside
from adapters.provider_setting import ClassifierSettings
from adapters.settings import Settings, SettingsError, load_settings
from adapters.web import Web
from models.rules.ticket import CategoryRule, TicketKind
from models.viewer import Viewer
from resolvers.ticket.category import classified
from tests.factories.world import NOW
from tests.providers.model import KEY, NAME
from tests.work import do

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from resolvers.ports import House
    from tests.client import Client
    from tests.providers import Others

RULES = [
    CategoryRule(UUID(int=3), None, (), 3, "公共秩序"),
    CategoryRule(UUID(int=1), TicketKind.REPAIR, ("龙头", "水管"), 1, "给排水"),
    CategoryRule(UUID(int=2), TicketKind.COMPLAINT, ("噪音",), 2, "邻里"),
]


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    web = Web()
    yield web
    await web.close()


def model(web: Web, others: Others, **changes: str) -> tuple[HttpClassifier, HeldClock]:
    clock = HeldClock(NOW)
    return HttpClassifier(web, replace(ClassifierSettings(f"{others.url}/v1", NAME, KEY), **changes), clock), clock


@pytest.mark.parametrize(
    ("thought", "found"),
    [
        ("1", 1),
        ("2", 3),
        (" 2。", 3),
        ("1\n因为漏水", 1),
        ("0", None),
        ("3", None),
        ("九", None),
        ("", None),
        (None, None),
    ],
)
async def test_what_the_model_may_say(web: Web, others: Others, thought: str | None, found: int | None) -> None:
    others.model.thought = thought
    asked, _ = model(web, others)
    said = await asked.classify(TicketKind.REPAIR, "水漫金山", RULES)
    assert said == (None if found is None else UUID(int=found))


async def test_what_it_is_told_is_the_text_without_peoples_numbers(web: Web, others: Others) -> None:
    asked, _ = model(web, others)
    words = "请打 138 0013-8000，身份证 11010519491231002X，3 楼漏水"
    await asked.classify(TicketKind.REPAIR, words + "。" * 9_000, RULES)
    (system, user) = others.model.asked[-1]["messages"]
    assert (system["role"], others.model.asked[-1]["temperature"]) == ("system", 0)
    assert "1. 给排水：龙头、水管\n2. 公共秩序\n" in user["content"]
    assert "请打 …，身份证 …，3 楼漏水" in user["content"]
    assert len(user["content"]) < 700


@pytest.mark.parametrize("trouble", ["429", "500", "key", "name", "away"])
async def test_a_model_that_fails_is_left_alone_for_a_minute(
    web: Web, others: Others, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    changes = {"key": {"key": "wrong"}, "name": {"model": "x"}, "away": {"url": "http://127.0.0.1:9/v1"}}
    asked, clock = model(web, others, **changes.get(trouble, {}))
    others.model.fault = int(trouble) if trouble.isdigit() else None
    others.model.thought = "1"
    before = len(others.model.asked)
    for _ in range(3):
        assert await asked.classify(TicketKind.REPAIR, "水", RULES) is None
    assert len(others.model.asked) - before == (trouble != "away")
    assert KEY not in caplog.text
    clock.move(REST + timedelta(seconds=1))
    again = await asked.classify(TicketKind.REPAIR, "水", RULES)
    assert again == (UUID(int=1) if trouble.isdigit() else None)


async def test_keywords_come_first_and_the_model_second(client: Client, house: House, others: Others, web: Web) -> None:
    acme = client.world.acme
    water = await do(
        client, "ticketCategoryCreate", "manager", None, propertyId=acme.id("home"), name="给排水", keywords=["龙头"]
    )
    asked, _ = model(web, others)
    viewer = Viewer(organization_id=acme.keys["organization"], valid_until=NOW)
    with_model = replace(house, classifier=asked)

    async def about(where: House, text: str) -> UUID | None:
        return await classified(viewer, where, acme.keys["home"], TicketKind.REPAIR, text)

    before = len(others.model.asked)
    key = await about(with_model, "龙头断了")
    assert key is not None
    assert len(others.model.asked) == before
    assert await about(house, "厨房到处是水") is None
    listed = await client.data("query ($i: ID!) { ticketCategory(id: $i) { position } }", i=water["id"])
    assert listed["ticketCategory"] is not None
    await about(with_model, "厨房到处是水")
    offered = others.model.asked[-1]["messages"][1]["content"]
    place = next(line.partition(".")[0] for line in offered.splitlines() if "给排水" in line)
    others.model.thought = place
    assert await about(with_model, "厨房到处是水") == key


def test_it_is_off_unless_it_is_set_up() -> None:
    assert make_outside(Settings(), HeldClock(NOW)).classifier is None
    url = {"CLASSIFIER_URL": "https://model.example/v1", "CLASSIFIER_MODEL": NAME}
    keys = {"SECRET_KEY": "x" * 32, "PERSONAL_DATA_KEY": "y" * 32}
    found = load_settings({**keys, **url, "CLASSIFIER_KEY": KEY}).classifier
    assert found == ClassifierSettings("https://model.example/v1", NAME, KEY)
    assert KEY not in repr(found)
    assert make_outside(replace(Settings(), classifier=found), HeldClock(NOW)).classifier is not None
    for wrong in ({"CLASSIFIER_MODEL": ""}, {"CLASSIFIER_URL": "model.example"}, {"CLASSIFIER_URL": ""}):
        with pytest.raises(SettingsError, match="CLASSIFIER_"):
            load_settings({**keys, **url, **wrong})
    with pytest.raises(SettingsError, match="https"):
        load_settings({**keys, **url, "CLASSIFIER_URL": "http://model.example/v1", "ENVIRONMENT": "production"})
