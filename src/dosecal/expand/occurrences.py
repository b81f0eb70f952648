"""A timing phrase -> its occurrences on nominal dates, each with its position, which names it for ever (the key)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.points import WEEK, Anchored, Scope, anchored, date_at, end_of_span, unbuilt
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import (
    Every,
    FirstDays,
    ForSpan,
    Mark,
    Numbers,
    Offset,
    On,
    Point,
    Run,
    Span,
    Through,
    Until,
    Weekdays,
    Weekly,
    When,
)
from dosecal.study_time import WEEKDAYS, Weekday, plus_days, study_day

MOST: Final = 40_000
"""The most occurrences that one phrase may have: a dose every hour for four years."""


class Occurrence(Struct, frozen=True):
    """One time of an item, on its nominal date. `course` numbers the item's courses from 0.

    `week` is set where the position is a treatment week and a number in it, which is known only when all phrases of the item are joined.
    """

    position: str
    nominal: date
    course: int
    why: str
    course_day: int = 1
    course_days: int = 1
    month: int | None = None
    week: int | None = None


class Asked(Struct, frozen=True):
    """What a phrase needs besides its scope: the weekdays chosen for `n times weekly`, where the list ends, and how it counts.

    `numbered`: positions are numbers whatever the phrase says. `series` goes before the numbers of an item's second and later counted
    phrases.
    """

    weekdays: tuple[Weekday, ...]
    horizon: date | None
    numbered: bool
    series: str = ""


def occurrences(when: When, scope: Scope, asked: Asked) -> Iterator[Occurrence]:
    """The occurrences of one phrase, in order of date. Raises Refused, and DateOutOfRangeError outside 1900-2200."""
    why = f"`{spell(when)}`"
    match when:
        case On():
            yield from _on(when, scope, why)
        case Every(step=Span() as step):
            yield from _every_span(when, step, scope, asked, why)
        case Every(step=Weekdays(days)):
            yield from _on_weekdays(when, days, scope, asked, why)
        case Weekly():
            chosen = " ".join(asked.weekdays)
            yield from _on_weekdays(when, asked.weekdays, scope, asked, f"{why} on {chosen}")
        case Every() | FirstDays():
            raise Refused([unbuilt(when)])


def joined(phrases: list[list[Occurrence]]) -> tuple[Occurrence, ...]:
    """The union of an item's phrases in order of date: where two meet on one date, the one of the earlier phrase stays.

    Numbers within treatment weeks are given here, over the union.
    """
    by_date: dict[date, Occurrence] = {}
    course = 0
    for phrase in phrases:
        for one in phrase:
            by_date.setdefault(one.nominal, replace(one, course=course + one.course) if course else one)
        course += 1 + max((one.course for one in phrase), default=-1)
    result: list[Occurrence] = []
    week, number = None, 0
    for day in sorted(by_date):
        one = by_date[day]
        if one.week is not None:
            number = number + 1 if one.week == week else 1
            week = one.week
            one = replace(one, position=f"week {week} no {number}")
        result.append(one)
    return tuple(result)


# -- points and numbered days


def _on(when: On, scope: Scope, why: str) -> Iterator[Occurrence]:
    """`day 8`, `months 6 12`, `days 1-5`, `month 0 for 5 days`."""
    if when.cycles is not None:
        raise Refused([unbuilt(when.cycles)])
    for course, (point, run) in enumerate(_starts(when.base)):
        start = anchored(point, scope)
        first = start.date(scope.months)
        month = point.number if isinstance(point, Mark) and point.unit == "month" else None
        alone = when.base == point and when.span is None
        detail = f"{why}{_clamp(start, scope)}" if alone else f"{spell(point)} of {why}{_clamp(start, scope)}"
        days = run.last - run.first + 1 if when.span is None else (end_of_span(start, when.span, scope) - first).days
        _bounded(days)
        for day in range(days):
            in_range = f"day {run.first + day}" if days > 1 else spell(point)
            position = in_range if when.span is None else f"{spell(point)} day {day + 1}"
            yield Occurrence(position, plus_days(first, day), course, detail, day + 1, days, month)


def _starts(base: Point | Numbers) -> Iterator[tuple[Point, Run]]:
    """The points at which courses start; a range of days is one course, a range of weeks or months is one point for each."""
    if not isinstance(base, Numbers):
        if isinstance(base, Offset) and len(base.amounts) > 1:
            for amount in base.amounts:
                yield Offset((amount,), base.unit, base.side, base.origin), Run(1, 1)
            return
        yield base, Run(1, 1)
        return
    for run in base.runs:
        if base.unit == "day":
            yield Mark("day", run.first), run
        else:
            for number in range(run.first, run.last + 1):
                yield Mark(base.unit, number), Run(number, number)


def _clamp(start: Anchored, scope: Scope) -> str:
    """The remark that a month was too short for the day, or nothing."""
    if not start.months or scope.months is None or scope.months.days is not None:
        return ""
    month_end = Anchored(start.origin, start.months, 0).date(scope.months)
    return f"; the month has no day {start.origin.day}, so its last day" if month_end.day != start.origin.day else ""


# -- repeats


def _every_span(when: Every, step: Span, scope: Scope, asked: Asked, why: str) -> Iterator[Occurrence]:
    """`every 3 months through month 24`: the k-th date is the start plus k steps, each counted from the anchor."""
    start = anchored(when.start, scope)
    last = _last_date(when, start, scope, asked)
    numbered = asked.numbered or when.times is not None
    k = 0
    while when.times is None or k < when.times:
        at = start.plus(k * step.count, step.unit)
        day = at.date(scope.months)
        if last is not None and day > last:
            return
        position = f"{asked.series}no {k + 1}" if numbered else _position(when.start, step.unit, k * step.count)
        month = at.months if step.unit == "month" and at.days == 0 else None
        yield Occurrence(position, day, k, f"{_position(when.start, step.unit, k * step.count)} of {why}{_clamp(at, scope)}", month=month)
        k += 1
        _bounded(k)


def _position(start: Point | None, unit: str, distance: int) -> str:
    """Where a repeat stands, in the phrase's own unit: `month 3`, `week 8`, `day 43`; else its distance from the phrase's start."""
    match start, unit:
        case None, "day":
            return f"day {distance + 1}"
        case None, _:
            return f"{unit} {distance}"
        case Mark("month", number), "month":
            return f"month {number + distance}"
        case Mark("week", number), "week":
            return f"week {number + distance}"
        case Mark("day" | "study day" as name, number), "day" | "week":
            return f"{name} {_later_day(number, distance * (WEEK if unit == 'week' else 1))}"
        case Mark("week", number), "day":
            return f"day {number * WEEK + distance + 1}"
    if distance == 0:
        return spell(start)
    plural = "" if distance == 1 else "s"
    return f"{distance} {unit}{plural} after {spell(start)}"


def _later_day(number: int, days: int) -> int:
    """The day number that many days later; there is no day 0."""
    return number + days + (1 if number < 0 <= number + days else 0)


def _on_weekdays(when: Every | Weekly, days: tuple[Weekday, ...], scope: Scope, asked: Asked, why: str) -> Iterator[Occurrence]:
    """`3 times weekly for 24 months`, `every Mon Wed Fri for 8 weeks`: treatment week k is days 7k-6 to 7k of the scope."""
    start = anchored(when.start, scope)
    first = start.date(scope.months)
    last = _last_date(when, start, scope, asked)
    times = when.times if isinstance(when, Every) else None
    offsets = sorted((WEEKDAYS.index(day) - first.weekday()) % WEEK for day in days)
    count = 0
    week_start = first
    while times is None or count < times:
        for offset in offsets:
            day = week_start + timedelta(offset)
            if (last is not None and day > last) or (times is not None and count == times):
                return
            week = (day - scope.first_day).days // WEEK + 1
            yield Occurrence(
                f"{asked.series}no {count + 1}" if times is not None else "", day, count, why, week=None if times is not None else week
            )
            count += 1
        week_start = plus_days(week_start, WEEK)
        _bounded(count)


def _last_date(when: Every | Weekly, start: Anchored, scope: Scope, asked: Asked) -> date | None:
    """The last date, included, on which a repeat may fall; None where it counts its times instead."""
    last: date | None = None
    match when.end:
        case ForSpan(span):
            last = end_of_span(start, span, scope) - timedelta(1)
        case Through(point):
            last = date_at(point, scope)
        case Until() | None:
            if isinstance(when, Every) and when.times is not None:
                last = None
            elif asked.horizon is None:
                raise Refused([_open_ended(when)])
            else:
                last = asked.horizon
    if isinstance(when, Every) and when.at_most is not None:
        cap = plus_days(start.date(scope.months), when.at_most - 1)
        last = cap if last is None or cap < last else last
    return last


def _open_ended(when: Every | Weekly) -> Diagnostic:
    what = f"`{spell(when)}` has no last date until the event is recorded"
    return Diagnostic(
        "no-horizon", what, "say up to which date to list: --horizon DATE, or `horizon:` in the participant file", part=spell(when)
    )


def _bounded(count: int) -> None:
    if count > MOST:
        message = f"this would be more than {MOST:,} occurrences"
        raise Refused([Diagnostic("too-many", message, "check the number and the unit of the repeat's end")])


def day_in_scope(day: date, scope: Scope) -> int:
    """The day number of a date in its scope, for steps such as `days 1-14`."""
    return study_day(scope.first_day, day)
