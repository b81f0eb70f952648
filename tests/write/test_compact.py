"""Rules 14 and 15: regular events as one series, and what the record changed as exceptions that hit a real instance."""

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.diagnostic import Refused
from dosecal.follow import follow
from dosecal.record import Record
from dosecal.schedule import Event, Schedule
from dosecal.study_time import Window, instant_at
from dosecal.write.ics import write_ics
from dosecal.write.options import CalendarOptions
from tests.readers.lines import only, unfolded, vevents
from tests.readers.zones import zone
from tests.toy_trial import PARTICIPANT, lay, records, with_record
from tests.write.schedules import DAY_1, ZONE, dose, event, every, injections, interferon_arm, on_weekdays, schedule

AUDIENCES = ("participant", "site")
both = pytest.mark.parametrize("audience", AUDIENCES)
REVISED = datetime(2026, 1, 12, 14, 30, 7, tzinfo=UTC)
WEEK = timedelta(7)
ANY_DAY = timedelta(1)


def compact(told: Schedule, plan: Schedule | None = None, **asked: Any) -> bytes:
    return write_ics(told, plan=plan or told, **asked)


def lines_of(octets: bytes, name: str) -> list[str]:
    return [line for line in unfolded(octets) if re.match(rf"{name}[;:]", line)]


def timed(days: list[date], clock: time, zone_name: str = "America/Los_Angeles", **fields: Any) -> list[Event]:
    rules = zone(zone_name).rules
    return [one for day in days for one in injections(day, clock=instant_at(day, clock, rules), **fields)]


# -- one series


def test_rule_14_two_years_of_injections_are_one_event_and_the_file_a_fiftieth() -> None:
    arm = interferon_arm()
    octets = compact(arm)
    assert lines_of(octets, "RRULE") == [
        "RRULE:FREQ=WEEKLY;COUNT=313;BYDAY=MO,WE,FR;WKST=MO",
        "RRULE:FREQ=MONTHLY;COUNT=24;BYMONTHDAY=5",
        "RRULE:FREQ=MONTHLY;COUNT=8;INTERVAL=3;BYMONTHDAY=5",
    ]
    assert len(vevents(octets)) == 3
    assert len(octets) * 50 < len(write_ics(arm))


def test_rule_14_the_first_instance_is_the_start_and_its_uid_that_of_the_series() -> None:
    arm = interferon_arm()
    alone, series = vevents(write_ics(arm))[0], vevents(compact(arm))[0]
    assert {name: series[name] for name in alone} == alone
    assert series.keys() - alone.keys() == {"RRULE"}


def test_the_site_reads_of_a_series_what_is_so_of_its_first_dose_and_of_all_else_everything() -> None:
    doses = injections(*every(2, 5), month=0, reasons=("a reason",))
    visits = [event("visit", day, "visits") for day in every(7, 4)]
    told = schedule(*doses, *visits)
    series, *alone = vevents(compact(told, audience="site"))
    assert series["DESCRIPTION"] == (
        "Planned 5 times\\, from 2026-01-05 to 2026-01-13. The first:\\nStudy day 1\\nMonth 0\\nWhy this date:\\n- a reason"
    )
    assert [one["DESCRIPTION"] for one in alone] == ["Study day 1", "Study day 8", "Study day 15", "Study day 22"]
    assert all("RRULE" not in one for one in alone)


@pytest.mark.parametrize(
    "fields",
    [
        {"nominal_date": DAY_1 + 9 * ANY_DAY, "due_date": DAY_1 + 9 * ANY_DAY},
        {"window": Window(DAY_1, DAY_1 + 9 * ANY_DAY)},
        {"dose": dose("22")},
        {"dose": dose("44", "mcg", "IV")},
        {"product": "kit 2"},
        {"phase": "treatment"},
        {"flags": ("late",)},
        {"lasts": timedelta(hours=1)},
    ],
    ids=lambda fields: next(iter(fields)),
)  # fmt: skip
def test_for_the_site_a_dose_that_differs_in_more_than_its_day_stands_alone(fields: dict[str, Any]) -> None:
    alike = timed(every(1, 5), time(9), product="kit 1")
    told = schedule(*alike, *timed([DAY_1 + 5 * ANY_DAY], time(9), **({"product": "kit 1"} | fields)), zone=ZONE)
    series, alone = vevents(compact(told, audience="site"))
    assert "COUNT=5" in series["RRULE"]
    assert "RRULE" not in alone


@pytest.mark.parametrize("fields", [{"title": "Pen"}, {"section": "medicines"}, {"clock": None}, {"item": "other"}], ids=str)
def test_for_the_participant_events_of_other_items_titles_or_times_stand_apart(fields: dict[str, Any]) -> None:
    told = schedule(*timed(every(1, 5), time(9)), zone=ZONE)
    [last] = timed([DAY_1 + 5 * ANY_DAY], time(9))
    given_fields = {name: getattr(last, name) for name in last.__struct_fields__} | fields
    found = vevents(compact(schedule(*told.events, Event(**given_fields), zone=ZONE)))
    assert ["RRULE" in one for one in found] == [True, False]


