"""What a participant file and a record say alike: measures with plausible values, weekdays chosen, named times."""

from collections.abc import Callable
from datetime import time
from typing import TypeVar

from dosecal.diagnostic import Diagnostic, nearest
from dosecal.dose import MEASURES, PLAUSIBLE, Amount, number_in_source
from dosecal.phrases import amounts, timing
from dosecal.phrases.words import Names
from dosecal.read.fields import Reading, clock_time, entries, phrase
from dosecal.read.nodes import Document, Mapping, Node, Scalar
from dosecal.study_time import WEEKDAYS, NamedTimeOfDay, Weekday

T = TypeVar("T")
PairReader = Callable[[Document, Scalar, Node], Reading[T | None]]


def pairs(document: Document, keys: dict[str, Node], key: str, reader: PairReader[T]) -> Reading[list[tuple[str, T]]]:
    """The names under `key`, each with what `reader` makes of its value; none when the key is not there."""
    node = keys.get(key)
    if node is None:
        return []
    found: list[tuple[str, T]] = []
    for name, value in (yield from entries(document, node, f"`{key}`")):
        read = yield from reader(document, name, value)
        if read is not None:
            found.append((name.text.strip(), read))
    return found


def measure(document: Document, key: Scalar, node: Node) -> Reading[Amount | None]:
    """The value of the measure that `key` names, in the measure's own unit, as far as a human body can have it."""
    units = MEASURES.get(key.text)
    if units is None:
        near = nearest(key.text, MEASURES)
        mend = f"did you mean `{near}`?" if near else f"the measures are {', '.join(MEASURES)}"
        yield Diagnostic("unknown-key", f"there is no measure `{key.text}`", mend, place=document.place(key))
        return None
    amount = yield from phrase(lambda value, names: amounts.parse_amount(value, names, units), Names())(document, node)
    least, most = PLAUSIBLE[key.text]
    if amount is not None and not least <= amount.value <= most:
        said = f"{number_in_source(amount.value)} {amount.unit}"
        message = f"no participant has a {key.text} of {said}"
        mend = f"check the decimal point: it lies between {number_in_source(least)} and {number_in_source(most)} {amount.unit}"
        yield Diagnostic("implausible", message, mend, place=document.place(node))
        return None
    return amount


def weekdays(document: Document, _key: Scalar, node: Node) -> Reading[tuple[Weekday, ...] | None]:
    """`Sun Tue Thu`: in the order of the week from any day."""
    chosen = yield from phrase(timing.parse_weekdays, Names())(document, node)
    return chosen.days if chosen is not None else None


def named_time(document: Document, _key: Scalar, node: Node) -> Reading[NamedTimeOfDay | None]:
    """`07:30`, or `{Mon-Fri: 07:30, Sat-Sun: 09:00}`; a weekday that is not named has no such time."""
    if not isinstance(node, Mapping):
        clock = yield from clock_time(document, node)
        return None if clock is None else NamedTimeOfDay((clock,) * 7)
    by_weekday: list[time | None] = [None] * 7
    for key, value in node.entries:
        clock = yield from clock_time(document, value)
        for weekday in (yield from _weekday_range(document, key)):
            if by_weekday[weekday] is not None:
                yield Diagnostic("twice", f"{WEEKDAYS[weekday]} has two times", "keep one of the two", place=document.place(key))
            by_weekday[weekday] = clock
    return NamedTimeOfDay(tuple(by_weekday))


def _weekday_range(document: Document, key: Scalar) -> Reading[tuple[int, ...]]:
    """`Mon-Fri` or `Sat`: the numbers of the weekdays, Monday 0."""
    first, dash, last = key.text.partition("-")
    known: dict[str, int] = {weekday: number for number, weekday in enumerate(WEEKDAYS)}
    if first in known and (last in known or not dash):
        start, end = known[first], known[last or first]
        return tuple(number % 7 for number in range(start, end + 1 if end >= start else end + 8))
    yield Diagnostic("weekday", f"`{key.text}` is no weekday and no range of weekdays", "write Mon or Mon-Fri", place=document.place(key))
    return ()
