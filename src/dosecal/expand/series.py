"""A timing phrase -> its courses on nominal dates, each occurrence with its position, which names it for ever (the key)."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.occurrence import Asked, Occurrence, Series, anchor_of, bounded, clamp_of, outside_phase
from dosecal.expand.points import Scope, Spot, end_of_span, spots
from dosecal.expand.repeats import every_open_day, every_span, on_weekdays
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Every, FirstDays, Mark, Numbers, Offset, On, OpenDays, Point, Run, Span, Weekdays, When
from dosecal.study_time import plus_days

LONGEST_KEY: Final = 20_000
"""The longest key that may be tied to: each tie holds the key of what it is tied to."""


def series_of(when: When, scope: Scope, asked: Asked) -> Series:
    """The courses of one phrase, in order of date. Raises Refused, and DateOutOfRangeError outside 1900-2200."""
    why = f"`{spell(when)}`"
    match when:
        case On():
            return _on(when, scope, asked, why)
        case FirstDays():
            return _first_days(when, scope, why)
        case Every(step=Span() as step):
            return every_span(when, step, scope, asked, why)
        case Every(step=OpenDays()):
            return every_open_day(when, scope, asked, why)
        case Every(step=Weekdays(days)):
            return on_weekdays(when, days, scope, asked, why)
        case _:
            return on_weekdays(when, asked.weekdays, scope, asked, f"{why} on {' '.join(asked.weekdays)}")


# -- points and numbered days


def _on(when: On, scope: Scope, asked: Asked, why: str) -> Series:
    """`day 8`, `months 6 12`, `days 1-5`, `month 0 for 5 days`, `1 day before each paclitaxel`."""
    if when.cycles is not None and not _in_cycles(when, scope):
        return
    several = isinstance(when.base, Offset) and len(when.base.amounts) > 1
    for point, run in _starts(when.base):
        for spot in spots(point, scope):
            first = spot.date(scope.months)
            if isinstance(point, Mark):
                _within_scope(point, first, run, scope, listed=point != when.base)
            name = _tie(spot, always=several or asked.later) if spot.tied is not None else spot.words or spell(point)
            month = point.number if isinstance(point, Mark) and point.unit == "month" else None
            which = "" if (when.base == point and when.span is None) or spot.tied is not None else f"{name} of "
            detail = f"{which}{why}{anchor_of(spot, scope)}{clamp_of(spot, scope)}"
            days = run.last - run.first + 1 if when.span is None else (end_of_span(spot, when.span, scope) - first).days
            bounded(days)
            if when.span is not None and isinstance(point, Mark):
                _course_within_scope(plus_days(first, days - 1), when, point, scope)
            yield tuple(
                Occurrence(
                    position=f"{name} day {day + 1}" if when.span is not None else f"day {run.first + day}" if days > 1 else name,
                    nominal=plus_days(first, day),
                    why=detail,
                    course_day=day + 1,
                    course_days=days,
                    month=month,
                    instant=spot.instant if spot.timed else None,
                    elapsed=spot.elapsed,
                    tied=spot.tied,
                )
                for day in range(days)
            )


def _in_cycles(when: On, scope: Scope) -> bool:
    cycles, number = when.cycles, scope.cycle
    if cycles is None or number is None:
        message = f"`{spell(when)}` names cycles, and this item is in none"
        mend = "leave the cycles out, or put the item into a phase with a `cycle`"
        raise Refused([Diagnostic("cycles", message, mend, part=spell(cycles) if cycles else None)])
    after_first = number >= cycles.first and (cycles.last is None or number <= cycles.last)
    return after_first and (number - cycles.first) % cycles.step == 0


def _tie(spot: Spot, *, always: bool) -> str:
    """The position of an occurrence that is tied to another: that one's key, with the offset's words where there may be several."""
    key = spot.tied.key if spot.tied is not None else ""
    if len(key) > LONGEST_KEY:
        raise Refused([Diagnostic("chain", "too many items are tied to one another in a row", "tie items to a date nearer to the start")])
    return f"{spot.words} @{key}" if always and spot.words else f"@{key}"


def _within_scope(point: Mark, first: date, run: Run, scope: Scope, *, listed: bool) -> None:
    """A numbered day lies in its phase or cycle, or before it; `listed`: its phrase gives it in a list of numbers and ranges."""
    if scope.last_day is None or point.unit == "study day" or plus_days(first, run.last - run.first) <= scope.last_day:
        return
    several = run.first < run.last
    numbers = f"{run.first}-{run.last}" if several else str(point.number)
    what = f"{point.unit}s {numbers} end" if several else f"{point.unit} {numbers} lies"
    raise Refused([outside_phase(what, scope.last_day, scope, numbers if listed else spell(point))])


def _course_within_scope(last: date, when: On, point: Mark, scope: Scope) -> None:
    """A course from a numbered day ends with its phase or cycle at the latest."""
    if scope.last_day is not None and point.unit != "study day" and last > scope.last_day:
        raise Refused([outside_phase(f"`{spell(when)}` goes", scope.last_day, scope, spell(when))])


def _starts(base: Point | Numbers) -> Iterator[tuple[Point, Run]]:
    """The points at which courses start; a range of days is one course, a range of weeks or months is one point for each."""
    if not isinstance(base, Numbers):
        yield base, Run(1, 1)
        return
    for run in base.runs:
        if base.unit == "day":
            yield Mark("day", run.first), run
        else:
            for number in range(run.first, run.last + 1):
                yield Mark(base.unit, number), Run(number, number)


def _first_days(when: FirstDays, scope: Scope, why: str) -> Series:
    """`first 3 days of each alemtuzumab course`: on the first days of each course, where they stand."""
    for spot in spots(replace(when.ref, course=True), scope):
        days = spot.tied.days if spot.tied is not None else ()
        length = days[0].of_days if days else 0
        if length < when.count:
            message = f"a course of `{when.ref.name}` has {length} day{'' if length == 1 else 's'}, not {when.count}"
            raise Refused([Diagnostic("short-course", message, "name as many days as every course has", part=spell(when))])
        first_days = tuple(
            Occurrence(f"@{one.key}", one.first, f"{why}, tied to {one.key} on {one.first}", one.day, when.count, tied=one)
            for one in days
            if one.day <= when.count
        )
        if first_days:
            yield first_days
