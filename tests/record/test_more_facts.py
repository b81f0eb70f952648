"""Ends before a beginning, refusals at the entry, ties without a first day, holds that wait, slots by words."""

import pytest

from tests.expand.laying import item, keys_of
from tests.record.replaying import absent, days_of, event_on, refused, replayed, said_by, times_of

BERLIN = "Europe/Berlin"
# Mondays 4, 11, 18 and 25 January 2027.
WEEKLY = item("doses", "it", give="10 mg SC", when="every week 4 times", count_from="plan")
# Days 1 and 8 of four cycles of 14 days: 4 and 11 January, 18 and 25 January, 1 and 8 February, 15 and 22 February 2027.
CYCLES = """
phases:
  treatment:
    cycle: {length: 14 days, count: 4, count-from: actual}
    doses: {it: {give: 10 mg IV, when: days 1 8}}
"""
CYCLES_OF_THE_PLAN = CYCLES.replace("actual", "plan")


# -- an event before the beginning

# The run-in is 4 to 31 January, treatment begins on 1 February.
UNTIL = """
events: [progression]
phases:
  run-in: {lasts: 28 days, visits: {screening: {when: days 1 22}}}
  treatment: {until: progression, doses: {it: {give: 1 mg PO, when: every 7 days, count-from: plan}}, labs: {blood: {when: days 1 8}}}
visits: {scan: {when: weeks 2 6}}
"""


@pytest.mark.parametrize("day", ["2027-01-04", "2027-01-20", "2027-01-31", "2027-02-01"])
def test_an_event_before_or_on_the_first_day_of_a_phase_leaves_nothing_of_it(day: str) -> None:
    schedule = replayed(UNTIL, f"on: {day}, event: progression", horizon="2027-04-30")
    assert (days_of(schedule), days_of(schedule, "blood")) == ([], [])
    assert days_of(schedule, "scan") == ["01-18", "02-15"]  # outside the phase
    assert days_of(schedule, "screening") == ["01-04", "01-25"]


def test_a_second_event_after_the_beginning_does_not_open_the_phase_again() -> None:
    schedule = replayed(UNTIL, "on: 2027-01-20, event: progression", "on: 2027-02-20, event: progression", horizon="2027-04-30")
    assert days_of(schedule) == []


def test_a_phase_of_cycles_that_was_ended_before_it_began_has_none() -> None:
    body = UNTIL.replace("until: progression,", "until: progression, cycle: {length: 14 days, count-from: actual},")
    assert days_of(replayed(body, "on: 2027-01-20, event: progression", horizon="2027-04-30"), "it") == []


@pytest.mark.parametrize(("day", "expected"), [("2027-01-20", []), ("2027-02-01", []), ("2027-02-02", ["02-01"])])
def test_a_repeat_until_an_event_that_starts_after_it_has_no_dose(day: str, expected: list[str]) -> None:
    # Day 29 is 1 February.
    body = (
        f"events: [progression]\n{item('doses', 'it', give='1 mg PO', when='every week from day 29 until progression', count_from='plan')}"
    )
    assert days_of(replayed(body, f"on: {day}, event: progression", horizon="2027-04-30")) == expected


# -- delays that cannot be meant


@pytest.mark.parametrize("to", ["2027-02-01", "2027-02-02", "2027-02-15"])
def test_a_delay_counted_from_the_plan_behind_the_next_cycle_is_refused(to: str) -> None:
    diagnostic = refused(CYCLES_OF_THE_PLAN, f"on: 2027-01-17, delayed: treatment cycle 2, to: {to}")
    assert diagnostic.name == "delay"
    assert "2027-02-01" in said_by(diagnostic)


@pytest.mark.parametrize("also", [(), ("on: 2027-01-11, given: it",)])
def test_a_delay_that_lands_a_dose_on_another_is_refused_at_the_entry(also: tuple[str, ...]) -> None:
    # Cycle 2 from Monday 25 January has its day 8 on 1 February, which is day 1 of cycle 3.
    refused(CYCLES_OF_THE_PLAN, *also, "on: 2027-01-17, delayed: treatment cycle 2, to: 2027-01-25")


