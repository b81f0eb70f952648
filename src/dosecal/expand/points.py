"""A point of a phrase -> where it lies: a date counted from its scope, or the occurrences that it refers to.

Months from one origin are added up first, clamped to the month's end once, then days are added (rule 3). Hours and minutes are elapsed
time: they need a clock time and give one (rule 4).
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.participant import Site
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import EdgeOf, Its, Mark, Offset, Point, Ref, Search, Span
from dosecal.study_time import (
    DateOutOfRangeError,
    Instant,
    MonthRule,
    StudyDay,
    Weekday,
    date_of_day,
    instant_after,
    plus_days,
    plus_months,
    weekday_of,
)

WEEK = 7


class Found(Struct, frozen=True):
    """What a name refers to: one occurrence, course or phase, from its first to its last day (None: not known).

    `start` and `end` are its clock times, where it has them. `days` are the occurrences of a course, one for each of its days. `late`: it
    took place after its window; `initiation`: it is a dose after an interruption that makes it one; `day` of `of_days`: its place in its
    course.
    """

    key: str
    first: date
    last: date | None
    due: date
    start: Instant | None = None
    end: Instant | None = None
    days: tuple["Found", ...] = ()
    late: bool = False
    initiation: bool = False
    day: int = 1
    of_days: int = 1


def _unknown() -> date | None:
    return None


class Scope(Struct, frozen=True):
    """What an item's points count from and see.

    `first_day` of the innermost scope (cycle, else phase, else study) is its day `first_number` (1, or 0 where the protocol says so);
    `last_day` is its last by its own length, None where it has none; `end` finds out where it ends, which may hang on other items.
    `prefix` begins the keys of the scope. `find` gives what a name refers to, in order of date. `own` is the occurrence that a phrase
    stands in, `tied` the one that it is tied to: `its` and `each` mean these. `moved_by`: the record's entries that set the scope's
    first day, which was planned for `delayed_from`.
    """

    first_day: date
    day_1: date
    months: MonthRule | None
    site: Site
    item: str
    find: Callable[[Ref], tuple[Found, ...]]
    last_day: date | None = None
    end: Callable[[], date | None] = _unknown
    prefix: str = ""
    phase: str | None = None
    cycle: int | None = None
    first_number: int = 1
    own: Found | None = None
    tied: Found | None = None
    moved_by: tuple[int, ...] = ()
    delayed_from: date | None = None

    @property
    def origin(self) -> bool:
        """Whether the record has set the scope's first day."""
        return bool(self.moved_by)


class Spot(Struct, frozen=True):
    """Where a point lies: a sum of months and days from an origin, kept apart so that months are clamped once, however they add up.

    `instant` is the clock time of the occurrence that it refers to; `timed`: the phrase itself asks for that time, and `elapsed`: it does
    so by hours or minutes. `tied` is that occurrence, and `words` what the phrase adds to it ("30 minutes before"), or the whole phrase
    where it refers to nothing.
    """

    origin: date
    months: int = 0
    days: int = 0
    instant: Instant | None = None
    timed: bool = False
    elapsed: bool = False
    tied: Found | None = None
    words: str = ""

    def date(self, rule: MonthRule | None) -> date:
        """The date: months first, clamped to the month's end, then days. Raises DateOutOfRangeError outside 1900-2200."""
        base = plus_months(self.origin, self.months, rule) if self.months and rule is not None else self.origin
        return plus_days(base, self.days) if self.days else base

    def plus(self, count: int, unit: str) -> "Spot":
        """This plus a signed number of days, weeks or months; a clock time is given up."""
        months, days = (count, 0) if unit == "month" else (0, count * (WEEK if unit == "week" else 1))
        return replace(self, months=self.months + months, days=self.days + days, instant=None, timed=False, elapsed=False)


def spots(point: Point | None, scope: Scope) -> list[Spot]:
    """Where a point lies: one place, or one for each occurrence that it refers to (none when nothing is there yet).

    None is the scope's first day. Raises Refused, and DateOutOfRangeError outside 1900-2200.
    """
    match point:
        case None:
            return [Spot(scope.first_day)]
        case Mark(unit, number):
            return [_mark(unit, number, scope)]
        case Ref():
            return [Spot(one.due if point.due else one.first, instant=one.start, tied=one) for one in referred(point, scope)]
        case EdgeOf(edge, ref):
            return [_edge(edge, one) for one in referred(ref, scope) if edge == "start" or one.last is not None]
        case Its(edge):
            return [_edge(edge, scope.own)] if scope.own is not None else []
        case Offset(amounts, unit, side, origin):
            return [_offset(spot, amount, unit, side, scope) for spot in spots(origin, scope) for amount in amounts]
        case Search(weekday, open_day, origin):
            return [_searched(one, weekday, scope, open_day=open_day) for one in spots(origin, scope)]


