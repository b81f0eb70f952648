"""An entry's keys -> what it says happened: the kinds of entries, the keys that each of them has, and the reader of each."""

import re
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from dosecal.diagnostic import Diagnostic
from dosecal.phrases.amounts import parse_adjustment, parse_amount
from dosecal.phrases.timing import parse_weekdays
from dosecal.phrases.words import Names
from dosecal.read.choices import measure, named_time, pairs
from dosecal.read.fields import Reading, calendar_date, clock_time, one_of, optional, phrase, text, whole_number
from dosecal.read.nodes import Document, Node, Scalar
from dosecal.record import (
    Act,
    Adjusted,
    Amended,
    Closed,
    Delayed,
    DidNot,
    Happened,
    Held,
    Kind,
    Measured,
    Moved,
    NewDay1,
    NewDays,
    NewSite,
    NewTimes,
    Remembered,
    Resumed,
    Stopped,
    TookPlace,
    Unscheduled,
    Voided,
    Withdrew,
)
from dosecal.regimen import SECTIONS

LARGEST_NUMBER: Final = 99_999
"""Of an entry that another one names."""
_CYCLE: Final = re.compile(r"(.*[^ ]) cycle ([1-9][0-9]{0,4})")

ActReader = Callable[[Document, dict[str, Node], Kind], Reading[Act | None]]
"""Reads the act of an entry of this kind from the entry's keys, of which one is the kind itself; None where something is wrong."""


class Form(Struct, frozen=True):
    """How an entry of one kind is written: its reader, its keys beside the kind itself, those of them that it needs.

    `explained`: it changes treatment or the record, so that it needs a reason, `why` (ICH E6(R3) 4.2.2).
    """

    read: ActReader
    keys: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    explained: bool = False


