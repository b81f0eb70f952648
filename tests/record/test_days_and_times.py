"""Other weekdays, clock times, sites, closing days, Day 1 or protocol from some day on; what comes unscheduled; times that do not exist."""

import pytest

from dosecal.diagnostic import Refused
from dosecal.participant import Site
from tests.expand.laying import WEEKENDS_CLOSED, dates_of, item, keys_of, shut
from tests.record.replaying import absent, days_of, event_on, places_of, refused, replayed, times_of

BERLIN = {"timezone": "Europe/Berlin"}
# Treatment weeks from Monday 4, 11 and 18 January 2027.
THREE_WEEKLY = item("doses", "it", give="44 mcg SC", when="3 times weekly for 3 weeks")
CHOSEN = {"days": "{it: Mon Wed Fri}"}


# -- new weekdays


def week(*days: str) -> dict[str, str]:
    """The doses of weeks 1, 2 and 3, in order."""
    return {f"week {number // 3 + 1} no {number % 3 + 1}": day for number, day in enumerate(days)}


def test_new_weekdays_hold_from_their_day_and_earlier_slots_of_the_week_stay() -> None:
    # On Thursday of week 2: Monday's and Wednesday's stay, the third slot goes from Friday to Saturday.
    schedule = replayed(THREE_WEEKLY, "on: 2027-01-14, new-days: it, to: Tue Thu Sat", **CHOSEN)
    assert places_of(schedule) == week("01-04", "01-06", "01-08", "01-11", "01-13", "01-16", "01-19", "01-21", "01-23")


def test_new_weekdays_from_the_first_day_of_a_week_change_it_all() -> None:
    schedule = replayed(THREE_WEEKLY, "on: 2027-01-11, new-days: it, to: Tue Thu Sat", **CHOSEN)
    assert places_of(schedule) == week("01-04", "01-06", "01-08", "01-12", "01-14", "01-16", "01-19", "01-21", "01-23")


def test_only_the_slots_before_the_day_keep_their_old_weekday() -> None:
    schedule = replayed(THREE_WEEKLY, "on: 2027-01-12, new-days: it, to: Tue Thu Sat", **CHOSEN)
    assert places_of(schedule) == week("01-04", "01-06", "01-08", "01-11", "01-14", "01-16", "01-19", "01-21", "01-23")


def test_new_weekdays_keep_the_minimum_gap() -> None:
    # From Tue Thu Sat to Mon Wed Fri on Friday of week 2: a day after Thursday's, the third goes on to Saturday, 48 hours before Monday.
    body = item("doses", "it", give="44 mcg SC", when="3 times weekly for 3 weeks", at_least="48 hours apart")
    schedule = replayed(body, "on: 2027-01-15, new-days: it, to: Mon Wed Fri", days="{it: Tue Thu Sat}")
    assert places_of(schedule) == week("01-05", "01-07", "01-09", "01-12", "01-14", "01-16", "01-18", "01-20", "01-22")


def test_new_weekdays_that_put_two_doses_on_one_day_are_refused() -> None:
    # On Friday of week 2, Wednesday's stays, and the third slot would go to Wednesday as well.
    refused(THREE_WEEKLY, "on: 2027-01-15, new-days: it, to: Mon Tue Wed", **CHOSEN)


def test_new_weekdays_are_as_many_as_the_doses() -> None:
    refused(THREE_WEEKLY, "on: 2027-01-11, new-days: it, to: Mon Thu", **CHOSEN)


def test_weekdays_that_the_regimen_names_are_no_choice() -> None:
    body = item("doses", "it", give="44 mcg SC", when="every Mon Wed Fri for 3 weeks")
    refused(body, "on: 2027-01-11, new-days: it, to: Tue Thu Sat")


def test_new_weekdays_can_change_again() -> None:
    entries = ["on: 2027-01-11, new-days: it, to: Tue Thu Sat", "on: 2027-01-18, new-days: it, to: Mon Wed Fri"]
    schedule = replayed(THREE_WEEKLY, *entries, **CHOSEN)
    assert places_of(schedule) == week("01-04", "01-06", "01-08", "01-12", "01-14", "01-16", "01-18", "01-20", "01-22")


# -- new times


def test_new_times_hold_from_their_day_and_only_for_what_they_name() -> None:
    body = item("doses", "it", give="10 mg PO", when="every day for 3 days", at="[breakfast, dinner]")
    entry = "on: 2027-01-05, new-times: {breakfast: '07:00'}"
    schedule = replayed(body, entry, times="{breakfast: '07:30', dinner: '19:30'}", **BERLIN)
    assert times_of(schedule) == ["01-04 07:30", "01-04 19:30", "01-05 07:00", "01-05 19:30", "01-06 07:00", "01-06 19:30"]


