"""New replies, live: who hears them, resuming, and what a moderator held or hid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from adapters.settings import Limits
from tests.forum import answer_to, codes, done
from tests.live.websocket import talk

if TYPE_CHECKING:
    from tests.conftest import Live

REPLIES = """subscription ($post: ID!, $after: Cursor) { forumReplyPosted(postId: $post, after: $after) {
    cursor occurredAt forumReply { id text author { displayName isViewer } } } }"""


@pytest.fixture
def limits() -> Limits:
    """Many replies in a minute of a held clock; pings tell where a follower is."""
    return Limits(forum_writes_per_minute=1_000, ws_ping_seconds=0.1)


async def cursor(live: Live, post: str = "post") -> str:
    """Where a post's stream stands."""
    id_ = live.client.world.acme.id(post)
    data = await live.client.data(f'{{ forumPost(id: "{id_}") {{ liveCursor }} }}', "manager")
    found: str = data["forumPost"]["liveCursor"]
    return found


def texts(results: list[dict[str, Any]]) -> list[str | None]:
    """What the heard replies say; None for one that is hidden by now."""
    events = (result["data"]["forumReplyPosted"] for result in results)
    return [event["forumReply"] and event["forumReply"]["text"] for event in events]


async def test_a_reply_is_heard_once_and_resumes(live: Live) -> None:
    acme = live.client.world.acme
    start = await cursor(live)
    async with talk(live.websocket_url, acme.token("resident")) as socket:
        await socket.subscribe("1", REPLIES, post=acme.id("post"), after=start)
        for n in range(3):
            await answer_to(live.client, "neighbour_post", "resident", f"别处 {n}")
            await answer_to(live.client, "post", "neighbour", f"回复 {n}")
        heard = await socket.results("1", 3)
    assert texts(heard) == ["回复 0", "回复 1", "回复 2"]
    author = heard[0]["data"]["forumReplyPosted"]["forumReply"]["author"]
    assert author == {"displayName": "a**", "isViewer": False}
    async with talk(live.websocket_url, acme.token("manager")) as socket:
        after = heard[0]["data"]["forumReplyPosted"]["cursor"]
        await socket.subscribe("1", REPLIES, post=acme.id("post"), after=after)
        assert texts(await socket.results("1", 2)) == ["回复 1", "回复 2"]


async def test_what_is_hidden_is_not_delivered(live: Live) -> None:
    acme = live.client.world.acme
    start = await cursor(live)
    held = await answer_to(live.client, "post", "neighbour", "赌博")
    hidden = await answer_to(live.client, "post", "neighbour", "广告")
    await done(live.client, "forumReplyHide", "manager", hidden["id"], expectedVersion=1, reason="x")
    await answer_to(live.client, "post", "neighbour", "好的")
    await done(live.client, "forumReplyRestore", "manager", held["id"], expectedVersion=1, reason="可以")
    async with talk(live.websocket_url, acme.token("resident")) as socket:
        await socket.subscribe("1", REPLIES, post=acme.id("post"), after=start)
        # The held one is heard when it passes; of the one hidden meanwhile nothing but that it was there.
        assert texts(await socket.results("1", 3)) == [None, "好的", "赌博"]


@pytest.mark.parametrize(
    ("who", "post"),
    [("neighbour", "hidden_post"), ("resident", "away_post"), ("control", "post"), ("away_manager", "post")],
)
async def test_who_does_not_see_the_post_hears_nothing(live: Live, who: str, post: str) -> None:
    acme = live.client.world.acme
    async with talk(live.websocket_url, acme.token(who)) as socket:
        await socket.subscribe("1", REPLIES, post=acme.id(post))
        (error,) = await socket.errors("1")
    assert error["extensions"]["code"] == "NOT_FOUND"


async def test_a_foreign_post_looks_like_a_missing_one(live: Live) -> None:
    acme, rival = live.client.world.acme, live.client.world.rival
    async with talk(live.websocket_url, acme.token("chief")) as socket:
        await socket.subscribe("1", REPLIES, post=rival.id("post"))
        (error,) = await socket.errors("1")
    assert error["extensions"]["code"] == "NOT_FOUND"


async def test_nobody_is_told_to_sign_in(live: Live) -> None:
    async with talk(live.websocket_url, None) as socket:
        await socket.subscribe("1", REPLIES, post=live.client.world.acme.id("post"))
        (error,) = await socket.errors("1")
    assert error["extensions"]["code"] == "UNAUTHENTICATED"


async def test_the_live_cursor_is_in_front_of_what_follows(live: Live) -> None:
    before = await cursor(live)
    reply = await answer_to(live.client, "post")
    assert await cursor(live) != before
    answer = await live.client.post(
        "mutation ($id: ID!) { x: forumReplyDelete(id: $id) { userErrors { code } } }", "neighbour", id=reply["id"]
    )
    assert codes(answer) == []
