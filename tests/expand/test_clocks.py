"""Clock times: as written, as the participant names them, near a named one; several a day; across clock changes (rule 23)."""

from datetime import date, timedelta

import pytest

from dosecal.schedule import Schedule
from tests.expand.laying import dates_of, item, keys_of, laid_out, notes_of, only, refusal, refusals

BERLIN = "Europe/Berlin"


def visit(at: str, when: str = "day 1", **keys: str) -> str:
    return item("visits", "it", when=when, at=at, **keys)


def times(schedule: Schedule) -> list[str]:
    """Local date, time and offset of each event."""
    return [event.clock.local.isoformat(timespec="minutes") for event in schedule.events if event.clock is not None]


# -- which time


def test_a_clock_time_is_local_to_the_participant() -> None:
    assert times(laid_out(visit("'10:00'"), timezone=BERLIN)) == ["2027-01-04T10:00+01:00"]
    assert times(laid_out(visit("'10:00'"), timezone="America/Los_Angeles")) == ["2027-01-04T10:00-08:00"]
    assert times(laid_out(visit("'10:00'"), timezone="Asia/Kathmandu")) == ["2027-01-04T10:00+05:45"]


def test_a_clock_time_needs_a_zone() -> None:
    (diagnostic,) = refusals(visit("'10:00'"))
    assert diagnostic.name == "no-zone"
    assert diagnostic.path == ("visits", "it", "at")


def test_a_named_time_is_the_participants() -> None:
    assert times(laid_out(visit("evening"), timezone=BERLIN, times={"evening": "19:30"})) == ["2027-01-04T19:30+01:00"]


def test_a_named_time_may_differ_by_weekday() -> None:
    breakfast = {"Mon": "07:30", "Tue": "07:30", "Sat": "09:00"}
    schedule = laid_out(visit("breakfast", "days 1 2 6"), timezone=BERLIN, times={"breakfast": breakfast})
    assert times(schedule) == ["2027-01-04T07:30+01:00", "2027-01-05T07:30+01:00", "2027-01-09T09:00+01:00"]
    (diagnostic,) = refusals(visit("breakfast", "days 1-3"), timezone=BERLIN, times={"breakfast": breakfast})
    assert diagnostic.name == "no-named-time"
    assert "Wed" in diagnostic.message


def test_a_time_that_the_participant_does_not_name_is_asked_for() -> None:
    (diagnostic,) = refusals(visit("evening"), timezone=BERLIN, times={"breakfast": "07:00"})
    assert diagnostic.name == "no-named-time"
    assert "`evening`" in diagnostic.message


@pytest.mark.parametrize(
    ("at", "time"),
    [("30 minutes before breakfast", "06:30"), ("2 hours after breakfast", "09:00"), ("1 hour before breakfast", "06:00")],
)
def test_an_offset_from_a_named_time(at: str, time: str) -> None:
    assert times(laid_out(visit(at), timezone=BERLIN, times={"breakfast": "07:00"})) == [f"2027-01-04T{time}+01:00"]


@pytest.mark.parametrize(("at", "named"), [("2 hours before bed", "01:00"), ("2 hours after bed", "22:30")])
def test_an_offset_onto_another_day_is_refused(at: str, named: str) -> None:
    assert refusal(visit(at), timezone=BERLIN, times={"bed": named}) == "time"


def test_a_time_may_hold_for_some_days_only() -> None:
    schedule = laid_out("visits: {it: {when: days 1-3, at: {day 2: '08:00'}}}", timezone=BERLIN)
    assert [event.clock is not None for event in schedule.events] == [False, True, False]


# -- several a day


def test_several_times_a_day_are_several_events_with_keys_of_their_own() -> None:
    body = item("doses", "it", give="1 mg PO", when="days 1-2", at="[breakfast, '20:00']")
    schedule = laid_out(body, timezone=BERLIN, times={"breakfast": "07:00"})
    assert times(schedule) == [
        *("2027-01-04T07:00+01:00", "2027-01-04T20:00+01:00", "2027-01-05T07:00+01:00", "2027-01-05T20:00+01:00"),
    ]
    assert keys_of(schedule) == ["it/day 1/breakfast", "it/day 1/20:00", "it/day 2/breakfast", "it/day 2/20:00"]


