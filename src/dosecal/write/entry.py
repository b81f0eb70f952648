"""A record's entry as plain texts -> one YAML line: `{on: 2026-02-06, not-given: interferon beta-1a, why: felt ill, by: JD}`."""

import json
import re
from collections.abc import Mapping
from typing import Final

from dosecal.chain import Texts, Value

_FIRST: Final = ("on",)
_LAST: Final = ("why", "corrects", "by", "entered", "chain")
_OWN: Final = ("due", "slot", "at", "amount", "to", "through", "value")
_PLAIN: Final = re.compile(r"[^\W_](?:[^\s,?\[\]{}]| (?!#))*")
"""Texts without a sign that has a meaning inside braces; they begin with a letter or a digit. `: ` and ` #` are looked for besides."""


def entry_line(entry: Texts) -> str:
    """The entry in braces on one line, its keys in the order of the record's table: when, what, why, by whom.

    A text that YAML could misread is quoted as JSON writes it, which YAML reads alike.
    """
    kinds = [key for key in entry if key not in (*_FIRST, *_OWN, *_LAST)]
    order = [key for key in (*_FIRST, *kinds, *_OWN, *_LAST) if key in entry]
    return _flow({key: entry[key] for key in order})


def _flow(value: Value) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key)}: {_flow(one)}" for key, one in value.items()) + "}"
    return "[" + ", ".join(_flow(one) for one in value) + "]"


def _text(text: str) -> str:
    safe = _PLAIN.fullmatch(text) and ": " not in text and not text.endswith((":", " ")) and text.isprintable()
    return text if safe else json.dumps(text, ensure_ascii=False)