def _took_place(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    item = yield from optional(document, keys, kind, text)
    due = yield from optional(document, keys, "due", calendar_date)
    slot = yield from optional(document, keys, "slot", text)
    at = yield from optional(document, keys, "at", clock_time)
    amount = yield from optional(document, keys, "amount", phrase(parse_amount, Names()))
    return TookPlace(item=item, due=due, slot=slot, at=at, amount=amount) if item is not None else None


def _did_not(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    item = yield from optional(document, keys, kind, text)
    due = yield from optional(document, keys, "due", calendar_date)
    through = yield from optional(document, keys, "through", calendar_date)
    slot = yield from optional(document, keys, "slot", text)
    return DidNot(item=item, due=due, through=through, slot=slot) if item is not None else None


def _remembered(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    item = yield from optional(document, keys, kind, text)
    due = yield from optional(document, keys, "due", calendar_date)
    slot = yield from optional(document, keys, "slot", text)
    at = yield from optional(document, keys, "at", clock_time)
    return Remembered(item=item, due=due, slot=slot, at=at) if item is not None else None


def _moved(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    item = yield from optional(document, keys, kind, text)
    due = yield from optional(document, keys, "due", calendar_date)
    slot = yield from optional(document, keys, "slot", text)
    to = yield from optional(document, keys, "to", calendar_date)
    return Moved(item=item, due=due, slot=slot, to=to) if item is not None and to is not None else None


def _delayed(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    cycle = yield from optional(document, keys, kind, _cycle)
    to = yield from optional(document, keys, "to", calendar_date)
    return Delayed(phase=cycle[0], cycle=cycle[1], to=to) if cycle is not None and to is not None else None


def _cycle(document: Document, node: Node) -> Reading[tuple[str, int] | None]:
    """`PHASE cycle N`: the last two words are the cycle, all that stands before them is the phase's name."""
    value = yield from text(document, node)
    if value is None:
        return None
    said = _CYCLE.fullmatch(value)
    if said is not None:
        return said[1], int(said[2])
    mend = "write the phase, the word `cycle` and its number from 1, as in `treatment cycle 5`"
    yield Diagnostic("phrase", f"`{value}` is not a cycle of a phase", mend, place=document.place(node))
    return None


def _held(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    name = yield from optional(document, keys, kind, text)
    through = yield from optional(document, keys, "through", calendar_date)
    return Held(name=name, through=through) if name is not None else None


def _resumed(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    name = yield from optional(document, keys, kind, text)
    return Resumed(name=name) if name is not None else None


def _adjusted(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    item = yield from optional(document, keys, kind, text)
    to = yield from optional(document, keys, "to", phrase(parse_adjustment, Names()))
    through = yield from optional(document, keys, "through", calendar_date)
    if item is None or to is None:
        return None
    return Adjusted(item=item, to=None if to == "plan" else to, through=through)


def _new_days(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    item = yield from optional(document, keys, kind, text)
    to = yield from optional(document, keys, "to", phrase(parse_weekdays, Names()))
    return NewDays(item=item, to=to.days) if item is not None and to is not None else None


def _new_times(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    return NewTimes(times=dict((yield from pairs(document, keys, kind, named_time))))


def _measured(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    name = yield from optional(document, keys, kind, text)
    key, node = keys.get(kind), keys.get("value")
    if name is None or not isinstance(key, Scalar) or node is None:
        return None
    value = yield from measure(document, key, node)
    return Measured(measure=name, value=value) if value is not None else None


def _happened(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    event = yield from optional(document, keys, kind, text)
    return Happened(event=event) if event is not None else None


def _stopped(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    name = yield from optional(document, keys, kind, text)
    return Stopped(name=name) if name is not None else None


def _withdrew(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    left = yield from optional(document, keys, kind, text)
    if left is None or left == "study":
        return Withdrew() if left is not None else None
    mend = f"write `withdrew: study`, or `stopped: {left}` where the rest goes on"
    yield Diagnostic("unknown-word", f"`withdrew` ends the whole study, not `{left}` alone", mend, place=document.place(keys[kind]))
    return None


def _closed(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    item = yield from optional(document, keys, kind, text)
    through = yield from optional(document, keys, "through", calendar_date)
    return Closed(item=item, through=through) if item is not None else None


_EVENT_KINDS: Final = tuple(facts.singular for facts in SECTIONS.values())


def _unscheduled(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    what = yield from optional(document, keys, kind, lambda document, node: one_of(_EVENT_KINDS, "kind of event", document, node))
    at = yield from optional(document, keys, "at", clock_time)
    return Unscheduled(kind=what, at=at) if what is not None else None


def _new_day_1(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    to = yield from optional(document, keys, kind, calendar_date)
    return NewDay1(to=to) if to is not None else None


def _new_site(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    site = yield from optional(document, keys, kind, text)
    return NewSite(site=site) if site is not None else None


def _amended(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    regimen = yield from optional(document, keys, kind, text)
    return Amended(regimen=regimen) if regimen is not None else None


def _voided(document: Document, keys: dict[str, Node], kind: Kind) -> Reading[Act | None]:
    number = yield from optional(document, keys, kind, entry_number)
    return Voided(number=number) if number is not None else None


def entry_number(document: Document, node: Node) -> Reading[int | None]:
    """The number of an entry: its place in the record, from 1."""
    return (yield from whole_number(1, LARGEST_NUMBER, document, node))


FORMS: Final[dict[Kind, Form]] = {
    "given": Form(_took_place, ("due", "slot", "at", "amount")),
    "done": Form(_took_place, ("due", "slot", "at")),
    "not-given": Form(_did_not, ("due", "through", "slot"), explained=True),
    "not-done": Form(_did_not, ("due", "through", "slot")),
    "remembered": Form(_remembered, ("due", "slot", "at")),
    "moved": Form(_moved, ("due", "slot", "to"), needs=("to",)),
    "delayed": Form(_delayed, ("to",), needs=("to",), explained=True),
    "held": Form(_held, ("through",), explained=True),
    "resumed": Form(_resumed),
    "adjusted": Form(_adjusted, ("to", "through"), needs=("to",), explained=True),
    "new-days": Form(_new_days, ("to",), needs=("to",)),
    "new-times": Form(_new_times),
    "measured": Form(_measured, ("value",), needs=("value",)),
    "event": Form(_happened),
    "stopped": Form(_stopped, explained=True),
    "withdrew": Form(_withdrew),  # a participant need not say why (ICH E6(R3) 2.9)
    "closed": Form(_closed, ("through",)),
    "unscheduled": Form(_unscheduled, ("at",)),
    "day-1": Form(_new_day_1),
    "site": Form(_new_site),
    "amended": Form(_amended),
    "void": Form(_voided, explained=True),
}
"""Every kind of entry, in the order in which messages and the reference name them."""
