"""Entries are bound in the order of writing, for ever: what is corrected, voided, closed or entered late takes no dose from its place."""

import pytest

from dosecal.schedule import Schedule
from tests.expand.laying import WEEKENDS_CLOSED, item, keys_of, shut
from tests.record.replaying import days_of, event_on, places_of, refused, replayed, said_by

# Days 1 and 8 of four cycles of 14 days: 4 and 11 January, 18 and 25 January, 1 and 8 February, 15 and 22 February 2027.
CYCLES = """
phases:
  treatment:
    cycle: {length: 14 days, count: 4, count-from: actual}
    doses: {it: {give: 10 mg IV, when: days 1 8}}
"""
CYCLES_OF_THE_PLAN = CYCLES.replace("actual", "plan")
KEYS = [f"treatment/cycle {cycle}/it/day {day}" for cycle in (1, 2, 3, 4) for day in (1, 8)]
# Cycle 2 starts on Thursday 21 January instead of Monday the 18th, and its day 1 is given then.
TO_21 = "on: 2027-01-17, delayed: treatment cycle 2, to: 2027-01-21"
DAY_1_GIVEN = "on: 2027-01-21, given: it"
TO_20 = "on: 2027-01-17, delayed: treatment cycle 2, to: 2027-01-20"
TO_22 = "on: 2027-01-17, delayed: treatment cycle 2, to: 2027-01-22"


def by_key(schedule: Schedule) -> dict[str, str]:
    """Where the doses of all cycles stand: "2 day 1" -> "01-21"."""
    return {f"{event.cycle} {event.key.rpartition('/')[2]}": f"{event.date:%m-%d}" for event in schedule.events if event.item == "it"}


# -- a delay that is corrected or voided after doses of its cycle were given


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        # Cycle 2 from the 20th: day 8 on the 27th; cycle 3 from 3 February, cycle 4 from the 17th.
        (f"{TO_20}, corrects: 1", ["01-04", "01-11", "01-21", "01-27", "02-03", "02-10", "02-17", "02-24"]),
        # Cycle 2 from the 22nd: the dose was a day early; day 8 on the 29th; cycle 3 from 5 February, cycle 4 from the 19th.
        (f"{TO_22}, corrects: 1", ["01-04", "01-11", "01-21", "01-29", "02-05", "02-12", "02-19", "02-26"]),
        # No delay: cycle 2 from the 18th, as planned.
        ("on: 2027-01-22, void: 1", ["01-04", "01-11", "01-21", "01-25", "02-01", "02-08", "02-15", "02-22"]),
    ],
)
def test_a_dose_of_a_delayed_cycle_stays_its_day_1_whatever_becomes_of_the_delay(entry: str, expected: list[str]) -> None:
    schedule = replayed(CYCLES, TO_21, DAY_1_GIVEN, entry)
    assert days_of(schedule) == expected
    assert keys_of(schedule) == KEYS
    assert [event.key for event in schedule.events if event.state == "done"] == ["treatment/cycle 2/it/day 1"]


def test_every_dose_that_followed_a_delay_stays_on_its_cycle_and_day_when_the_delay_is_void() -> None:
    # With the delay cycle 2 is 21 and 28 January, cycle 3 is 4 and 11 February. Without it cycle 3's day 8 is 8 February, cycle 4 the 15th.
    given = [DAY_1_GIVEN, "on: 2027-01-28, given: it", "on: 2027-02-04, given: it"]
    schedule = replayed(CYCLES, TO_21, *given, "on: 2027-02-05, void: 1")
    assert by_key(schedule) == {
        "1 day 1": "01-04", "1 day 8": "01-11", "2 day 1": "01-21", "2 day 8": "01-28",
        "3 day 1": "02-04", "3 day 8": "02-08", "4 day 1": "02-15", "4 day 8": "02-22",
    }  # fmt: skip
    assert [event.state for event in schedule.events] == ["planned", "planned", "done", "done", "done", "planned", "planned", "planned"]


