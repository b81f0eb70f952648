"""A record's entries -> a chain of hashes, so that an entry changed or removed inside it is found.

The form, which is for ever:

    state 0 = SHA-256 of ["dosecal participant 1", FACTS]
    state n = SHA-256 of ["dosecal entry 1", STATE, ENTRY]

Each is hashed as JSON text (RFC 8259) in UTF-8 without a byte order mark: no space outside strings; the keys of an object in the order of
their code points. In a string only these are escaped, by a backslash before them or in their place: the quotation mark, the backslash,
and the controls below U+0020, as b, t, n, f and r where JSON has these letters for them, else as u and four lower-case hex digits. FACTS
is an object with the keys and values of the participant file but for those of NOT_FACTS. STATE is the state before, ENTRY the entry
without its own key `chain`. Every value is the text that YAML gives for the scalar, whatever it looks like (a date, a number): a JSON
string; a list of values is an array, keys with values are an object. So layout, quoting, remarks, line ends and the order of keys do not
count; all else does. A state is written in 64 lower-case hex digits.

An entry that dosecal wrote bears its state under `chain`. One written by hand bears none; the next one that does covers it.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final, TypeAlias

from msgspec import Struct

Value: TypeAlias = "str | Sequence[Value] | Mapping[str, Value]"
Texts = Mapping[str, Value]
"""An entry, or the facts of a participant, as plain text by key."""

NOT_FACTS: Final = ("record", "horizon", "language")
"""What of a participant file decides neither doses nor dates. All else is said once and for all: what changes during the trial (Day 1, the
protocol's version, a measure, named times, weekdays, the site) is an entry, never an edit.
"""


class Verified(Struct, frozen=True, kw_only=True):
    """What a chain shows. `states[n]` is the state after entry n; `states[0]` is that of the participant without entries.

    `chained` are the numbers of the entries that bear a state. `broken` is the first of them whose state does not fit (None: all fit):
    something that it covers was changed or removed, after entry `sound` (0: none fits before it). `unchained` are the entries at the end
    that nothing covers yet.
    """

    states: tuple[str, ...]
    chained: tuple[int, ...]
    broken: int | None
    sound: int
    unchained: tuple[int, ...]

    @property
    def head(self) -> str:
        """The state after the last entry: kept elsewhere, it shows a tail that was cut or changed, or a chain that was made anew."""
        return self.states[-1]


def genesis(facts: Texts) -> str:
    """The state before the first entry. Of `facts` those of NOT_FACTS do not count."""
    return _hash(["dosecal participant 1", {key: value for key, value in facts.items() if key not in NOT_FACTS}])


def state_after(state: str, entry: Texts) -> str:
    """The state after one more entry, whose own `chain` does not count."""
    return _hash(["dosecal entry 1", state, {key: value for key, value in entry.items() if key != "chain"}])


def verified(facts: Texts, entries: Sequence[Texts]) -> Verified:
    """The chain over a participant's entries, in the order of the file, held against what they bear."""
    states = [genesis(facts)]
    for entry in entries:
        states.append(state_after(states[-1], entry))
    chained = tuple(number for number, entry in enumerate(entries, 1) if "chain" in entry)
    broken = next((number for number in chained if entries[number - 1]["chain"] != states[number]), None)
    fitting = [number for number in chained if broken is None or number < broken]
    last = chained[-1] if chained else 0
    return Verified(
        states=tuple(states),
        chained=chained,
        broken=broken,
        sound=fitting[-1] if fitting else 0,
        unchained=tuple(range(last + 1, len(entries) + 1)),
    )


def _hash(value: object) -> str:
    """SHA-256 of a value in the canonical form; half of a surrogate pair, which no file that dosecal accepts can hold, does not stop it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