def test_one_time_a_day_is_no_part_of_the_key() -> None:
    assert keys_of(laid_out(visit("'08:00'"), timezone=BERLIN)) == keys_of(laid_out(visit("'09:30'"), timezone=BERLIN)) == ["it/day 1"]


def test_a_participants_times_are_no_part_of_a_key() -> None:
    body = visit("[breakfast, dinner]", "days 1-3")
    early = laid_out(body, timezone=BERLIN, times={"breakfast": "06:00", "dinner": "18:00"})
    late = laid_out(body, timezone="Asia/Tokyo", times={"breakfast": "09:00", "dinner": "21:00"})
    assert keys_of(early) == keys_of(late)


def test_two_doses_at_one_time_are_refused() -> None:
    body = item("doses", "it", give="1 mg PO", when="day 1", at="[breakfast, dinner]")
    assert refusal(body, timezone=BERLIN, times={"breakfast": "08:00", "dinner": "08:00"}) == "two-on-one-day"


def test_a_day_is_listed_in_order_of_the_clock_with_all_day_events_first() -> None:
    body = "visits: {late: {when: day 1, at: '15:00'}, it: {when: day 1}}\ndoses: {early: {give: 1 mg IV, when: day 1, at: '09:00'}}"
    assert [event.item for event in laid_out(body, timezone=BERLIN).events] == ["it", "early", "late"]


# -- clock changes


def test_a_time_in_the_gap_is_moved_forward_and_said() -> None:
    schedule = laid_out(visit("'02:30'", "days 1-3"), "2027-03-27", timezone=BERLIN)
    assert times(schedule) == ["2027-03-27T02:30+01:00", "2027-03-28T03:30+02:00", "2027-03-29T02:30+02:00"]
    assert [event.flags for event in schedule.events] == [(), ("shifted-from:02:30",), ()]
    (note,) = schedule.notes
    assert note.name == "clock-change"
    assert all(part in note.message for part in ("2027-03-28", "02:30", "03:30"))


def test_a_time_that_comes_twice_is_the_first_and_said() -> None:
    schedule = laid_out(visit("'02:30'", "days 1-3"), "2027-10-30", timezone=BERLIN)
    assert times(schedule) == ["2027-10-30T02:30+02:00", "2027-10-31T02:30+02:00", "2027-11-01T02:30+01:00"]
    assert [event.flags for event in schedule.events] == [(), ("clock-shows-twice",), ()]
    (note,) = schedule.notes
    assert "2027-10-31" in note.message


def test_other_times_of_a_day_with_a_clock_change_are_as_written() -> None:
    schedule = laid_out(visit("['01:59', '03:00']"), "2027-03-28", timezone=BERLIN)
    assert times(schedule) == ["2027-03-28T01:59+01:00", "2027-03-28T03:00+02:00"]
    assert notes_of(schedule) == []


def test_a_wall_clock_time_keeps_its_hour_over_clock_changes() -> None:
    schedule = laid_out(visit("'18:00'", "every day for 12 months"), "2027-01-04", timezone="America/New_York")
    assert {event.clock.local.strftime("%H:%M") for event in schedule.events if event.clock} == {"18:00"}
    assert {event.clock.utc_offset for event in schedule.events if event.clock} == {timedelta(hours=-5), timedelta(hours=-4)}


