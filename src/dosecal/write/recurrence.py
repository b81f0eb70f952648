"""Dates -> the recurrence rules that give exactly these, run by run: every n days, weeks (on weekdays) or months (RFC 5545 3.3.10).

A run is a stretch of neighbouring dates. It is found from the earliest date on, and whether the next date still belongs to it is decided by
the dates up to that one: dates added behind the last one lengthen the last run and leave the runs before it as they are.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import count
from typing import Final, Literal

from msgspec import Struct

FEWEST: Final = 3
"""The fewest dates of a run: two have always the same gap. Only a run that reaches the last date may have two, because it may go on."""
MOST: Final = 999
"""The most dates that one rule gives: Outlook reads a COUNT of three digits ([MS-OXCICAL] 2.1.3.2.2)."""
LONGEST_GAP: Final = 3
"""The most dates in a row that are taken out of a rule."""
DATES_AN_EXCEPTION: Final = 3
"""So many dates must have come before each one that is taken out: with more exceptions, a rule says little and saves less."""
_IN_EVERY_MONTH: Final = 28
"""The last day that all months have: readers differ over what a rule does where a month lacks its day."""
_WEEK: Final = 7


class Rule(Struct, frozen=True):
    """Every `interval` days, weeks or months.

    By the week: on `weekdays` (Monday 0), in weeks that begin on `week_start`. By the month: on the day of the month of the first date.
    """

    frequency: Literal["DAILY", "WEEKLY", "MONTHLY"]
    interval: int
    weekdays: tuple[int, ...] = ()
    week_start: int = 0

    def dates(self, first: date) -> Iterator[date]:
        """All dates from `first` on, itself included, without end."""
        if self.frequency == "DAILY":
            yield from (first + timedelta(self.interval * k) for k in count())
        elif self.frequency == "WEEKLY":
            start = first - timedelta((first.weekday() - self.week_start) % _WEEK)
            days = sorted((weekday - self.week_start) % _WEEK for weekday in self.weekdays)
            for k in count():
                of_week = (start + timedelta(_WEEK * self.interval * k + day) for day in days)
                yield from (day for day in of_week if day >= first)
        else:
            for k in count(first.year * 12 + first.month - 1, self.interval):
                yield date(k // 12, k % 12 + 1, first.day)


class Run(Struct, frozen=True):
    """The dates from index `start` to `end` (excluded), which `rule` gives, but for those `excluded`."""

    start: int
    end: int
    rule: Rule
    excluded: tuple[date, ...] = ()

    @property
    def given(self) -> int:
        """How many dates the rule gives, the excluded ones too: the COUNT."""
        return self.end - self.start + len(self.excluded)


def runs(dates: Sequence[date], may_exclude: Callable[[date], bool]) -> Iterator[Run]:
    """The runs among `dates`, which are in order and each there once; dates in no run stand alone.

    `may_exclude` says whether a date may be taken out of a rule; where it may not, the run ends before.
    """
    start = 0
    while start + 1 < len(dates):
        found = [_run(dates, start, rule, may_exclude) for rule in _rules(dates, start)]
        best = max(found, key=lambda run: (run.end, -len(run.excluded)), default=None)
        if best is not None and (best.end - start >= FEWEST or (best.end - start > 1 and best.end == len(dates))):
            yield best
            start = best.end
        else:
            start += 1


def _rules(dates: Sequence[date], start: int) -> Iterator[Rule]:
    """The rules that may fit the dates from `start`, those that people say most simply first."""
    first, second = dates[start], dates[start + 1]
    if first.day == second.day <= _IN_EVERY_MONTH:
        yield Rule("MONTHLY", (second.year - first.year) * 12 + second.month - first.month)
    if (second - first).days % _WEEK:
        yield Rule("DAILY", (second - first).days)
    week, behind = _weekdays(dates, start, 1)
    two_weeks, _ = _weekdays(dates, start, 2)
    yield Rule("WEEKLY", 1, week, first.weekday())
    if two_weeks != week:
        yield Rule("WEEKLY", 1, two_weeks, first.weekday())
    weeks = (dates[behind] - first).days // _WEEK if behind < len(dates) else 1
    if weeks > 1:
        yield Rule("WEEKLY", weeks, week, first.weekday())


def _weekdays(dates: Sequence[date], start: int, weeks: int) -> tuple[tuple[int, ...], int]:
    """The weekdays of the dates in so many weeks from the one at `start` on, and the index of the first date behind them."""
    end = start
    while end < len(dates) and (dates[end] - dates[start]).days < _WEEK * weeks:
        end += 1
    return tuple(sorted({day.weekday() for day in dates[start:end]})), end


def _run(dates: Sequence[date], start: int, rule: Rule, may_exclude: Callable[[date], bool]) -> Run:
    """The dates from `start` that the rule gives, up to the first that it does not give or only with too many exceptions."""
    end, excluded = start, list[date]()
    missing = list[date]()
    for day in rule.dates(dates[start]):
        if end == len(dates) or day > dates[end] or end - start + len(excluded) + len(missing) == MOST:
            break
        if day == dates[end]:
            end, excluded, missing = end + 1, excluded + missing, []
            continue
        missing.append(day)
        exceptions = len(excluded) + len(missing)
        if len(missing) > LONGEST_GAP or exceptions * DATES_AN_EXCEPTION > end - start or not may_exclude(day):
            break
    return Run(start, end, rule, tuple(excluded))
