"""An item's window -> the dates or times at which an occurrence is allowed: around its nominal one, or where its points say (rule 20)."""

from datetime import date, datetime, timedelta

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.points import Found, Scope, Spot, open_days, spot_at, spots
from dosecal.expand.refusals import unbuilt
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Apart, Around, Between, FromTo, Offset, WindowPhrase
from dosecal.study_time import Instant, Window, instant_after

_CLOCKED = ("hour", "minute")


def window_of(phrase: WindowPhrase, own: Found, scope: Scope) -> Window | None:
    """The window of the occurrence that `own` is (nominally), both ends included; None where it has none.

    An occurrence on Study Day 1, or on a day that the record has set, is an origin that others count from: it has no window of days.
    Raises Refused for what cannot be laid out; for a window in hours the occurrence needs a clock time.
    """
    if isinstance(phrase, Around | Between):
        return _around(phrase, own, scope)
    seen = replace(scope, own=own)
    if isinstance(phrase, Apart):
        near, far = (_one(Offset((amount,), phrase.unit, phrase.side, phrase.origin), seen) for amount in (phrase.nearest, phrase.farthest))
        first, last = (near, far) if phrase.side == "after" else (far, near)
    elif isinstance(phrase, FromTo):
        first, last = _one(phrase.opens, seen), _one(phrase.closes, seen)
    else:
        raise Refused([unbuilt(phrase)])
    if first is None or last is None:
        return None
    window = _between(first, last, scope, phrase)
    return None if _is_origin(own.first, scope) and not isinstance(window.earliest, datetime) else window


def _one(point: Offset | object, scope: Scope) -> Spot | None:
    found = spots(point, scope) if scope.tied is None else spots(point, scope)[:1]  # type: ignore[arg-type]
    return found[0] if len(found) == 1 else spot_at(point, scope)  # type: ignore[arg-type]


def _around(phrase: Around | Between, own: Found, scope: Scope) -> Window | None:
    earliest, latest = (-phrase.amount, phrase.amount) if isinstance(phrase, Around) else (phrase.earliest, phrase.latest)
    if phrase.unit in _CLOCKED:
        if own.start is None:
            message = f"the window `{spell(phrase)}` needs a clock time to lie around"
            mend = "give the item a clock time with `at`, or write the window in days"
            raise Refused([Diagnostic("no-clock", message, mend, part=spell(phrase))])
        seconds = 3600 if phrase.unit == "hour" else 60
        ends = (instant_after(own.start, timedelta(seconds=int(amount * seconds))) for amount in (earliest, latest))
        first, last = (instant.wall for instant in ends)
        return Window(first, last)
    if phrase.unit == "open day" and not _is_origin(own.first, scope):
        return Window(*(open_days(own.first, abs(int(amount)), 1 if amount > 0 else -1, scope) for amount in (earliest, latest)))
    if _is_origin(own.first, scope):
        return None
    nominal = Spot(own.first)
    return Window(*(nominal.plus(int(amount), phrase.unit).date(scope.months) for amount in (earliest, latest)))


def _is_origin(day: date, scope: Scope) -> bool:
    return day == scope.day_1 or (scope.origin and day == scope.first_day)


def _between(first: Spot, last: Spot, scope: Scope, phrase: WindowPhrase) -> Window:
    """From one spot to another: local date-times where the phrase counts in hours, else dates."""
    window = Window(_bound(first, scope), _bound(last, scope))
    if day_of(window.earliest) > day_of(window.latest):
        message = f"the window `{spell(phrase)}` would end, on {window.latest}, before it begins"
        raise Refused([Diagnostic("window", message, "let the earlier point come first", part=spell(phrase))])
    return window


def _bound(spot: Spot, scope: Scope) -> date | datetime:
    return spot.instant.wall if spot.timed and spot.instant is not None else spot.date(scope.months)


def day_of(bound: date | datetime | None) -> date:
    """The date of a window's end; an open one is before everything."""
    return date.min if bound is None else date(bound.year, bound.month, bound.day)


def outside(window: Window, on: date, clock: Instant | None) -> bool:
    """Whether an occurrence that stands on a date, at a clock time if it has one, lies outside its window (both ends included)."""
    return before(window, on, clock) or after(window, on, clock)


def before(window: Window, on: date, clock: Instant | None) -> bool:
    """Whether it stands before its window begins."""
    return _later(window.earliest, on, clock) if window.earliest is not None else False


def after(window: Window, on: date, clock: Instant | None) -> bool:
    """Whether it stands after its window has ended."""
    if window.latest is None:
        return False
    if isinstance(window.latest, datetime) and clock is not None:
        return clock.wall > window.latest
    return on > day_of(window.latest)


def _later(bound: date | datetime, on: date, clock: Instant | None) -> bool:
    """Whether a bound lies after where an occurrence stands."""
    if isinstance(bound, datetime) and clock is not None:
        return bound > clock.wall
    return day_of(bound) > on


def holds(window: Window, day: date) -> bool:
    """Whether a day lies in a window, both ends included."""
    after_start = window.earliest is None or day_of(window.earliest) <= day
    return after_start and (window.latest is None or day <= day_of(window.latest))
