"""What was given stands as it was when it was entered: its dose, due date and clock; and doses of one day or one week beside a late one."""

from decimal import Decimal

import pytest

from tests.expand.laying import item, keys_of
from tests.record.replaying import absent, amounts_of, days_of, event_on, places_of, replayed, times_of

BERLIN = "Europe/Berlin"
# Mondays 4, 11, 18 and 25 January 2027.
WEEKLY = item("doses", "it", give="10 mg SC", when="every week 4 times", count_from="plan")
THIRD_GIVEN = "on: 2027-01-18, given: it"


# -- the dose


def test_an_adjustment_entered_after_a_dose_was_given_does_not_rewrite_it() -> None:
    # From the 12th on 5 mg, but written when the dose of the 18th had been given: 10 mg.
    schedule = replayed(WEEKLY, THIRD_GIVEN, "on: 2027-01-12, adjusted: it, to: 5 mg")
    assert amounts_of(schedule) == {"01-04": Decimal(10), "01-11": Decimal(10), "01-18": Decimal(10), "01-25": Decimal(5)}


def test_an_adjustment_of_the_day_of_the_dose_entered_after_it_does_not_rewrite_it() -> None:
    schedule = replayed(WEEKLY, THIRD_GIVEN, "on: 2027-01-18, adjusted: it, to: 5 mg")
    assert amounts_of(schedule) == {"01-04": Decimal(10), "01-11": Decimal(10), "01-18": Decimal(10), "01-25": Decimal(5)}


def test_an_adjustment_entered_before_a_dose_was_given_holds_for_it() -> None:
    schedule = replayed(WEEKLY, "on: 2027-01-12, adjusted: it, to: 5 mg", THIRD_GIVEN)
    assert amounts_of(schedule) == {"01-04": Decimal(10), "01-11": Decimal(10), "01-18": Decimal(5), "01-25": Decimal(5)}


def test_the_end_of_an_adjustment_entered_later_leaves_the_dose_as_it_was_given() -> None:
    entries = ["on: 2027-01-12, adjusted: it, to: 5 mg", THIRD_GIVEN, "on: 2027-01-15, adjusted: it, to: plan"]
    assert amounts_of(replayed(WEEKLY, *entries)) == {"01-04": Decimal(10), "01-11": Decimal(10), "01-18": Decimal(5), "01-25": Decimal(10)}


@pytest.mark.parametrize(
    ("adjusted", "amount"),
    [
        ("on: 2027-01-12, adjusted: it, to: 5 mg", 5),  # the 13th, on which it stands, is a day of the adjustment
        ("on: 2027-01-13, adjusted: it, to: 5 mg", 5),
        ("on: 2027-01-14, adjusted: it, to: 5 mg", 10),
        ("on: 2027-01-11, adjusted: it, to: 5 mg, through: 2027-01-12", 10),  # the day on which it was due is, but it stands later
    ],
)
def test_a_dose_given_late_is_what_the_adjustments_say_for_the_day_on_which_it_stands(adjusted: str, amount: int) -> None:
    # Due on Monday the 11th, given on Wednesday the 13th.
    schedule = replayed(WEEKLY, adjusted, "on: 2027-01-13, given: it, due: 2027-01-11")
    assert amounts_of(schedule)["01-13"] == amount


def test_a_dose_given_late_is_not_rewritten_by_an_adjustment_that_was_not_known() -> None:
    schedule = replayed(WEEKLY, "on: 2027-01-13, given: it, due: 2027-01-11", "on: 2027-01-12, adjusted: it, to: 5 mg")
    assert amounts_of(schedule) == {"01-04": Decimal(10), "01-13": Decimal(10), "01-18": Decimal(5), "01-25": Decimal(5)}


def test_an_amount_that_was_really_given_is_not_adjusted() -> None:
    schedule = replayed(WEEKLY, "on: 2027-01-12, adjusted: it, to: 5 mg", "on: 2027-01-18, given: it, amount: 4 mg")
    assert amounts_of(schedule)["01-18"] == 4


BY_WEIGHT = WEEKLY.replace("10 mg SC", "2 mg/kg SC")


def test_a_measure_entered_after_a_dose_was_given_does_not_rewrite_it() -> None:
    # 2 mg/kg of 80 kg are 160 mg, of 60 kg 120 mg; weighed on the 12th, entered when the dose of the 18th had been given.
    entry = "on: 2027-01-12, measured: weight, value: 60 kg"
    schedule = replayed(BY_WEIGHT, THIRD_GIVEN, entry, measures="{weight: 80 kg}")
    assert amounts_of(schedule) == {"01-04": Decimal(160), "01-11": Decimal(160), "01-18": Decimal(160), "01-25": Decimal(120)}
    known = replayed(BY_WEIGHT, entry, THIRD_GIVEN, measures="{weight: 80 kg}")
    assert amounts_of(known) == {"01-04": Decimal(160), "01-11": Decimal(160), "01-18": Decimal(120), "01-25": Decimal(120)}