def test_a_delay_counted_from_the_plan_is_voided_and_its_dose_stays_its_day_1() -> None:
    schedule = replayed(CYCLES_OF_THE_PLAN, TO_21, DAY_1_GIVEN, "on: 2027-01-22, void: 1")
    assert days_of(schedule) == ["01-04", "01-11", "01-21", "01-25", "02-01", "02-08", "02-15", "02-22"]
    assert keys_of(schedule) == KEYS


def test_a_delay_is_corrected_twice() -> None:
    schedule = replayed(CYCLES, TO_21, DAY_1_GIVEN, f"{TO_22}, corrects: 1", f"{TO_20}, corrects: 3")
    assert days_of(schedule) == ["01-04", "01-11", "01-21", "01-27", "02-03", "02-10", "02-17", "02-24"]
    assert keys_of(schedule) == KEYS


def test_a_missed_dose_stays_missed_when_the_delay_before_it_is_corrected() -> None:
    # Day 1 of cycle 2, due on the 21st, was not given; cycle 2 starts on the 20th after the correction.
    schedule = replayed(CYCLES, TO_21, "on: 2027-01-21, not-given: it", f"{TO_20}, corrects: 1")
    assert days_of(schedule) == ["01-04", "01-11", "01-27", "02-03", "02-10", "02-17", "02-24"]
    assert [(event.key, event.state) for event in schedule.absent] == [("treatment/cycle 2/it/day 1", "missed")]


# Delayed by a week to the 25th and given then: without the delay day 8 of cycle 2 is due that day, and what becomes of it is not said.
A_WEEK_LATER = ["on: 2027-01-17, delayed: treatment cycle 2, to: 2027-01-25", "on: 2027-01-25, given: it"]


def test_a_void_that_puts_a_planned_dose_on_the_day_of_a_given_one_is_refused_at_the_void() -> None:
    assert refused(CYCLES, *A_WEEK_LATER, "on: 2027-01-26, void: 1").name == "two-on-one-day"


def test_a_correction_that_puts_a_planned_dose_on_the_day_of_a_given_one_is_refused_at_the_correction() -> None:
    # Delayed to 1 February and given then; corrected to 25 January, so that day 8 would be due on 1 February.
    entries = ["on: 2027-01-17, delayed: treatment cycle 2, to: 2027-02-01", "on: 2027-02-01, given: it"]
    assert refused(CYCLES, *entries, f"{A_WEEK_LATER[0]}, corrects: 1").name == "two-on-one-day"


def test_a_delay_is_void_once_it_is_said_what_becomes_of_the_dose_of_that_day() -> None:
    # Before the void day 8 is due on 1 February.
    said = "on: 2027-01-26, moved: it, due: 2027-02-01, to: 2027-01-27"
    schedule = replayed(CYCLES, *A_WEEK_LATER, said, "on: 2027-01-26, void: 1")
    assert days_of(schedule) == ["01-04", "01-11", "01-25", "01-27", "02-01", "02-08", "02-15", "02-22"]
    assert keys_of(schedule) == KEYS


def test_a_dose_that_followed_a_hold_stays_its_day_1_when_the_hold_is_void() -> None:
    # Held through the 20th, so cycle 2 starts on the 21st; the hold was entered by mistake.
    entries = ["on: 2027-01-15, held: treatment, through: 2027-01-20", DAY_1_GIVEN, "on: 2027-01-22, void: 1"]
    schedule = replayed(CYCLES, *entries)
    assert days_of(schedule) == ["01-04", "01-11", "01-21", "01-25", "02-01", "02-08", "02-15", "02-22"]
    assert keys_of(schedule) == KEYS


# -- a dose that was not given on a day takes no other day


@pytest.mark.parametrize(
    "moving",
    [
        ["on: 2027-01-15, held: treatment, through: 2027-01-21"],
        ["on: 2027-01-15, held: treatment", "on: 2027-01-22, resumed: treatment"],
        ["on: 2027-01-17, delayed: treatment cycle 2, to: 2027-01-22"],
    ],
)
def test_a_dose_that_was_not_given_on_the_planned_day_is_due_when_its_cycle_starts_later(moving: list[str]) -> None:
    # Written first, on the 18th; that treatment was withheld since before, or that the cycle starts on the 22nd, is written down later.
    schedule = replayed(CYCLES, "on: 2027-01-18, not-given: it", *moving)
    assert days_of(schedule) == ["01-04", "01-11", "01-22", "01-29", "02-05", "02-12", "02-19", "02-26"]


