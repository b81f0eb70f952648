"""Four readers find the same in the calendar of every shipped regimen, in zones around the world, from dates around clock changes on."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from dosecal.diagnostic import Refused
from dosecal.participant import ALWAYS_OPEN
from dosecal.read.participant import read_site_file
from dosecal.schedule import Event, Schedule
from dosecal.study_time import Zone, instant_at
from dosecal.write.ics import IcsWriter
from tests.golden.cases import Case, cases, participant_of, regimen_of
from tests.properties.treatments import Trial
from tests.readers.ics import LISTERS, READERS, moment
from tests.readers.lines import components, vevents
from tests.readers.zones import zone

readers = pytest.mark.parametrize("reader", READERS)
AROUND_THE_WORLD = (
    "America/Los_Angeles", "America/Sao_Paulo", "Europe/London", "Europe/Berlin", "Africa/Casablanca", "Asia/Riyadh", "Asia/Kolkata",
    "Australia/Lord_Howe",
)  # fmt: skip
YEARS = range(2027, 2010, -1)
LISTED = timedelta(190)
"""From any Day 1, the clock changes at least once within it, where it changes at all."""
BERLIN = zone("Europe/Berlin").rules
AT_NIGHT = (time(0), time(1, 30), time(2), time(2, 15), time(3), time(23, 30))


class Whole(NamedTuple):
    """An event as a file must say it: its UID, the date or instant of its beginning, and of its end."""

    uid: str
    start: str
    end: str | None


# -- when an event is, by zoneinfo alone


def instant_of(day: date, clock: time, rules: tzinfo) -> datetime:
    """The first of two equal times, and what does not exist by the offset before the gap, but never on another day."""
    at = datetime.combine(day, clock, rules).astimezone(UTC)
    while at.astimezone(rules).date() != day:
        at -= timedelta(minutes=1)
    return at


def when(told: Event, rules: tzinfo) -> tuple[str, str | None]:
    """Beginning and end; an event with neither length nor clock time is a day, one without a length alone has no end."""
    if told.clock is None:
        return str(told.date), str(told.date + timedelta(1))
    if told.elapsed:  # hours after something: the clock on the wall says nothing of it
        start = told.clock.utc
        assert start.astimezone(rules).replace(tzinfo=None) == told.clock.local.replace(tzinfo=None)
    else:
        start = instant_of(told.clock.local.date(), told.clock.shifted or told.clock.local.time(), rules)
    return moment(start), moment(start + told.lasts) if told.lasts else None


# -- the calendars


def changes_in(rules: tzinfo, year: int) -> list[date]:
    days = [date(year, 1, 1) + timedelta(n) for n in range(365)]
    noons = [datetime.combine(day, time(12), rules).utcoffset() for day in [days[0] - timedelta(1), *days]]
    return [day for day, before, after in zip(days, noons, noons[1:], strict=False) if before != after]


def starts(where: Zone) -> list[date]:
    """The day before each change of the clock, that day, and the day after it, in a year that has two; where none has, those of Berlin."""
    found = next((days for year in YEARS if len(days := changes_in(where.rules, year)) > 1), changes_in(BERLIN, YEARS[0]))
    return [day + timedelta(n) for day in found for n in (-1, 0, 1)]


@cache
def trial(case: Case) -> Trial:
    site = read_site_file(case.site_file).site if case.site_file is not None else ALWAYS_OPEN
    return Trial(case.name, regimen_of(case), participant_of(case), site)


def laid(case: Case, where: Zone, day_1: date) -> Schedule | None:
    """The schedule of a golden participant who lives elsewhere and starts on another day; None: their choices do not fit that day."""
    own = trial(case)
    with suppress(Refused):
        return own.lay(replace(own.participant, zone=where, day_1=day_1, horizon=day_1 + LISTED))
    return None


def at_night(told: Schedule, where: Zone) -> Schedule:
    """The same with a clock time for whatever has none, at the hours at which clocks change; every other one lasts 50 minutes or more."""
    events = []
    for n, one in enumerate(told.events):
        clock = instant_at(one.date, AT_NIGHT[n % len(AT_NIGHT)], where.rules)
        lasts = timedelta(minutes=50 + n % 200) if n % 2 else None
        events.append(replace(one, clock=clock, lasts=lasts) if one.clock is None else one)
    return replace(told, events=tuple(sorted(events, key=lambda one: (one.date, one.clock is not None, one.clock and one.clock.local))))


def schedules() -> Iterator[Schedule]:
    """Every golden participant as they are, and the first of each regimen at night; in each zone, on one start date after another."""
    found = set[tuple[str, str]]()
    for n, case in enumerate(cases()):
        first = case.regimen not in {other.regimen for other in cases()[:n]}
        for m, name in enumerate(AROUND_THE_WORLD):
            where = zone(name)
            days = starts(where)
            for k in range(n + m, n + m + len(days)):
                told = laid(case, where, days[k % len(days)])
                if told is not None and told.events:
                    found.add((case.regimen, name))
                    yield told
                    if first:
                        yield at_night(told, where)
                    break
    assert len(found) == len({case.regimen for case in cases()}) * len(AROUND_THE_WORLD)


@cache
def written() -> dict[bytes, list[Whole]]:
    """The calendars, each once, and what is to be found in each; all-day calendars are the same in every zone."""
    writer = IcsWriter(audience="site")
    found: dict[bytes, list[Whole]] = {}
    for told in schedules():
        octets = writer.write(told)
        assert told.zone is not None
        rules = told.zone.rules
        uids = [one["UID"] for one in vevents(octets)]
        found[octets] = [Whole(uid, *when(one, rules)) for uid, one in zip(uids, told.events, strict=True)]
    return found


@readers
def test_every_reader_finds_every_event_of_every_shipped_regimen_at_its_instant(reader: str) -> None:
    found = [[Whole(one.uid, one.start, one.end) for one in events] for events in READERS[reader](list(written()))]
    assert found == list(written().values())
