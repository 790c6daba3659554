"""Search in the forum: two-character words, edits, and that PostgreSQL uses an index under row-level security."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import orjson
import pytest

from models.predicate import Params
from models.query import Order
from models.rules.permission import Role
from models.rules.search import tokens
from models.viewer import Grant, Viewer
from resolvers.forum.read import PostFilter, posts
from schema.base.node import NODES
from schema.base.page import Page
from schema.batch.sql import page_sql
from tests.client import Client
from tests.dump import owner
from tests.factories.world import NOW
from tests.forum import ask, codes, done, write

if TYPE_CHECKING:
    from resolvers.ports import House

MANY = 4_000


async def found(client: Client, search: str, who: str = "neighbour") -> list[str]:
    """The titles that a search finds, oldest first."""
    data = await client.data(
        "query ($place: ID!, $search: String) {"
        " forumPosts(propertyId: $place, filter: { search: $search }, order: OLDEST) { nodes { title } } }",
        who,
        place=client.world.acme.id("home"),
        search=search,
    )
    return [node["title"] for node in data["forumPosts"]["nodes"]]


async def test_words_of_two_characters_are_found(client: Client, house: House) -> None:
    await write(client, title="三号楼", text="地下车库漏水了，Lift ２ 也坏了")
    cases = {
        "漏水": ["三号楼"],
        "车库 漏水": ["三号楼"],
        "水": ["三号楼"],
        "号楼": ["三号楼"],
        "LIFT 2": ["三号楼"],
        "lif": [],
        "电梯": ["acme 电梯又停了"],
        "停车": ["acme 停车位出租"],
        "停": ["acme 电梯又停了", "acme 停车位出租"],
        "电梯 停车": [],
        "车停": [],
        "赌博": [],  # held
        "广告": [],  # hidden
    }
    for search, titles in cases.items():
        assert await found(client, search) == titles, search
    assert await found(client, "去年", "resident") == [], "on a closed board"
    assert await found(client, "赌博", "manager") == ["acme 赌博"]
    assert await found(client, "去年", "manager") == ["acme 去年的事"]
    assert await found(client, "电梯", "away_resident") == []
    assert await found(client, "电梯", "control") == []


async def test_every_two_characters_of_a_post_find_it(client: Client) -> None:
    text = "昨晚十点左右地下二层的水管爆裂，请物业尽快安排维修。"
    await write(client, title="紧急", text=text)
    for at in range(len(text) - 1):
        pair = text[at : at + 2]
        if not any(sign in pair for sign in "，。"):
            assert "紧急" in await found(client, pair), pair


async def test_an_edit_and_a_deletion_change_what_is_found(client: Client, house: House) -> None:
    id_ = (await write(client, title="漏水", text="楼上漏水"))["id"]
    await done(client, "forumPostUpdate", "resident", id_, expectedVersion=1, title="噪音", text="楼上噪音")
    assert (await found(client, "漏水"), await found(client, "噪音")) == ([], ["噪音"])
    await done(client, "forumPostUpdate", "resident", id_, expectedVersion=2, title="漏水")
    assert await found(client, "漏水") == ["漏水"], "a token that comes back is found again"
    assert codes(await ask(client, "forumPostDelete", "resident", id_)) == []
    assert await found(client, "漏水", "manager") == []


async def test_a_search_needs_words(client: Client) -> None:
    place = client.world.acme.id("home")
    for search in ("", " ", "?!", "x" * 61):
        query = f'{{ forumPosts(propertyId: "{place}", filter: {{ search: "{search}" }}) {{ nodes {{ id }} }} }}'
        assert await client.codes(query, "resident") == ["BAD_USER_INPUT"], search


async def fill(house: House, client: Client) -> None:
    """Thousands of posts, one in a hundred about the lift."""
    keys = client.world.acme.keys
    rows, words = [], []
    for n in range(MANY):
        id_ = str(house.identity.uuid())
        title = f"第{n}帖" + ("电梯" if n % 100 == 0 else "邻里闲谈")
        rows.append({"id": id_, "title": title})
        words += [{"post": id_, "token": token} for token in sorted(tokens(title))]
    await owner(
        house,
        "INSERT INTO forum_post (id, organization_id, property_id, board_id, author_id, author_name, title, text,"
        " status, official, reply_count, like_count, active_at, created_at, updated_at, version)"
        " SELECT (r ->> 'id')::uuid, $1, $2, $3, $4, '王**', r ->> 'title', '', 'VISIBLE', FALSE, 0, 0, $5, $5, $5, 1"
        " FROM jsonb_array_elements($6::jsonb) r",
        *(keys[name] for name in ("organization", "home", "board", "resident")),
        NOW,
        orjson.dumps(rows).decode(),
    )
    await owner(
        house,
        "INSERT INTO forum_token (organization_id, property_id, post_id, token, current)"
        " SELECT $1, $2, (r ->> 'post')::uuid, r ->> 'token', TRUE FROM jsonb_array_elements($3::jsonb) r",
        keys["organization"],
        keys["home"],
        orjson.dumps(words).decode(),
    )
    for table in ("forum_post", "forum_token", "forum_board"):
        await owner(house, f"ANALYZE {table}")


async def plan(house: House, organization: Any, sql: str, values: list[Any]) -> str:
    """How PostgreSQL answers, as the application role with its Organization set."""
    connection = await asyncpg.connect(house.settings.database_url)
    try:
        await connection.execute("SELECT set_config('app.organization', $1, false)", str(organization))
        return "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN (ANALYZE) {sql}", *values))
    finally:
        await connection.close()


async def planned(house: House, client: Client, order: Order, wanted: PostFilter) -> str:
    """How PostgreSQL answers a page of a resident."""
    keys = client.world.acme.keys
    viewer = Viewer(
        organization_id=keys["organization"],
        valid_until=NOW,
        account_id=keys["resident"],
        grants=(Grant(Role.RESIDENT, keys["home"]),),
    )
    params = Params("postgres")
    sql = page_sql(posts(viewer, keys["home"], order, wanted), NODES["ForumPost"].columns, Page(first=20), params)
    return await plan(house, keys["organization"], sql, params.values)


NEWEST = Order(descending=True)
ON_POSTGRES = pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)])


@ON_POSTGRES
async def test_an_index_is_read_among_thousands_of_posts_under_row_level_security(client: Client, house: House) -> None:
    await fill(house, client)
    for search in ("电梯", "帖电梯", "闲谈", "不在"):
        shown = await planned(house, client, NEWEST, PostFilter(search=search))
        assert "Seq Scan on forum_token" not in shown, shown
        assert "Seq Scan on forum_post" not in shown, shown
        assert "forum_token_pkey" in shown, shown
        assert "token = " in shown.split("forum_token_pkey")[1].split("\n")[1], "the token is no mere filter: " + shown
    for order in (NEWEST, Order("active_at", descending=True)):
        for wanted in (PostFilter(), PostFilter(pinned=True), PostFilter(authored=True)):
            shown = await planned(house, client, order, wanted)
            assert "Seq Scan on forum_post" not in shown, (order, wanted, shown)


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_a_search_reads_an_index_on_sqlite(client: Client, house: House) -> None:
    keys = client.world.acme.keys
    viewer = Viewer(organization_id=keys["organization"], valid_until=NOW, grants=(Grant(Role.RESIDENT, keys["home"]),))
    params = Params("sqlite")
    query = posts(viewer, keys["home"], NEWEST, PostFilter(search="电梯"))
    sql = page_sql(query, NODES["ForumPost"].columns, Page(first=20), params)
    rows = await owner(house, f"EXPLAIN QUERY PLAN {sql}", *params.values)
    shown = "\n".join(row["detail"] for row in rows)
    assert "forum_token_1 (property_id=? AND token=? AND post_id=?)" in shown, shown
    assert "SCAN t" not in shown, shown