def test_a_dose_that_was_not_given_during_a_hold_is_due_when_it_is_resumed() -> None:
    entries = ["on: 2027-01-15, held: treatment", "on: 2027-01-18, not-given: it", "on: 2027-01-22, resumed: treatment"]
    assert days_of(replayed(CYCLES, *entries)) == ["01-04", "01-11", "01-22", "01-29", "02-05", "02-12", "02-19", "02-26"]


# -- a cycle of which a dose was given has begun

DAYS_1_4_8 = CYCLES.replace("days 1 8", "days 1 4 8")
PLAN_1_4_8 = ["01-04", "01-07", "01-11", "01-18", "01-21", "01-25", "02-01", "02-04", "02-08", "02-15", "02-18", "02-22"]


@pytest.mark.parametrize("held", ["on: 2027-01-18, held: treatment, through: 2027-01-22", "on: 2027-01-18, held: treatment"])
@pytest.mark.parametrize("first", ["given", "held"])
def test_a_hold_on_the_day_of_a_cycles_first_dose_skips_what_lies_inside_and_moves_no_start(held: str, first: str) -> None:
    # Day 1 given on the 18th; held from the 18th through the 22nd, so day 4 (the 21st) is skipped; day 8 (the 25th) stands.
    held = held if "through" in held else f"{held}, through: 2027-01-22"
    entries = ["on: 2027-01-18, given: it", held]
    schedule = replayed(DAYS_1_4_8, *(entries if first == "given" else reversed(entries)))
    assert days_of(schedule) == [day for day in PLAN_1_4_8 if day != "01-21"]
    assert [(event.key, event.state) for event in schedule.absent] == [("treatment/cycle 2/it/day 4", "held")]


def test_a_hold_after_a_first_dose_that_was_given_early_moves_no_start() -> None:
    # Day 1, due on the 18th, was given on the 16th; held from the 17th through the 20th, over the planned start.
    entries = ["on: 2027-01-16, given: it, due: 2027-01-18", "on: 2027-01-17, held: treatment, through: 2027-01-20"]
    schedule = replayed(DAYS_1_4_8, *entries)
    assert days_of(schedule) == ["01-04", "01-07", "01-11", "01-16", *PLAN_1_4_8[4:]]
    assert event_on(schedule, "2027-01-16").key == "treatment/cycle 2/it/day 1"


def test_a_hold_before_any_dose_of_the_cycle_still_moves_its_start() -> None:
    # Day 8 of cycle 1 was given on the 11th, which is no dose of cycle 2.
    entries = ["on: 2027-01-11, given: it", "on: 2027-01-15, held: treatment, through: 2027-01-20"]
    assert days_of(replayed(CYCLES, *entries)) == ["01-04", "01-11", "01-21", "01-28", "02-04", "02-11", "02-18", "02-25"]


@pytest.mark.parametrize("count_from", ["plan", "actual"])
@pytest.mark.parametrize(
    ("given", "on"),
    [
        ("on: 2027-01-18, given: it", "2027-01-19"),
        ("on: 2027-01-18, given: it", "2027-01-18"),
        ("on: 2027-01-19, given: it, due: 2027-01-18", "2027-01-20"),
        ("on: 2027-01-16, given: it, due: 2027-01-18", "2027-01-17"),
        ("on: 2027-01-25, given: it", "2027-01-26"),
    ],
)
def test_a_cycle_of_which_a_dose_was_given_is_not_delayed(count_from: str, given: str, on: str) -> None:
    body = CYCLES.replace("actual", count_from)
    diagnostic = refused(body, given, f"on: {on}, delayed: treatment cycle 2, to: 2027-01-28")
    assert diagnostic.name == "delay"
    assert "entry 1" in said_by(diagnostic)


