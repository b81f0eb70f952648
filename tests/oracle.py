"""CARE-MS II worked out by hand: what each arm has on which date, with plain `datetime` loops and nothing of dosecal's.

Written from the trial's public record (ClinicalTrials.gov NCT00548405): alemtuzumab 12 or 24 mg intravenously on 5 consecutive days
at Month 0 and on 3 at Month 12; interferon beta-1a 44 mcg under the skin three times weekly for 24 months; laboratory tests every
month, a comprehensive assessment every 3 months, for 24 months.
"""

from datetime import date, timedelta
from typing import NamedTuple


class Planned(NamedTuple):
    """One thing planned for one date; `amount` is None for what is not a dose."""

    date: date
    kind: str
    item: str
    amount: str | None


DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
ONE_DAY = timedelta(days=1)
ALEMTUZUMAB_MG = {"alemtuzumab-12": "12 mg", "alemtuzumab-24": "24 mg"}


def is_leap(year: int) -> bool:
    return year % 400 == 0 or (year % 4 == 0 and year % 100 != 0)


def month_after(day_1: date, months: int) -> date:
    """The same day of the month, `months` later, or the last day of that month where it has no such day."""
    year, month = day_1.year, day_1.month
    for _ in range(months):
        month += 1
        if month > 12:
            year, month = year + 1, 1
    last = 29 if month == 2 and is_leap(year) else DAYS_IN_MONTH[month - 1]
    return date(year, month, min(day_1.day, last))


def infusions(day_1: date, amount: str) -> list[Planned]:
    planned = []
    for month, days in ((0, 5), (12, 3)):
        day = month_after(day_1, month)
        for _ in range(days):
            planned.append(Planned(day, "dose", "alemtuzumab", amount))
            day += ONE_DAY
    return planned


def injections(day_1: date, weekdays: frozenset[int]) -> list[Planned]:
    """From Day 1 to the day before Month 24, on the chosen weekdays (Monday is 0)."""
    planned = []
    day, end = day_1, month_after(day_1, 24)
    while day < end:
        if day.weekday() in weekdays:
            planned.append(Planned(day, "dose", "interferon beta-1a", "44 mcg"))
        day += ONE_DAY
    return planned


def tests_and_assessments(day_1: date) -> list[Planned]:
    planned = []
    for month in range(1, 25):
        day = month_after(day_1, month)
        planned.append(Planned(day, "lab", "laboratory tests", None))
        if month % 3 == 0:
            planned.append(Planned(day, "assessment", "comprehensive assessment", None))
    return planned


def care_ms_ii(arm: str, day_1: date, weekdays: frozenset[int] = frozenset({0, 2, 4})) -> list[Planned]:
    """Everything that a participant of `arm` has, in order of date, kind and item."""
    doses = injections(day_1, weekdays) if arm == "interferon-beta-1a" else infusions(day_1, ALEMTUZUMAB_MG[arm])
    return sorted(doses + tests_and_assessments(day_1), key=lambda planned: planned[:3])