def test_new_times_may_differ_by_weekday() -> None:
    body = item("doses", "it", give="10 mg PO", when="every day for 7 days", at="breakfast")
    entry = "on: 2027-01-07, new-times: {breakfast: {Mon-Fri: '07:00', Sat-Sun: '09:00'}}"
    schedule = replayed(body, entry, times="{breakfast: '07:30'}", **BERLIN)
    assert [moment[6:] for moment in times_of(schedule)] == ["07:30", "07:30", "07:30", "07:00", "07:00", "09:00", "09:00"]


def test_new_times_rename_nothing() -> None:
    body = item("doses", "it", give="10 mg PO", when="every day for 3 days", at="[breakfast, dinner]")
    times = "{breakfast: '07:30', dinner: '19:30'}"
    schedule = replayed(body, "on: 2027-01-05, new-times: {breakfast: '07:00'}", times=times, **BERLIN)
    assert keys_of(schedule) == keys_of(replayed(body, times=times, **BERLIN))


# -- unscheduled


@pytest.mark.parametrize(("kind", "section"), [("visit", "visits"), ("lab", "labs"), ("call", "calls"), ("assessment", "assessments")])
def test_what_is_unscheduled_is_extra_and_moves_nothing(kind: str, section: str) -> None:
    body = "visits: {it: {when: weeks 1 2, count-from: actual}}"
    schedule = replayed(body, f"on: 2027-01-12, unscheduled: {kind}")
    assert dates_of(schedule) == ["2027-01-11", "2027-01-18"]
    (extra,) = (event for event in schedule.events if event.item != "it")
    assert (extra.kind, extra.section, str(extra.date), extra.clock) == (kind, section, "2027-01-12", None)
    assert "unscheduled" in extra.flags


def test_what_is_unscheduled_may_have_a_time() -> None:
    schedule = replayed("visits: {it: {when: week 1}}", "on: 2027-01-12, unscheduled: visit, at: '14:00'", **BERLIN)
    (extra,) = (event for event in schedule.events if event.item != "it")
    assert extra.clock is not None
    assert f"{extra.clock.local:%H:%M}" == "14:00"


def test_two_unscheduled_visits_of_one_day_are_two() -> None:
    schedule = replayed("visits: {it: {when: week 1}}", *["on: 2027-01-12, unscheduled: visit"] * 2)
    extra = [event for event in schedule.events if event.item != "it"]
    assert len({event.key for event in extra}) == len(extra) == 2


# -- Day 1


def test_a_corrected_day_1_lays_everything_out_from_there() -> None:
    body = f"{THREE_WEEKLY}\nvisits: {{visit: {{when: months 0 1}}}}\nlabs: {{blood: {{when: day -7}}}}"
    schedule, other = replayed(body, "on: 2027-01-03, day-1: 2027-01-11", **CHOSEN), replayed(body, day_1="2027-01-11", **CHOSEN)
    assert str(schedule.day_1) == "2027-01-11"
    assert [(event.key, event.date, event.study_day) for event in schedule.events] == [
        (event.key, event.date, event.study_day) for event in other.events
    ]


# -- closing days of one item


def test_a_closed_entry_moves_only_what_follows_open_days() -> None:
    body = """
visits: {it: {when: week 2, if-closed: next open day}, other: {when: week 2, if-closed: next open day}, staying: {when: week 2}}
"""
    schedule = replayed(body, "on: 2027-01-18, closed: it, through: 2027-01-20", site=shut(weekend=WEEKENDS_CLOSED))
    assert (days_of(schedule), days_of(schedule, "other"), days_of(schedule, "staying")) == (["01-21"], ["01-18"], ["01-18"])


def test_a_closed_entry_without_an_end_is_for_that_day() -> None:
    body = "visits: {it: {when: week 2, if-closed: next open day}}"
    assert days_of(replayed(body, "on: 2027-01-18, closed: it", site=shut(weekend=WEEKENDS_CLOSED))) == ["01-19"]


def test_a_closed_entry_adds_open_days_at_the_end_and_renames_nothing() -> None:
    body = item("doses", "it", give="2 Gy external beam", when="every open day 6 times")
    site = shut(weekend=WEEKENDS_CLOSED)
    schedule = replayed(body, "on: 2027-01-05, closed: it, through: 2027-01-06", site=site)
    assert days_of(schedule) == ["01-04", "01-07", "01-08", "01-11", "01-12", "01-13"]
    assert keys_of(schedule) == keys_of(replayed(body, site=site))


def test_a_fraction_that_took_place_on_a_closed_day_is_a_fact() -> None:
    body = "visits: {it: {when: week 2, if-closed: next open day}}"
    entries = ["on: 2027-01-18, closed: it, through: 2027-01-20", "on: 2027-01-20, done: it, due: 2027-01-21"]
    schedule = replayed(body, *entries, site=shut(weekend=WEEKENDS_CLOSED))
    assert days_of(schedule) == ["01-20"]


# -- another site, another version of the protocol


