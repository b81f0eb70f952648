"""`every 3 months`, `every open day`, `3 times weekly` -> their occurrences, each counted from the anchor, never chained."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count as count_from
from typing import Final

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.occurrence import Asked, Occurrence, Series, anchor_of, bounded, clamp_of, outside_phase
from dosecal.expand.points import WEEK, Scope, Spot, end_of_span, spot_at
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Every, ForSpan, Mark, Point, Ref, Span, Through, Until, Weekly
from dosecal.study_time import LAST_DATE, WEEKDAYS, DateOutOfRangeError, Weekday, plus_days


def every_span(when: Every, step: Span, scope: Scope, asked: Asked, why: str) -> Series:
    """`every 3 months through month 24`: the k-th date is the start plus k steps, each counted from the anchor.

    Where the item counts from actual dates, an occurrence that stands on another day is the new anchor.
    """
    start = spot_at(when.start, scope)
    if start is None:
        return
    last = _last_date(when, start, scope, asked)
    numbered = asked.numbered or when.times is not None
    anchor, steps, k = start, 0, 0
    counted_from = anchor_of(start, scope)
    position_at = _positions(when.start, step.unit, scope)
    while when.times is None or k < when.times:
        at = anchor.plus(steps * step.count, step.unit)
        try:
            day = at.date(scope.months)
        except DateOutOfRangeError:
            if last is not None:
                return  # the calendar ends, and `last` lies before that
            raise
        if last is not None and day > last:
            return
        if scope.last_day is not None:
            _within_phase(day, when, scope)
        place = position_at(k * step.count)
        month = at.months if step.unit == "month" and at.days == 0 and at.origin == scope.first_day else None
        position = f"{asked.series}no {k + 1}" if numbered else place
        standing = yield (Occurrence(position, day, f"{place} of {why}{counted_from}{clamp_of(at, scope)}", month=month),)
        steps += 1
        k += 1
        if asked.numbered and standing is not None and standing != day:
            anchor, steps = Spot(standing), 1
            counted_from = f", counted from where the one before stands, {standing}"
        bounded(k)


def _positions(start: Point | None, unit: str, scope: Scope) -> Callable[[int], str]:
    """Where the repeats of a phrase stand, by their distance from its start.

    In the phrase's own unit: `month 3`, `week 8`, `day 43`; else the distance itself.
    """
    first = scope.first_number
    match start, unit:
        case None, "day":
            return lambda distance: f"day {distance + first}"
        case None, _:
            return lambda distance: f"{unit} {distance}"
        case Mark("month", number), "month":
            return lambda distance: f"month {number + distance}"
        case Mark("week", number), "week":
            return lambda distance: f"week {number + distance}"
        case Mark("day" | "study day" as name, number), "day" | "week":
            days = WEEK if unit == "week" else 1
            return lambda distance: f"{name} {_later_day(number, distance * days, first)}"
        case Mark("week", number), "day":
            return lambda distance: f"day {number * WEEK + distance + first}"
    words = spell(start)
    return lambda distance: f"{distance} {unit}{'' if distance == 1 else 's'} after {words}" if distance else words


def _later_day(number: int, days: int, first_number: int) -> int:
    """The day number that many days later; there is no day 0, unless the scope counts from it."""
    return number + days + (1 if first_number and number < 0 <= number + days else 0)


def every_open_day(when: Every, scope: Scope, asked: Asked, why: str) -> Series:
    """`every open day 30 times`: each day on which the site is open for the item."""
    scope.site.needed(spell(when))
    start = spot_at(when.start, scope)
    if start is None:
        return
    last = _last_date(when, start, scope, asked)
    day = start.date(scope.months)
    count = looked = 0
    open_then = {missed: own for missed, own in asked.missed.items() if scope.site.is_open(missed, scope.item)}
    fixed = {**open_then, **asked.took_place}
    free = _numbers(asked, when.times, set(fixed.values()))
    while (when.times is None or count < when.times) and (last is None or day <= last):
        hold = next((hold for hold in asked.withheld if hold.covers(day)), None)
        if hold is not None and hold.last is None and not any(one >= day for one in fixed):
            return  # it waits until it is resumed
        if day in fixed or (hold is None and scope.site.is_open(day, scope.item)):
            number = fixed.get(day) or next(free, None)
            if number is not None:
                _within_phase(day, when, scope)
                count += 1
                yield (Occurrence(number, day, f"open day {count} of {why}"),)
                looked = 0
        if day == last:
            return
        day = plus_days(day, 1)
        looked += 1
        bounded(count)
        if looked > _CLOSED_FOR_EVER:
            raise Refused(
                [Diagnostic("closed", f"the site is not open for `{scope.item}` for a year", "check the site's weekend and closures")]
            )


def _numbers(asked: Asked, times: int | None, kept: set[str]) -> Iterator[str]:
    """The positions of open days, one after another, without those that a day keeps on which it took place or was missed."""
    for number in count_from(1) if times is None else range(1, times + 1):
        position = f"{asked.series}no {number}"
        if position not in kept:
            yield position


_CLOSED_FOR_EVER: Final = 366


def on_weekdays(when: Every | Weekly, days: tuple[Weekday, ...], scope: Scope, asked: Asked, why: str) -> Series:
    """`3 times weekly for 24 months`, `every Mon Wed Fri for 8 weeks`: treatment week k is days 7k-6 to 7k of the scope."""
    start = spot_at(when.start, scope)
    if start is None:
        return
    first = start.date(scope.months)
    last = _last_date(when, start, scope, asked)
    times = when.times if isinstance(when, Every) else None
    why = f"{why}, in treatment weeks counted from {scope.first_day}"
    # Days are counted in whole numbers here: a drug is given on some hundred weekdays, and dates take twice the time.
    offsets = sorted((WEEKDAYS.index(day) - first.weekday()) % WEEK for day in days)
    origin, end = scope.first_day.toordinal(), last.toordinal() if last is not None else None
    count = number = 0
    week: int | None = None
    week_start = first.toordinal()
    while times is None or count < times:
        for offset in offsets:
            day_number = week_start + offset
            if (end is not None and day_number > end) or count == times:
                return
            if day_number > _CALENDAR_END:
                raise DateOutOfRangeError
            day = date.fromordinal(day_number)
            if scope.last_day is not None:
                _within_phase(day, when, scope)
            count += 1
            if times is not None:
                yield (Occurrence(f"{asked.series}no {count}", day, why),)
                continue
            treatment_week = (day_number - origin) // WEEK + 1
            number = number + 1 if treatment_week == week else 1
            week = treatment_week
            yield (Occurrence(f"week {week} no {number}", day, why, week=week),)
        week_start += WEEK
        if end is not None and week_start > end:
            return
        if week_start > _CALENDAR_END:
            raise DateOutOfRangeError
        bounded(count)


_CALENDAR_END: Final = LAST_DATE.toordinal()


def _within_phase(day: date, when: Every | Weekly, scope: Scope) -> None:
    """A repeat that begins in its phase or cycle ends with it at the latest; one that is tied to another item goes where that goes."""
    if scope.last_day is not None and day > scope.last_day and isinstance(when.start, Mark | None):
        raise Refused([outside_phase(f"`{spell(when)}` goes", scope.last_day, scope, spell(when))])


def _last_date(when: Every | Weekly, start: Spot, scope: Scope, asked: Asked) -> date | None:
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
        case Until(event):
            ended = ended_by(event, scope)
            last = ended - timedelta(1) if ended is not None else None if capped else _without_end(when, asked)
        case None if not counted:
            last = scope.end()
            if last is not None:
                _within_phase(start.date(scope.months), when, scope)
            if last is None and not capped:
                last = _without_end(when, asked)
    if isinstance(when, Every) and when.at_most is not None:
        cap = plus_days(start.date(scope.months), when.at_most - 1)
        last = cap if last is None or cap < last else last
    return last


def ended_by(event: str, scope: Scope) -> date | None:
    """The first day on which an event is recorded."""
    return next((one.first for one in scope.find(Ref(event))), None)


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