@pytest.mark.parametrize(
    "timezone", ["America/Los_Angeles", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Kiritimati"]
)
@pytest.mark.parametrize("at", ["'00:00'", "'00:30'", "'02:30'", "'23:59'"])
def test_dates_do_not_depend_on_the_zone(timezone: str, at: str) -> None:
    for day_1 in ("2027-03-01", "2027-10-01"):
        schedule = laid_out(visit(at, "every day for 60 days"), day_1, timezone=timezone)
        assert dates_of(schedule) == dates_of(laid_out(item("visits", "it", when="every day for 60 days"), day_1))


def test_the_due_date_never_depends_on_the_zone() -> None:
    # Greenland's clocks go from 23:00 on 29 March 2025 to midnight: 23:30 is not there, half past midnight is on the 30th, so 22:59.
    event = only(laid_out(visit("'23:30'"), "2025-03-29", timezone="America/Nuuk"))
    assert event.due_date == event.nominal_date == date(2025, 3, 29)
    assert event.clock is not None
    assert event.clock.local.isoformat(timespec="minutes") == "2025-03-29T22:59-02:00"


def test_a_dose_keeps_its_date_where_the_clock_jumps_over_midnight() -> None:
    body = item("doses", "it", give="1 mg PO", when="every day for 3 days", at="'23:30'")
    assert dates_of(laid_out(body, "2025-03-28", timezone="America/Nuuk")) == ["2025-03-28", "2025-03-29", "2025-03-30"]


def test_the_note_of_a_jump_over_midnight_names_the_day_that_lacks_the_time() -> None:
    (note,) = laid_out(visit("'23:30'"), "2025-03-29", timezone="America/Nuuk").notes
    assert "2025-03-29" in note.message


def test_nothing_is_said_about_what_is_not_listed() -> None:
    schedule = laid_out(visit("'02:30'", "every day for 40 days"), "2027-03-01", timezone=BERLIN, horizon="2027-03-10")
    assert notes_of(schedule) == []


# -- how long it lasts


@pytest.mark.parametrize(
    ("at", "lasts", "elapsed", "ends"),
    [
        ("'10:00'", "4 hours", timedelta(hours=4), "2027-03-27T14:00+01:00"),
        ("'23:00'", "2.5 hours", timedelta(hours=2, minutes=30), "2027-03-28T01:30+01:00"),
        ("'11:15'", "46 hours", timedelta(hours=46), "2027-03-29T10:15+02:00"),  # over the hour that is left out
        ("'23:30'", "90 minutes", timedelta(minutes=90), "2027-03-28T01:00+01:00"),
    ],
)
def test_a_duration_is_elapsed_time(at: str, lasts: str, elapsed: timedelta, ends: str) -> None:
    event = only(laid_out(visit(at, lasts=lasts), "2027-03-27", timezone=BERLIN))
    assert event.lasts == elapsed
    assert event.clock is not None
    assert (event.clock.utc + elapsed).astimezone(event.clock.local.tzinfo).isoformat(timespec="minutes") == ends


def test_a_duration_may_differ_by_step() -> None:
    schedule = laid_out("visits: {it: {when: days 1-3, lasts: {day 1: 4 hours, days 2-3: 90 minutes}}}")
    assert [event.lasts for event in schedule.events] == [timedelta(hours=4), timedelta(minutes=90), timedelta(minutes=90)]


def test_what_the_first_dose_leaves_out_renames_no_other_and_is_said() -> None:
    body = item("doses", "it", give="1 mg PO", when="every day for 2 days", at="[breakfast, dinner]")
    times = {"breakfast": "08:00", "dinner": "18:00"}
    whole = laid_out(body, timezone=BERLIN, times=times)
    late = laid_out(body, timezone=BERLIN, times=times, first_dose="dinner")
    assert keys_of(late) == keys_of(whole)[1:] == ["it/day 1/dinner", "it/day 2/breakfast", "it/day 2/dinner"]
    assert notes_of(late) == ["first-dose"]


def test_the_first_dose_leaves_out_nothing_but_doses_at_named_times() -> None:
    body = "doses: {it: {give: 1 mg IV, when: day 1, at: 07:00}}\nsamples: {blood: {when: day 1, at: breakfast}}"
    schedule = laid_out(body, timezone=BERLIN, times={"breakfast": "08:00", "dinner": "18:00"}, first_dose="dinner")
    assert [event.item for event in schedule.events] == ["it", "blood"]
