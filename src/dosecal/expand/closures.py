"""Nominal dates -> due dates: what an item's calendar rule makes of the days on which the site is closed (rule 15), and `not-before`."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from dosecal.expand.points import Scope
from dosecal.expand.windows import holds
from dosecal.phrases.tree import IfClosed
from dosecal.study_time import FIRST_DATE, LAST_DATE, Window

STAY: Final = IfClosed("stay")
_FARTHEST: Final = 366
"""How far a course is looked for: a site that is closed for a year is no site."""


class Due(Struct, frozen=True):
    """Where a course is due: how many days it moves and why; what there is to say when it stays, or when it has no place at all."""

    shift: int = 0
    reason: str | None = None
    unmoved: str | None = None
    refused: str | None = None


def due_course(days: tuple[date, ...], rule: IfClosed, scope: Scope, window: Window | None, earliest: date | None) -> Due:
    """How a course (its nominal dates, consecutive) moves, as a whole, so that every day of it is open and none lies before `earliest`.

    By the fewest days in the rule's direction; `nearest`: a tie goes later; never from Day 1 or later to before it. A move out of the
    window is not made but said; a course that has no place within a year is refused.
    """
    due = _open_course(days, rule, scope, window)
    first = days[0] + timedelta(due.shift)
    if earliest is None or first >= earliest:
        return due
    shift = (earliest - days[0]).days
    while rule.rule != "stay" and not _open(days, shift, scope) and shift < due.shift + _FARTHEST:
        shift += 1
    return Due(shift, f"`not-before` allows it from {earliest} on")


def _open_course(days: tuple[date, ...], rule: IfClosed, scope: Scope, window: Window | None) -> Due:
    def fits(shift: int) -> bool:
        return _open(days, shift, scope) and (days[0] + timedelta(shift) >= scope.day_1 or days[0] < scope.day_1)

    if rule.rule == "stay" or fits(0):
        return Due()
    if rule.rule == "refuse":
        closed = next(day for day in days if not scope.site.is_open(day, scope.item))
        return Due(refused=f"falls on {closed}, when the site is closed, and the regimen refuses that")
    shift = _fewest(fits, rule.rule, days)
    if shift is None and _reaches_an_end(rule.rule, days, scope):
        return Due(unmoved=f"the {rule.rule} open day lies before Day 1, or outside the years 1900 to 2200")
    closed = next(day for day in days if not scope.site.is_open(day, scope.item))
    if shift is None and len(days) > 1:
        return Due(refused=f"falls on {closed}, when the site is closed, and no {len(days)} open days in a row lie within a year of it")
    if shift is None:
        return Due(refused=f"falls on {closed}, when the site is closed, and no open day lies within a year of it")
    first = days[0] + timedelta(shift)
    if window is not None and not holds(window, first):
        return Due(unmoved=f"the {rule.rule} open day, {first}, lies outside its window")
    goes = f"it goes to the {rule.rule} open day" if len(days) == 1 else f"the whole course goes to the {rule.rule} open days"
    return Due(shift, f"{closed} is closed, so {goes}")


def _reaches_an_end(rule: str, days: tuple[date, ...], scope: Scope) -> bool:
    """Whether it is Day 1, or the end of the calendar, that keeps a course from an open place."""
    if (LAST_DATE - days[-1]).days < _FARTHEST or (days[0] - FIRST_DATE).days < _FARTHEST:
        return True
    return _fewest(lambda distance: _open(days, distance, scope), rule, days) is not None


def _open(days: tuple[date, ...], shift: int, scope: Scope) -> bool:
    return all(scope.site.is_open(day + timedelta(shift), scope.item) for day in days)


def _fewest(fits: Callable[[int], bool], rule: str, days: tuple[date, ...]) -> int | None:
    later, earlier = rule in ("next", "nearest"), rule in ("previous", "nearest")
    last_later, last_earlier = (LAST_DATE - days[-1]).days, (days[0] - FIRST_DATE).days
    for distance in range(1, _FARTHEST + 1):
        if later and distance <= last_later and fits(distance):
            return distance
        if earlier and distance <= last_earlier and fits(-distance):
            return -distance
    return None
