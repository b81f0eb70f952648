"""A record's nodes -> its entries, each with what it says happened; what entries say of one another is checked here too."""

import re
from datetime import UTC, date, datetime, time
from typing import Final

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, nearest
from dosecal.read.acts import FORMS, LARGEST_NUMBER, entry_number
from dosecal.read.fields import Reading, calendar_date, date_from, keys_of, optional, text
from dosecal.read.nodes import Document, Mapping, Node, Scalar, Sequence
from dosecal.record import Adjusted, Closed, DidNot, Entry, Held, Kind, Moved

COMMON: Final = ("on", "by", "why", "entered", "corrects", "chain")
"""The keys that an entry of every kind may have; `on` and `by` it must have."""

_KINDS: Final[dict[str, Kind]] = {kind: kind for kind in FORMS}
_OWN_KEYS: Final = frozenset(key for form in FORMS.values() for key in form.keys)
_IN_OTHER_WORDS: Final[dict[str, Kind]] = {
    "missed": "not-given",
    "skipped": "not-given",
    "omitted": "not-given",
    "taken": "given",
    "administered": "given",
    "postponed": "moved",
    "rescheduled": "moved",
    "interrupted": "held",
    "paused": "held",
    "reduced": "adjusted",
    "discontinued": "stopped",
    "deleted": "void",
}
_CHAIN_LENGTH: Final = 64
_INSTANT: Final = re.compile(r"[0-9-]{10}T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])Z", re.ASCII)


def record_of(document: Document, node: Node) -> Reading[tuple[Entry, ...]]:
    """The entries under `record`, in the order of the file; none where it is empty.

    Names of items, phases, events and slots stay text: what they mean, the regimen says.
    """
    nodes = yield from _nodes(document, node)
    record: list[Entry] = []
    for number, one in enumerate(nodes, 1):
        entry = yield from _entry(document, number, one)
        if entry is not None:
            record.append(entry)
    yield from _replacements(document, nodes)
    return tuple(record)


def _nodes(document: Document, node: Node | None) -> Reading[tuple[Node, ...]]:
    """What the list holds, which is expected to be entries."""
    if node is None or (isinstance(node, Scalar) and not node.text):
        return ()
    if isinstance(node, Sequence):
        return node.nodes
    mend = "begin each entry with `- `, as in `- {on: 2026-01-05, given: study drug, by: JD}`"
    yield Diagnostic("not-list", "a record is a list of entries", mend, place=document.place(node))
    return ()


def _entry(document: Document, number: int, node: Node) -> Reading[Entry | None]:
    if not isinstance(node, Mapping):
        yield from keys_of(document, node, COMMON, "an entry", required=("on", "by"))
        return None
    kind = yield from _kind(document, node)
    if kind is None:
        return None
    form = FORMS[kind]
    required = ("on", "by", *form.needs, *(("why",) if form.explained else ()))
    keys = yield from keys_of(document, node, (kind, *form.keys, *COMMON), f"`{kind}`", required)
    if "corrects" in keys and "why" not in keys and not form.explained:
        place = document.place(keys["corrects"])
        yield Diagnostic("missing-key", "an entry that corrects another one needs the key `why`", "add `why: ...`", place=place)
    act = yield from form.read(document, keys, kind)
    on = yield from optional(document, keys, "on", calendar_date)
    by = yield from optional(document, keys, "by", text)
    why = yield from optional(document, keys, "why", text)
    entered = yield from optional(document, keys, "entered", _entered)
    corrects = yield from optional(document, keys, "corrects", entry_number)
    yield from optional(document, keys, "chain", _chain_hash)
    if act is None or on is None or by is None:
        return None
    entry = Entry(number=number, kind=kind, on=on, by=by, act=act, why=why, entered=entered, corrects=corrects)
    yield from _in_order(document, keys, entry)
    return entry


def _kind(document: Document, entry: Mapping) -> Reading[Kind | None]:
    """The one key of an entry that says what happened."""
    kinds = [(key, _KINDS[key.text]) for key, _ in entry.entries if key.text in _KINDS]
    if len(kinds) == 1:
        return kinds[0][1]
    if kinds:
        (_, first), (key, second) = kinds[:2]
        message = f"an entry says one thing, and this one says `{first}` and `{second}`"
        yield Diagnostic("two-kinds", message, "write an entry of its own for each", place=document.place(key))
        return None
    unknown = [key for key, _ in entry.entries if key.text not in COMMON and key.text not in _OWN_KEYS]
    for key in unknown:
        near = _IN_OTHER_WORDS.get(key.text) or nearest(key.text, FORMS) or nearest(key.text, (*COMMON, *_OWN_KEYS))
        if near is not None:
            yield Diagnostic("unknown-key", f"an entry has no key `{key.text}`", f"did you mean `{near}`?", place=document.place(key))
            return None
    mend = f"add what happened, as one of {', '.join(FORMS)}"
    if unknown:
        yield Diagnostic("unknown-key", f"an entry has no key `{unknown[0].text}`", mend, place=document.place(unknown[0]))
        return None
    if entry.get("corrects") is not None:
        mend = "a correction is a whole new entry: write what really happened, beside `corrects`"
    yield Diagnostic("missing-key", "the entry does not say what happened", mend, place=document.place(entry))
    return None