def test_a_delay_that_was_decided_before_the_dose_and_entered_after_it_is_refused() -> None:
    # Day 1 was given on the 18th, as planned: a cycle that started then does not start on the 21st.
    assert refused(CYCLES, "on: 2027-01-18, given: it", TO_21).name == "delay"


def test_the_cycle_after_one_that_has_begun_is_delayed() -> None:
    entries = ["on: 2027-01-18, given: it", "on: 2027-01-19, delayed: treatment cycle 3, to: 2027-02-03"]
    assert days_of(replayed(CYCLES, *entries)) == ["01-04", "01-11", "01-18", "01-25", "02-03", "02-10", "02-17", "02-24"]


def test_a_cycle_of_which_the_only_dose_was_voided_is_delayed() -> None:
    entries = ["on: 2027-01-18, given: it", "on: 2027-01-18, void: 1", TO_21]
    assert days_of(replayed(CYCLES, *entries)) == ["01-04", "01-11", "01-21", "01-28", "02-04", "02-11", "02-18", "02-25"]


# -- closures that are entered late

FRACTIONS = item("doses", "it", give="2 Gy external beam", when="every open day 5 times")


def test_a_closed_day_entered_late_keeps_given_fractions_and_makes_up_the_missed_one() -> None:
    # Planned Monday 4 to Friday 8 January. Given on the 4th, 5th and 7th; of the 6th it is said on the 8th that the machine was down.
    # Two are left: on Friday the 8th and Monday the 11th.
    entries = [f"on: 2027-01-{day}, given: it" for day in ("04", "05", "07")]
    schedule = replayed(FRACTIONS, *entries, "on: 2027-01-06, closed: it", site=shut(weekend=WEEKENDS_CLOSED))
    assert days_of(schedule) == ["01-04", "01-05", "01-07", "01-08", "01-11"]
    assert [event.state for event in schedule.events] == ["done", "done", "done", "planned", "planned"]
    places = places_of(schedule)
    assert set(places) == {"no 1", "no 2", "no 3", "no 4", "no 5"}
    assert (places["no 1"], places["no 2"], places["no 4"]) == ("01-04", "01-05", "01-07")


def test_two_closed_days_entered_when_all_else_was_given_are_made_up_at_the_end() -> None:
    # Given on the 4th, 7th and 8th; the 5th and 6th were closed: the two that are missing on Monday 11 and Tuesday 12.
    entries = [f"on: 2027-01-{day}, given: it" for day in ("04", "07", "08")]
    schedule = replayed(FRACTIONS, *entries, "on: 2027-01-05, closed: it, through: 2027-01-06", site=shut(weekend=WEEKENDS_CLOSED))
    assert days_of(schedule) == ["01-04", "01-07", "01-08", "01-11", "01-12"]
    places = places_of(schedule)
    assert (places["no 1"], places["no 4"], places["no 5"]) == ("01-04", "01-07", "01-08")
    assert {places["no 2"], places["no 3"]} == {"01-11", "01-12"}


def test_a_fraction_made_up_is_recorded_on_its_day() -> None:
    entries = [f"on: 2027-01-{day}, given: it" for day in ("04", "05", "07")]
    after = [f"on: 2027-01-{day}, given: it" for day in ("08", "11")]
    schedule = replayed(FRACTIONS, *entries, "on: 2027-01-06, closed: it", *after, site=shut(weekend=WEEKENDS_CLOSED))
    assert days_of(schedule) == ["01-04", "01-05", "01-07", "01-08", "01-11"]
    assert [event.state for event in schedule.events] == ["done"] * 5


def test_a_closed_day_that_is_voided_after_all_fractions_were_given_brings_no_further_one() -> None:
    # Closed on the 6th, so five were given on the 4th, 5th, 7th, 8th and 11th; that the 6th was closed was entered by mistake.
    given = [f"on: 2027-01-{day}, given: it" for day in ("04", "05", "07", "08", "11")]
    schedule = replayed(FRACTIONS, "on: 2027-01-06, closed: it", *given, "on: 2027-01-12, void: 1", site=shut(weekend=WEEKENDS_CLOSED))
    assert days_of(schedule) == ["01-04", "01-05", "01-07", "01-08", "01-11"]
    assert [event.state for event in schedule.events] == ["done"] * 5