@pytest.mark.parametrize("weighed", ["2027-01-11", "2027-01-12", "2027-01-13"])
def test_a_dose_given_late_is_not_rewritten_by_a_measure_that_was_not_known(weighed: str) -> None:
    entries = ["on: 2027-01-13, given: it, due: 2027-01-11", f"on: {weighed}, measured: weight, value: 60 kg"]
    schedule = replayed(BY_WEIGHT, *entries, measures="{weight: 80 kg}")
    assert amounts_of(schedule) == {"01-04": Decimal(160), "01-13": Decimal(160), "01-18": Decimal(120), "01-25": Decimal(120)}


# -- the clock


def test_new_times_entered_after_a_dose_was_given_do_not_rewrite_its_time() -> None:
    body = WEEKLY.replace("when:", "at: breakfast, when:")
    new = "on: 2027-01-12, new-times: {breakfast: '08:30'}"
    schedule = replayed(body, THIRD_GIVEN, new, times="{breakfast: '07:00'}", timezone=BERLIN)
    assert times_of(schedule) == ["01-04 07:00", "01-11 07:00", "01-18 07:00", "01-25 08:30"]
    known = replayed(body, new, THIRD_GIVEN, times="{breakfast: '07:00'}", timezone=BERLIN)
    assert times_of(known) == ["01-04 07:00", "01-11 07:00", "01-18 08:30", "01-25 08:30"]


# -- the due date


def test_a_dose_keeps_the_due_date_that_it_had_when_it_was_given() -> None:
    # Counted from actual dates. The third was given on the 18th, when it was due; then the second is said to have been given on the 13th,
    # for which the third would be due on the 20th. The fourth follows where the third stands: the 25th.
    body = WEEKLY.replace("plan", "actual")
    schedule = replayed(body, THIRD_GIVEN, "on: 2027-01-13, given: it, due: 2027-01-11")
    assert places_of(schedule) == {"no 1": "01-04", "no 2": "01-13", "no 3": "01-18", "no 4": "01-25"}
    third = event_on(schedule, "2027-01-18")
    assert (str(third.due_date), third.flags) == ("2027-01-18", ())


# -- several doses a day


def twice_daily(**keys: str) -> str:
    """08:00 and 20:00 on 4, 5 and 6 January 2027."""
    return item("doses", "it", give="10 mg PO", when="every day for 3 days", at="['08:00', '20:00']", **keys)


LATE_DAYS = ["01-05 08:00", "01-05 20:00", "01-06 08:00", "01-06 20:00"]


def test_a_late_morning_dose_leaves_out_only_the_slot_that_comes_too_soon() -> None:
    # Taken at 14:00, six hours before the evening dose; the next morning is 18 hours away.
    schedule = replayed(twice_daily(at_least="8 hours apart"), "on: 2027-01-04, given: it, slot: '08:00', at: '14:00'", timezone=BERLIN)
    assert times_of(schedule) == ["01-04 14:00", *LATE_DAYS]
    assert [(event.key, event.state) for event in schedule.absent] == [("it/day 1/20:00", "skipped")]


def test_a_late_morning_dose_that_keeps_the_gap_leaves_nothing_out() -> None:
    schedule = replayed(twice_daily(at_least="8 hours apart"), "on: 2027-01-04, given: it, slot: '08:00', at: '12:00'", timezone=BERLIN)
    assert times_of(schedule) == ["01-04 12:00", "01-04 20:00", *LATE_DAYS]


def test_two_doses_given_on_one_day_too_near_to_each_other_stand_and_the_later_one_is_flagged() -> None:
    entries = ["on: 2027-01-04, given: it, slot: '08:00'", "on: 2027-01-04, given: it, slot: '20:00', at: '12:00'"]
    schedule = replayed(twice_daily(at_least="8 hours apart"), *entries, timezone=BERLIN)
    assert times_of(schedule) == ["01-04 08:00", "01-04 12:00", *LATE_DAYS]
    assert [event.key for event in schedule.events if "gap-broken" in event.flags] == ["it/day 1/20:00"]


def test_a_late_evening_dose_leaves_out_the_next_morning_alone() -> None:
    # From 00:30 to 08:00 are seven hours and a half; the evening of the 5th is 19 hours and a half away.
    entry = "on: 2027-01-05, given: it, due: 2027-01-04, slot: '20:00', at: '00:30'"
    schedule = replayed(twice_daily(at_least="8 hours apart"), entry, timezone=BERLIN)
    assert times_of(schedule) == ["01-04 08:00", "01-05 00:30", "01-05 20:00", "01-06 08:00", "01-06 20:00"]
    assert [(event.key, event.state) for event in schedule.absent] == [("it/day 2/08:00", "skipped")]


