"""From a consent to an ID number, its reveal and its erasure, through the public endpoint."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from resolvers import erasure as job
from resolvers.erasure import erase_due
from resolvers.jobs import REGISTRY
from tests.dump import audits, dump, owner, row
from tests.factories.personal import EDITION
from tests.sheets import GOOD_ID, OTHER_ID, faults, imported
from tests.test_import_person import row as sheet_row
from tests.test_import_person import with_card

if TYPE_CHECKING:
    from resolvers.ports import House
    from tests.client import Client

ERRORS = "userErrors { code field message }"
SHOWN = {
    "consentGive": "consent { act number channel purpose otherWays }",
    "consentWithdraw": "consent { act number channel otherWays } erasure { scope dueAt erasedAt doneAt }",
    "consentTextPublish": "consentText { edition otherWays }",
    "personIdNumberSet": "person { idNumberMasked version }",
    "personFaceSet": "person { faceReferenceMasked version }",
    "personFaceRemove": "person { faceReferenceMasked version }",
    "personIdNumberReveal": "idNumber person { id }",
    "personFaceReveal": "reference person { id }",
    "personErase": "person { name phone erasedAt } erasure { scope erasedAt doneAt }",
}

FACE = "query ($id: ID!) { person(id: $id) { faceReferenceMasked } }"


@pytest.fixture(autouse=True)
def _by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job runs when the test says so."""
    monkeypatch.delitem(REGISTRY, "personal.erase")


async def do(client: Client, verb: str, who: str, id_: str | None = None, **wish: Any) -> dict[str, Any]:
    """The payload of a verb, or {"codes": [...]} when the whole of it was refused."""
    kind = f"{verb[0].upper()}{verb[1:]}Input!"
    head, argument = ("$id: ID!, ", "id: $id, ") if id_ is not None else ("", "")
    document = f"mutation ({head}$input: {kind}) {{ {verb}({argument}input: $input) {{ {SHOWN[verb]} {ERRORS} }} }}"
    variables: dict[str, Any] = {"input": wish, **({"id": id_} if id_ is not None else {})}
    answer = await client.post(document, who, **variables)
    if "errors" in answer:
        return {"codes": [error["extensions"]["code"] for error in answer["errors"]]}
    payload: dict[str, Any] = answer["data"][verb]
    return payload


def code(payload: dict[str, Any]) -> tuple[str, Any]:
    (error,) = payload["userErrors"]
    return error["code"], error["field"]


async def found(client: Client, who: str, number: str) -> Any:
    answer = await client.post(
        """query ($home: ID!, $number: String) {
            people(propertyId: $home, filter: { idNumber: $number }) { nodes { name idNumberMasked } } }""",
        who,
        home=client.world.acme.id("home"),
        number=number,
    )
    if "errors" in answer:
        return answer["errors"][0]["extensions"]["code"], answer["errors"][0]["extensions"].get("field")
    return [node["name"] for node in answer["data"]["people"]["nodes"]]


async def nobody_else_sets_it(client: Client, house: House, set_: dict[str, Any]) -> None:
    person, neighbour = (client.world.acme.id(f"{login}_person") for login in ("resident", "neighbour"))
    before = await dump(house)
    assert await do(client, "personIdNumberSet", "control", person, **set_) == {"codes": ["FORBIDDEN"]}
    assert await do(client, "personIdNumberSet", "resident", person, **set_) == {"codes": ["FORBIDDEN"]}
    assert code(await do(client, "personIdNumberSet", "away_manager", person, **set_))[0] == "NOT_FOUND"
    refused = await do(client, "personIdNumberSet", "manager", neighbour, **set_)
    assert code(refused) == ("CONSENT_REQUIRED", ["id"])
    wrong = await do(client, "personIdNumberSet", "manager", person, expectedVersion=1, idNumber=GOOD_ID[:-1] + "9")
    assert code(wrong) == ("BAD_USER_INPUT", ["input", "idNumber"])
    assert GOOD_ID[:-1] not in str(wrong)
    assert await dump(house) == before


