"""The forum's rules as tables: names that neighbours see, sensitive words, legal steps, who writes for the company."""

from __future__ import annotations

from uuid import UUID

import pytest

from models.rules.forum import (
    LEGAL,
    ForumStatus,
    ForumVerb,
    company_name,
    finds_word,
    folded,
    masked,
    runs,
    writes_as_staff,
)
from models.rules.permission import Role
from models.viewer import Grant, Viewer
from tests.factories.world import NOW

HERE, THERE = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王小明", "王**"),
        ("王明", "王**"),
        ("王", "王**"),
        ("欧阳修", "欧阳**"),
        ("诸葛孔明", "诸葛**"),
        ("东方", "东**"),  # two characters: a family name of one and a given name
        (" 李雷 ", "李**"),
        ("John Smith", "J**"),
        ("", "**"),
    ],
)
def test_neighbours_see_a_masked_family_name(name: str, shown: str) -> None:
    assert masked(name) == shown


def test_the_stars_do_not_tell_the_length() -> None:
    assert len({masked(f"王{rest}") for rest in ("", "明", "小明", "小小明")}) == 1


def test_staff_show_what_they_do() -> None:
    assert (company_name("维修技师"), company_name(" ")) == ("物业·维修技师", "物业")


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("有人赌博", ["赌博"], True),
        ("有人赌 博", ["赌博"], True),
        ("有人赌*博", ["赌博"], True),
        ("有人赌\n博", ["赌博"], True),
        ("赌气，博士", ["赌博"], False),
        ("加微信VX12", ["vx12"], True),
        ("ＶＸ１２", ["vx12"], True),
        ("a class of its own", ["ass"], False),
        ("an ass", ["ass"], True),
        ("An-ASS!", ["ass"], True),
        ("buy cheap loans", ["cheap loans"], True),
        ("cheaploans", ["cheap loans"], False),
        ("加VX领钱", ["vx领"], True),
        ("电梯坏了", [], False),
        ("", ["赌博"], False),
        ("!!!", ["?"], False),  # a word without a letter finds nothing
    ],
)
def test_a_sensitive_word_is_found(text: str, words: list[str], found: bool) -> None:
    assert finds_word(text, words) is found


def test_runs_split_where_the_script_changes() -> None:
    assert list(runs("3号楼 Lift-A坏了_了")) == [
        (False, "3"),
        (True, "号楼"),
        (False, "lift"),
        (False, "a"),
        (True, "坏了"),
        (True, "了"),
    ]


def test_folding_is_one_spelling() -> None:
    assert folded("ＡＢＣ Abc") == "abc abc"


# By hand: what may be done in which status.
MAY = {
    ForumVerb.UPDATE: {"VISIBLE", "HELD"},
    ForumVerb.DELETE: {"VISIBLE", "HELD", "HIDDEN"},
    ForumVerb.HIDE: {"VISIBLE", "HELD"},
    ForumVerb.RESTORE: {"HELD", "HIDDEN"},
    ForumVerb.REPLY: {"VISIBLE"},
    ForumVerb.LIKE: {"VISIBLE"},
    ForumVerb.PIN: {"VISIBLE"},
    ForumVerb.MARK: {"VISIBLE"},
}


@pytest.mark.parametrize("verb", ForumVerb)
@pytest.mark.parametrize("status", ForumStatus)
def test_legal_steps(verb: ForumVerb, status: ForumStatus) -> None:
    assert (status in LEGAL[verb]) is (status.value in MAY[verb])


@pytest.mark.parametrize(
    ("role", "place", "staff", "expected"),
    [
        (Role.MANAGER, HERE, True, True),
        (Role.MANAGER, None, True, True),
        (Role.MANAGER, THERE, True, False),
        (Role.TECHNICIAN, HERE, True, False),  # lives there, works elsewhere: writes as a resident
        (Role.MANAGER, HERE, False, False),
    ],
)
def test_the_company_speaks_by_a_role(role: Role, place: UUID | None, staff: bool, expected: bool) -> None:
    viewer = Viewer(
        organization_id=UUID(int=9),
        valid_until=NOW,
        staff_id=UUID(int=5) if staff else None,
        grants=(Grant(role, place),),
    )
    assert writes_as_staff(viewer, HERE) is expected
