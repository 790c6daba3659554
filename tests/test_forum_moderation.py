"""The forum as its moderators use it: boards, hiding, sensitive words, pins, marks, reports; and what is refused."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from schema.base import decode
from tests.client import Client
from tests.dump import audits, dump, owner, row
from tests.forum import answer_to, ask, codes, counted, done, write

if TYPE_CHECKING:
    from resolvers.ports import House

WHY = {"expectedVersion": 1, "reason": "广告"}
# Each moderator's verb, on what, and a good input.
VERBS: list[tuple[str, str | None, dict[str, Any]]] = [
    ("forumBoardUpdate", "board", {"expectedVersion": 1, "name": "公告"}),
    ("forumBoardArchive", "board", {"expectedVersion": 1}),
    ("forumPostHide", "post", WHY),
    ("forumPostRestore", "hidden_post", WHY),
    ("forumPostPin", "post", {"expectedVersion": 1}),
    ("forumPostUnpin", "post", {"expectedVersion": 1}),
    ("forumPostMarkOfficial", "post", {"expectedVersion": 1}),
    ("forumReplyHide", "reply", WHY),
    ("forumReplyRestore", "hidden_reply", WHY),
    ("forumReplyMarkOfficial", "reply", {"expectedVersion": 1}),
    ("forumReportResolve", "report", {"expectedVersion": 1, "decision": "UPHOLD"}),
]


async def test_only_moderators_moderate(client: Client, house: House) -> None:
    sees = {
        "resident": {"board", "post", "hidden_post", "reply"},
        "neighbour": {"board", "post", "reply", "hidden_reply"},
    }
    before = await dump(house)
    for who in ("resident", "neighbour", "control", "tech1", "cashier", "away_manager"):
        for verb, on, input_ in VERBS:
            assert on is not None
            expected = "FORBIDDEN" if on in sees.get(who, set()) else "NOT_FOUND"
            for stale in (1, 7):
                answer = await ask(client, verb, who, on, **{**input_, "expectedVersion": stale})
                assert codes(answer) == [expected], (who, verb)
    new = {"propertyId": client.world.acme.id("home"), "name": ""}
    assert codes(await ask(client, "forumBoardCreate", "resident", **new)) == ["FORBIDDEN"]
    assert codes(await ask(client, "forumBoardCreate", "away_manager", **new)) == ["NOT_FOUND"]
    assert await dump(house) == before


async def test_nobody_is_told_to_sign_in(client: Client, house: House) -> None:
    before = await dump(house)
    for verb, on, input_ in VERBS:
        assert codes(await ask(client, verb, None, on, **input_)) == ["UNAUTHENTICATED"], verb
    for verb, on in (("forumPostLike", "post"), ("forumReplyDelete", "reply"), ("forumWordRemove", "word")):
        assert codes(await ask(client, verb, None, on)) == ["UNAUTHENTICATED"], verb
    assert await dump(house) == before


async def test_a_stale_version_is_a_conflict_with_the_row_as_it_is(client: Client, house: House) -> None:
    before = await dump(house)
    for verb, on, input_ in VERBS:
        answer = await ask(client, verb, "manager", on, **{**input_, "expectedVersion": 2})
        assert codes(answer) == ["CONFLICT"], verb
        (shown,) = (value for name, value in answer["data"]["x"].items() if name != "userErrors")
        assert shown["version"] == 1
    assert await dump(house) == before


async def test_each_verb_leaves_an_audit(client: Client, house: House) -> None:
    keys = client.world.acme.keys
    await done(client, "forumPostPin", "chief", "neighbour_post", expectedVersion=1)
    names = ["forumPostHide", "forumPostRestore", "forumReplyRestore", "forumReplyHide"]
    targets = ["neighbour_post", "hidden_post", "hidden_reply", "reply"]
    for verb, on in zip(names, targets, strict=True):
        version = 2 if on == "neighbour_post" else 1
        shown = await done(client, verb, "manager", on, expectedVersion=version, reason=" 广告 ")
        assert (shown["moderationNote"], shown["version"]) == ("广告", version + 1)
        noun = "forumPost" if "Post" in verb else "forumReply"
        (audit,) = await audits(house, f"{noun}.{verb.removeprefix(noun).lower()}")
        assert (audit["account_id"], audit["subject_id"]) == (keys["manager"], keys[on])
        assert audit["before"]["status"] != audit["after"]["status"] == shown["status"]
    assert (await row(house, "forum_post", keys["neighbour_post"]))["pinned_at"] is None  # hidden: on top no more
    assert await counted(house, keys["post"]) == (1, 0)


async def test_a_board_has_a_life(client: Client, house: House) -> None:
    acme = client.world.acme
    new: dict[str, Any] = {
        "propertyId": acme.id("home"),
        "name": " 二手 ",
        "description": "闲置",
        "posting": "STAFF_ONLY",
        "position": 3,
    }
    board = await done(client, "forumBoardCreate", "manager", **new)
    assert (board["name"], board["posting"], board["version"]) == ("二手", "STAFF_ONLY", 1)
    change = {"expectedVersion": 1, "posting": "EVERYBODY"}
    board = await done(client, "forumBoardUpdate", "manager", board["id"], **change)
    assert (board["name"], board["posting"], board["version"]) == ("二手", "EVERYBODY", 2)
    id_ = (await write(client, title="旧电梯", board="board"))["id"]
    closed = await done(client, "forumBoardArchive", "manager", "board", expectedVersion=1)
    assert closed["archivedAt"] is not None
    seen = f'{{ forumPost(id: "{id_}") {{ id }} }}'
    assert (await client.data(seen, "neighbour"))["forumPost"] is None
    assert (await client.data(seen, "resident"))["forumPost"] is not None, "the own one stays in sight"
    again = await done(client, "forumBoardArchive", "manager", "board", expectedVersion=2, archived=False)
    assert again["archivedAt"] is None
    assert (await client.data(seen, "neighbour"))["forumPost"] is not None
    assert [len(await audits(house, f"forumBoard.{verb}")) for verb in ("create", "update", "archive")] == [1, 1, 2]


async def test_a_live_name_is_taken_once(client: Client, house: House) -> None:
    acme = client.world.acme
    new = {"propertyId": acme.id("home"), "name": "二手"}
    answers = await asyncio.gather(*(ask(client, "forumBoardCreate", "manager", **new) for _ in range(4)))
    assert sorted(map(str, (codes(answer) for answer in answers))) == ["['BAD_USER_INPUT']"] * 3 + ["[]"]
    (made,) = (answer["data"]["x"]["forumBoard"] for answer in answers if not codes(answer))
    before = await dump(house)
    for verb, on, input_ in (
        ("forumBoardUpdate", "board", {"expectedVersion": 1, "name": "二手"}),
        ("forumBoardCreate", None, {**new, "name": "x" * 41}),
        ("forumBoardCreate", None, {**new, "name": "新", "description": "x" * 301}),
        ("forumBoardCreate", None, {**new, "name": "新", "position": -1}),
    ):
        assert codes(await ask(client, verb, "manager", on, **input_)) == ["BAD_USER_INPUT"], input_
    assert await dump(house) == before
    await done(client, "forumBoardArchive", "manager", made["id"], expectedVersion=1)
    assert (await done(client, "forumBoardCreate", "manager", **new))["name"] == "二手"
    back = await ask(client, "forumBoardArchive", "manager", made["id"], expectedVersion=2, archived=False)
    assert codes(back) == ["BAD_USER_INPUT"]


async def test_a_sensitive_word_holds_a_text(client: Client, house: House) -> None:
    acme = client.world.acme
    held = await write(client, text="有人赌 博吗")
    assert held["status"] == "HELD"
    seen = f'{{ forumPost(id: "{held["id"]}") {{ id }} }}'
    assert [
        (await client.data(seen, who))["forumPost"] is not None for who in ("resident", "neighbour", "manager")
    ] == [
        True,
        False,
        True,
    ]
    assert (await write(client, "manager", text="禁止赌博"))["status"] == "VISIBLE"
    assert (await done(client, "forumPostRestore", "manager", held["id"], **WHY))["status"] == "VISIBLE"
    assert (await client.data(seen, "neighbour"))["forumPost"] is not None
    again = await done(client, "forumPostUpdate", "resident", held["id"], expectedVersion=2, title="一起赌博")
    assert again["status"] == "HELD", "an edit does not slip past"
    reply = await answer_to(client, "post", text="赌博？")
    assert reply["status"] == "HELD"
    assert await owner(house, "SELECT * FROM event") == [], "nobody hears what is held"
    assert await counted(house, acme.keys["post"]) == (1, 0)
    await done(client, "forumReplyRestore", "manager", reply["id"], **WHY)
    (event,) = await owner(house, "SELECT type FROM event")
    assert event["type"] == "forum_reply.posted"
    assert await counted(house, acme.keys["post"]) == (2, 0)
    await done(client, "forumReplyHide", "manager", reply["id"], expectedVersion=2, reason="x")
    await done(client, "forumReplyRestore", "manager", reply["id"], expectedVersion=3, reason="x")
    assert len(await owner(house, "SELECT * FROM event")) == 1, "heard once"


async def test_words_belong_to_the_organization(client: Client, house: House) -> None:
    word = await done(client, "forumWordAdd", "chief", word=" ＶＸ群 ")
    assert word["word"] == "vx群"
    assert (await done(client, "forumWordAdd", "admin", word="vx群"))["id"] == word["id"]
    assert (await write(client, text="加VX群"))["status"] == "HELD"
    before = await dump(house)
    for who, code in (("manager", "FORBIDDEN"), ("resident", "FORBIDDEN")):
        assert codes(await ask(client, "forumWordAdd", who, word="")) == [code]
    assert codes(await ask(client, "forumWordRemove", "manager", word["id"])) == ["FORBIDDEN"]
    assert codes(await ask(client, "forumWordRemove", "resident", word["id"])) == ["NOT_FOUND"]
    for bad in ("", "?!", "x" * 31):
        assert codes(await ask(client, "forumWordAdd", "chief", word=bad)) == ["BAD_USER_INPUT"]
    assert await dump(house) == before
    assert codes(await ask(client, "forumWordRemove", "chief", word["id"])) == []
    assert codes(await ask(client, "forumWordRemove", "chief", word["id"])) == ["NOT_FOUND"]
    assert (await write(client, text="加VX群"))["status"] == "VISIBLE"
    assert [len(await audits(house, f"forumWord.{verb}")) for verb in ("add", "remove")] == [1, 1]


async def test_pins_and_marks_change_once(client: Client, house: House) -> None:
    for verb, version, pinned in (("Pin", 1, True), ("Pin", 2, True), ("Unpin", 2, False), ("Unpin", 3, False)):
        shown = await done(client, f"forumPost{verb}", "manager", "post", expectedVersion=version)
        assert shown["pinned"] is pinned
    assert [len(await audits(house, f"forumPost.{verb}")) for verb in ("pin", "unpin")] == [1, 1]
    for noun, name, version in (("forumPost", "post", 3), ("forumReply", "reply", 1)):
        for official, step in ((True, 0), (True, 1), (False, 1)):
            verb = f"{noun}MarkOfficial"
            shown = await done(client, verb, "manager", name, expectedVersion=version + step, official=official)
            assert shown["official"] is official
        assert len(await audits(house, f"{noun}.markOfficial")) == 2


async def test_illegal_steps_are_refused(client: Client, house: House) -> None:
    cases: list[tuple[str, str, dict[str, Any]]] = [
        ("forumPostHide", "hidden_post", WHY),
        ("forumPostHide", "deleted_post", WHY),
        ("forumPostRestore", "post", WHY),
        ("forumPostRestore", "deleted_post", WHY),
        ("forumPostPin", "held_post", {"expectedVersion": 1}),
        ("forumPostMarkOfficial", "hidden_post", {"expectedVersion": 1}),
        ("forumReplyHide", "hidden_reply", WHY),
        ("forumReplyRestore", "reply", WHY),
        ("forumReplyMarkOfficial", "hidden_reply", {"expectedVersion": 1}),
    ]
    before = await dump(house)
    for verb, on, input_ in cases:
        answer = await ask(client, verb, "manager", on, **input_)
        assert codes(answer) == ["TRANSITION_NOT_ALLOWED"], (verb, on)
        assert answer["data"]["x"]["userErrors"][0]["field"] == ["id"]
    for verb, on in (("forumPostHide", "post"), ("forumReplyHide", "reply")):
        for reason in (" ", "x" * 501):
            answer = await ask(client, verb, "manager", on, expectedVersion=1, reason=reason)
            assert codes(answer) == ["BAD_USER_INPUT"]
    assert await dump(house) == before


async def test_the_reason_is_for_the_author_and_moderators(client: Client) -> None:
    acme = client.world.acme
    await done(client, "forumPostHide", "manager", "post", **WHY)
    query = f'{{ forumPost(id: "{acme.id("post")}") {{ moderationNote }} }}'
    assert (await client.data(query, "resident"))["forumPost"] == {"moderationNote": "广告"}
    await done(client, "forumPostRestore", "manager", "post", expectedVersion=2, reason="误判")
    assert (await client.data(query, "neighbour"))["forumPost"] == {"moderationNote": None}
    assert (await client.data(query, "chief"))["forumPost"] == {"moderationNote": "误判"}


async def reports(client: Client, who: str) -> list[dict[str, Any]]:
    query = (
        f'{{ forumReports(propertyId: "{client.world.acme.id("home")}", filter: {{ status: [OPEN] }})'
        " { nodes { id reason text post { id } reply { id } reporter { id } } } }"
    )
    found: list[dict[str, Any]] = (await client.data(query, who))["forumReports"]["nodes"]
    return found


async def test_a_report_is_made_once(client: Client, house: House) -> None:
    acme, said = client.world.acme, {"reason": "ABUSE", "text": " 骂人 "}
    answers = await asyncio.gather(*(ask(client, "forumReplyReport", "resident", "reply", **said) for _ in range(5)))
    assert sorted(map(str, (codes(a) for a in answers))) == ["['FORUM_ALREADY_REPORTED']"] * 4 + ["[]"]
    assert codes(await ask(client, "forumPostReport", "neighbour", "post", **said)) == ["FORUM_ALREADY_REPORTED"]
    (new,) = (found for found in await reports(client, "manager") if found["reply"])
    assert new.pop("id")
    assert new == {
        "reason": "ABUSE",
        "text": "骂人",
        "post": None,
        "reply": {"id": acme.id("reply")},
        "reporter": {"id": acme.id("resident_person")},
    }
    assert await reports(client, "resident") == []
    before = await dump(house)
    cases = [
        ("forumPostReport", "neighbour", "hidden_post", "NOT_FOUND"),
        ("forumPostReport", "control", "post", "NOT_FOUND"),
        ("forumReplyReport", "resident", "hidden_reply", "NOT_FOUND"),
    ]
    for verb, who, on, code in cases:
        assert codes(await ask(client, verb, who, on, **said)) == [code]
    assert codes(await ask(client, "forumReplyReport", "manager", "reply", reason="SPAM", text="x" * 501)) == [
        "BAD_USER_INPUT"
    ]
    assert await dump(house) == before


async def test_an_upheld_report_hides_and_settles_the_others(client: Client, house: House) -> None:
    keys = client.world.acme.keys
    await done(client, "forumPostReport", "manager", "post", reason="SPAM")
    upheld = await done(
        client, "forumReportResolve", "manager", "report", expectedVersion=1, decision="UPHOLD", note="属实"
    )
    assert (upheld["status"], upheld["note"]) == ("UPHELD", "属实")
    assert await reports(client, "manager") == []
    post = await row(house, "forum_post", keys["post"])
    assert (post["status"], post["moderation_note"]) == ("HIDDEN", "属实")
    assert len(await audits(house, "forumReport.resolve")) == 2
    assert len(await audits(house, "forumPost.hide")) == 1
    again = await ask(client, "forumReportResolve", "manager", "report", expectedVersion=2, decision="DISMISS")
    assert codes(again) == ["TRANSITION_NOT_ALLOWED"]


async def test_two_resolutions_at_once_hide_once(client: Client, house: House) -> None:
    await done(client, "forumReplyReport", "resident", "reply", reason="SPAM")
    await done(client, "forumReplyReport", "manager", "reply", reason="SPAM")
    chosen = [found["id"] for found in await reports(client, "manager") if found["reply"]]
    wish = {"expectedVersion": 1, "decision": "UPHOLD"}
    answers = await asyncio.gather(*(ask(client, "forumReportResolve", "manager", id_, **wish) for id_ in chosen * 3))
    assert sorted(map(str, (codes(answer) for answer in answers))) == ["['CONFLICT']"] * 5 + ["[]"]
    assert len(await audits(house, "forumReply.hide")) == 1
    assert await counted(house, client.world.acme.keys["post"]) == (0, 0)


async def test_a_dismissed_report_leaves_its_subject(client: Client, house: House) -> None:
    keys = client.world.acme.keys
    shown = await done(client, "forumReportResolve", "manager", "report", expectedVersion=1, decision="DISMISS")
    assert (shown["status"], shown["note"]) == ("DISMISSED", None)
    assert (await row(house, "forum_post", keys["post"]))["status"] == "VISIBLE"
    (audit,) = await audits(house, "forumReport.resolve")
    assert audit["subject_id"] == decode("ForumReport", shown["id"])
