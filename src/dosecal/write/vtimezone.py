"""A zone's rules over a span of years -> observances -> a VTIMEZONE that every reader understands alike (ics rule 10).

The changes of the clock are found by asking the zone for its offset, day by day. Changes that come every year on the same weekday of the
same month ("the second Sunday in March") become one observance with a yearly rule; where the law changed, the rule ends and another begins;
a change that follows no such rule (Africa/Casablanca) becomes an observance of its own. No RDATE: readers differ over it.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard
from icalendar.prop import vRecur, vUTCOffset
from msgspec import Struct

from dosecal.study_time import Instant, Zone
from dosecal.write.mould import clean, rendered, text

_DAY: Final = timedelta(1)
_SECOND: Final = timedelta(seconds=1)
_LAST: Final = -1
_LATEST_COUNTED_WEEK: Final = 4
_DAYS_OF_WEEK: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Change(Struct, frozen=True):
    """A change of the clock: when (UTC, naive), and the offsets before and after it; `name` and `daylight` of the time after it."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    daylight: bool

    @property
    def onset(self) -> datetime:
        """The local time, on the clock before the change, at which it happens."""
        return self.at + self.before


class Yearly(Struct, frozen=True):
    """The n-th (or last, -1) weekday (Monday 0) of a month, every year; up to and with year `last`, None: on and on."""

    month: int
    week: int
    weekday: int
    last: int | None

    def day_in(self, year: int) -> date:
        if self.week == _LAST:
            end = date(year, self.month, monthrange(year, self.month)[1])
            return end - timedelta((end.weekday() - self.weekday) % 7)
        first = date(year, self.month, 1)
        return first + timedelta((self.weekday - first.weekday()) % 7 + 7 * (self.week - 1))


class Observance(Struct, frozen=True):
    """A STANDARD or DAYLIGHT part of a VTIMEZONE: its first change, and the rule by which the same change comes again."""

    first: Change
    rule: Yearly | None = None

    def onsets(self, last_year: int) -> Iterator[datetime]:
        """The local times at which it begins, up to `last_year`, read as a reader of the file reads it."""
        yield self.first.onset
        if self.rule is not None:
            last = last_year if self.rule.last is None else min(last_year, self.rule.last)
            for year in range(self.first.onset.year + 1, last + 1):
                yield datetime.combine(self.rule.day_in(year), self.first.onset.time())


def observances(zone: tzinfo, first_year: int, last_year: int, *, yearly: bool = True) -> tuple[Observance, ...]:
    """What a VTIMEZONE must hold to be right from 1 January of `first_year` to 31 December of `last_year`, in order of onset.

    `yearly` False: one observance for each change.
    """
    # One year before, so that the first event finds the observance it stands in; two after, so that a rule is seen more than once.
    changes = list(_changes(zone, datetime(first_year - 1, 1, 1), datetime(last_year + 3, 1, 1)))  # noqa: DTZ001  (UTC throughout)
    start, end = datetime(first_year, 1, 1) - 2 * _DAY, datetime(last_year + 1, 1, 1) + 2 * _DAY  # noqa: DTZ001
    if not changes or changes[0].at > start:
        changes.insert(0, _opening(zone, datetime(first_year - 1, 1, 1)))  # noqa: DTZ001
    in_force = max(change.at for change in changes if change.at <= start)
    needed = {change for change in changes if in_force <= change.at <= end}
    seen_until = last_year + 2
    runs = _runs(changes, seen_until) if yearly else [[change] for change in changes]
    return _with_standard([Observance(run[0], _rule(run, seen_until)) for run in runs if needed.intersection(run)])


