"""Four readers find the same in the calendar of every shipped regimen, in zones around the world, from dates around clock changes on."""

import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from dosecal.audience import hidden_from, seen
from dosecal.diagnostic import Refused
from dosecal.languages import language_codes, language_named
from dosecal.participant import ALWAYS_OPEN
from dosecal.read.participant import read_site_file
from dosecal.regimen import Audience
from dosecal.schedule import Event, Schedule
from dosecal.study_time import Zone, instant_at
from dosecal.write.ics import IcsWriter, write_ics
from dosecal.write.options import CalendarOptions
from dosecal.write.uid import study_key
from tests.cli.running import good
from tests.golden.cases import ROOT, Case, cases, participant_of, regimen_of
from tests.properties.treatments import Trial
from tests.readers.ics import LISTERS, READERS, moment
from tests.readers.lines import components, vevents
from tests.readers.zones import zone
from tests.write.schedules import event, interferon_arm, schedule

readers = pytest.mark.parametrize("reader", READERS)
AROUND_THE_WORLD = (
    "America/Los_Angeles", "America/Sao_Paulo", "Europe/London", "Europe/Berlin", "Africa/Casablanca", "Asia/Riyadh", "Asia/Kolkata",
    "Australia/Lord_Howe",
)  # fmt: skip
YEARS = range(2027, 2010, -1)
LISTED = timedelta(130)
"""From a change in autumn to that of the next spring."""
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


@cache
def changes_in(rules: tzinfo, year: int) -> list[date]:
    days = [date(year, 1, 1) + timedelta(n) for n in range(365)]
    noons = [datetime.combine(day, time(12), rules).utcoffset() for day in [days[0] - timedelta(1), *days]]
    return [day for day, before, after in zip(days, noons, noons[1:], strict=False) if before != after]


@cache
def starts(where: Zone) -> list[date]:
    """The day before each change of the clock, that day, and the day after it, in a year that has two; where none has, those of Berlin."""
    found = next((days for year in YEARS if len(days := changes_in(where.rules, year)) > 1), changes_in(BERLIN, YEARS[0]))
    return [day + timedelta(n) for day in found for n in (-1, 0, 1)]


@cache
def trial(case: Case) -> Trial:
    site = read_site_file(case.site_file).site if case.site_file is not None else ALWAYS_OPEN
    return Trial(case.name, regimen_of(case), participant_of(case), site)


def laid(case: Case, where: Zone, *days: date) -> Schedule:
    """A golden participant who lives elsewhere and starts on another day: the first of `days` that their choices fit."""
    own = trial(case)
    for day_1 in days:
        with suppress(Refused):
            return own.lay(replace(own.participant, zone=where, day_1=day_1, horizon=day_1 + LISTED))
    raise AssertionError(f"{case.name} cannot begin on any of {days}")


def at_night(told: Schedule, where: Zone) -> Schedule:
    """Clock times for whatever has none, at the hours at which clocks change, and lengths for some; one in four of those of other weeks."""
    changes = [change for year in range(told.day_1.year, told.day_1.year + 2) for change in changes_in(where.rules, year)]
    events = []
    for n, one in enumerate(told.events):
        if n % 4 and not any(abs(one.date - change) <= timedelta(3) for change in changes):
            continue
        clock = instant_at(one.date, AT_NIGHT[n % len(AT_NIGHT)], where.rules)
        lasts = timedelta(minutes=50 + n % 200) if n % 2 else None
        events.append(replace(one, clock=clock, lasts=lasts) if one.clock is None else one)
    return replace(told, events=tuple(sorted(events, key=lambda one: (one.date, one.clock is not None, one.clock and one.clock.local))))


def by_regimen() -> list[list[Case]]:
    return [list(same) for _, same in groupby(cases(), key=lambda case: case.regimen)]


def schedules() -> Iterator[Schedule]:
    """In each zone a participant of every shipped regimen, of one arm after another, as they are and at night; start dates take turns."""
    for n, own in enumerate(by_regimen()):
        for m, name in enumerate(AROUND_THE_WORLD):
            where = zone(name)
            days = starts(where)
            told = laid(own[m % len(own)], where, *days[n % len(days) :], *days)
            yield told
            yield at_night(told, where)


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


