"""Events -> events and runs: a long run of equal home doses on a regular pattern becomes one line, and no dose is lost."""

from collections.abc import Hashable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from msgspec import Struct

from dosecal.schedule import Event
from dosecal.study_time import WEEKDAYS, Window, weekday_of

FEWEST: Final = 8
"""The fewest events that are folded: more than one week of daily doses, so that courses of 5 or 7 days and the weeks of a titration
stay line by line, and what is folded has repeated itself at least once."""

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class Run(Struct, frozen=True):
    """Equal events, in order of date, on exactly the dates that `pattern` names from the first to the last, both included.

    `pattern` is "every day", "every 2 days", "every Mon", "Mon Wed Fri" or "every 2 weeks on Mon".
    """

    events: tuple[Event, ...]
    pattern: str

    @property
    def first(self) -> Event:
        return self.events[0]

    @property
    def last(self) -> Event:
        return self.events[-1]


def fold(events: Sequence[Event]) -> tuple[Event | Run, ...]:
    """`events` (in order of date) with each run of at least FEWEST equal home doses in the place of its first event.

    Equal: same section, item, phase, state, dose, product, wall-clock time, length, times of the window, flags, and the same course where
    a course has several days. An event that stands on another date than its nominal one, whose clock time a clock change shifts or doubles,
    or whose window has dates of its own, is never folded; it ends the run before it.
    """
    alike: dict[Hashable, list[int]] = {}
    for index, event in enumerate(events):
        if _can_fold(event):
            alike.setdefault(_what_is_equal(event), []).append(index)
    rows: dict[int, Event | Run] = dict(enumerate(events))
    for indexes in alike.values():
        for run in _runs(sorted(indexes, key=lambda index: events[index].date), events):
            first, *others = run
            rows[first] = Run(tuple(events[index] for index in run), _pattern([events[index].date for index in run]))
            for index in others:
                del rows[index]
    return tuple(rows.values())


def _can_fold(event: Event) -> bool:
    as_planned = event.date == event.due_date == event.nominal_date
    plain_clock = event.clock is None or (event.clock.shifted is None and not event.clock.ambiguous)
    return event.at_home and as_planned and plain_clock and (event.window is None or _times_of_day(event) is not None)


def _times_of_day(event: Event) -> tuple[time, time] | None:
    """The two clock times of a window that opens and closes on the event's own date; None for any other window."""
    match event.window:
        case Window(earliest=datetime() as earliest, latest=datetime() as latest) if earliest.date() == latest.date() == event.date:
            return earliest.time(), latest.time()
    return None


def _what_is_equal(event: Event) -> Hashable:
    """What the events of a run have in common: everything that a line of the schedule says but the date."""
    course = event.date - event.course_day * _DAY if event.course_days > 1 else None
    clock = event.clock and event.clock.local.time()
    what = event.section, event.item, event.phase, event.state, event.dose, event.product
    return *what, clock, event.lasts, _times_of_day(event), event.flags, course


def _runs(indexes: Sequence[int], events: Sequence[Event]) -> list[Sequence[int]]:
    """The regular runs that are long enough, from the first date on, each as long as it can be."""
    dates = [events[index].date for index in indexes]
    runs, start = [], 0
    while start < len(dates):
        end = max(_end_by_gap(dates, start), _end_by_weekdays(dates, start))
        if end - start >= FEWEST:
            runs.append(indexes[start:end])
            start = end
        else:  # an irregular date may stand before a regular run
            start += 1
    return runs


def _end_by_gap(dates: Sequence[date], start: int) -> int:
    """Where the run from `start` ends (excluded) in which every date is the same number of days, at least 1, after the one before."""
    end = start + 1
    while end < len(dates) and dates[end] - dates[end - 1] == dates[start + 1] - dates[start] >= _DAY:
        end += 1
    return end


def _end_by_weekdays(dates: Sequence[date], start: int) -> int:
    """Where the run from `start` ends (excluded) that falls on all of its first seven days' weekdays and no other.

    With k dates in the first seven days, each later one is a week after the k-th before it: a missing or an extra date breaks that.
    """
    end = start + 1
    while end < len(dates) and dates[end - 1] < dates[end] < dates[start] + _WEEK:
        end += 1
    in_first_week = end - start
    while end < len(dates) and dates[end] == dates[end - in_first_week] + _WEEK:
        end += 1
    return end


def _pattern(dates: Sequence[date]) -> str:
    """The pattern of a run's dates, in words."""
    gap = (dates[1] - dates[0]).days
    if _end_by_gap(dates, 0) < len(dates):
        weekdays = {weekday_of(day) for day in dates}
        return " ".join(weekday for weekday in WEEKDAYS if weekday in weekdays)
    weeks, rest = divmod(gap, 7)
    if rest:
        return "every day" if gap == 1 else f"every {gap} days"
    return f"every {weekday_of(dates[0])}" if weeks == 1 else f"every {weeks} weeks on {weekday_of(dates[0])}"