def spot_at(point: Point | None, scope: Scope) -> Spot | None:
    """The one place of a point, or None when what it refers to is not there yet. Raises Refused when there are several."""
    found = spots(point, scope)
    if len(found) > 1:
        words = spell(point)
        message = f"`{words}` means {len(found)} occurrences, and one is needed here"
        raise Refused([Diagnostic("several", message, "say `first` or `last`", part=words)])
    return found[0] if found else None


def end_of_span(start: Spot, span: Span, scope: Scope) -> date:
    """The first date after a span that begins at `start`: `for 24 months` ends the day before it."""
    return start.plus(span.count, span.unit).date(scope.months)


def _mark(unit: str, number: int, scope: Scope) -> Spot:
    words = f"{unit} {number}"
    if unit == "month":
        return Spot(scope.first_day, months=number, words=words)
    if unit == "week":
        return Spot(scope.first_day, days=number * WEEK, words=words)
    if unit == "study day":
        return Spot(scope.day_1, days=(date_of_day(scope.day_1, StudyDay(number)) - scope.day_1).days, words=words)
    return Spot(scope.first_day, days=(date_in_scope(number, scope) - scope.first_day).days, words=words)


def date_in_scope(number: int, scope: Scope) -> date:
    """The date of day `number` of the scope; there is no day 0 unless the protocol counts its cycles from it."""
    return plus_days(scope.first_day, number) if scope.first_number == 0 else date_of_day(scope.first_day, StudyDay(number))


def _edge(edge: str, one: Found) -> Spot:
    instant = one.start if edge == "start" else one.end
    day = one.first if edge == "start" or one.last is None else one.last
    return Spot(day, instant=instant, timed=instant is not None, elapsed=instant != one.start, tied=one, words=f"{edge} of")


def referred(ref: Ref, scope: Scope) -> tuple[Found, ...]:
    """The occurrences that a reference means, where they stand (rule 11). A bare name must have exactly one."""
    if ref.which == "each" and scope.tied is not None:
        return (scope.tied,)
    found = scope.find(ref)
    match ref.which:
        case "first":
            return found[: ref.count or 1]
        case "last":
            return found[-(ref.count or 1) :]
        case "each next":
            return found[1:]
        case "each initiation of":
            return tuple(one for number, one in enumerate(found) if number == 0 or one.initiation)
        case "each late":
            return tuple(one for one in found if one.late)
        case "each":
            return found
    if len(found) > 1:
        message = f"`{ref.name}` takes place {len(found)} times, and one of them is needed here"
        mend = f"say `first {ref.name}`, `last {ref.name}` or `each {ref.name}`"
        raise Refused([Diagnostic("several", message, mend, part=spell(ref))])
    return found


def _offset(spot: Spot, amount: Decimal, unit: str, side: str, scope: Scope) -> Spot:
    sign = 1 if side == "after" else -1
    words = f"{spell(Offset((amount,), unit, side, Its('start'))).removesuffix(' its start')} {spot.words}".strip()  # type: ignore[arg-type]
    if unit in ("hour", "minute"):
        if spot.instant is None:
            message = f"`{words}` needs a clock time to count from"
            raise Refused([Diagnostic("no-clock", message, "give the item that it counts from a clock time with `at`", part=words)])
        elapsed = timedelta(seconds=int(amount * (3600 if unit == "hour" else 60)) * sign)
        instant = instant_after(spot.instant, elapsed)
        return Spot(instant.local.date(), instant=instant, timed=True, elapsed=True, tied=spot.tied, words=words)
    if unit == "open day":
        day = open_days(spot.date(scope.months), int(amount), sign, scope)
        return Spot(day, tied=spot.tied, words=words)
    return replace(spot.plus(int(amount) * sign, unit), words=words)


_SEARCHED = 3660
"""How many days a search goes on before it is refused: ten years, in which every weekday has an open day or never will."""


def open_days(start: date, count: int, sign: int, scope: Scope) -> date:
    """The n-th open day after (or before) `start`, which is not counted itself; `start` for none."""
    if count == 0:
        return start
    scope.site.needed("open days")
    for day in _days(start, sign):
        if day != start and scope.site.is_open(day, scope.item):
            count -= 1
        if count == 0:
            return day
    raise DateOutOfRangeError


def _searched(spot: Spot, weekday: Weekday | None, scope: Scope, *, open_day: bool) -> Spot:
    day = _search(weekday, spot, scope, open_day=open_day)
    words = f"{spell(Search(weekday, open_day, Its('start'))).removesuffix(' its start')} {spot.words}".strip()
    return Spot(day, tied=spot.tied, words=words)


def _search(weekday: str | None, start: Spot, scope: Scope, *, open_day: bool) -> date:
    """The first day on or after `start` that is this weekday (if one is named) and open (if that is asked)."""
    if open_day:
        scope.site.needed("open day" if weekday is None else f"open {weekday}")
    for day in _days(start.date(scope.months), 1):
        if (weekday is None or weekday_of(day) == weekday) and (not open_day or scope.site.is_open(day, scope.item)):
            return day
    raise DateOutOfRangeError


def _days(start: date, sign: int) -> Iterator[date]:
    for days in range(_SEARCHED):
        yield plus_days(start, days * sign)
