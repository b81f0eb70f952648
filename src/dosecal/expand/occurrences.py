"""A timing phrase -> its courses on nominal dates, each occurrence with its position, which names it for ever (the key)."""

from collections.abc import Generator, Iterator
from datetime import date, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.points import WEEK, Found, Scope, Spot, end_of_span, spot_at, spots
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import (
    Every,
    FirstDays,
    ForSpan,
    Mark,
    Numbers,
    Offset,
    On,
    OpenDays,
    Point,
    Run,
    Span,
    Through,
    Until,
    Weekdays,
    Weekly,
    When,
)
from dosecal.study_time import WEEKDAYS, Instant, Weekday, plus_days

MOST: Final = 40_000
"""The most occurrences that one phrase may have: a dose every hour for four years."""


class Occurrence(Struct, frozen=True):
    """One time of an item, on its nominal date, and at a clock time where the phrase itself gives one.

    `week` is set where the position is a treatment week and a number in it, which is known only when all phrases of the item are joined.
    `tied` is the occurrence of another item that it is tied to.
    """

    position: str
    nominal: date
    why: str
    course_day: int = 1
    course_days: int = 1
    month: int | None = None
    week: int | None = None
    instant: Instant | None = None
    elapsed: bool = False
    tied: Found | None = None


Course = tuple[Occurrence, ...]
Series = Generator[Course, date | None, None]
"""Courses in order of date; may be told on which date each one's first day came to stand (None: on its nominal date)."""


class Asked(Struct, frozen=True):
    """What a phrase needs besides its scope: the weekdays chosen for `n times weekly`, where the list ends, how it counts.

    `until` is the last date to which what never ends is laid out. `numbered`: positions are numbers whatever the phrase says. `series` goes
    before the numbers of an item's second and later counted phrases; `later`: an earlier phrase of the item may be tied to the same
    occurrence.
    """

    weekdays: tuple[Weekday, ...]
    until: date | None
    numbered: bool
    series: str = ""
    later: bool = False


def series_of(when: When, scope: Scope, asked: Asked) -> Series:
    """The courses of one phrase, in order of date. Raises Refused, and DateOutOfRangeError outside 1900-2200."""
    why = f"`{spell(when)}`"
    match when:
        case On():
            return _on(when, scope, asked, why)
        case FirstDays():
            return _first_days(when, scope, why)
        case Every(step=Span() as step):
            return _every_span(when, step, scope, asked, why)
        case Every(step=OpenDays()):
            return _every_open_day(when, scope, asked, why)
        case Every(step=Weekdays(days)):
            return _on_weekdays(when, days, scope, asked, why)
        case _:
            return _on_weekdays(when, asked.weekdays, scope, asked, f"{why} on {' '.join(asked.weekdays)}")


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
                _within_scope(point, first, run, scope)
            name = _tie(spot, always=several or asked.later) if spot.tied is not None else spot.words or spell(point)
            month = point.number if isinstance(point, Mark) and point.unit == "month" else None
            alone = when.base == point and when.span is None and spot.tied is None
            detail = f"{why}{_clamp(spot, scope)}" if alone else f"{name} of {why}{_clamp(spot, scope)}"
            days = run.last - run.first + 1 if when.span is None else (end_of_span(spot, when.span, scope) - first).days
            bounded(days)
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
        message = f"`{spell(when)}` names cycles, and its phase has none"
        raise Refused(
            [Diagnostic("cycles", message, "leave the cycles out, or give the phase a `cycle`", part=spell(cycles) if cycles else None)]
        )
    after_first = number >= cycles.first and (cycles.last is None or number <= cycles.last)
    return after_first and (number - cycles.first) % cycles.step == 0


def _tie(spot: Spot, *, always: bool) -> str:
    """The position of an occurrence that is tied to another: that one's key, with the offset's words where there may be several."""
    key = spot.tied.key if spot.tied is not None else ""
    return f"{spot.words} @{key}" if always and spot.words else f"@{key}"


