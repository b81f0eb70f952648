"""Nodes -> items: one thing given or done, with every key that docs/language.md lists for it."""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar, cast

from dosecal.diagnostic import Diagnostic
from dosecal.dose import UNITS, Amount
from dosecal.phrases import amounts, rules, timing
from dosecal.phrases.tree import At
from dosecal.phrases.words import Names, Parsed
from dosecal.read import phrases
from dosecal.read.fields import Reader, Reading, each, keys_of, many, name_of, one_of, optional, phrase, text
from dosecal.read.nodes import Document, Mapping, Node, Scalar
from dosecal.regimen import SECTIONS, CountFrom, Item, Section, Step

T = TypeVar("T")

_ANY_ITEM: Final = (
    "when", "at", "lasts", "window", "title", "count-from", "at-least", "not-before", "if-closed", "except", "only-if", "days",
)  # fmt: skip
MOST_STEPS: Final = 100
"""The most steps of one key: the finest titration has a few dozen."""
_GIVEN: Final = ("give", "product", "if-missed", "initiate-again", "round", "max-dose", "levels")


def read_sections(document: Document, keys: dict[str, Node], names: Names) -> Reading[tuple[Item, ...]]:
    """The items of every section among `keys`, in the order of the sections."""
    items: list[Item] = []
    for section in SECTIONS:
        node = keys.get(section)
        if node is None:
            continue
        if not isinstance(node, Mapping) or not node.entries:
            what = f"`{section}` holds items by name"
            yield Diagnostic("not-keys", what, f"for example `{section}: {{name: {{when: day 1}}}}`", place=document.place(node))
            continue
        for key, value in node.entries:
            item = yield from read_item(section, names, document, key, value)
            if item is not None:
                items.append(item)
    return tuple(items)


def read_item(section: Section, names: Names, document: Document, key: Scalar, node: Node) -> Reading[Item | None]:
    """One item of a section: its name is the key, its value holds what _ANY_ITEM lists and, in `doses` and `medicines`, _GIVEN."""
    given = section in ("doses", "medicines")
    what = f"a {SECTIONS[section].singular}"
    name = yield from name_of(document, key)
    known = (*_GIVEN, *_ANY_ITEM) if given else _ANY_ITEM
    keys = yield from keys_of(document, node, known, what, required=("give", "when") if given else ("when",))

    def one(key: str, parse: Callable[[str, Names], Parsed[T]]) -> Reading[T | None]:
        return optional(document, keys, key, phrase(parse, names))

    when = yield from many(document, keys, "when", phrases.when(names))
    give = yield from _steps(document, keys.get("give"), names, phrases.give(names))
    product = yield from _steps(document, keys.get("product"), names, text)
    at = yield from _steps(document, keys.get("at"), names, partial(_times, names))
    lasts = yield from _steps(document, keys.get("lasts"), names, phrase(rules.parse_duration, names))
    window = yield from _steps(document, keys.get("window"), names, phrases.window(names))
    again = yield from _steps(document, keys.get("initiate-again"), names, phrase(rules.parse_initiate_again, names))
    not_before = yield from many(document, keys, "not-before", phrases.point(names))
    count_from = yield from optional(document, keys, "count-from", partial(one_of, ("plan", "actual"), "way of counting"))
    item = Item(
        section=section,
        name=name or "",
        title=(yield from optional(document, keys, "title", text)),
        when=when,
        give=give,
        product=product,
        at=at,
        lasts=lasts,
        window=window,
        initiate_again=again,
        count_from=cast("CountFrom | None", count_from),
        at_least=(yield from one("at-least", rules.parse_gap)),
        not_before=not_before,
        if_missed=(yield from one("if-missed", rules.parse_if_missed)),
        if_closed=(yield from one("if-closed", rules.parse_if_closed)),
        except_=(yield from one("except", timing.parse_ref)),
        only_if=(yield from one("only-if", rules.parse_only_if)),
        round=(yield from one("round", _amount)),
        max_dose=(yield from one("max-dose", _amount)),
        levels=(yield from many(document, keys, "levels", phrase(_amount, names))),
        days=(yield from one("days", timing.parse_weekdays)),
    )
    return item if name else None


def _amount(value: str, names: Names) -> Parsed[Amount]:
    return amounts.parse_amount(value, names, tuple(UNITS))


def _times(names: Names, document: Document, node: Node) -> Reading[tuple[At, ...] | None]:
    times = yield from each(document, node, phrases.at(names))
    return times or None


def _steps(document: Document, node: Node | None, names: Names, reader: Reader[T]) -> Reading[tuple[Step[T], ...]]:
    """A value, or a mapping from steps (`days 1-14`) to values."""
    if node is None:
        return ()
    if not isinstance(node, Mapping):
        value = yield from reader(document, node)
        return () if value is None else (Step((), value),)
    steps: list[Step[T]] = []
    if len(node.entries) > MOST_STEPS:
        message = f"more than {MOST_STEPS} steps"
        yield Diagnostic("too-many", message, "write fewer, longer steps", place=document.place(node))
        return ()
    for key, part in node.entries:
        conditions = yield from phrase(amounts.parse_conditions, names)(document, key)
        value = yield from reader(document, part)
        if conditions is not None and value is not None:
            steps.append(Step(conditions, value))
    return tuple(steps)


def read_steps(document: Document, node: Node, names: Names, reader: Reader[T]) -> Reading[tuple[Step[T], ...]]:
    """The rows of a table: a mapping from steps to values."""
    if not isinstance(node, Mapping) or not node.entries:
        yield Diagnostic(
            "not-keys", "a table has rows", "for example `weight from 40 to under 50 kg: 10 mg PO`", place=document.place(node)
        )
        return ()
    return (yield from _steps(document, node, names, reader))
