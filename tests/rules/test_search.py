"""Tokens of the search: tables, and the property that every two neighbouring characters find their text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.search import MAX_TOKEN, query_tokens, tokens

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=40)
MIXED = st.lists(
    st.one_of(CHINESE, st.text("abcXYZ012", min_size=1, max_size=6), st.sampled_from([" ", "，", "!", "\n"]))
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("电梯", {"电", "梯", "电梯"}),
        ("电 梯", {"电", "梯"}),
        ("3号楼", {"3", "号", "楼", "号楼"}),
        ("Lift A", {"lift", "a"}),
        ("ＬＩＦＴ", {"lift"}),
        ("，！ ", set()),
        ("", set()),
        ("x" * 200, {"x" * MAX_TOKEN}),
    ],
)
def test_tokens(text: str, expected: set[str]) -> None:
    assert tokens(text) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("电", ["电"]),
        ("电梯", ["电梯"]),
        ("电梯坏", ["电梯", "梯坏"]),
        ("电梯 停车", ["电梯", "停车"]),
        ("电梯 电梯", ["电梯"]),
        ("Lift停", ["lift", "停"]),
        ("?!", []),
        ("X" * 200, ["x" * MAX_TOKEN]),
    ],
)
def test_query_tokens(query: str, expected: list[str]) -> None:
    assert query_tokens(query) == expected


@given(MIXED, CHINESE, MIXED)
def test_every_two_characters_find_their_text(before: list[str], chinese: str, after: list[str]) -> None:
    found = tokens(" ".join(before) + chinese + " ".join(after))
    for size in (1, 2, 3, len(chinese)):
        for at in range(len(chinese) - size + 1):
            wanted = query_tokens(chinese[at : at + size])
            assert wanted
            assert set(wanted) <= found


@given(MIXED)
def test_a_text_answers_its_own_words(parts: list[str]) -> None:
    text = " ".join(parts)
    assert set(query_tokens(text)) <= tokens(text)


@given(CHINESE, CHINESE)
def test_a_pair_that_stands_nowhere_finds_nothing(text: str, other: str) -> None:
    pair = other[:2]
    assert (set(query_tokens(pair)) <= tokens(text)) is (pair in text)