def test_another_site_counts_from_the_day_on_which_the_participant_comes_to_it() -> None:
    # Weeks 2, 4 and 6 are 18 January, 1 February and 15 February; each site is closed on two of them.
    body = "visits: {it: {when: weeks 2 4 6, if-closed: next open day}}"
    home, leeds = shut("2027-01-18", "2027-02-15"), shut("2027-01-18", "2027-02-01", "2027-02-15", "2027-02-16")
    schedule = replayed(body, "on: 2027-01-25, site: Leeds", site=home, sites={"Leeds": leeds})
    assert days_of(schedule) == ["01-19", "02-02", "02-17"]


def test_a_site_that_nobody_described_is_refused() -> None:
    body = "visits: {it: {when: weeks 2 4 6, if-closed: next open day}}"
    refused(body, "on: 2027-01-25, site: Leeds", site=shut("2027-01-18"))


def test_a_later_version_of_the_protocol_holds_from_its_day() -> None:
    before = "visits: {it: {when: weeks 2 4 6 8}}\ndoses: {drug: {give: 5 mg PO, when: days 1 29}}"
    after = "visits: {it: {when: weeks 2 5 8}}\ndoses: {drug: {give: 10 mg PO, when: days 1 29}}"
    schedule = replayed(before, "on: 2027-01-25, amended: version 2", amendments={"version 2": after})
    assert days_of(schedule) == ["01-18", "02-08", "03-01"]
    doses = [event.dose.amount for event in schedule.events if event.dose is not None]
    assert [str(amount.value) for amount in doses if amount is not None] == ["5", "10"]


def test_what_only_the_old_version_had_before_the_amendment_stays() -> None:
    before, after = "visits: {it: {when: weeks 1 2 6}}", "visits: {it: {when: weeks 2 6}}"
    schedule = replayed(before, "on: 2027-01-25, amended: version 2", amendments={"version 2": after})
    assert days_of(schedule) == ["01-11", "01-18", "02-15"]


# -- times that do not exist: in Berlin the clocks go from 02:00 to 03:00 on Sunday 28 March 2027

NIGHTLY = item("doses", "it", give="10 mg PO", when="every 2 days 3 times", count_from="plan", at="'02:30'")


def test_a_dose_given_at_a_time_that_does_not_exist_stands_after_the_gap() -> None:
    schedule = replayed(NIGHTLY, "on: 2027-03-28, given: it", day_1="2027-03-26", **BERLIN)
    assert times_of(schedule) == ["03-26 02:30", "03-28 03:30", "03-30 02:30"]
    event = event_on(schedule, "2027-03-28")
    assert (event.key, event.state, event.flags) == ("it/no 2", "done", ("shifted-from:02:30",))


def test_a_late_dose_that_falls_on_the_day_of_the_change_stands_after_the_gap() -> None:
    schedule = replayed(NIGHTLY, "on: 2027-03-28, given: it, due: 2027-03-27", day_1="2027-03-25", **BERLIN)
    assert times_of(schedule) == ["03-25 02:30", "03-28 03:30", "03-29 02:30"]
    assert {"shifted-from:02:30", "late"} <= set(event_on(schedule, "2027-03-28").flags)


def test_the_time_at_which_it_really_was_given_outweighs_the_plan() -> None:
    schedule = replayed(NIGHTLY, "on: 2027-03-28, given: it, at: '03:10'", day_1="2027-03-26", **BERLIN)
    assert times_of(schedule)[1] == "03-28 03:10"
    assert not any(flag.startswith("shifted-from") for flag in event_on(schedule, "2027-03-28").flags)


def test_a_dose_of_the_hour_that_comes_twice_is_of_the_first() -> None:
    # On 31 October 2027 the clocks go back from 03:00 to 02:00: at 02:30 the first is still two hours ahead of UTC.
    schedule = replayed(NIGHTLY, "on: 2027-10-31, given: it", day_1="2027-10-29", **BERLIN)
    event = event_on(schedule, "2027-10-31")
    assert event.clock is not None
    assert (f"{event.clock.local:%H:%M}", event.clock.utc_offset.total_seconds()) == ("02:30", 7200)


def test_moving_an_appointment_to_the_day_of_the_change_shifts_its_time() -> None:
    schedule = replayed(NIGHTLY, "on: 2027-03-20, moved: it, due: 2027-03-27, to: 2027-03-28", day_1="2027-03-25", **BERLIN)
    assert times_of(schedule)[1] == "03-28 03:30"
    assert absent(schedule) == []


def test_a_site_without_a_description_is_not_needed_where_nothing_follows_open_days() -> None:
    schedule = replayed("visits: {it: {when: week 2}}", "on: 2027-01-25, site: Leeds", sites={"Leeds": Site()})
    assert days_of(schedule) == ["01-18"]


def test_open_days_still_need_a_site_after_a_closed_entry() -> None:
    with pytest.raises(Refused):
        replayed(item("doses", "it", give="2 Gy external beam", when="every open day 6 times"), "on: 2027-01-05, closed: it")
