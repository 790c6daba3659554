"""Texts of messages by key, zh and en. A message is a key and parameters; the text follows the caller's language."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from schema.messages.dispatch import DISPATCH_EN, DISPATCH_ZH
from schema.messages.en import EN
from schema.messages.sheet import FAULTS_EN, FAULTS_ZH
from schema.messages.word import shown
from schema.messages.zh import ZH

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCALES = {"zh": ZH, "en": EN}
DEFAULT = "zh"


FAULTS = {"zh": FAULTS_ZH, "en": FAULTS_EN}
DISPATCH = {"zh": DISPATCH_ZH, "en": DISPATCH_EN}


def dispatch_text(code: str, locale: str, params: Mapping[str, Any]) -> str:
    """The text of a part of a decision."""
    return DISPATCH.get(locale, DISPATCH_ZH)[code].format_map(params)


def fault_message(code: str, locale: str, params: Mapping[str, Any]) -> str:
    """The text of what is wrong in a sheet."""
    return FAULTS.get(locale, FAULTS_ZH)[code].format_map(params)


def message(key: str, locale: str, params: Mapping[str, Any]) -> str:
    """The text of `key`; parameters are shown with at most 200 characters."""
    texts = LOCALES.get(locale, ZH)
    return texts[key].format_map({name: shown(value, locale)[:200] for name, value in params.items()})


def choose_locale(accept_language: str | None) -> str:
    """zh or en, by the first of them that Accept-Language ranks highest; zh without one."""
    return _choose(accept_language[:200]) if accept_language else DEFAULT


@lru_cache(maxsize=256)
def _choose(accept_language: str) -> str:
    best, rank = DEFAULT, 0.0
    for part in accept_language.split(","):
        name, _, quality = "".join(part.split()).partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        language = name.strip().lower().partition("-")[0]
        if language in LOCALES and weight > rank:
            best, rank = language, weight
    return best