def _within_scope(point: Mark, first: date, run: Run, scope: Scope) -> None:
    """A numbered day lies in its phase or cycle, or before it."""
    if scope.last_day is not None and point.unit != "study day" and plus_days(first, run.last - run.first) > scope.last_day:
        of = f"cycle {scope.cycle} of {scope.phase}" if scope.cycle is not None else f"the phase {scope.phase}"
        message = f"`{spell(point)}` lies after the end of {of}"
        raise Refused([Diagnostic("outside-phase", message, "count from another phase, or correct the phase's length", part=spell(point))])


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


def _clamp(start: Spot, scope: Scope) -> str:
    """The remark that a month was too short for the day, or nothing."""
    if not start.months or scope.months is None or scope.months.days is not None:
        return ""
    month_end = Spot(start.origin, start.months).date(scope.months)
    return f"; the month has no day {start.origin.day}, so its last day" if month_end.day != start.origin.day else ""


def _first_days(when: FirstDays, scope: Scope, why: str) -> Series:
    """`first 3 days of each alemtuzumab course`: on the first days of each course, where they stand."""
    for spot in spots(replace(when.ref, course=True), scope):
        days = spot.tied.days if spot.tied is not None else ()
        if len(days) < when.count:
            message = f"a course of `{when.ref.name}` has {len(days)} days, not {when.count}"
            raise Refused([Diagnostic("short-course", message, "name as many days as every course has", part=spell(when))])
        yield tuple(
            Occurrence(f"@{one.key}", one.first, f"{why}: {one.key}", number, when.count, tied=one)
            for number, one in enumerate(days[: when.count], 1)
        )


# -- repeats


def _every_span(when: Every, step: Span, scope: Scope, asked: Asked, why: str) -> Series:
    """`every 3 months through month 24`: the k-th date is the start plus k steps, each counted from the anchor.

    Where the item counts from actual dates, an occurrence that stands on another day is the new anchor.
    """
    start = spot_at(when.start, scope)
    if start is None:
        return
    last = last_date(when, start, scope, asked)
    numbered = asked.numbered or when.times is not None
    anchor, steps, k = start, 0, 0
    while when.times is None or k < when.times:
        at = anchor.plus(steps * step.count, step.unit)
        day = at.date(scope.months)
        if last is not None and day > last:
            return
        place = _position(when.start, step.unit, k * step.count, scope)
        month = at.months if step.unit == "month" and at.days == 0 and at.origin == scope.first_day else None
        position = f"{asked.series}no {k + 1}" if numbered else place
        standing = yield (Occurrence(position, day, f"{place} of {why}{_clamp(at, scope)}", month=month),)
        steps += 1
        k += 1
        if asked.numbered and standing is not None and standing != day:
            anchor, steps = Spot(standing), 1
        bounded(k)


def _position(start: Point | None, unit: str, distance: int, scope: Scope) -> str:
    """Where a repeat stands, in the phrase's own unit: `month 3`, `week 8`, `day 43`; else its distance from the phrase's start."""
    match start, unit:
        case None, "day":
            return f"day {distance + scope.first_number}"
        case None, _:
            return f"{unit} {distance}"
        case Mark("month", number), "month":
            return f"month {number + distance}"
        case Mark("week", number), "week":
            return f"week {number + distance}"
        case Mark("day" | "study day" as name, number), "day" | "week":
            return f"{name} {_later_day(number, distance * (WEEK if unit == 'week' else 1), scope.first_number)}"
        case Mark("week", number), "day":
            return f"day {number * WEEK + distance + scope.first_number}"
    if distance == 0:
        return spell(start)
    plural = "" if distance == 1 else "s"
    return f"{distance} {unit}{plural} after {spell(start)}"


def _later_day(number: int, days: int, first_number: int) -> int:
    """The day number that many days later; there is no day 0, unless the scope counts from it."""
    return number + days + (1 if first_number and number < 0 <= number + days else 0)