def test_two_events_of_one_item_on_one_day_are_both_there() -> None:
    twice = [event("visit", day, "visits", key=f"{day} {n}") for day in every(7, 4) for n in (1, 2)]
    found = vevents(compact(schedule(*twice)))
    assert sum("RRULE" in one for one in found) == 1
    assert len(found) == 5


def test_a_task_is_written_for_each_dose_of_a_series() -> None:
    octets = compact(schedule(*injections(*every(1, 9))), options=CalendarOptions(tasks=True))
    assert octets.count(b"BEGIN:VTODO") == 9
    assert octets.count(b"BEGIN:VEVENT") == 1


def test_an_alarm_stands_in_the_series() -> None:
    found = compact(schedule(*injections(*every(1, 9))), options=CalendarOptions(alarm=timedelta(minutes=30)))
    assert found.count(b"BEGIN:VALARM") == 1


# -- rules 12 and 15


def test_rule_15_an_exdate_has_the_form_of_the_start() -> None:
    days = [day for day in every(1, 12) if day != DAY_1 + 7 * ANY_DAY]
    assert lines_of(compact(schedule(*injections(*days))), "EXDATE") == ["EXDATE;VALUE=DATE:20260112"]
    octets = compact(schedule(*timed(days, time(9, 30)), zone=ZONE))
    assert lines_of(octets, "EXDATE") == ["EXDATE;TZID=America/Los_Angeles:20260112T093000"]


@pytest.mark.parametrize("left_out", [False, True])
def test_rule_12_no_series_gives_or_excludes_a_time_that_does_not_exist_or_comes_twice(left_out: bool) -> None:
    # In Los Angeles 02:30 does not exist on 8 March, and 01:30 comes twice on 1 November 2026.
    for clock, day in ((time(2, 30), date(2026, 3, 8)), (time(1, 30), date(2026, 11, 1))):
        days = [one for one in every(1, 41, day - 20 * ANY_DAY) if one != day or not left_out]
        found = vevents(compact(schedule(*timed(days, clock), zone=ZONE)))
        assert ["COUNT=20" in one.get("RRULE", "") for one in found] == [True, True] + [False] * (not left_out)
        assert not any(name.startswith("EXDATE") for one in found for name in one)
        assert ("DTSTART" in found[-1]) is not left_out


def test_an_event_over_a_change_of_the_clock_stands_alone() -> None:
    days = every(1, 21, date(2026, 3, 7) - 10 * ANY_DAY)
    found = vevents(compact(schedule(*timed(days, time(22), lasts=timedelta(hours=8)), zone=ZONE)))
    assert ["RRULE" in one for one in found] == [True, False]
    assert found[0]["EXDATE;TZID=America/Los_Angeles"] == found[1]["DTSTART;TZID=America/Los_Angeles"] == "20260307T220000"
    assert found[1]["DTEND;TZID=America/Los_Angeles"] == "20260308T070000"


def test_rule_11_what_comes_hours_after_something_stands_alone_in_utc() -> None:
    found = vevents(compact(schedule(*timed(every(1, 5), time(9), elapsed=True), zone=ZONE)))
    assert len(found) == 5
    assert all(one["DTSTART"].endswith("Z") for one in found)


# -- what the record changed


def override(told: Event, **fields: Any) -> Event:
    return Event(**({name: getattr(told, name) for name in told.__struct_fields__} | {"revision": 2, "revised": REVISED} | fields))


@both
def test_rule_15_a_moved_dose_takes_the_place_of_its_instance_and_leaves_the_series_as_it_was(audience: Any) -> None:
    planned = timed(every(7, 6), time(9))
    moved = timed([DAY_1 + WEEK + ANY_DAY], time(10))[0]
    moved = override(planned[1], date=moved.date, clock=moved.clock)
    plan, told = (schedule(*events, zone=ZONE) for events in (planned, [planned[0], moved, *planned[2:]]))
    [before] = vevents(compact(plan, audience=audience))
    series, one = vevents(compact(told, plan, audience=audience))
    assert series == before
    assert one["UID"] == series["UID"]
    assert one["RECURRENCE-ID;TZID=America/Los_Angeles"] == "20260112T090000"
    assert one["DTSTART;TZID=America/Los_Angeles"] == "20260113T100000"
    assert (one["SEQUENCE"], one["DTSTAMP"], one["LAST-MODIFIED"]) == ("2", "20260112T143007Z", "20260112T143007Z")
    assert "RRULE" not in one


@both
def test_rule_8_a_cancelled_dose_stays_as_a_cancelled_instance_of_its_series(audience: Any) -> None:
    planned = injections(*every(7, 6))
    gone = override(planned[0], state="missed", reasons=("not given",))
    series, one = vevents(compact(schedule(*planned[1:], absent=(gone,)), schedule(*planned), audience=audience))
    assert series["DTSTART;VALUE=DATE"] == one["DTSTART;VALUE=DATE"] == one["RECURRENCE-ID;VALUE=DATE"] == "20260105"
    assert (one["STATUS"], one["TRANSP"], one["UID"]) == ("CANCELLED", "TRANSPARENT", series["UID"])
    assert one["SUMMARY"].startswith("Cancelled: ")


