"""A point of a phrase -> a date: counted from its scope's first day, months first and clamped once, then days."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.participant import Site
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Mark, Offset, Point, Search, Span
from dosecal.study_time import DateOutOfRangeError, MonthRule, StudyDay, date_of_day, plus_days, plus_months, weekday_of

WEEK = 7


class Scope(Struct, frozen=True):
    """What points count from: the first day of the innermost scope, Study Day 1, what a month is, and where the item takes place."""

    first_day: date
    day_1: date
    months: MonthRule | None
    site: Site
    item: str


class Anchored(Struct, frozen=True):
    """A date that is still a sum: months and days from an origin. Kept apart so that months are clamped once, however they add up."""

    origin: date
    months: int
    days: int

    def date(self, rule: MonthRule | None) -> date:
        """The date: months first, clamped to the month's end, then days. Raises DateOutOfRangeError outside 1900-2200."""
        base = plus_months(self.origin, self.months, rule) if self.months and rule is not None else self.origin
        return plus_days(base, self.days) if self.days else base

    def plus(self, count: int, unit: str) -> "Anchored":
        """This plus a signed number of days, weeks or months."""
        if unit == "month":
            return Anchored(self.origin, self.months + count, self.days)
        return Anchored(self.origin, self.months, self.days + count * (WEEK if unit == "week" else 1))


def anchored(point: Point | None, scope: Scope) -> Anchored:
    """Where a point lies; None is the scope's first day. Raises Refused, and DateOutOfRangeError outside 1900-2200."""
    match point:
        case None:
            return Anchored(scope.first_day, 0, 0)
        case Mark(unit, number):
            return _mark(unit, number, scope)
        case Offset((amount,), unit, side, origin) if unit in ("day", "week", "month"):
            return anchored(origin, scope).plus(whole(amount) * (1 if side == "after" else -1), unit)
        case Search(weekday, open_day, origin):
            return Anchored(_search(weekday, date_at(origin, scope), scope, open_day=open_day), 0, 0)
    raise Refused([unbuilt(point)])


def date_at(point: Point | None, scope: Scope) -> date:
    """The date of a point. Raises as `anchored` does."""
    return anchored(point, scope).date(scope.months)


def end_of_span(start: Anchored, span: Span, scope: Scope) -> date:
    """The first date after a span that begins at `start`: `for 24 months` ends the day before it."""
    return start.plus(span.count, span.unit).date(scope.months)


def whole(amount: Decimal) -> int:
    """A number of days, weeks or months, which phrases write whole."""
    return int(amount)


def unbuilt(node: object, *path: str) -> Diagnostic:
    """The refusal, by name, of a construct that this version does not lay out; `path` leads to it from the item."""
    words = spell(node)
    message = f"`{words}` is not laid out by this version of dosecal"
    return Diagnostic("not-built", message, "see docs/language.md for what is", path=path, part=words)


def _mark(unit: str, number: int, scope: Scope) -> Anchored:
    if unit == "month":
        return Anchored(scope.first_day, number, 0)
    if unit == "week":
        return Anchored(scope.first_day, 0, number * WEEK)
    origin = scope.day_1 if unit == "study day" else scope.first_day
    return Anchored(origin, 0, (date_of_day(origin, StudyDay(number)) - origin).days)


_SEARCHED = 3660
"""How many days a search goes on before it is refused: ten years, in which every weekday has an open day or never will."""


def _search(weekday: str | None, start: date, scope: Scope, *, open_day: bool) -> date:
    """The first day on or after `start` that is this weekday (if one is named) and open (if that is asked)."""
    for days in range(_SEARCHED):
        day = plus_days(start, days)
        if (weekday is None or weekday_of(day) == weekday) and (not open_day or scope.site.is_open(day, scope.item)):
            return day
    raise DateOutOfRangeError
