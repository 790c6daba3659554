"""The forum as members use it: posts, replies, authors, likes, photos, paging; and what is refused."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.identity import token_hash
from adapters.settings import Limits
from schema.base import decode
from tests.client import Client
from tests.dump import audits, dump, owner, row
from tests.factories.world import NOW
from tests.forum import answer_to, ask, codes, counted, done, write
from tests.paging import check_paging
from tests.test_file import uploaded
from tests.test_photo import photo

if TYPE_CHECKING:
    from resolvers.ports import House

AUTHOR = "author { displayName isStaff isViewer person { id } staff { id } }"


async def author(client: Client, id_: str, who: str) -> dict[str, Any]:
    data = await client.data(f'{{ forumPost(id: "{id_}") {{ {AUTHOR} official }} }}', who)
    found: dict[str, Any] = data["forumPost"]
    return found


async def test_a_resident_is_known_by_a_masked_name(client: Client, house: House) -> None:
    acme = client.world.acme
    await owner(house, "UPDATE person SET name = '欧阳小明' WHERE id = $1", acme.keys["resident_person"])
    id_ = (await write(client))["id"]
    seen = {"displayName": "欧阳**", "isStaff": False, "isViewer": False, "person": None, "staff": None}
    assert await author(client, id_, "neighbour") == {"author": seen, "official": False}
    assert (await author(client, id_, "resident"))["author"] == {**seen, "isViewer": True}
    person = {"id": acme.id("resident_person")}
    assert (await author(client, id_, "manager"))["author"] == {**seen, "person": person}


async def test_a_housemate_does_not_learn_who_wrote(client: Client, house: House) -> None:
    """The neighbour moves in with the resident: sees the Person, yet not that the post is theirs."""
    acme = client.world.acme
    sql = "UPDATE occupancy SET unit_id = $1 WHERE id = $2"
    await owner(house, sql, acme.keys["unit0"], acme.keys["neighbour_occupancy"])
    seen = await client.data(f'{{ person(id: "{acme.id("resident_person")}") {{ id }} }}', "neighbour")
    assert seen["person"] is not None
    assert (await author(client, acme.id("post"), "neighbour"))["author"]["person"] is None


async def test_the_company_writes_officially_and_by_its_title(client: Client) -> None:
    acme = client.world.acme
    id_ = (await write(client, "manager"))["id"]
    seen = {"displayName": "物业·MANAGER", "isStaff": True, "isViewer": False, "person": None, "staff": None}
    assert await author(client, id_, "resident") == {"author": seen, "official": True}
    assert (await author(client, id_, "chief"))["author"]["staff"] == {"id": acme.id("manager_staff")}


async def test_writing_leaves_its_traces(client: Client, house: House) -> None:
    acme = client.world.acme
    post = await write(client, title="  漏水 ", text=" 楼上漏水 ")
    assert (post["title"], post["text"], post["status"], post["version"]) == ("漏水", "楼上漏水", "VISIBLE", 1)
    key = decode("ForumPost", post["id"])
    (audit,) = await audits(house, "forumPost.create")
    assert (audit["account_id"], audit["subject_id"], audit["before"]) == (acme.keys["resident"], key, None)
    reply = await answer_to(client, post["id"])
    (audit,) = await audits(house, "forumReply.create")
    assert audit["subject_id"] == decode("ForumReply", reply["id"])
    (event,) = await owner(house, "SELECT type, data FROM event")
    assert event["type"] == "forum_reply.posted"
    assert await counted(house, key) == (1, 0)


async def test_a_reply_quotes_a_visible_one_of_the_same_post(client: Client, house: House) -> None:
    acme = client.world.acme
    said = {"postId": acme.id("post"), "text": "同意"}
    quoted = await done(client, "forumReplyCreate", "resident", **said, quotedReplyId=acme.id("reply"))
    query = f'{{ forumReply(id: "{quoted["id"]}") {{ quotedReply {{ id }} post {{ id }} }} }}'
    data = await client.data(query, "neighbour")
    assert data["forumReply"] == {"quotedReply": {"id": acme.id("reply")}, "post": {"id": acme.id("post")}}
    before = await dump(house)
    for post, reply in (("neighbour_post", "reply"), ("post", "hidden_reply"), ("post", "buried_reply")):
        said = {"postId": acme.id(post), "text": "同意", "quotedReplyId": acme.id(reply)}
        answer = await ask(client, "forumReplyCreate", "manager", **said)
        assert codes(answer) == ["NOT_FOUND"]
        assert answer["data"]["x"]["userErrors"][0]["field"] == ["input", "quotedReplyId"]
    assert await dump(house) == before


async def test_the_author_changes_a_post_for_a_while(client: Client, house: House) -> None:
    post = await write(client)
    house.clock.move(timedelta(minutes=60))  # type: ignore[attr-defined]
    changed = await done(client, "forumPostUpdate", "resident", post["id"], expectedVersion=1, title="好了")
    assert (changed["title"], changed["text"], changed["version"]) == ("好了", post["text"], 2)
    (audit,) = await audits(house, "forumPost.update")
    assert (audit["before"]["title"], audit["after"]["title"]) == ("电梯坏了", "好了")
    before = await dump(house)
    answer = await ask(client, "forumPostUpdate", "resident", post["id"], expectedVersion=1, title="旧")
    assert codes(answer) == ["CONFLICT"]
    assert answer["data"]["x"]["forumPost"]["version"] == 2
    house.clock.move(timedelta(microseconds=1))  # type: ignore[attr-defined]
    answer = await ask(client, "forumPostUpdate", "resident", post["id"], expectedVersion=2, title="晚了")
    assert codes(answer) == ["FORUM_EDIT_WINDOW_OVER"]
    assert await dump(house) == before


async def test_a_deleted_post_shows_nothing_any_more(client: Client, house: House) -> None:
    acme = client.world.acme
    deleted = await ask(client, "forumPostDelete", "resident", "post")
    assert deleted["data"]["x"] == {"forumPost": None, "userErrors": []}  # gone for its author too
    query = f'{{ forumPost(id: "{acme.id("post")}") {{ title text status photos {{ id }} }} }}'
    assert (await client.data(query, "neighbour"))["forumPost"] is None
    kept: dict[str, Any] = {"title": None, "text": None, "status": "DELETED", "photos": []}
    assert (await client.data(query, "manager"))["forumPost"] == kept
    assert (await row(house, "forum_post", acme.keys["post"]))["text"] != ""
    replies = f'{{ forumReplies(postId: "{acme.id("post")}") {{ nodes {{ id }} }} }}'
    assert (await client.data(replies, "neighbour"))["forumReplies"]["nodes"] == []
    assert codes(await ask(client, "forumPostRestore", "manager", "post", expectedVersion=2, reason="x")) == [
        "TRANSITION_NOT_ALLOWED"
    ]


async def test_a_deleted_reply_is_not_counted(client: Client, house: House) -> None:
    acme = client.world.acme
    house.clock.move(timedelta(minutes=5))  # type: ignore[attr-defined]
    reply = await answer_to(client, "post")
    query = f'{{ forumPost(id: "{acme.id("post")}") {{ replyCount lastReplyAt }} }}'
    data = await client.data(query, "resident")
    assert data["forumPost"] == {"replyCount": 2, "lastReplyAt": "2026-11-22T02:05:00.000000Z"}
    for id_, last in ((reply["id"], "2026-11-22T02:00:00.000000Z"), ("reply", None)):
        assert codes(await ask(client, "forumReplyDelete", "neighbour", id_)) == []
        assert (await client.data(query, "resident"))["forumPost"]["lastReplyAt"] == last
    assert await counted(house, acme.keys["post"]) == (0, 0)
    assert codes(await ask(client, "forumReplyDelete", "neighbour", "reply")) == ["NOT_FOUND"]


# Who may not, and how it looks.
DENIED: list[tuple[str, str, str, dict[str, Any], str]] = [
    ("forumPostUpdate", "neighbour", "post", {"expectedVersion": 1, "title": ""}, "FORBIDDEN"),
    ("forumPostUpdate", "manager", "post", {"expectedVersion": 7, "title": "x"}, "FORBIDDEN"),
    ("forumPostUpdate", "control", "post", {"expectedVersion": 1, "title": "x"}, "NOT_FOUND"),
    ("forumPostUpdate", "away_resident", "post", {"expectedVersion": 1, "title": "x"}, "NOT_FOUND"),
    ("forumPostUpdate", "resident", "hidden_post", {"expectedVersion": 1, "title": "x"}, "TRANSITION_NOT_ALLOWED"),
    ("forumPostDelete", "neighbour", "post", {}, "FORBIDDEN"),
    ("forumPostDelete", "manager", "post", {}, "FORBIDDEN"),
    ("forumPostDelete", "neighbour", "hidden_post", {}, "NOT_FOUND"),
    ("forumPostDelete", "resident", "deleted_post", {}, "NOT_FOUND"),
    ("forumReplyDelete", "resident", "reply", {}, "FORBIDDEN"),
    ("forumReplyDelete", "tech1", "reply", {}, "NOT_FOUND"),
    ("forumPostLike", "neighbour", "held_post", {}, "NOT_FOUND"),
    ("forumPostLike", "resident", "held_post", {}, "TRANSITION_NOT_ALLOWED"),
    ("forumPostLike", "cashier", "post", {}, "NOT_FOUND"),
    ("forumReplyLike", "neighbour", "hidden_reply", {}, "TRANSITION_NOT_ALLOWED"),
    ("forumReplyLike", "resident", "hidden_reply", {}, "NOT_FOUND"),
]


async def test_the_wrong_person_changes_nothing(client: Client, house: House) -> None:
    before = await dump(house)
    for verb, who, on, input_, code in DENIED:
        assert codes(await ask(client, verb, who, on, **input_)) == [code], (verb, who, on)
    assert await dump(house) == before


async def test_where_nobody_may_write(client: Client, house: House) -> None:
    acme, said = client.world.acme, {"title": "t", "text": "t"}
    before = await dump(house)
    cases = [
        ("resident", "away_board", "NOT_FOUND"),
        ("resident", "closed_board", "NOT_FOUND"),
        ("manager", "closed_board", "FORUM_BOARD_ARCHIVED"),
        ("away_resident", "away_board", "FORBIDDEN"),  # only staff write there
        ("control", "board", "NOT_FOUND"),
        (None, "board", "UNAUTHENTICATED"),
    ]
    for who, board, code in cases:
        answer = await ask(client, "forumPostCreate", who, boardId=acme.id(board), **said)
        assert codes(answer) == [code], (who, board)
    replies = [
        ("resident", "hidden_post", "TRANSITION_NOT_ALLOWED"),
        ("neighbour", "hidden_post", "NOT_FOUND"),
        ("manager", "deleted_post", "TRANSITION_NOT_ALLOWED"),
        ("neighbour", "closed_post", "FORUM_BOARD_ARCHIVED"),
        ("tech1", "post", "NOT_FOUND"),
    ]
    for who, post, code in replies:
        assert codes(await ask(client, "forumReplyCreate", who, postId=acme.id(post), text="t")) == [code], (who, post)
    assert await dump(house) == before
    assert (await write(client, "away_manager", "away_board"))["official"] is True


async def test_a_bad_field_is_named(client: Client, house: House) -> None:
    acme = client.world.acme
    post, reply = {"boardId": acme.id("board"), "title": "t", "text": "t"}, {"postId": acme.id("post"), "text": "t"}
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("forumPostCreate", {**post, "title": " "}, "title"),
        ("forumPostCreate", {**post, "title": "x" * 101}, "title"),
        ("forumPostCreate", {**post, "text": ""}, "text"),
        ("forumPostCreate", {**post, "text": "x" * 5_001}, "text"),
        ("forumPostCreate", {**post, "boardId": acme.id("post")}, "boardId"),
        ("forumReplyCreate", {**reply, "text": "x" * 2_001}, "text"),
        ("forumReplyCreate", {**reply, "photoIds": ["nonsense"]}, "photoIds"),
    ]
    before = await dump(house)
    for verb, input_, field in cases:
        answer = await ask(client, verb, "resident", **input_)
        assert codes(answer) == ["BAD_USER_INPUT"]
        assert answer["data"]["x"]["userErrors"][0]["field"] == ["input", field]
    assert await dump(house) == before


async def test_a_like_counts_once(client: Client, house: House) -> None:
    key = client.world.acme.keys["post"]
    query = f'{{ forumPost(id: "{client.world.acme.id("post")}") {{ likeCount viewerHasLiked }} }}'
    for verb, count in (("Like", 1), ("Like", 1), ("Unlike", 0), ("Unlike", 0), ("Like", 1)):
        assert (await done(client, f"forumPost{verb}", "neighbour", "post"))["likeCount"] == count
        shown = (await client.data(query, "neighbour"))["forumPost"]
        assert shown == {"likeCount": count, "viewerHasLiked": bool(count)}
    assert (await client.data(query, "resident"))["forumPost"]["viewerHasLiked"] is False
    assert (await done(client, "forumPostLike", "resident", "post"))["likeCount"] == 2
    assert (await done(client, "forumReplyLike", "resident", "reply"))["likeCount"] == 1
    assert (await done(client, "forumReplyUnlike", "resident", "reply"))["likeCount"] == 0
    assert await counted(house, key) == (1, 2)
    assert len(await audits(house, "forumPost.like")) == 3
    assert len(await audits(house, "forumPost.unlike")) == 1


async def crowd(client: Client, house: House, size: int) -> list[str]:
    """Accounts that read the forum; their logins."""
    keys, logins = client.world.acme.keys, [f"fan{n}" for n in range(size)]
    for login in logins:
        account = house.identity.uuid()
        common = (keys["organization"], NOW, account)
        await owner(
            house,
            "INSERT INTO account (organization_id, created_at, id, updated_at, login, password_hash, locale, version)"
            " VALUES ($1, $2, $3, $2, $4, '', 'zh', 1)",
            *common,
            login,
        )
        await owner(
            house,
            "INSERT INTO session (organization_id, created_at, account_id, id, expires_at) VALUES ($1, $2, $3, $3, $4)",
            *common,
            NOW + timedelta(days=1),
        )
        await owner(
            house,
            "INSERT INTO access_token (organization_id, created_at, session_id, id, token_hash, expires_at)"
            " VALUES ($1, $2, $3, $3, $4, $5)",
            *common,
            token_hash(client.world.acme.token(login)),
            NOW + timedelta(days=1),
        )
        await owner(
            house,
            "INSERT INTO role_assignment (organization_id, created_at, account_id, id, role, valid_from)"
            " VALUES ($1, $2, $3, $4, 'MANAGER', $2)",
            *common,
            house.identity.uuid(),
        )
    return logins


async def test_fifty_likes_at_once_are_fifty(client: Client, house: House) -> None:
    fans = await crowd(client, house, 50)
    answers = await asyncio.gather(*(ask(client, "forumPostLike", fan, "post") for fan in fans))
    assert [codes(answer) for answer in answers] == [[]] * 50
    assert await counted(house, client.world.acme.keys["post"]) == (1, 50)


async def test_fifty_likes_of_one_account_are_one(client: Client, house: House) -> None:
    answers = await asyncio.gather(*(ask(client, "forumPostLike", "neighbour", "post") for _ in range(50)))
    assert [codes(answer) for answer in answers] == [[]] * 50
    assert await counted(house, client.world.acme.keys["post"]) == (1, 1)


async def test_a_flood_is_refused(client: Client, house: House) -> None:
    """Texts at once on as many posts: no lock of a post puts them in a row."""
    most, places = Limits().forum_writes_per_minute, [await write(client, "manager") for _ in range(8)]
    house.clock.move(timedelta(minutes=5))  # type: ignore[attr-defined]  # past what the world wrote
    sent = [{"postId": places[n % 8]["id"], "text": "顶"} for n in range(most + 3)]
    answers = await asyncio.gather(*(ask(client, "forumReplyCreate", "resident", **said) for said in sent))
    assert sorted(map(str, (codes(answer) for answer in answers))) == ["['FORUM_FLOOD']"] * 3 + ["[]"] * most
    post = {"boardId": client.world.acme.id("board"), "title": "t", "text": "t"}
    answer = await ask(client, "forumPostCreate", "resident", **post)
    assert codes(answer) == ["FORUM_FLOOD"]
    assert str(most) in answer["data"]["x"]["userErrors"][0]["message"]
    assert codes(await ask(client, "forumReplyCreate", "neighbour", **sent[0])) == []
    house.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    assert codes(await ask(client, "forumReplyCreate", "resident", **sent[0])) == []
    replies = [(await counted(house, decode("ForumPost", place["id"])))[0] for place in places]
    assert sum(replies) == most + 2


async def test_replies_that_come_and_go_at_once_are_counted(client: Client, house: House) -> None:
    fans = await crowd(client, house, 12)

    async def come_and_go(n: int, fan: str) -> None:
        reply = await answer_to(client, "post", fan, f"回复 {n}")
        if n % 3 == 0:
            assert codes(await ask(client, "forumReplyDelete", fan, reply["id"])) == []
        elif n % 3 == 1:
            await done(client, "forumReplyHide", "manager", reply["id"], expectedVersion=1, reason="x")
        else:
            said = {"postId": client.world.acme.id("post"), "text": "同意", "quotedReplyId": reply["id"]}
            await done(client, "forumReplyCreate", fan, **said)

    await asyncio.gather(*(come_and_go(n, fan) for n, fan in enumerate(fans)))
    assert await counted(house, client.world.acme.keys["post"]) == (1 + 2 * 4, 0)


async def test_photos_are_shown_with_what_they_belong_to(client: Client, house: House) -> None:
    kept = (await uploaded(client, photo()))["id"]
    post = await write(client, photoIds=[kept])
    query = f'{{ forumPost(id: "{post["id"]}") {{ photos {{ id }} }} file: node(id: "{kept}") {{ id }} }}'
    data = await client.data(query, "neighbour")
    assert data == {"forumPost": {"photos": [{"id": kept}]}, "file": {"id": kept}}
    assert (await client.data(query, "control"))["file"] is None
    said = {"postId": post["id"], "text": "再看", "photoIds": [kept]}
    assert codes(await ask(client, "forumReplyCreate", "resident", **said)) == ["FILE_ALREADY_ATTACHED"]
    await done(client, "forumPostHide", "manager", post["id"], expectedVersion=1, reason="x")
    assert await client.data(query, "neighbour") == {"forumPost": None, "file": None}


async def test_lists_page_in_every_order(client: Client, house: House) -> None:
    acme = client.world.acme
    where = f'propertyId: "{acme.id("home")}"'
    posts = [acme.id(name) for name in ("post", "neighbour_post", "held_post", "hidden_post")]
    await check_paging(client, "forumPosts", "resident", f"{where} order: OLDEST", posts)
    await check_paging(client, "forumPosts", "resident", f"{where} order: NEWEST", posts[::-1])
    house.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    await answer_to(client, "post")
    by_activity = [posts[0], *posts[:0:-1]]
    await check_paging(client, "forumPosts", "resident", f"{where} order: LAST_REPLIED", by_activity)
    boards = [acme.id("board"), acme.id("closed_board")]
    await check_paging(client, "forumBoards", "manager", where, boards)
    on = f'postId: "{acme.id("post")}"'
    replies = [acme.id("reply"), acme.id("hidden_reply")]
    data = await client.data(f"{{ forumReplies({on}, first: 2) {{ nodes {{ id }} }} }}", "manager")
    assert [node["id"] for node in data["forumReplies"]["nodes"]] == replies
    await check_paging(client, "forumReplies", "neighbour", f"{on} order: NEWEST", await newest(client, on))


async def newest(client: Client, on: str) -> list[str]:
    data = await client.data(f"{{ forumReplies({on}, order: OLDEST) {{ nodes {{ id }} }} }}", "neighbour")
    return [node["id"] for node in data["forumReplies"]["nodes"]][::-1]


async def test_filters(client: Client) -> None:
    acme = client.world.acme
    await done(client, "forumPostPin", "manager", "neighbour_post", expectedVersion=1)
    cases = {
        f'boardId: "{acme.id("board")}"': ["hidden_post", "held_post", "neighbour_post", "post"],
        "authoredByViewer: true": ["hidden_post", "held_post", "post"],
        "status: [HELD]": ["held_post"],
        "pinned: true": ["neighbour_post"],
        "pinned: false, status: [VISIBLE]": ["post"],
        'search: "电梯"': ["post"],
        'search: "电梯", pinned: true': [],
    }
    for chosen, names in cases.items():
        query = f'{{ forumPosts(propertyId: "{acme.id("home")}", filter: {{ {chosen} }}) {{ nodes {{ id }} }} }}'
        data = await client.data(query, "resident")
        assert [node["id"] for node in data["forumPosts"]["nodes"]] == [acme.id(name) for name in names], chosen


async def test_buttons_are_what_the_verbs_obey(client: Client) -> None:
    acme = client.world.acme
    buttons = "viewerCanReply viewerCanDelete viewerCanModerate"
    shown = {
        ("resident", "post"): (True, True, False),
        ("neighbour", "post"): (True, False, False),
        ("manager", "post"): (True, False, True),
        ("resident", "held_post"): (False, True, False),
        ("resident", "hidden_post"): (False, True, False),
        ("manager", "deleted_post"): (False, False, True),
    }
    for (who, name), expected in shown.items():
        data = await client.data(f'{{ forumPost(id: "{acme.id(name)}") {{ {buttons} }} }}', who)
        assert tuple(data["forumPost"].values()) == expected, (who, name)
    boards = {("resident", "board"): True, ("away_resident", "away_board"): False, ("manager", "closed_board"): False}
    boards[("away_manager", "away_board")] = True
    for (who, name), may in boards.items():
        data = await client.data(f'{{ forumBoard(id: "{acme.id(name)}") {{ viewerCanPost }} }}', who)
        assert data["forumBoard"]["viewerCanPost"] is may, (who, name)