# -- the same components, whatever was asked for

ASKED: tuple[tuple[Audience, CalendarOptions], ...] = (
    ("participant", CalendarOptions(alarm=timedelta(minutes=30), tasks=True, refresh=timedelta(hours=12), color="teal")),
    ("site", CalendarOptions(tasks=True)),
    ("rater", CalendarOptions(alarm=timedelta(1), uid_key=study_key(b"0f1e2d3c4b5a69788796a5b4c3d2e1f0"))),
)


@cache
def with_options() -> list[bytes]:
    """The first 40 days of the first participant of each regimen, in a language of their own, for every audience, also as series."""
    found = []
    codes = language_codes()
    for n, (case, *_) in enumerate(by_regimen()):
        where = zone(AROUND_THE_WORLD[n % len(AROUND_THE_WORLD)])
        told = laid(case, where, *starts(where))
        events = tuple(one for one in told.events if one.date < told.day_1 + timedelta(40))
        for audience, options in ASKED:
            language = language_named(codes[n % len(codes)] if audience == "participant" else "en")
            own = seen(replace(told, events=events), audience, hidden_from(audience, [regimen_of(case).blinding]))
            found += [write_ics(own, audience=audience, options=options, language=language, plan=plan) for plan in (None, own)]
    return list(dict.fromkeys(found))


@readers
def test_every_reader_finds_the_same_components_and_properties(reader: str) -> None:
    wanted = [components(octets) for octets in with_options()]
    assert {one.path for file in wanted for one in file} >= {
        "VCALENDAR/VEVENT/VALARM", "VCALENDAR/VTODO", "VCALENDAR/VTIMEZONE/DAYLIGHT"
    }  # fmt: skip
    assert LISTERS[reader](with_options()) == wanted


# -- many years in one calendar


@cache
def two_visits_a_quarter(name: str) -> Schedule:
    """Thirty years of them, and more around each change of the clock, at hours that exist once, twice or never."""
    where = zone(name)
    months = [date(year, month, 15) for year in range(2007, 2037) for month in (1, 4, 7, 10)]
    changes = [change for year in range(2007, 2037) for change in changes_in(where.rules, year)]
    near = [(change + timedelta(n), clock) for change in changes for n, clock in ((-1, time(12)), (0, time(2, 30)), (0, time(4)))]
    slots = sorted({*near, *((day, time(hour)) for day in months for hour in (0, 15))})
    events = [
        event("visit", day, "visits", key=str(n), clock=instant_at(day, clock, where.rules), lasts=timedelta(hours=1))
        for n, (day, clock) in enumerate(slots)
    ]
    return schedule(*events, zone=where)


@readers
def test_rule_10_one_vtimezone_is_right_at_every_event_of_thirty_years(reader: str) -> None:
    told = list(map(two_visits_a_quarter, AROUND_THE_WORLD))
    found = [[(one.start, one.end) for one in events] for events in READERS[reader]([write_ics(one) for one in told])]
    assert found == [[when(one, zone(name).rules) for one in whole.events] for name, whole in zip(AROUND_THE_WORLD, told, strict=True)]


# -- what README shows


@readers
def test_every_reader_finds_in_the_calendar_of_readme_what_it_promises(reader: str, tmp_path: Path) -> None:
    [command] = re.findall(r"\$ python3 -m venv .*?dosecal (ics .*?) \\\n", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    good(*shlex.split(command), folder=tmp_path)
    octets = (tmp_path / "1042.ics").read_bytes()
    titles = {"doses": "Injection", "labs": "Blood test", "assessments": "Assessment"}
    [found] = READERS[reader]([octets])
    # interferon_arm is plain arithmetic: Mondays, Wednesdays and Fridays, every month, every third month.
    assert sorted((one.start, one.end, one.summary) for one in found) == sorted(
        (str(one.date), str(one.date + timedelta(1)), titles[one.section]) for one in interferon_arm().events
    )
    assert [one.uid for one in found] == [one["UID"] for one in vevents(octets)]
    assert LISTERS[reader]([octets]) == [components(octets)]
