"""Skills and teams through the public endpoint: a manager builds the crew that dispatch reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.dump import audits, dump

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

SHOWS = {
    "skillCreate": "skill { id code name version }",
    "skillUpdate": "skill { id code name version }",
    "skillArchive": "skill { id archivedAt version }",
    "staffSkillSet": "staffSkill { id level version } staff { skills { nodes { level skill { code } } } }",
    "teamCreate": "team { id name version leader { id } property { id } }",
    "teamUpdate": "team { id name version leader { id } }",
    "teamArchive": "team { id archivedAt version members { nodes { staff { id } leftOn } } }",
    "teamMemberAdd": "teamMember { id joinedOn leftOn version team { id } staff { teams { nodes { id } } } }",
    "teamMemberRemove": "teamMember { id joinedOn leftOn version }",
}


async def say(client: Client, verb: str, who: str = "manager", id_: str | None = None, **wish: Any) -> dict[str, Any]:
    """What the verb answers: its payload, or `errors` with the codes that stopped it."""
    named, given = ("$id: ID!, ", "id: $id, ") if id_ else ("", "")
    query = (
        f"mutation ({named}$input: {verb[0].upper()}{verb[1:]}Input!) {{ x: {verb}({given}input: $input)"
        f" {{ {SHOWS[verb]} userErrors {{ code field }} }} }}"
    )
    variables: dict[str, Any] = {"id": id_} if id_ else {}
    answer = await client.post(query, who, **variables, input=wish)
    if "errors" in answer:
        return {"errors": [error["extensions"]["code"] for error in answer["errors"]]}
    shown: dict[str, Any] = answer["data"]["x"]
    return {**shown, "errors": [(error["code"], error["field"]) for error in shown["userErrors"]]}


async def test_skills_are_given_raised_and_taken_away(client: Client, house: House) -> None:
    acme = client.world.acme
    made = await say(client, "skillCreate", code=" hvac ", name="暖通")
    skill = made["skill"]["id"]
    assert made["skill"]["code"] == "hvac"
    taken = [("NAME_TAKEN", ["input", "code"])]
    assert (await say(client, "skillCreate", code="hvac", name="x"))["errors"] == taken
    assert (await say(client, "skillUpdate", "chief", acme.id("plumbing"), expectedVersion=1, code="hvac"))[
        "errors"
    ] == taken
    who = {"staffId": acme.id("tech1_staff"), "skillId": skill}
    for level, version in ((1, 1), (3, 2), (3, 2)):  # said twice, it changes nothing
        said = await say(client, "staffSkillSet", level=level, **who)
        assert (said["staffSkill"]["level"], said["staffSkill"]["version"]) == (level, version)
    able = {node["skill"]["code"]: node["level"] for node in said["staff"]["skills"]["nodes"]}
    assert able == {"electrics": 2, "hvac": 3}
    assert (await say(client, "staffSkillSet", level=4, **who))["errors"] == [("BAD_USER_INPUT", ["input", "level"])]
    gone = await say(client, "staffSkillSet", level=None, **who)
    assert gone["staffSkill"] is None
    assert len(gone["staff"]["skills"]["nodes"]) == 1
    assert len(await audits(house, "staffSkill.set")) == 3

    assert (await say(client, "skillArchive", "chief", skill, expectedVersion=9))["errors"][0][0] == "CONFLICT"
    assert (await say(client, "skillArchive", "chief", skill, expectedVersion=1))["skill"]["archivedAt"]
    archived = [("SKILL_ARCHIVED", ["input", "skillId"])]
    assert (await say(client, "staffSkillSet", level=1, **who))["errors"] == archived
    assert (await say(client, "skillCreate", code="hvac", name="x"))["errors"] == [], "the code is free again"


async def test_a_team_from_its_first_day_to_its_last(client: Client, house: House) -> None:
    acme = client.world.acme
    team = (await say(client, "teamCreate", propertyId=acme.id("home"), name="夜班", leaderId=acme.id("tech1_staff")))[
        "team"
    ]
    assert team["leader"]["id"] == acme.id("tech1_staff")
    taken = [("NAME_TAKEN", ["input", "name"])]
    assert (await say(client, "teamCreate", propertyId=acme.id("home"), name="夜班"))["errors"] == taken
    wish = {"teamId": team["id"], "staffId": acme.id("tech2_staff")}
    early = await say(client, "teamMemberAdd", joinedOn="2019-12-31", **wish)
    assert early["errors"] == [("STAFF_NOT_ELIGIBLE", ["input", "staffId"])], "not employed yet"
    member = (await say(client, "teamMemberAdd", **wish))["teamMember"]
    assert member["joinedOn"] == "2026-11-22", "the Property's day"
    assert len(member["staff"]["teams"]["nodes"]) == 2
    already = [("TEAM_MEMBER_ALREADY", ["input", "staffId"])]
    assert (await say(client, "teamMemberAdd", **wish))["errors"] == already
    before = await dump(house)
    bad = await say(client, "teamMemberRemove", id_=member["id"], expectedVersion=1, leftOn="2026-11-21")
    assert bad["errors"] == [("BAD_USER_INPUT", ["input", "leftOn"])]
    assert await dump(house) == before
    left = await say(client, "teamMemberRemove", id_=member["id"], expectedVersion=1)
    assert left["teamMember"]["leftOn"] == "2026-11-22"
    again = await say(client, "teamMemberRemove", id_=member["id"], expectedVersion=2)
    assert again["errors"] == [("TEAM_MEMBER_LEFT", ["id"])]
    assert (await say(client, "teamMemberAdd", **wish))["errors"] == already, "the last day counts"
    assert (await say(client, "teamMemberAdd", joinedOn="2026-11-23", **wish))["errors"] == []

    ended = (await say(client, "teamArchive", id_=team["id"], expectedVersion=1))["team"]
    assert sorted(node["leftOn"] for node in ended["members"]["nodes"]) == ["2026-11-22", "2026-11-23"]
    archived = [("TEAM_ARCHIVED", ["id"])]
    assert (await say(client, "teamUpdate", id_=team["id"], expectedVersion=2, name="x"))["errors"] == archived
    assert (await say(client, "teamMemberAdd", **wish))["errors"] == [("TEAM_ARCHIVED", ["input", "teamId"])]
    assert len(await audits(house, "teamMember.remove")) == 2


async def test_whoever_manages_no_staff_changes_nothing(client: Client, house: House) -> None:
    acme, before = client.world.acme, await dump(house)
    where = {"teamId": acme.id("team"), "staffId": acme.id("guard_staff")}
    for who, code in (("tech1", "FORBIDDEN"), ("desk", "FORBIDDEN"), ("resident", "NOT_FOUND")):
        answer = await say(client, "teamMemberAdd", who, **where)
        assert [error if isinstance(error, str) else error[0] for error in answer["errors"]] == [code], who
    assert (await say(client, "skillUpdate", "manager", acme.id("plumbing"), expectedVersion=1, name="x"))[
        "errors"
    ] == ["FORBIDDEN"], "not everywhere"
    assert await dump(house) == before
