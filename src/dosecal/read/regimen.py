"""A regimen file's text -> a Regimen, with its positions kept beside it."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, Literal, TypeVar, get_args

from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic
from dosecal.phrases import rules, timing
from dosecal.phrases.words import Names
from dosecal.read import phrases
from dosecal.read.fields import Reader, Reading, entries, keys_of, many, one_of, optional, phrase, run, text, whole_number
from dosecal.read.files import FilePath, read_bytes
from dosecal.read.items import read_sections, read_steps
from dosecal.read.names import declared_names
from dosecal.read.nodes import Document, Mapping, Node, Scalar, Sequence, read_document
from dosecal.regimen import (
    NOBODY_BLINDED,
    SECTIONS,
    Arm,
    Audience,
    Blinding,
    CohortPlan,
    CountFrom,
    Cycle,
    Hidden,
    Phase,
    PlacePlan,
    Regimen,
    Review,
    Table,
)
from dosecal.study_time import CALENDAR_MONTHS, MonthRule

FORMAT: Final = "dosecal/1"
_MONTHS: Final = {"calendar": CALENDAR_MONTHS, "28 days": MonthRule(28), "30 days": MonthRule(30)}
_HIDDEN: Final[dict[str, Hidden]] = {"arm": "arm", "dose": "dose", "treatment": "treatment"}
_TOP: Final = (
    "format",
    "study",
    "source",
    "title",
    "months",
    "events",
    "flags",
    "arms",
    "phases",
    "tables",
    "cohort-plans",
    "blinding",
    *SECTIONS,
)

T = TypeVar("T")
NamedReader = Callable[[Names, Document, Scalar, Node], Reading[T | None]]


class RegimenFile(Struct, frozen=True):
    """A regimen and the document it was read from."""

    regimen: Regimen
    document: Document

    def locate(self, diagnostic: Diagnostic) -> Diagnostic:
        """`diagnostic` with the place that its path (and part of a phrase) leads to."""
        return locate(self.document, diagnostic)


def read_regimen_file(path: FilePath, label: str | None = None) -> RegimenFile:
    """The regimen in the file at `path`, which messages call `label`. Raises Unreadable, or Refused with every error of the file."""
    return read_regimen(read_document(label or os.fspath(path), read_bytes(path)))


def read_regimen(document: Document) -> RegimenFile:
    """The regimen in a document. Raises Refused with every error of the document."""
    return RegimenFile(run(_regimen(document)), document)


def locate(document: Document, diagnostic: Diagnostic) -> Diagnostic:
    """`diagnostic` with the place that its path leads to: of its `part`, where the phrase there holds it, else of a text, else of a key."""
    if diagnostic.place is not None:
        return diagnostic
    node: Node = document.root
    key: Scalar | None = None
    for step in diagnostic.path:
        inner = _step(node, step)
        if inner is None:
            break
        key = next((name for name, value in node.entries if value is inner), None) if isinstance(node, Mapping) else key
        node = inner
    start, end = 0, None
    if diagnostic.part:
        for scalar in _scalars(node):
            at = f" {scalar.text} ".find(f" {diagnostic.part} ")
            if at >= 0:
                node, start, end = scalar, at, at + len(diagnostic.part)
                break
    place = document.place(key if key is not None and not isinstance(node, Scalar) else node, start, end)
    return Diagnostic(diagnostic.name, diagnostic.message, diagnostic.help, diagnostic.severity, place, diagnostic.path)


def _scalars(node: Node) -> Iterator[Scalar]:
    """The texts of a node, in the order of the file."""
    match node:
        case Scalar():
            yield node
        case Sequence(nodes):
            for part in nodes:
                yield from _scalars(part)
        case Mapping(entries=pairs):
            for key, value in pairs:
                yield key
                yield from _scalars(value)


def _step(node: Node, step: str | int) -> Node | None:
    if isinstance(node, Mapping) and isinstance(step, str):
        return node.get(step)
    if isinstance(step, int):
        if isinstance(node, Sequence):
            return node.nodes[step] if step < len(node.nodes) else None
        if isinstance(node, Mapping):
            return node.entries[step][0] if step < len(node.entries) else None
    return None


def _regimen(document: Document) -> Reading[Regimen]:
    root = document.root
    keys = yield from keys_of(document, root, _TOP, "a regimen", required=("format", "study", "source"))
    yield from optional(document, keys, "format", partial(one_of, (FORMAT,), "format that this dosecal reads"))
    names = declared_names(root)
    months = yield from optional(document, keys, "months", partial(one_of, tuple(_MONTHS), "kind of month"))
    arms = yield from _named(document, keys, "arms", names, _arm)
    return Regimen(
        study=(yield from optional(document, keys, "study", text)) or "",
        source=(yield from optional(document, keys, "source", text)) or "",
        title=(yield from optional(document, keys, "title", text)),
        months=_MONTHS[months] if months else None,
        events=(yield from many(document, keys, "events", text)),
        flags=(yield from many(document, keys, "flags", text)),
        arms=arms,
        items=(yield from read_sections(document, keys, names)),
        phases=(yield from _named(document, keys, "phases", names, _phase)),
        tables=(yield from _named(document, keys, "tables", names, _table)),
        cohort_plans=(yield from _named(document, keys, "cohort-plans", names, _cohort_plan)),
        blinding=(yield from optional(document, keys, "blinding", _blinding)) or NOBODY_BLINDED,
    )


def _blinding(document: Document, node: Node) -> Reading[Blinding]:
    keys = yield from keys_of(document, node, get_args(Audience), "`blinding`")
    if isinstance(node, Mapping) and not node.entries:
        mend = "write whom it keeps from knowing what, as in `{rater: treatment}`"
        yield Diagnostic("no-value", "`blinding` names no audience", mend, place=document.place(node))
    hidden: Reader[Hidden] = _hidden
    return Blinding(
        participant=(yield from optional(document, keys, "participant", hidden)),
        site=(yield from optional(document, keys, "site", hidden)),
        rater=(yield from optional(document, keys, "rater", hidden)),
    )


def _hidden(document: Document, node: Node) -> Reading[Hidden | None]:
    word = yield from one_of(_HIDDEN, "kind of blinding", document, node)
    return _HIDDEN[word] if word is not None else None


def _named(document: Document, keys: dict[str, Node], key: str, names: Names, reader: NamedReader[T]) -> Reading[tuple[T, ...]]:
    """What `reader` makes of each entry under `key`: names and what they hold."""
    node = keys.get(key)
    if node is None:
        return ()
    found: list[T] = []
    for name, value in (yield from entries(document, node, f"`{key}`")):
        part = yield from reader(names, document, name, value)
        if part is not None:
            found.append(part)
    return tuple(found)


def _arm(names: Names, document: Document, key: Scalar, node: Node) -> Reading[Arm]:
    keys = yield from keys_of(document, node, ("title", "phases", *SECTIONS), "an arm")
    return Arm(
        name=key.text,
        title=(yield from optional(document, keys, "title", text)),
        items=(yield from read_sections(document, keys, names)),
        phases=(yield from _named(document, keys, "phases", names, _phase)),
    )


def _phase(names: Names, document: Document, key: Scalar, node: Node) -> Reading[Phase]:
    known = ("lasts", "cycle", "starts", "until", "day-1", *SECTIONS)
    keys = yield from keys_of(document, node, known, "a phase")
    if "lasts" in keys and "cycle" in keys:
        message = "a phase has either `lasts` or `cycle`"
        yield Diagnostic("lasts-and-cycle", message, "keep the one that the protocol states", place=document.place(keys["cycle"]))
    cycle = keys.get("cycle")
    if isinstance(cycle, Mapping) and cycle.get("first-day") is not None:
        names = replace(names, day_zero=True)
    day_1 = yield from optional(document, keys, "day-1", partial(one_of, ("here",), "value of `day-1`"))
    starts = yield from optional(document, keys, "starts", phrases.point(names))
    return Phase(
        name=key.text,
        items=(yield from read_sections(document, keys, names)),
        lasts=(yield from optional(document, keys, "lasts", phrase(timing.parse_span, names))),
        cycle=(yield from optional(document, keys, "cycle", partial(_cycle, names))),
        starts=starts,
        until=(yield from optional(document, keys, "until", partial(_event_name, names))),
        day_1_here=day_1 is not None,
    )


def _event_name(names: Names, document: Document, node: Node) -> Reading[str | None]:
    return (yield from one_of(sorted(names.events), "event that `events` names", document, node))


def _cycle(names: Names, document: Document, node: Node) -> Reading[Cycle | None]:
    keys = yield from keys_of(document, node, ("length", "count", "count-from", "first-day"), "a cycle", required=("length",))
    length = yield from optional(document, keys, "length", phrase(timing.parse_span, names))
    count = yield from optional(document, keys, "count", partial(whole_number, 1, 9999))
    count_from = yield from optional(document, keys, "count-from", partial(one_of, ("plan", "actual"), "way of counting"))
    first_day = yield from optional(document, keys, "first-day", partial(one_of, ("0",), "first day of a cycle (only 0 is ever written)"))
    if length is None:
        return None
    counted: CountFrom | None = "plan" if count_from == "plan" else "actual" if count_from == "actual" else None
    first: Literal[0, 1] = 1 if first_day is None else 0
    return Cycle(length=length, count=count, count_from=counted, first_day=first)


def _table(names: Names, document: Document, key: Scalar, node: Node) -> Reading[Table]:
    rows = yield from read_steps(document, node, names, phrases.give(names))
    return Table(key.text, rows)


def _cohort_plan(names: Names, document: Document, key: Scalar, node: Node) -> Reading[CohortPlan]:
    keys = yield from keys_of(document, node, ("places", "reviews", "next"), "a cohort plan", required=("places",))
    following = yield from optional(document, keys, "next", phrases.point(names))
    return CohortPlan(
        name=key.text,
        places=(yield from _named(document, keys, "places", names, _place_plan)),
        reviews=(yield from _named(document, keys, "reviews", names, _review)),
        next=following,
    )


def _place_plan(names: Names, document: Document, key: Scalar, node: Node) -> Reading[PlacePlan | None]:
    places = yield from phrase(rules.parse_places, names)(document, key)
    keys = yield from keys_of(document, node, ("when", "at", "not-before"), "a place of a cohort", required=("when",))
    when = yield from many(document, keys, "when", phrases.when(names))
    at = yield from many(document, keys, "at", phrases.at(names))
    not_before = yield from many(document, keys, "not-before", phrases.point(names))
    return PlacePlan(places=places, when=when, at=at, not_before=not_before) if places is not None else None


def _review(names: Names, document: Document, key: Scalar, node: Node) -> Reading[Review]:
    keys = yield from keys_of(document, node, ("when",), "a review", required=("when",))
    when = yield from many(document, keys, "when", phrases.when(names))
    return Review(name=key.text, when=when)
