"""Other people's parsers read in the file what the schedule says: the same events, the same words, the same instants."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest

from dosecal.schedule import Event, Schedule
from dosecal.study_time import Window, instant_at
from dosecal.write.ics import write_ics
from tests.readers.ics import READERS, Read, moment
from tests.readers.lines import vevents
from tests.readers.zones import ZONES, around_changes, zone
from tests.write.schedules import DAY_1, ZONE, dose, event, interferon_arm, schedule

readers = pytest.mark.parametrize("reader", READERS)
EARLIEST_STAMP = "1970-01-01T00:00:00Z"
SPANS = [(2005, 2008), (2011, 2012), (2018, 2019), (2025, 2027), (2038, 2040)]


def expected(told: Event, uid: str, summary: str, category: str, *, free: bool = False, description: str | None = None) -> Read:
    start, end = str(told.date), str(told.date + timedelta(1))
    if told.clock is not None and told.lasts is not None:
        at = told.clock.local.astimezone(UTC)
        start, end = moment(at), moment(at + told.lasts)
    return Read(
        uid=uid, start=start, end=end, summary=summary, description=description, categories=[category], status="CONFIRMED", sequence=0,
        transp="TRANSPARENT" if free else "OPAQUE", stamped=EARLIEST_STAMP,
    )  # fmt: skip


def uids(octets: bytes) -> list[str]:
    return [found["UID"] for found in vevents(octets)]


@readers
def test_every_reader_finds_the_345_events_of_the_interferon_arm(reader: str) -> None:
    arm = interferon_arm()
    octets = write_ics(arm)
    words = {"doses": ("Injection", "Treatment"), "labs": ("Blood test", "Test"), "assessments": ("Assessment", "Visit")}
    want = [
        expected(told, uid, *words[told.section], free=told.section == "doses") for told, uid in zip(arm.events, uids(octets), strict=True)
    ]
    [got] = READERS[reader]([octets])
    assert len(got) == 345
    assert got == want


@readers
def test_every_reader_finds_an_infusion_of_five_days_at_its_clock_time(reader: str) -> None:
    days = [date(2026, 3, 6) + timedelta(k) for k in range(5)]  # the clock changes on the third day
    clocks = [instant_at(day, time(9), ZONE.rules) for day in days]
    events = [
        event("alemtuzumab", day, dose=dose("12", "mg", "IV"), course_day=k, course_days=5, clock=clock, lasts=timedelta(hours=4))
        for k, (day, clock) in enumerate(zip(days, clocks, strict=True), 1)
    ]
    octets = write_ics(schedule(*events, zone=ZONE))
    [got] = READERS[reader]([octets])
    want = [
        expected(told, uid, f"Infusion, day {k} of 5", "Treatment")
        for k, (told, uid) in enumerate(zip(events, uids(octets), strict=True), 1)
    ]
    assert got == want
    assert [(one.start, one.end) for one in got[1:4]] == [
        ("2026-03-07T17:00:00Z", "2026-03-07T21:00:00Z"),
        ("2026-03-08T16:00:00Z", "2026-03-08T20:00:00Z"),
        ("2026-03-09T16:00:00Z", "2026-03-09T20:00:00Z"),
    ]


# None ends with a space, as no text of an input file does: libical takes it away (its issue 497).
WORDS = [
    "plain", 'commas, semicolons; colons: and "quotes"',
    "Ünïcode 日本語 שלום 💉👩‍⚕️", " ".join(["a long one"] * 60), "é" * 500, "two\nlines and\n\nmore",
    "back\\slash", "{braces} %s ^caret^", " ".join(["2026-01-31"] * 30),
]  # fmt: skip


@readers
@pytest.mark.parametrize("words", WORDS, ids=range(len(WORDS)))
def test_every_reader_finds_the_words_as_they_were(reader: str, words: str) -> None:
    window = Window(date(2025, 12, 29), date(2026, 1, 12))
    told = event(words, DAY_1, "visits", phase=words, window=window, reasons=(words,))
    octets = write_ics(schedule(told, study=words, participant=words), audience="site")
    description = f"Study day 1\nPhase: {words}\nWindow: 2025-12-29 to 2026-01-12\nWhy this date:\n- {words}"
    want = expected(told, uids(octets)[0], words, "Visit", description=description)
    assert READERS[reader]([octets]) == [[want]]


def calls_around_changes(name: str, first_year: int, last_year: int) -> Schedule:
    """Calls at hours around each change of the clock, at times that come twice or never too."""
    a_zone = zone(name)
    instants = around_changes(a_zone.rules, date(first_year, 1, 1), date(last_year, 12, 31))
    local = {instant.local.replace(tzinfo=None) for instant in instants if instant.local.hour in (0, 3, 12, 23)}
    local |= {datetime.combine(moment.date(), time(hour, 30)) for moment in local if moment.hour == 3 for hour in (1, 2, 3)}
    events = [
        event("call", at.date(), "calls", key=str(at), clock=instant_at(at.date(), at.time(), a_zone.rules), lasts=timedelta(minutes=90))
        for at in sorted(local)
    ]
    return schedule(*events, zone=a_zone)


def instants_of(told: Sequence[Event]) -> list[tuple[str, str]]:
    """Starts and ends by zoneinfo: the first of two equal times (fold 0), and what does not exist by the offset before the gap."""
    found = []
    for one in told:
        asked = datetime.fromisoformat(one.key).replace(tzinfo=one.clock.local.tzinfo if one.clock else None)
        found.append((moment(asked), moment(asked.astimezone(UTC) + timedelta(minutes=90))))
    return found


@readers
@pytest.mark.parametrize("name", ZONES)
def test_every_reader_finds_the_instants_of_the_zone_around_its_clock_changes(reader: str, name: str) -> None:
    # vobject takes a VTIMEZONE that is UTC in winter for UTC itself, and falls back on pytz, whose data end in 2037.
    spans = SPANS[:-1] if reader == "vobject" else SPANS
    schedules = [calls_around_changes(name, *span) for span in spans]
    for told, got in zip(schedules, READERS[reader]([write_ics(one) for one in schedules]), strict=True):
        assert [(one.start, one.end) for one in got] == instants_of(told.events)