@pytest.mark.parametrize("gap", [{}, {"at_least": "6 hours apart"}])
def test_an_evening_dose_taken_after_midnight_is_no_clash_with_the_next_evenings(gap: dict[str, str]) -> None:
    entry = "on: 2027-01-05, given: it, due: 2027-01-04, slot: '20:00', at: '00:30'"
    schedule = replayed(twice_daily(**gap), entry, timezone=BERLIN)
    assert times_of(schedule) == ["01-04 08:00", "01-05 00:30", "01-05 08:00", "01-05 20:00", "01-06 08:00", "01-06 20:00"]
    assert keys_of(schedule) == [f"it/day {day}/{slot}" for day in (1, 2, 3) for slot in ("08:00", "20:00")]
    assert all("two-on-one-day" not in event.flags for event in schedule.events)


def test_a_daily_evening_dose_taken_after_midnight_is_no_clash_with_the_next_evenings() -> None:
    body = item("doses", "it", give="10 mg PO", when="every day for 3 days", at="'20:00'")
    schedule = replayed(body, "on: 2027-01-05, given: it, due: 2027-01-04, at: '00:30'", timezone=BERLIN)
    assert times_of(schedule) == ["01-05 00:30", "01-05 20:00", "01-06 20:00"]
    assert keys_of(schedule) == ["it/day 1", "it/day 2", "it/day 3"]


def test_all_doses_of_a_day_and_the_one_after_midnight_are_recorded() -> None:
    entries = [
        "on: 2027-01-04, given: it, slot: '08:00'",
        "on: 2027-01-05, given: it, due: 2027-01-04, slot: '20:00', at: '00:30'",
        "on: 2027-01-05, given: it, slot: '08:00', at: '09:15'",
        "on: 2027-01-05, given: it, slot: '20:00'",
    ]
    schedule = replayed(twice_daily(at_least="6 hours apart"), *entries, timezone=BERLIN)
    assert times_of(schedule) == ["01-04 08:00", "01-05 00:30", "01-05 09:15", "01-05 20:00", "01-06 08:00", "01-06 20:00"]
    assert [event.state for event in schedule.events] == ["done"] * 4 + ["planned"] * 2
    assert all("gap-broken" not in event.flags for event in schedule.events)


# -- gaps, against the neighbours in time


def test_a_dose_given_after_the_next_one_does_not_break_that_ones_gap() -> None:
    # Wednesday's (the 6th) given on Monday the 11th: Friday's (the 8th) stands four days after Monday's (the 4th). Monday's own, on the
    # very day, is left out; Wednesday the 13th is 48 hours later and stands.
    body = item("doses", "it", give="44 mcg SC", when="every Mon Wed Fri for 2 weeks", at="'19:00'", at_least="48 hours apart")
    schedule = replayed(body, "on: 2027-01-11, given: it, due: 2027-01-06", timezone=BERLIN)
    assert days_of(schedule) == ["01-04", "01-08", "01-11", "01-13", "01-15"]
    assert event_on(schedule, "2027-01-11").key == "it/week 1 no 2"
    assert absent(schedule) == [("2027-01-11", "skipped")]
    assert all("gap-broken" not in event.flags for event in schedule.events)


def test_a_given_dose_between_is_not_flagged_for_one_given_after_it() -> None:
    body = item("doses", "it", give="44 mcg SC", when="every Mon Wed Fri for 2 weeks", at="'19:00'", at_least="48 hours apart")
    entries = ["on: 2027-01-08, given: it", "on: 2027-01-11, given: it, due: 2027-01-06"]
    schedule = replayed(body, *entries, timezone=BERLIN)
    assert days_of(schedule) == ["01-04", "01-08", "01-11", "01-13", "01-15"]
    assert all("gap-broken" not in event.flags for event in schedule.events)


def test_a_dose_given_a_day_after_the_one_that_overtook_it_breaks_the_gap() -> None:
    # Friday's on the 8th, and Wednesday's on the 9th, a day after it; from there to Monday the 11th are 48 hours.
    body = item("doses", "it", give="44 mcg SC", when="every Mon Wed Fri for 2 weeks", at="'19:00'", at_least="48 hours apart")
    entries = ["on: 2027-01-08, given: it", "on: 2027-01-09, given: it, due: 2027-01-06"]
    schedule = replayed(body, *entries, timezone=BERLIN)
    assert days_of(schedule) == ["01-04", "01-08", "01-09", "01-11", "01-13", "01-15"]
    assert [f"{event.date:%m-%d}" for event in schedule.events if "gap-broken" in event.flags] == ["01-09"]