async def test_an_id_number_from_consent_to_erasure(client: Client, house: House) -> None:
    acme = client.world.acme
    person, neighbour = acme.id("resident_person"), acme.id("neighbour_person")
    set_ = {"expectedVersion": 1, "idNumber": GOOD_ID}
    await nobody_else_sets_it(client, house, set_)
    done = await do(client, "personIdNumberSet", "manager", person, **set_)
    assert done["person"] == {"idNumberMasked": "**************002X", "version": 2}
    assert code(await do(client, "personIdNumberSet", "manager", person, **set_)) == (
        "CONFLICT",
        ["input", "expectedVersion"],
    )
    kept = await row(house, "person", acme.keys["resident_person"])
    assert (kept["id_number_purpose"], kept["id_number_consent_version"]) == ("业主档案", EDITION)
    await give(client, "neighbour", neighbour)
    taken = await do(client, "personIdNumberSet", "manager", neighbour, **set_)
    assert code(taken) == ("ID_NUMBER_TAKEN", ["input", "idNumber"])
    for who, names in (("manager", ["acme resident"]), ("chief", ["acme resident"]), ("control", []), ("resident", [])):
        assert await found(client, who, GOOD_ID.lower()) == names, who
    assert await found(client, "manager", OTHER_ID) == []
    assert (await found(client, "manager", "1234"))[0] == "BAD_USER_INPUT"

    await reveals(client, house, person)
    house.clock.move(timedelta(days=1))  # type: ignore[attr-defined]
    answer = await do(client, "consentWithdraw", "resident", personId=person, kind="ID_NUMBER")
    assert answer["consent"] == {"act": "WITHDRAWN", "number": 2, "channel": "APP", "otherWays": []}
    assert answer["erasure"] == {
        "scope": "ID_NUMBER",
        "dueAt": "2026-11-24T02:00:00.000000Z",
        "erasedAt": None,
        "doneAt": None,
    }
    withdrawn = await do(client, "personIdNumberReveal", "manager", person, purpose="CONTRACT")
    assert code(withdrawn) == ("CONSENT_REQUIRED", ["id"]), "at once, whether or not the job has been there"
    again = await do(client, "consentWithdraw", "manager", personId=person, kind="ID_NUMBER")
    assert code(again) == ("CONSENT_NOT_RUNNING", ["input", "kind"])
    await comes_not_back(client, house)


async def give(client: Client, who: str, person: str, **changes: Any) -> dict[str, Any]:
    wish = {"personId": person, "kind": "ID_NUMBER", "edition": EDITION, "purpose": "业主档案", **changes}
    return await do(client, "consentGive", who, **wish)


async def reveals(client: Client, house: House, person: str) -> None:
    """Whole, for who may, with a purpose that the audit keeps; the audit never has the number."""
    before = await dump(house)
    for who in ("control", "cashier", "resident"):
        assert await do(client, "personIdNumberReveal", who, person, purpose="CONTRACT") == {"codes": ["FORBIDDEN"]}
    for who in ("neighbour", "away_manager"):
        assert code(await do(client, "personIdNumberReveal", who, person, purpose="CONTRACT"))[0] == "NOT_FOUND"
    bare = await do(client, "personIdNumberReveal", "manager", person, purpose="OTHER")
    assert code(bare) == ("BAD_USER_INPUT", ["input", "note"])
    assert await dump(house) == before
    shown = await do(client, "personIdNumberReveal", "manager", person, purpose="AUTHORITY_REQUEST", note="派出所 协查")
    assert (shown["idNumber"], shown["person"], shown["userErrors"]) == (GOOD_ID, {"id": person}, [])
    (audit,) = await audits(house, "person.idNumberReveal")
    acme = client.world.acme.keys
    assert (audit["account_id"], audit["subject_id"]) == (acme["manager"], acme["resident_person"])
    assert audit["after"] == {"purpose": "AUTHORITY_REQUEST", "note": "派出所 协查", "kept": True}


async def comes_not_back(client: Client, house: House) -> None:
    """An import with the old consent is refused; the job erases, once; a new consent begins anew."""
    acme = client.world.acme
    person = acme.id("resident_person")
    old = await imported(client, "PEOPLE", with_card(GOOD_ID, sheet_row("101", "acme resident")), "manager")
    assert faults(old) == [(2, "id_consent_on", "CONSENT_MISSING")]
    await erase_due(house)
    house.clock.move(timedelta(seconds=10))  # type: ignore[attr-defined]  # a keyed mutation may be under way
    await erase_due(house)
    await erase_due(house)
    kept = await row(house, "person", acme.keys["resident_person"])
    assert {name: kept[name] for name in kept if name.startswith("id_number")} == dict.fromkeys(
        name for name in kept if name.startswith("id_number")
    )
    (erasure,) = await owner(house, "SELECT * FROM erasure WHERE scope = 'ID_NUMBER'")
    assert [str(erasure[name])[11:19] for name in ("erased_at", "done_at")] == ["02:00:00", "02:00:10"]
    assert len(await audits(house, "person.erase")) == len(await audits(house, "erasure.done")) == 1
    assert (await give(client, "manager", person, edition="2025-01"))["userErrors"][0]["code"] == "CONSENT_EDITION_OLD"
    given = (await give(client, "manager", person, purpose="门禁"))["consent"]
    assert (given["act"], given["number"], given["channel"]) == ("GIVEN", 3, "DESK")
    assert (await give(client, "manager", person, purpose="门禁"))["consent"]["number"] == 3, "said twice is once"
    done = await do(client, "personIdNumberSet", "manager", person, expectedVersion=3, idNumber=GOOD_ID)
    assert done["person"]["idNumberMasked"] == "**************002X"