def _entered(document: Document, node: Node) -> Reading[datetime | None]:
    """When an entry was written: an instant in UTC, or a date, which stands for its beginning in UTC."""
    value = yield from text(document, node)
    if value is None:
        return None
    if ":" not in value:
        day = yield from calendar_date(document, node)
        return datetime.combine(day, time.min, UTC) if day is not None else None
    shaped = _INSTANT.fullmatch(value)
    on = date_from(value[:10])
    if shaped is not None and isinstance(on, date):
        hour, minute, second = (int(part) for part in shaped.groups())
        return datetime.combine(on, time(hour, minute, second), UTC)
    if shaped is not None and not isinstance(on, date):
        yield Diagnostic("date", *on, place=document.place(node))
        return None
    mend = f"write it in UTC, as in {_in_utc(value) or '2026-02-07T09:12:33Z'}"
    yield Diagnostic("instant", f"`{value}` is not an instant in UTC", mend, place=document.place(node))
    return None


def _in_utc(value: str) -> str | None:
    """The instant that `value` says with another offset, as it is to be written; None where it says no offset."""
    try:
        said = datetime.fromisoformat(value)
        return f"{said.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if said.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _chain_hash(document: Document, node: Node) -> Reading[str | None]:
    """A SHA-256 in lower-case hexadecimal digits; whether it is the right one, `dosecal verify` says."""
    value = yield from text(document, node)
    if value is None or (len(value) == _CHAIN_LENGTH and set(value) <= set("0123456789abcdef")):
        return value
    message = f"this is not a hash: {_CHAIN_LENGTH} digits from 0 to 9 and a to f"
    mend = "put back what `dosecal record` wrote here; leave `chain` out of an entry written by hand"
    yield Diagnostic("hash", message, mend, place=document.place(node))
    return None


def _in_order(document: Document, keys: dict[str, Node], entry: Entry) -> Reading[None]:
    """Refuse a stretch that ends before it begins, and a move to where the appointment was."""
    match entry.act:
        case DidNot(due=due, through=through):
            first = due or entry.on
        case Held(through=through) | Adjusted(through=through) | Closed(through=through):
            first = entry.on
        case Moved(due=due, to=to) if to == (due or entry.on):
            message = f"`moved` to {to}, the date on which it was due"
            mend = "write the new date after `to`, and the old one after `due`"
            yield Diagnostic("same-date", message, mend, place=document.place(keys["to"]))
            return
        case _:
            return
    if through is not None and through < first:
        begins = "due" if "due" in keys else "on"
        message = f"`through` {through} lies before `{begins}`, {first}"
        mend = f"`{begins}` is the first day, `through` the last one"
        if isinstance(entry.act, DidNot) and begins == "on":
            mend = "add `due`, the first day that was missed: without it that is `on`"
        yield Diagnostic("backwards", message, mend, place=document.place(keys["through"]))


class _Replaced(Struct, frozen=True):
    """What became of an entry: the number of the later one that `corrects` or `void`s it."""

    by: int
    word: str


_PAST: Final = {"corrects": "corrected", "void": "voided"}


def _replacements(document: Document, nodes: tuple[Node, ...]) -> Reading[None]:
    """Refuse each `corrects` and `void` that does not name an earlier entry which still counts."""
    gone: dict[int, _Replaced] = {}
    for number, node in enumerate(nodes, 1):
        for word in _PAST:
            target = node.get(word) if isinstance(node, Mapping) else None
            named = _number(target)
            if target is None or named is None:
                continue
            fault = _not_earlier(number, word, named) or _gone_already(number, word, named, gone)
            if fault is None and word == "void" and _is_void(nodes[named - 1]):
                mend = f"write what holds instead as a new entry, with `corrects: {named}`"
                fault = Diagnostic("void", f"entry {named} is itself a `void`, which nothing undoes", mend)
            if fault is None:
                gone[named] = _Replaced(number, word)
            else:
                yield Diagnostic(fault.name, fault.message, fault.help, place=document.place(target))


def _is_void(node: Node) -> bool:
    return isinstance(node, Mapping) and node.get("void") is not None


def _number(node: Node | None) -> int | None:
    """The number of an entry, where it is one: what is none has been refused already."""
    if not isinstance(node, Scalar) or not (node.text.isascii() and node.text.isdigit()) or len(node.text) > len(str(LARGEST_NUMBER)):
        return None
    return int(node.text) or None


def _not_earlier(number: int, word: str, named: int) -> Diagnostic | None:
    """What is wrong where entry `number` names itself or a later entry."""
    if named < number:
        return None
    message = f"entry {number} has no earlier entry {named}" if named > number else f"entry {number} names itself"
    mend = f"entries are counted from 1, in the order of the file: the one before this is entry {number - 1}"
    if number == 1:
        mend = f"the first entry has none before it: write what happened, without `{word}`"
    return Diagnostic("no-entry", message, mend)


def _gone_already(number: int, word: str, named: int, gone: dict[int, _Replaced]) -> Diagnostic | None:
    """What is wrong where entry `number` names one that an earlier entry, or itself by its other word, has corrected or voided."""
    before = gone.get(named)
    if before is None:
        return None
    if before.by == number:
        return Diagnostic("replaced", f"entry {named} is corrected and voided by one entry", "keep `corrects` or `void`")
    last = before
    while last.by in gone and gone[last.by].by < number:
        last = gone[last.by]
    mend = f"entry {last.by} stands in its place: write `{word}: {last.by}`"
    if last.word == "void":
        mend = f"leave this entry out: entry {named} counts no longer"
        if word == "corrects":
            mend = f"correct the `void`: write `corrects: {last.by}`"
    return Diagnostic("replaced", f"entry {named} was {_PAST[before.word]} by entry {before.by} already", mend)
