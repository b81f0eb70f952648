"""From text to the trees of points and references: the places in time that timings and windows hang on."""

from decimal import Decimal
from typing import Final

from dosecal.phrases.names import goes_on_after_ref
from dosecal.phrases.terminals import DATE_UNITS, LARGEST, UNITS, decimal, is_decimal, is_whole, position, time_unit, whole, whole_days
from dosecal.phrases.tree import EdgeOf, Its, Mark, Offset, Point, Ref, Search, Which
from dosecal.phrases.words import SINGULAR, Cursor, referable_name_fault
from dosecal.study_time import WEEKDAYS, Weekday

_DEEPEST: Final = 20


def point(cursor: Cursor) -> Point:
    """`point`: see docs/language.md, "Grammar"; nested at most twenty deep."""
    cursor.depth += 1
    if cursor.depth > _DEEPEST:
        cursor.refuse(f"points are nested more than {_DEEPEST} deep", "tie the item to a nearer occurrence")
    start = cursor.at
    found = _mark(cursor) or _offset(cursor) or _edge(cursor) or _search(cursor)
    cursor.depth -= 1
    return cursor.node(found, start) if found is not None else ref(cursor)


def _mark(cursor: Cursor) -> Mark | None:
    """( "day" | "week" | "month" | "study day" ) INT"""
    unit = cursor.accept_noun(*DATE_UNITS)
    if unit is not None:
        return Mark(unit, position(cursor, unit))
    if cursor.word == "study" and SINGULAR.get(cursor.peek()) == "day":
        cursor.take(2)
        return Mark("study day", position(cursor, "study day"))
    return None


def _offset(cursor: Cursor) -> Offset | None:
    """NUM { NUM } unit ( "before" | "after" ) point"""
    word = cursor.word
    if not is_decimal(word) and (not word[:1].isdigit() or cursor.longest(cursor.names.referable)):  # `5-FU` may be a name
        cursor.look_for("a number")
        return None
    numbers: list[tuple[Decimal, int]] = []
    while not numbers or is_decimal(cursor.word):
        place = cursor.at
        numbers.append((decimal(cursor, most=LARGEST), place))
        if len(numbers) > 1 and numbers[-1][0] <= numbers[-2][0]:
            cursor.refuse("a list ascends", "write the numbers in ascending order, each once", "ascending", first=place)
    unit = time_unit(cursor, UNITS)
    whole_days(cursor, unit, numbers)
    side = cursor.expect("before", "after")
    return Offset(tuple(value for value, _ in numbers), unit, "before" if side == "before" else "after", point(cursor))


def _edge(cursor: Cursor) -> EdgeOf | Its | None:
    """( "start" | "end" ) "of" ref | "its" ( "start" | "end" )"""
    edge = cursor.accept("start", "end")
    if edge is not None:
        cursor.expect("of")
        return EdgeOf("start" if edge == "start" else "end", ref(cursor))
    if cursor.accept("its"):
        return Its("start" if cursor.expect("start", "end") == "start" else "end")
    return None


def _search(cursor: Cursor) -> Search | None:
    """`"first" ( [ "open" ] DAY | "open day" ) "on or after" point`"""
    if cursor.word != "first" or cursor.peek() not in ("open", *WEEKDAYS):
        return None
    cursor.take()
    open_day = bool(cursor.accept("open"))
    weekday: Weekday | None = None
    if not (open_day and cursor.accept_noun("day")):
        weekday = cursor.expect(*WEEKDAYS)
    cursor.expect_each("on", "or", "after")
    return Search(weekday, open_day, point(cursor))


def ref(cursor: Cursor) -> Ref:
    """`ref = [ "each" [ "next" | "late" | "initiation of" ] | ( "first" | "last" ) [ INT ] ] NAME [ "course" ] [ "due" ]`"""
    start = cursor.at
    which, count = _determiner(cursor)
    place = cursor.at
    name = cursor.expect_name(cursor.names.referable, "a declared name", goes_on_after_ref)
    fault = referable_name_fault(name)
    if fault is not None:
        cursor.refuse(fault, f"rename `{name}`", "unreferable-name", first=place, words=cursor.at - place)
    course = bool(cursor.accept("course"))
    due = bool(cursor.accept("due"))
    return cursor.node(Ref(name, which, count, course, due), start)


def _determiner(cursor: Cursor) -> tuple[Which, int | None]:
    """`"each" [ "next" | "late" | "initiation of" ] | ( "first" | "last" ) [ INT ]`, or nothing."""
    which: Which | None = cursor.accept("each", "first", "last")
    if which is None:
        return "", None
    if which == "each":
        if cursor.accept("next"):
            return "each next", None
        if cursor.accept("late"):
            return "each late", None
        if cursor.accept("initiation"):
            cursor.expect("of")
            return "each initiation of", None
        return "each", None
    if not is_whole(cursor.word):
        cursor.look_for("a number")
        return which, None
    if cursor.word == "1":
        cursor.refuse(f"`{which} 1` is one occurrence", f"write `{which}` without a number", "spelling")
    return which, whole(cursor, least=2)
