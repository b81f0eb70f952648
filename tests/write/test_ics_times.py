"""How a calendar file says when an event is: ics rules 10 to 13 and 23."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from dosecal.study_time import Instant, Zone
from dosecal.write.ics import write_ics
from dosecal.write.wording import Audience
from tests.readers.lines import only, unfolded, vevents
from tests.write.schedules import DAY_1, ZONE, at, event, injections, schedule

both = pytest.mark.parametrize("audience", ["participant", "site"])

FORWARD, BACK = date(2026, 3, 8), date(2026, 11, 1)  # the clock changes of Los Angeles
PST, PDT = -8, -7


def clocked(day: date, clock: Instant, audience: Audience = "participant", **fields: object) -> bytes:
    return write_ics(schedule(event("visit", day, "visits", clock=clock, **fields), zone=ZONE), audience=audience)


def when(octets: bytes) -> dict[str, str]:
    return {name: value for name, value in only(octets).items() if name.startswith(("DTSTART", "DTEND", "DURATION"))}


@pytest.mark.parametrize(
    ("day", "next_day"),
    [
        (date(2026, 1, 31), "20260201"),
        (date(2027, 12, 31), "20280101"),
        (date(2028, 2, 28), "20280229"),
        (date(2200, 12, 31), "22010101"),
        (date(1900, 2, 28), "19000301"),
    ],
)
def test_rule_13_an_event_without_a_clock_time_is_a_date_that_ends_the_day_after(day: date, next_day: str) -> None:
    octets = write_ics(schedule(*injections(day), zone=ZONE))
    assert when(octets) == {"DTSTART;VALUE=DATE": f"{day:%Y%m%d}".zfill(8), "DTEND;VALUE=DATE": next_day}


def test_rule_13_the_length_of_an_all_day_event_does_not_make_it_longer() -> None:
    octets = write_ics(schedule(*injections(DAY_1, lasts=timedelta(hours=46))))
    assert when(octets) == {"DTSTART;VALUE=DATE": "20260105", "DTEND;VALUE=DATE": "20260106"}


@both
def test_rules_10_and_23_a_calendar_without_clock_times_has_no_vtimezone_and_no_zone_data(audience: Audience) -> None:
    octets = write_ics(schedule(*injections(DAY_1), zone=ZONE), audience=audience)
    assert b"VTIMEZONE" not in octets
    assert b"TZID" not in octets
    assert b"ZONE-DATA" not in octets


@both
def test_rule_10_every_tzid_has_exactly_one_vtimezone_before_the_events(audience: Audience) -> None:
    lines = unfolded(clocked(DAY_1, at(DAY_1, time(9)), audience=audience))
    assert {name for line in lines for name in re.findall(r"TZID=([^:;]+)", line)} == {"America/Los_Angeles"}
    assert lines.count("TZID:America/Los_Angeles") == lines.count("BEGIN:VTIMEZONE") == 1
    assert lines.index("END:VTIMEZONE") < lines.index("BEGIN:VEVENT")


def test_rule_11_a_clock_time_is_local_with_tzid_and_ends_only_if_its_length_is_known() -> None:
    assert when(clocked(DAY_1, at(DAY_1, time(20)))) == {"DTSTART;TZID=America/Los_Angeles": "20260105T200000"}
    assert when(clocked(DAY_1, at(DAY_1, time(20, 5, 30)), lasts=timedelta(minutes=15))) == {
        "DTSTART;TZID=America/Los_Angeles": "20260105T200530",
        "DTEND;TZID=America/Los_Angeles": "20260105T202030",
    }


def test_rule_11_a_length_is_elapsed_time_over_midnight_and_over_a_clock_change() -> None:
    # 46 hours from 23:30 PST on 7 March 2026: 21:30 PST on 9 March would it be, and is 22:30 PDT.
    day = date(2026, 3, 7)
    assert when(clocked(day, at(day, time(23, 30), PST), lasts=timedelta(hours=46))) == {
        "DTSTART;TZID=America/Los_Angeles": "20260307T233000",
        "DTEND;TZID=America/Los_Angeles": "20260309T223000",
    }


@pytest.mark.parametrize("length", [timedelta(0), timedelta(microseconds=5), timedelta(hours=-1)])
def test_rule_11_an_end_that_is_not_after_the_start_is_left_out(length: timedelta) -> None:
    assert when(clocked(DAY_1, at(DAY_1, time(20)), lasts=length)) == {"DTSTART;TZID=America/Los_Angeles": "20260105T200000"}


def test_rule_12_a_time_that_comes_twice_is_written_in_utc() -> None:
    octets = clocked(BACK, at(BACK, time(1, 30), PDT, ambiguous=True), lasts=timedelta(minutes=15))
    assert when(octets) == {"DTSTART": "20261101T083000Z", "DTEND": "20261101T084500Z"}
    assert b"VTIMEZONE" not in octets
    assert b"X-DOSECAL-ZONE-DATA:2026f\r\n" in octets


def test_rule_12_a_time_that_did_not_exist_is_written_in_utc() -> None:
    # 02:30 was asked for; after the gap it is 03:30 PDT.
    assert when(clocked(FORWARD, at(FORWARD, time(3, 30), PDT, shifted=time(2, 30)))) == {"DTSTART": "20260308T103000Z"}


def test_rule_12_an_end_that_comes_twice_puts_the_whole_event_into_utc() -> None:
    # 23:30 PDT + 2 hours is the first 01:30, + 3 hours the second one, + 4 hours is 02:30 PST, which comes once.
    evening = date(2026, 10, 31)
    ends = {hours: when(clocked(evening, at(evening, time(23, 30), PDT), lasts=timedelta(hours=hours))) for hours in (1, 2, 3, 4)}
    assert ends == {
        1: {"DTSTART;TZID=America/Los_Angeles": "20261031T233000", "DTEND;TZID=America/Los_Angeles": "20261101T003000"},
        2: {"DTSTART": "20261101T063000Z", "DTEND": "20261101T083000Z"},
        3: {"DTSTART": "20261101T063000Z", "DTEND": "20261101T093000Z"},
        4: {"DTSTART;TZID=America/Los_Angeles": "20261031T233000", "DTEND;TZID=America/Los_Angeles": "20261101T023000"},
    }


def test_rule_12_only_that_one_event_is_in_utc() -> None:
    evening = date(2026, 10, 31)
    events = [
        event("visit", evening, "visits", clock=at(evening, time(9), PDT)),
        event("visit", BACK, "visits", clock=at(BACK, time(1, 30), PDT, ambiguous=True)),
        event("visit", date(2026, 11, 2), "visits", clock=at(date(2026, 11, 2), time(9), PST)),
    ]
    octets = write_ics(schedule(*events, zone=ZONE))
    assert [found.get("DTSTART") for found in vevents(octets)] == [None, "20261101T083000Z", None]


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC"])
def test_rule_11_a_zone_that_is_utc_needs_no_tzid(name: str) -> None:
    zone = Zone(name, ZoneInfo("UTC"), "2026f")
    clock = Instant(local=datetime(2026, 1, 5, 9, tzinfo=zone.rules), utc_offset=timedelta(0))
    octets = write_ics(schedule(event("visit", DAY_1, "visits", clock=clock), zone=zone))
    assert when(octets) == {"DTSTART": "20260105T090000Z"}
    assert b"TZID" not in octets


def test_rule_11_a_clock_time_without_a_zone_is_an_error_and_never_floats() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        write_ics(schedule(event("visit", DAY_1, "visits", clock=at(DAY_1, time(9)))))