def test_a_hold_that_is_voided_after_all_fractions_were_given_brings_no_further_one() -> None:
    given = [f"on: 2027-01-{day}, given: it" for day in ("04", "05", "07", "08", "11")]
    entries = ["on: 2027-01-06, held: it, through: 2027-01-06", *given, "on: 2027-01-12, void: 1"]
    schedule = replayed(FRACTIONS, *entries, site=shut(weekend=WEEKENDS_CLOSED))
    assert days_of(schedule) == ["01-04", "01-05", "01-07", "01-08", "01-11"]


def test_a_missed_fraction_of_a_day_that_is_closed_afterwards_takes_no_later_day() -> None:
    # The third, of the 6th, was not given, and it counts; then that day is entered as closed. The 7th and 8th are days to come.
    entries = ["on: 2027-01-06, not-given: it", "on: 2027-01-06, closed: it"]
    schedule = replayed(FRACTIONS, *entries, site=shut(weekend=WEEKENDS_CLOSED))
    assert {"01-07", "01-08"} <= set(days_of(schedule))
    assert all(str(event.due_date) == "2027-01-06" for event in schedule.absent)


# Monday 11 to Friday 15 January; over a closed day the whole course goes to Monday 18.
COURSE = item("doses", "it", give="12 mg IV", when="day 8 for 5 days", if_closed="next open day")


@pytest.mark.parametrize("closed", ["2027-01-13", "2027-01-15"])
def test_a_course_whose_first_day_was_given_is_not_moved_by_a_closure_entered_later(closed: str) -> None:
    schedule = replayed(COURSE, "on: 2027-01-11, given: it", f"on: {closed}, closed: it", site=shut(weekend=WEEKENDS_CLOSED))
    assert places_of(schedule) == {f"day 8 day {number}": f"01-{10 + number}" for number in range(1, 6)}
    assert [event.state for event in schedule.events] == ["done", "planned", "planned", "planned", "planned"]


def test_a_course_that_began_with_its_second_day_is_not_moved_by_a_closure_entered_later() -> None:
    # The 11th was not given, the 12th was: what is left stays on the 13th, 14th and 15th, and is not torn off by a week.
    entries = ["on: 2027-01-11, not-given: it", "on: 2027-01-12, given: it", "on: 2027-01-14, closed: it"]
    schedule = replayed(COURSE, *entries, site=shut(weekend=WEEKENDS_CLOSED))
    assert days_of(schedule) == ["01-12", "01-13", "01-14", "01-15"]
    assert [str(event.due_date) for event in schedule.absent] == ["2027-01-11"]


def test_a_course_of_which_nothing_was_given_is_moved_by_the_closure() -> None:
    schedule = replayed(COURSE, "on: 2027-01-13, closed: it", site=shut(weekend=WEEKENDS_CLOSED))
    assert days_of(schedule) == ["01-18", "01-19", "01-20", "01-21", "01-22"]


# -- two entries about one occurrence

WEEKLY = item("doses", "it", give="10 mg SC", when="every week 4 times", count_from="plan")


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("on: 2027-01-11, given: it", "on: 2027-01-11, given: it"),
        ("on: 2027-01-13, given: it, due: 2027-01-11", "on: 2027-01-12, given: it, due: 2027-01-11"),  # written first, dated later
        ("on: 2027-01-12, given: it, due: 2027-01-11", "on: 2027-01-13, given: it, due: 2027-01-11"),
        ("on: 2027-01-11, given: it", "on: 2027-01-12, not-given: it, due: 2027-01-11"),
        ("on: 2027-01-13, not-given: it, due: 2027-01-11", "on: 2027-01-11, not-given: it"),
    ],
)
def test_twice_names_the_older_entry_and_asks_of_the_newer_one(older: str, newer: str) -> None:
    diagnostic = refused(WEEKLY, older, newer, entry=2)
    assert diagnostic.name == "twice"
    assert "entry 1" in diagnostic.message
    assert "`corrects: 1`" in str(diagnostic.help)
