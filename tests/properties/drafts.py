"""Strategies for whole regimens: phases and cycles, items with timings of every kind, and items tied to other items."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count, takewhile
from typing import NamedTuple

from hypothesis import strategies as st

from dosecal.study_time import WEEKDAYS
from tests.properties.regimens import At, counted
from tests.properties.wholes import Course, Stretch, World

Courses = Callable[[World, Stretch], list[Course]]
FAR = 70
"""The last day that an item outside phases names."""


class Timing(NamedTuple):
    """A phrase, where it falls in one scope, and what is known of it (as in Line)."""

    words: str
    courses: Courses
    keys: tuple[tuple[str, str], ...] = ()
    inside: bool = True
    weekly: bool = True
    single: bool = False
    course: int = 1
    apart: int = 0
    positive: bool = True
    in_cycles: bool = False


def plus(day: date, days: int) -> date:
    return day + timedelta(days)


def on_days(*numbers: int) -> Courses:
    """Courses of one day each, on these days of the scope (1 is its first)."""
    return lambda _, scope: [[plus(scope.first, number - 1)] for number in numbers]


# -- timings by themselves


@st.composite
def timings(draw: st.DrawFn, length: int, *, in_phase: bool) -> Timing:
    kinds = ("day", "days", "course", "course", "before", "offset", "search", "every", "every", "every", "weekdays", "weekly")
    kind = draw(st.sampled_from(kinds if in_phase else (*kinds, "month", "months", "open")))
    return draw(STRATEGIES[kind](length, in_phase))


@st.composite
def single_days(draw: st.DrawFn, length: int, _: bool) -> Timing:
    if length > 7 and draw(st.booleans()):
        week = draw(st.integers(0, (length - 1) // 7))
        return Timing(f"week {week}", on_days(7 * week + 1), single=True, in_cycles=True)
    number = draw(st.integers(1, length))
    return Timing(f"day {number}", on_days(number), single=True, in_cycles=True)


@st.composite
def listed_days(draw: st.DrawFn, length: int, in_phase: bool) -> Timing:
    if length < 3:
        return draw(single_days(length, in_phase))
    numbers = sorted(draw(st.sets(st.integers(1, length), min_size=2, max_size=5)))
    if draw(st.booleans()):
        return Timing(f"days {' '.join(map(str, numbers))}", on_days(*numbers), in_cycles=True)
    words = ", ".join(f"day {number}" for number in numbers)
    return Timing(f"[{words}]", on_days(*numbers))


@st.composite
def courses(draw: st.DrawFn, length: int, in_phase: bool) -> Timing:
    if length < 4:
        return draw(single_days(length, in_phase))
    first = draw(st.integers(1, length - 2))
    long = draw(st.integers(2, min(6, length - first + 1)))

    def fall(_: World, scope: Stretch) -> list[Course]:
        return [[plus(scope.first, first - 1 + n) for n in range(long)]]

    if draw(st.booleans()):
        return Timing(f"days {first}-{first + long - 1}", fall, course=long, in_cycles=True)
    return Timing(f"day {first} for {long} days", fall, course=long)


@st.composite
def days_before(draw: st.DrawFn, _length: int, _: bool) -> Timing:
    days = draw(st.integers(1, 9))
    words = draw(st.sampled_from((f"day -{days}", f"{counted(days, 'day')} before day 1")))
    return Timing(words, on_days(1 - days), inside=False, single=True, positive=False)


@st.composite
def offsets(draw: st.DrawFn, length: int, in_phase: bool) -> Timing:
    if length < 4:
        return draw(single_days(length, in_phase))
    number = draw(st.integers(1, length - 1))
    days = draw(st.integers(1, length - number))
    return Timing(f"{counted(days, 'day')} after day {number}", on_days(number + days), single=True)


@st.composite
def searches(draw: st.DrawFn, length: int, in_phase: bool) -> Timing:
    if length < 8:
        return draw(single_days(length, in_phase))
    number, wanted = draw(st.integers(1, length - 6)), draw(st.integers(0, 6))

    def fall(_: World, scope: Stretch) -> list[Course]:
        start = plus(scope.first, number - 1)
        return [[plus(start, (wanted - start.weekday()) % 7)]]

    return Timing(f"first {WEEKDAYS[wanted]} on or after day {number}", fall, single=True)


class Ending(NamedTuple):
    """How a repeat ends: its words before and after `from`, and which of its dates it keeps."""

    times: str
    words: str
    keep: Callable[[list[date], Stretch], list[date]]


@st.composite
def endings(draw: st.DrawFn, start: int, length: int, most: int, *, in_phase: bool, by_times: bool = True) -> Ending:
    """`most`: how many times are sure to fit."""
    kinds = ["for", "through", *(["times"] if by_times and most else []), *(["none"] if in_phase else [])]
    kind = draw(st.sampled_from(kinds))
    if kind == "times":
        times = draw(st.integers(1, min(most, 12)))
        return Ending(f" {counted(times, 'time')}", "", lambda days, _: days[:times])
    if kind == "none":
        return Ending("", "", lambda days, scope: [day for day in days if day <= scope.last])
    last = draw(st.integers(start, length))
    if kind == "through":
        words = f" through day {last}"
    elif (last - start + 1) % 7 == 0:
        words = f" for {counted((last - start + 1) // 7, 'week')}"
    else:
        words = f" for {counted(last - start + 1, 'day')}"
    return Ending("", words, lambda days, scope: [day for day in days if day <= plus(scope.first, last - 1)])


@st.composite
def everys(draw: st.DrawFn, length: int, in_phase: bool) -> Timing:
    start = draw(st.one_of(st.just(1), st.integers(1, length)))
    step, unit = draw(st.sampled_from(((1, "day"), (1, "day"), (2, "day"), (5, "day"), (1, "week"), (2, "week"))))
    days = step * (7 if unit == "week" else 1)
    ending = draw(endings(start, length, (length - start) // days + 1, in_phase=in_phase))
    after = f" from day {start}" if start > 1 else ""
    words = f"every {unit if step == 1 else counted(step, unit)}{ending.times}{after}{ending.words}"

    def fall(_: World, scope: Stretch) -> list[Course]:
        first = plus(scope.first, start - 1)
        return [[day] for day in ending.keep([plus(first, days * k) for k in range(FAR)], scope)]

    return Timing(words, fall, apart=days)


def on_weekdays(start: int, chosen: frozenset[int], ending: Ending) -> Courses:
    def fall(_: World, scope: Stretch) -> list[Course]:
        days = [plus(scope.first, start - 1 + n) for n in range(FAR + 7)]
        return [[day] for day in ending.keep([day for day in days if day.weekday() in chosen], scope)]

    return fall


@st.composite
def some_weekdays(draw: st.DrawFn, length: int, in_phase: bool) -> Timing:
    start, chosen = draw(st.integers(1, length)), draw(st.frozensets(st.integers(0, 6), min_size=1, max_size=4))
    ending = draw(endings(start, length, (length - start + 1) // 7, in_phase=in_phase))
    after = f" from day {start}" if start > 1 else ""
    named = " ".join(WEEKDAYS[day] for day in sorted(chosen))
    return Timing(f"every {named}{ending.times}{after}{ending.words}", on_weekdays(start, chosen, ending), apart=1)


@st.composite
def weekly(draw: st.DrawFn, length: int, in_phase: bool) -> Timing:
    chosen = draw(st.frozensets(st.integers(0, 6), min_size=1, max_size=4))
    ending = draw(endings(1, length, 0, in_phase=in_phase))
    often = {1: "once", 2: "twice"}.get(len(chosen), f"{len(chosen)} times")
    days = " ".join(WEEKDAYS[day] for day in sorted(chosen))
    return Timing(f"{often} weekly{ending.words}", on_weekdays(1, chosen, ending), keys=(("days", days),), apart=1)


# -- what only stands outside phases


def month_after(world: World, months: int) -> date:
    rule = world.draft.months
    return plus(world.day_1, months * int(rule.split()[0])) if rule != "calendar" else At("", months, 0).on(world.day_1)


@st.composite
def one_month(draw: st.DrawFn, _length: int, _: bool) -> Timing:
    month, days = draw(st.integers(0, 12)), draw(st.integers(0, 5))
    words = f"{counted(days, 'day')} after month {month}" if days else f"month {month}"
    return Timing(words, lambda world, _: [[plus(month_after(world, month), days)]], weekly=False, single=True)


@st.composite
def every_month(draw: st.DrawFn, _length: int, _: bool) -> Timing:
    step, start, times = draw(st.integers(1, 3)), draw(st.integers(0, 2)), draw(st.integers(1, 6))
    every = "month" if step == 1 else f"{step} months"
    after = f" from month {start}" if start else ""
    last = start + step * (times - 1)
    words = draw(st.sampled_from((f"every {every} {counted(times, 'time')}{after}", f"every {every}{after} through month {last}")))
    return Timing(words, lambda world, _: [[month_after(world, start + step * k)] for k in range(times)], weekly=False, apart=28)


@st.composite
def open_days(draw: st.DrawFn, _length: int, _: bool) -> Timing:
    times, start = draw(st.integers(1, 12)), draw(st.integers(1, 20))
    after = f" from day {start}" if start > 1 else ""

    def fall(world: World, scope: Stretch) -> list[Course]:
        days = takewhile(lambda _: True, (plus(scope.first, start - 1 + n) for n in count()))
        found: list[Course] = []
        for day in days:
            if len(found) == times:
                break
            if world.is_open(day):
                found.append([day])
        return found

    return Timing(f"every open day {counted(times, 'time')}{after}", fall, apart=1)


STRATEGIES: dict[str, Callable[[int, bool], st.SearchStrategy[Timing]]] = {
    "day": single_days,
    "days": listed_days,
    "course": courses,
    "before": days_before,
    "offset": offsets,
    "search": searches,
    "every": everys,
    "weekdays": some_weekdays,
    "weekly": weekly,
    "month": one_month,
    "months": every_month,
    "open": open_days,
}