def test_rule_15_an_instance_that_got_a_clock_time_is_still_named_by_its_date() -> None:
    planned = injections(*every(7, 6))
    [at_nine] = timed([DAY_1], time(9))
    told = schedule(override(planned[0], clock=at_nine.clock), *planned[1:], zone=ZONE)
    _, one = vevents(compact(told, schedule(*planned, zone=ZONE)))
    assert one["RECURRENCE-ID;VALUE=DATE"] == "20260105"
    assert one["DTSTART;TZID=America/Los_Angeles"] == "20260105T090000"


def test_what_only_the_record_brought_stands_alone_with_its_own_uid() -> None:
    planned = injections(*every(7, 6))
    new = override(event("unscheduled visit", DAY_1 + ANY_DAY, "visits"))
    series, one = vevents(compact(schedule(planned[0], new, *planned[1:]), schedule(*planned)))
    assert one == only(write_ics(schedule(new)))
    assert one["UID"] != series["UID"]


def test_that_a_dose_was_given_changes_nothing() -> None:
    planned = injections(*every(7, 6))
    told = [*injections(*every(7, 3), state="done"), *planned[3:]]
    assert compact(schedule(*told), schedule(*planned)) == compact(schedule(*planned))


def test_rule_10_the_zone_is_described_where_every_instance_is_overridden_by_a_whole_day() -> None:
    planned = timed(every(7, 6), time(9))
    told = schedule(*(override(one, clock=None) for one in planned), zone=ZONE)
    octets = compact(told, schedule(*planned, zone=ZONE))
    assert unfolded(octets).count("TZID:America/Los_Angeles") == 1
    assert len(vevents(octets)) == 7


def test_a_calendar_says_that_it_has_series_even_where_it_found_none() -> None:
    lone = schedule(*injections(DAY_1))
    assert b"\r\nX-DOSECAL-SERIES:yes\r\nBEGIN:VEVENT\r\n" in compact(lone)
    assert b"X-DOSECAL-SERIES" not in write_ics(lone)


# -- laws

Identity = tuple[str, str | None]
Calendar = dict[Identity, tuple[int, dict[str, str]]]
"""What a client holds: UID and RECURRENCE-ID -> SEQUENCE and the event's properties."""


def imported(calendar: Calendar, octets: bytes) -> Calendar:
    """The calendar after a file was read into it: of each UID and RECURRENCE-ID the highest SEQUENCE, of two alike the later file's."""
    found: Calendar = {}
    for one in vevents(octets):
        at = next((f"{name}:{value}" for name, value in one.items() if name.startswith("RECURRENCE-ID")), None)
        assert (one["UID"], at) not in found, "rule 5"
        found[one["UID"], at] = int(one["SEQUENCE"]), one
    return calendar | {which: new for which, new in found.items() if which not in calendar or new[0] >= calendar[which][0]}


def exports(record: Record, audience: Any) -> list[bytes]:
    files = []
    plan = lay(PARTICIPANT)
    for count in range(len(record) + 1):
        try:
            files.append(compact(follow(with_record(*record[:count]), lay), plan, audience=audience))
        except Refused:
            continue
    return files


@both
@settings(derandomize=True, deadline=None, max_examples=60)
@given(record=records(most=7))
def test_rules_5_to_8_a_client_that_reads_every_compact_export_holds_what_the_last_one_says(audience: Any, record: Record) -> None:
    files = exports(record, audience)
    held: Calendar = {}
    for file in files:
        held = imported(held, file)
    assert held == imported({}, files[-1])


@both
@settings(derandomize=True, deadline=None, max_examples=60)
@given(record=records(most=7))
def test_rule_7_the_record_changes_no_series_and_only_the_instances_that_it_touched(audience: Any, record: Record) -> None:
    for old, new in pairwise(exports(record, audience)):
        before, after = imported({}, old), imported({}, new)
        assert before.keys() <= after.keys()
        for which, (sequence, one) in before.items():
            changed = after[which] != (sequence, one)
            assert changed == (after[which][0] > sequence)
            assert not (changed and "RRULE" in one)
        for (uid, at), (sequence, _) in after.items():
            assert at is None or sequence > after[uid, None][0]


@settings(derandomize=True, deadline=None, max_examples=60)
@given(first=st.integers(0, 27), weekdays=st.sets(st.integers(0, 6), min_size=1), days=st.integers(1, 120), more=st.integers(1, 90))
def test_a_longer_horizon_lengthens_series_and_leaves_nothing_behind(first: int, weekdays: set[int], days: int, more: int) -> None:
    start = DAY_1 + timedelta(first)
    told = [injections(*on_weekdays(weekdays, start, start + timedelta(length))) for length in (days, days + more)]
    shorter, longer = (imported({}, compact(schedule(*events))) for events in told)
    assert shorter.keys() <= longer.keys()


def test_the_same_schedule_is_the_same_bytes() -> None:
    assert compact(interferon_arm(), audience="site") == compact(interferon_arm(), audience="site")