async def test_a_withdrawal_that_nobody_has_carried_out_yet(
    client: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The face: killed between withdrawal and erasure the job is still to do; a new consent does it first."""
    acme = client.world.acme
    person, reference = acme.id("neighbour_person"), "template-neighbour"
    given = (await give(client, "neighbour", person, kind="FACE"))["consent"]
    assert given["otherWays"] == ["CARD", "PIN", "QR", "PHONE"]
    done = await do(client, "personFaceSet", "manager", person, expectedVersion=1, reference=reference)
    assert done["person"]["faceReferenceMasked"] == "****bour"
    for who in ("control", "neighbour", "cashier"):
        assert (await client.data(FACE, who, id=person))["person"]["faceReferenceMasked"] is None, who
    shown = await do(client, "personFaceReveal", "manager", person, purpose="DEVICE_SETUP")
    assert shown["reference"] == reference
    assert await do(client, "personFaceReveal", "control", person, purpose="DEVICE_SETUP") == {"codes": ["FORBIDDEN"]}
    assert reference not in str(await dump(house))

    async def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    async def kept() -> dict[str, Any]:
        return await row(house, "person", acme.keys["neighbour_person"])

    await do(client, "consentWithdraw", "manager", personId=person, kind="FACE")
    with monkeypatch.context() as patch:
        patch.setattr(job, "erase_values", killed)
        with pytest.raises(KeyboardInterrupt):
            await erase_due(house)
    assert (await kept())["face_cipher"] is not None
    assert len(await house.database.call("erasure_due", 10)) == 1, "it waits for the next worker"
    assert (await give(client, "neighbour", person, kind="FACE"))["consent"]["number"] == 5
    version = (after := await kept())["version"]
    assert after["face_cipher"] is None
    await do(client, "personFaceSet", "manager", person, expectedVersion=version, reference=reference)
    await erase_due(house)
    assert (await row(house, "person", acme.keys["neighbour_person"]))["face_cipher"] is not None, (
        "what came after stays"
    )
    gone = await do(client, "personFaceRemove", "manager", person, expectedVersion=version + 1)
    assert gone["person"]["faceReferenceMasked"] is None


async def test_texts_are_published_by_who_runs_the_company(client: Client, house: House) -> None:
    before = await dump(house)
    wish = {"kind": "FACE", "edition": "2027", "body": "门禁人脸识别同意书"}
    assert await do(client, "consentTextPublish", "manager", **wish) == {"codes": ["FORBIDDEN"]}
    assert code(await do(client, "consentTextPublish", "chief", **{**wish, "edition": EDITION})) == (
        "NAME_TAKEN",
        ["input", "edition"],
    )
    past = {**wish, "effectiveFrom": "2026-11-01T00:00:00Z"}
    assert code(await do(client, "consentTextPublish", "chief", **past))[0] == "BAD_USER_INPUT"
    assert code(await do(client, "consentTextPublish", "chief", **{**wish, "body": " "}))[0] == "BAD_USER_INPUT"
    assert await dump(house) == before
    made = await do(client, "consentTextPublish", "chief", **wish, effectiveFrom="2026-11-22T03:00:00Z")
    assert made["consentText"] == {"edition": "2027", "otherWays": ["CARD", "PIN", "QR", "PHONE"]}
    person = client.world.acme.id("resident_person")
    assert (await give(client, "resident", person, kind="FACE"))["userErrors"] == []
    house.clock.move(timedelta(hours=1))  # type: ignore[attr-defined]
    assert code(await give(client, "neighbour", client.world.acme.id("neighbour_person"), kind="FACE"))[0] == (
        "CONSENT_EDITION_OLD"
    )
    data = await client.data("{ consentTexts(filter: { kind: FACE }) { nodes { edition body } } }", "resident")
    assert {node["edition"] for node in data["consentTexts"]["nodes"]} == {EDITION, "2027"}
