"""What the forum's tests say to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.dump import owner

if TYPE_CHECKING:
    from uuid import UUID

    from resolvers.ports import House
    from tests.client import Client

POST = "forumPost { id version status title text official pinned likeCount replyCount moderationNote }"
REPLY = "forumReply { id version status text official likeCount moderationNote }"
SHOWN = {
    "forumBoard": "forumBoard { id version name posting archivedAt }",
    "forumPost": POST,
    "forumReply": REPLY,
    "forumReport": "forumReport { id version status note resolvedAt }",
    "forumWord": "forumWord { id word }",
}


def noun(verb: str) -> str:
    """The object of a verb."""
    return next(name for name in SHOWN if verb.startswith(name))


async def ask(client: Client, verb: str, who: str | None, on: str | None = None, **input_: Any) -> dict[str, Any]:
    """The whole answer of a verb on a row of acme (or a node id), as `x`."""
    has_input = bool(input_) or verb.endswith("Create")
    types, arguments = [], []
    variables: dict[str, Any] = {}
    if on is not None:
        variables["id"] = client.world.acme.id(on) if on in client.world.acme.keys else on
        types.append("$id: ID!")
        arguments.append("id: $id")
    if has_input:
        variables["input"] = input_
        types.append(f"$input: {verb[0].upper()}{verb[1:]}Input!")
        arguments.append("input: $input")
    query = (
        f"mutation ({', '.join(types)}) {{ x: {verb}({', '.join(arguments)}) {{"
        f" {SHOWN[noun(verb)]} userErrors {{ code message field }} }} }}"
    )
    return await client.post(query, who, **variables)


def codes(answer: dict[str, Any]) -> list[str]:
    """Top-level codes, or those of userErrors."""
    if "errors" in answer:
        return [error["extensions"]["code"] for error in answer["errors"]]
    return [error["code"] for error in answer["data"]["x"]["userErrors"]]


async def done(client: Client, verb: str, who: str, on: str | None = None, **input_: Any) -> dict[str, Any]:
    """The row after a verb that must be done."""
    answer = await ask(client, verb, who, on, **input_)
    assert codes(answer) == [], answer
    row: dict[str, Any] = answer["data"]["x"][noun(verb)]
    return row


async def write(client: Client, who: str = "resident", board: str = "board", **changes: Any) -> dict[str, Any]:
    """A new post."""
    said = {"title": "电梯坏了", "text": "三号楼的电梯又停了", **changes}
    return await done(client, "forumPostCreate", who, boardId=client.world.acme.id(board), **said)


async def answer_to(client: Client, post: str, who: str = "neighbour", text: str = "我家也是") -> dict[str, Any]:
    """A new reply."""
    id_ = client.world.acme.id(post) if post in client.world.acme.keys else post
    return await done(client, "forumReplyCreate", who, postId=id_, text=text)


async def counted(house: House, post: UUID) -> tuple[int, int]:
    """(replies, likes) of a post as the tables have them, after proving that its counters say the same."""
    (row,) = await owner(house, "SELECT reply_count, like_count FROM forum_post WHERE id = $1", post)
    (replies,) = await owner(
        house, "SELECT count(*) AS n FROM forum_reply WHERE post_id = $1 AND status = 'VISIBLE'", post
    )
    (likes,) = await owner(
        house, "SELECT count(*) AS n FROM forum_like WHERE post_id = $1 AND withdrawn_at IS NULL", post
    )
    assert (row["reply_count"], row["like_count"]) == (replies["n"], likes["n"])
    return replies["n"], likes["n"]