def _every_open_day(when: Every, scope: Scope, asked: Asked, why: str) -> Series:
    """`every open day 30 times`: each day on which the site is open for the item."""
    start = spot_at(when.start, scope)
    if start is None:
        return
    last = last_date(when, start, scope, asked)
    day = start.date(scope.months)
    count = looked = 0
    while (when.times is None or count < when.times) and (last is None or day <= last):
        if scope.site.is_open(day, scope.item):
            count += 1
            yield (Occurrence(f"{asked.series}no {count}", day, f"open day {count} of {why}"),)
            looked = 0
        day = plus_days(day, 1)
        looked += 1
        bounded(count)
        if looked > _CLOSED_FOR_EVER:
            raise Refused(
                [Diagnostic("closed", f"the site is not open for `{scope.item}` for a year", "check the site's weekend and closures")]
            )


_CLOSED_FOR_EVER: Final = 366


def _on_weekdays(when: Every | Weekly, days: tuple[Weekday, ...], scope: Scope, asked: Asked, why: str) -> Series:
    """`3 times weekly for 24 months`, `every Mon Wed Fri for 8 weeks`: treatment week k is days 7k-6 to 7k of the scope."""
    start = spot_at(when.start, scope)
    if start is None:
        return
    first = start.date(scope.months)
    last = last_date(when, start, scope, asked)
    times = when.times if isinstance(when, Every) else None
    offsets = sorted((WEEKDAYS.index(day) - first.weekday()) % WEEK for day in days)
    count = 0
    week_start = first
    while times is None or count < times:
        for offset in offsets:
            day = week_start + timedelta(offset)
            if (last is not None and day > last) or (times is not None and count == times):
                return
            count += 1
            if times is not None:
                yield (Occurrence(f"{asked.series}no {count}", day, why),)
            else:
                yield (Occurrence("", day, why, week=(day - scope.first_day).days // WEEK + 1),)
        week_start = plus_days(week_start, WEEK)
        bounded(count)


def last_date(when: Every | Weekly, start: Spot, scope: Scope, asked: Asked) -> date | None:
    """The last date, included, on which a repeat may fall; None where it counts its times instead."""
    counted = isinstance(when, Every) and when.times is not None
    capped = isinstance(when, Every) and when.at_most is not None
    last: date | None = None
    match when.end:
        case ForSpan(span):
            last = end_of_span(start, span, scope) - timedelta(1)
        case Through(point):
            through = spot_at(point, scope)
            last = through.date(scope.months) if through is not None else _without_end(when, asked)
            if last < start.date(scope.months):
                raise Refused([_backwards(when)])
        case Until() if not capped:
            last = _without_end(when, asked)
        case None if not counted:
            last = scope.end()
            if last is None and not capped:
                last = _without_end(when, asked)
    if isinstance(when, Every) and when.at_most is not None:
        cap = plus_days(start.date(scope.months), when.at_most - 1)
        last = cap if last is None or cap < last else last
    return last


def _backwards(when: Every | Weekly) -> Diagnostic:
    message = f"`{spell(when)}` ends before it begins"
    return Diagnostic("backwards", message, "let the later point come after `through`", part=spell(when))


def _without_end(when: Every | Weekly, asked: Asked) -> date:
    """How far to lay out what has no end yet. Raises Refused where nobody said."""
    if asked.until is not None:
        return asked.until
    message = f"`{spell(when)}` has no last date until the event is recorded"
    mend = "say up to which date to list: --horizon DATE, or `horizon:` in the participant file"
    raise Refused([Diagnostic("no-horizon", message, mend, part=spell(when))])


def bounded(count: int) -> None:
    """Raise Refused for more occurrences than anyone could want."""
    if count > MOST:
        message = f"this would be more than {MOST:,} occurrences"
        raise Refused([Diagnostic("too-many", message, "check the number and the unit of the repeat's end")])