class Offsets:
    """The offsets that observances give up to the end of a year, looked up by wall clock and by UTC."""

    def __init__(self, parts: Sequence[Observance], last_year: int) -> None:
        onsets = [(onset, part.first.before, part.first.after) for part in parts for onset in part.onsets(last_year)]
        by_clock = sorted((onset, after) for onset, _, after in onsets)
        by_utc = sorted((onset - before, after) for onset, before, after in onsets)
        self._clock_times, self._by_clock = [onset for onset, _ in by_clock], [after for _, after in by_clock]
        self._utc_times, self._by_utc = [onset for onset, _ in by_utc], [after for _, after in by_utc]

    def disagreeing(self, instants: Iterable[Instant]) -> Instant | None:
        """The first instant at which they give another offset than the zone does, or None."""
        for instant in instants:
            local, offset = instant.local.replace(tzinfo=None), instant.utc_offset
            i, j = bisect_right(self._clock_times, local), bisect_right(self._utc_times, local - offset)
            if not i or not j or not self._by_clock[i - 1] == self._by_utc[j - 1] == offset:
                return instant
        return None


class Vtimezones:
    """Writes the VTIMEZONE that a calendar needs, and keeps what it has written: one a zone and span of years."""

    def __init__(self) -> None:
        self._written: Final[dict[tuple[Zone, int, int, bool], tuple[Offsets, bytes]]] = {}

    def of(self, zone: Zone, instants: Sequence[Instant], years: tuple[int, int] | None = None) -> bytes:
        """The VTIMEZONE of `zone` for these instants (at least one), checked at each of them.

        `years`: the first and the last one of the calendar, where there are more instants than need to be checked. Raises ValueError when
        even one observance for each change does not give the zone's own offsets: then no calendar must be written.
        """
        every = [instant.local.year for instant in instants]
        first, last = years or (min(every), max(every))
        for yearly in (True, False):
            offsets, octets = self._for_years(zone, first, last, yearly=yearly)
            wrong = offsets.disagreeing(instants)
            if wrong is None:
                return octets
        raise ValueError(f"the rules found for {zone.name} do not give its offset at {wrong.local if wrong else None}")

    def regular(self, zone: Zone, years: tuple[int, int]) -> bytes:
        """The VTIMEZONE with yearly rules for a span of years, the first and the last one; whether it is right is to be looked at."""
        return self._for_years(zone, *years, yearly=True)[1]

    def regular_is_right(self, zone: Zone, instants: Iterable[Instant], years: tuple[int, int]) -> bool:
        """Whether `regular` gives the zone's own offset at each of these instants."""
        return self._for_years(zone, *years, yearly=True)[0].disagreeing(instants) is None

    def _for_years(self, zone: Zone, first_year: int, last_year: int, *, yearly: bool) -> tuple[Offsets, bytes]:
        key = (zone, first_year, last_year, yearly)
        if key not in self._written:
            parts = observances(zone.rules, first_year, last_year, yearly=yearly)
            self._written[key] = Offsets(parts, last_year), vtimezone(zone.name, parts)
        return self._written[key]


def vtimezone(name: str, parts: Iterable[Observance]) -> bytes:
    """The observances as a VTIMEZONE with the TZID `name`."""
    whole = Timezone()
    whole.add("TZID", text(name))
    for part in parts:
        component = TimezoneDaylight() if part.first.daylight else TimezoneStandard()
        component.add("DTSTART", part.first.onset)
        component.add("TZOFFSETFROM", vUTCOffset(part.first.before))
        component.add("TZOFFSETTO", vUTCOffset(part.first.after))
        component.add("TZNAME", text(clean(part.first.name)))
        if part.rule is not None:
            component.add("RRULE", _recurrence(part.first, part.rule))
        whole.add_component(component)
    return rendered(whole)


def _recurrence(first: Change, rule: Yearly) -> vRecur:
    parts: dict[str, object] = {"FREQ": "YEARLY", "BYMONTH": rule.month, "BYDAY": f"{rule.week}{_DAYS_OF_WEEK[rule.weekday]}"}
    if rule.last is not None:
        # A week after the last onset: a reader that compares this UTC time with local ones (dateutil does) must not lose it.
        last = datetime.combine(rule.day_in(rule.last), first.onset.time()) - first.before
        parts["UNTIL"] = (last + 7 * _DAY).replace(tzinfo=UTC)
    return vRecur(parts)