def test_the_last_cycle_counted_from_the_plan_is_delayed_as_far_as_need_be() -> None:
    schedule = replayed(CYCLES_OF_THE_PLAN, "on: 2027-02-14, delayed: treatment cycle 4, to: 2027-03-15")
    assert days_of(schedule)[-2:] == ["03-15", "03-22"]


def test_the_later_cycle_is_delayed_first_and_makes_room() -> None:
    # Cycle 3 from 8 February (8, 15) would meet cycle 4 on the 15th; to the 9th (9, 16); then cycle 2 to 28 January (28 and 4 February).
    entries = ["on: 2027-01-17, delayed: treatment cycle 3, to: 2027-02-09", "on: 2027-01-17, delayed: treatment cycle 2, to: 2027-01-28"]
    schedule = replayed(CYCLES_OF_THE_PLAN, *entries)
    assert days_of(schedule) == ["01-04", "01-11", "01-28", "02-04", "02-09", "02-15", "02-16", "02-22"]


# -- entries that cannot be meant


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ("on: 2027-01-12, moved: it, due: 2027-01-18, to: 2027-01-11", "past"),
        ("on: 2027-01-16, moved: it, due: 2027-01-18, to: 2027-01-15", "past"),
        ("on: 2027-01-17, remembered: it, due: 2027-01-18", "past"),
        ("on: 2027-01-12, adjusted: it, to: 10000 mg", "thousandfold"),
        ("on: 2027-01-12, adjusted: it, to: 0.01 mg", "thousandfold"),
        ("on: 2027-01-18, given: it, amount: 10000 mg", "thousandfold"),
        ("on: 2027-01-18, given: it, amount: 0.01 mg", "thousandfold"),
        ("on: 2027-01-18, given: it, amount: 10 mcg", "unit"),
        ("on: 2027-01-18, given: it, amount: 10 g", "unit"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_the_entry(entry: str, name: str) -> None:
    assert refused(WEEKLY, entry).name == name


@pytest.mark.parametrize(
    "entry",
    [
        "on: 2027-01-16, moved: it, due: 2027-01-18, to: 2027-01-16",
        "on: 2027-01-18, remembered: it, due: 2027-01-18",
        "on: 2027-01-12, adjusted: it, to: 9000 mg",
        "on: 2027-01-18, given: it, amount: 0.02 mg",
    ],
)
def test_what_lies_just_within_is_accepted(entry: str) -> None:
    assert len(replayed(WEEKLY, entry).events) + len(replayed(WEEKLY, entry).absent) == 4


def test_the_amount_of_a_dose_by_weight_is_said_in_the_unit_that_was_given() -> None:
    body = WEEKLY.replace("10 mg SC", "2 mg/kg SC")
    assert refused(body, "on: 2027-01-18, given: it, amount: 2 mg/kg", measures="{weight: 80 kg}").name == "unit"
    # 2 mg/kg of 80 kg are 160 mg, and a thousandth of it is 0.16 mg.
    assert refused(body, "on: 2027-01-18, given: it, amount: 0.16 mg", measures="{weight: 80 kg}").name == "thousandfold"


# -- what is tied to a course that began without its first day

# Monday 11 to Friday 15 January 2027.
TIED = """
doses: {it: {give: 12 mg IV, when: day 8 for 5 days}}
medicines: {premedication: {give: 1000 mg IV, when: first 3 days of each it course}}
labs: {blood: {when: 1 day before each it course}}
"""


def test_the_first_three_days_of_a_course_without_them_are_none() -> None:
    schedule = replayed(TIED, "on: 2027-01-11, not-given: it, through: 2027-01-13")
    assert days_of(schedule) == ["01-14", "01-15"]
    assert days_of(schedule, "premedication") == []


@pytest.mark.parametrize(
    "entry",
    [
        "on: 2027-01-11, not-given: it, through: 2027-01-15",
        "on: 2027-01-11, held: it, through: 2027-01-15",
        "on: 2027-01-11, stopped: it",
    ],
)
def test_what_is_tied_to_a_course_that_does_not_take_place_does_not_either(entry: str) -> None:
    schedule = replayed(TIED, entry)
    assert (days_of(schedule), days_of(schedule, "premedication"), days_of(schedule, "blood")) == ([], [], [])


@pytest.mark.parametrize("entry", ["on: 2027-01-11, not-given: it", "on: 2027-01-10, held: it, through: 2027-01-11"])
def test_a_tied_item_keeps_its_key_when_the_courses_first_day_did_not_take_place(entry: str) -> None:
    planned, schedule = replayed(TIED), replayed(TIED, entry)
    assert days_of(schedule, "premedication") == ["01-12", "01-13"]
    assert keys_of(schedule, "premedication") == keys_of(planned, "premedication")[1:]
    assert keys_of(schedule, "blood") == keys_of(planned, "blood")


# -- holds without an end

OPEN = "on: 2027-01-15, held: treatment"
WAITING = ["2027-01-18", "2027-01-25", "2027-02-01", "2027-02-08", "2027-02-15", "2027-02-22"]


@pytest.mark.parametrize("body", [CYCLES, CYCLES_OF_THE_PLAN])
def test_the_cycles_that_wait_are_held_and_not_gone(body: str) -> None:
    schedule = replayed(body, OPEN)
    assert days_of(schedule) == ["01-04", "01-11"]
    assert absent(schedule) == [(day, "held") for day in WAITING]
    assert [event.key for event in schedule.absent] == keys_of(replayed(body))[2:]


def test_the_cycles_that_waited_are_back_once_resumed() -> None:
    # Resumed on Friday 22 January: cycles from the 22nd, 5 February and 19 February.
    schedule = replayed(CYCLES, OPEN, "on: 2027-01-22, resumed: treatment")
    assert days_of(schedule) == ["01-04", "01-11", "01-22", "01-29", "02-05", "02-12", "02-19", "02-26"]
    assert absent(schedule) == []
    assert keys_of(schedule) == keys_of(replayed(CYCLES))


def test_a_dose_given_during_an_open_ended_hold_of_its_phase_is_a_fact() -> None:
    schedule = replayed(CYCLES, OPEN, "on: 2027-01-18, given: it")
    assert days_of(schedule) == ["01-04", "01-11", "01-18"]
    event = event_on(schedule, "2027-01-18")
    assert (event.key, event.state) == ("treatment/cycle 2/it/day 1", "done")
    assert [state for _, state in absent(schedule)] == ["held"] * 5
    assert [event.key for event in schedule.absent] == keys_of(replayed(CYCLES))[3:]


def test_a_dose_given_during_a_hold_stays_when_the_phase_is_resumed() -> None:
    schedule = replayed(CYCLES, OPEN, "on: 2027-01-18, given: it", "on: 2027-01-22, resumed: treatment")
    event = event_on(schedule, "2027-01-18")
    assert (event.key, event.state) == ("treatment/cycle 2/it/day 1", "done")
    assert len(set(days_of(schedule))) == len(days_of(schedule))


# -- what was stopped


@pytest.mark.parametrize(
    "entry",
    [
        "on: 2027-01-25, not-given: it",
        "on: 2027-01-20, moved: it, due: 2027-01-25, to: 2027-01-27",
        "on: 2027-01-26, remembered: it, due: 2027-01-25",
    ],
)
@pytest.mark.parametrize("end", ["stopped: it", "withdrew: study"])
def test_an_entry_about_what_was_stopped_is_refused(end: str, entry: str) -> None:
    assert refused(WEEKLY, f"on: 2027-01-19, {end}", entry).name == "ended"


@pytest.mark.parametrize("count", ["count: 4, ", ""])
def test_an_entry_about_a_cycle_after_the_event_that_ended_its_phase_is_refused(count: str) -> None:
    # Cycles from 4 and 18 January; ended on the 20th, so day 8 of cycle 2, 25 January, is not due.
    body = "events: [progression]" + CYCLES.replace("count: 4, ", count).replace("cycle:", "until: progression\n    cycle:")
    entries = ["on: 2027-01-20, event: progression", "on: 2027-01-25, not-given: it"]
    assert refused(body, *entries, horizon="2027-03-31").name == "ended"


@pytest.mark.parametrize("end", ["stopped: it", "withdrew: study"])
def test_a_dose_given_though_it_was_stopped_is_a_fact(end: str) -> None:
    schedule = replayed(WEEKLY, f"on: 2027-01-19, {end}", "on: 2027-01-25, given: it")
    assert days_of(schedule) == ["01-04", "01-11", "01-18", "01-25"]
    assert event_on(schedule, "2027-01-25").state == "done"


def test_an_entry_about_a_dose_before_the_stop_is_accepted() -> None:
    schedule = replayed(WEEKLY, "on: 2027-01-19, stopped: it", "on: 2027-01-18, not-given: it")
    assert absent(schedule) == [("2027-01-18", "missed"), ("2027-01-25", "stopped")]


# -- samples of one day

# At 09:30, 10:00 and 11:00 on Monday 4 January.
SAMPLES = """
doses: {it: {give: 1 mg IV, when: day 1, at: "09:00"}}
samples: {PK: {when: 0.5 1 2 hours after each it}}
"""


def states(entry: str, body: str = SAMPLES) -> dict[str, str]:
    events = replayed(body, *([entry] if entry else []), timezone=BERLIN)
    return {
        f"{event.clock.local:%H:%M}": event.state
        for event in (*events.events, *events.absent)
        if event.item == "PK" and event.clock is not None
    }


@pytest.mark.parametrize(("slot", "clock"), [("0.5 hours after", "09:30"), ("1 hour after", "10:00"), ("2 hours after", "11:00")])
@pytest.mark.parametrize(("said", "state"), [("done", "done"), ("not-done", "missed")])
def test_samples_of_one_day_are_recorded_alone_by_the_words_before_the_tie(slot: str, clock: str, said: str, state: str) -> None:
    expected = {"09:30": "planned", "10:00": "planned", "11:00": "planned"} | {clock: state}
    assert states(f"on: 2027-01-04, {said}: PK, slot: {slot}") == expected


def test_a_sample_taken_late_stands_at_its_time_alone() -> None:
    schedule = replayed(SAMPLES, "on: 2027-01-04, done: PK, slot: 0.5 hours after, at: '09:41'", timezone=BERLIN)
    assert times_of(schedule, "PK") == ["01-04 09:41", "01-04 10:00", "01-04 11:00"]


def test_all_samples_of_a_day_are_recorded_one_by_one() -> None:
    entries = [f"on: 2027-01-04, done: PK, slot: {slot}" for slot in ("0.5 hours after", "1 hour after", "2 hours after")]
    schedule = replayed(SAMPLES, *entries, timezone=BERLIN)
    assert [event.state for event in schedule.events if event.item == "PK"] == ["done"] * 3


def test_a_sample_without_a_slot_is_refused_with_the_words_that_tell() -> None:
    said = said_by(refused(SAMPLES, "on: 2027-01-04, done: PK", timezone=BERLIN))
    assert all(f"`slot: {slot}`" in said for slot in ("0.5 hours after", "1 hour after", "2 hours after"))


# Two hours after 08:00 and after 20:00: the words are the same, the clock tells.
TWICE = SAMPLES.replace('at: "09:00"', 'at: ["08:00", "20:00"]').replace("0.5 1 2 hours", "2 hours")


@pytest.mark.parametrize("clock", ["10:00", "22:00"])
def test_samples_that_words_do_not_tell_apart_are_told_by_their_clock_time(clock: str) -> None:
    assert states(f"on: 2027-01-04, done: PK, slot: '{clock}'", TWICE) == {"10:00": "planned", "22:00": "planned"} | {clock: "done"}