def _changes(zone: tzinfo, start: datetime, end: datetime) -> Iterator[Change]:
    """Every change of offset in the span (UTC, naive), found to the second."""
    low, offset = start, _offset(zone, start)
    while low < end:
        high = low + _DAY
        while _offset(zone, high) != offset:
            early, late = low, high
            while late - early > _SECOND:
                middle = early + (late - early) // _SECOND // 2 * _SECOND
                early, late = (middle, late) if _offset(zone, middle) == offset else (early, middle)
            yield _change(zone, late)
            low, offset = late, _offset(zone, late)
        low = high


def _offset(zone: tzinfo, at: datetime) -> timedelta:
    return _local(zone, at).utcoffset() or timedelta(0)


def _local(zone: tzinfo, at: datetime) -> datetime:
    return zone.fromutc(at.replace(tzinfo=zone))


def _change(zone: tzinfo, at: datetime) -> Change:
    before, after = _local(zone, at - _SECOND), _local(zone, at)
    # What readers call daylight time is the one that is ahead; the zone data of Dublin and Casablanca call it standard time.
    seasonal = bool(before.dst() or after.dst())
    forward = _offset(zone, at) > _offset(zone, at - _SECOND)
    return Change(at, _offset(zone, at - _SECOND), _offset(zone, at), after.tzname() or "", daylight=seasonal and forward)


def _opening(zone: tzinfo, at: datetime) -> Change:
    """The time in force at `at`, as if it had begun then: no change."""
    offset = _offset(zone, at)
    return Change(at - offset, offset, offset, _local(zone, at).tzname() or "", daylight=False)


def _runs(changes: Iterable[Change], seen_until: int) -> list[list[Change]]:
    """The changes in runs: each run is the same change, year after year, on days that one yearly rule gives."""
    runs: list[list[Change]] = []
    latest: dict[tuple[timedelta, timedelta, int, time, int], list[Change]] = {}
    for change in changes:
        onset = change.onset
        alike = (change.before, change.after, onset.month, onset.time(), onset.weekday())
        run = latest.get(alike)
        if run is not None and run[-1].onset.year + 1 == onset.year and _rule([*run, change], seen_until) is not None:
            run.append(change)
        else:
            latest[alike] = [change]
            runs.append(latest[alike])
    return runs


def _rule(run: Sequence[Change], seen_until: int) -> Yearly | None:
    """The yearly rule that gives all days of the run and goes on beyond it only if the run was seen up to the end; None: there is none.

    Where both the fourth weekday of the month and the last would do, it is the last.
    """
    if len(run) == 1:
        return None
    weeks = set.intersection(*(_weeks(change.onset.date()) for change in run))
    if not weeks:
        return None
    onset, last_year = run[0].onset, run[-1].onset.year
    return Yearly(onset.month, min(weeks), onset.weekday(), None if last_year >= seen_until else last_year)


def _weeks(day: date) -> set[int]:
    """Which weekday of its month a day is: 1 to 4 and, or, -1 for the last."""
    week = (day.day - 1) // 7 + 1
    weeks = {week} if week <= _LATEST_COUNTED_WEEK else set()
    return weeks | {_LAST} if day.day + 7 > monthrange(day.year, day.month)[1] else weeks


def _with_standard(parts: list[Observance]) -> tuple[Observance, ...]:
    """At least one part must be STANDARD for some readers: where the zone has none, its first is called so."""
    if all(part.first.daylight for part in parts):
        first = parts[0].first
        parts[0] = Observance(Change(first.at, first.before, first.after, first.name, daylight=False), parts[0].rule)
    return tuple(parts)
