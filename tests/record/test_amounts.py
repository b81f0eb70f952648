"""Adjusted doses, levels and measures in the record: which dose gives how much from which day on (rule 22)."""

from decimal import Decimal

import pytest

from tests.expand.laying import item
from tests.record.replaying import amounts_of, event_on, refused, replayed, said_by

# 4, 11, 18 and 25 January 2027.
WEEKLY = "every week 4 times"
DAILY = item("doses", "it", give="10 mg PO", when="every day for 8 days")
BSA = {"measures": "{bsa: 1.8 m2}"}
MONDAYS = ("01-04", "01-11", "01-18", "01-25")


def weekly(give: str, **keys: str) -> str:
    return item("doses", "it", give=give, when=WEEKLY, count_from="plan", **keys)


def given(amounts: str) -> dict[str, Decimal]:
    """The four Mondays' amounts."""
    return dict(zip(MONDAYS, map(Decimal, amounts.split()), strict=True))


def daily(amounts: str) -> dict[str, Decimal]:
    """The amounts of 4 January and the days after it."""
    return {f"01-{day:02}": Decimal(amount) for day, amount in enumerate(amounts.split(), 4)}


# -- adjusted


def test_an_adjustment_holds_from_its_date_on() -> None:
    schedule = replayed(DAILY, "on: 2027-01-08, adjusted: it, to: 5 mg")
    assert amounts_of(schedule) == daily("10 10 10 10 5 5 5 5")
    assert ["adjusted" in event.flags for event in schedule.events] == [False] * 4 + [True] * 4


def test_an_adjustment_ends_with_its_last_day_included() -> None:
    assert amounts_of(replayed(DAILY, "on: 2027-01-06, adjusted: it, to: 5 mg, through: 2027-01-08")) == daily("10 10 5 5 5 10 10 10")


def test_to_plan_ends_an_adjustment() -> None:
    schedule = replayed(DAILY, "on: 2027-01-06, adjusted: it, to: 5 mg", "on: 2027-01-09, adjusted: it, to: plan")
    assert amounts_of(schedule) == daily("10 10 5 5 5 10 10 10")
    assert "adjusted" not in event_on(schedule, "2027-01-09").flags


def test_a_later_adjustment_takes_the_place_of_an_earlier_one() -> None:
    schedule = replayed(DAILY, "on: 2027-01-06, adjusted: it, to: 5 mg", "on: 2027-01-09, adjusted: it, to: 2.5 mg")
    assert amounts_of(schedule) == daily("10 10 5 5 5 2.5 2.5 2.5")


def test_an_adjustment_is_of_one_item_alone() -> None:
    body = "doses: {it: {give: 10 mg PO, when: days 1 8}, other: {give: 10 mg PO, when: days 1 8}}"
    schedule = replayed(body, "on: 2027-01-08, adjusted: it, to: 5 mg")
    assert amounts_of(schedule) == {"01-04": Decimal(10), "01-11": Decimal(5)}
    assert amounts_of(schedule, "other") == {"01-04": Decimal(10), "01-11": Decimal(10)}


def test_an_adjustment_per_body_surface_is_worked_out_from_it() -> None:
    # 85 mg/m2 x 1.8 m2 = 153 mg, 75 mg/m2 x 1.8 m2 = 135 mg.
    assert amounts_of(replayed(weekly("85 mg/m2 IV"), "on: 2027-01-12, adjusted: it, to: 75 mg/m2", **BSA)) == given("153 153 135 135")


def test_an_adjusted_dose_is_rounded_like_any_other() -> None:
    # 100 mg/m2 x 1.84 m2 = 184 mg, rounded 185; 75 mg/m2 x 1.84 m2 = 138 mg, rounded 140.
    schedule = replayed(weekly("100 mg/m2 IV", round="5 mg"), "on: 2027-01-12, adjusted: it, to: 75 mg/m2", measures="{bsa: 1.84 m2}")
    assert amounts_of(schedule) == given("185 185 140 140")


def test_an_adjusted_dose_is_capped_like_any_other() -> None:
    # 2 mg/kg x 84 kg = 168 mg, capped at 150; 1.5 mg/kg x 84 kg = 126 mg; 1.9 mg/kg x 84 kg = 159.6 mg, capped at 150.
    body = weekly("2 mg/kg IV", max_dose="150 mg")
    entries = ["on: 2027-01-10, adjusted: it, to: 1.5 mg/kg", "on: 2027-01-17, adjusted: it, to: 1.9 mg/kg"]
    assert amounts_of(replayed(body, *entries, measures="{weight: 84 kg}")) == given("150 126 150 150")


def test_carboplatin_is_adjusted_to_another_auc() -> None:
    # AUC x (GFR + 25): 6 x 97 = 582 mg, 5 x 97 = 485 mg.
    schedule = replayed(weekly("AUC 6 IV"), "on: 2027-01-12, adjusted: it, to: AUC 5", measures="{gfr: 72 mL/min}")
    assert amounts_of(schedule) == given("582 582 485 485")


# -- the date on which a dose stands counts


def test_a_dose_given_late_after_an_adjustment_is_adjusted() -> None:
    entries = ["on: 2027-01-12, adjusted: it, to: 5 mg", "on: 2027-01-13, given: it, due: 2027-01-11"]
    assert amounts_of(replayed(weekly("10 mg SC"), *entries)) == {
        "01-04": Decimal(10), "01-13": Decimal(5), "01-18": Decimal(5), "01-25": Decimal(5),
    }  # fmt: skip


def test_a_dose_moved_to_before_an_adjustment_is_not_adjusted() -> None:
    entries = ["on: 2027-01-12, adjusted: it, to: 5 mg", "on: 2027-01-10, moved: it, due: 2027-01-18, to: 2027-01-11"]
    body = item("doses", "it", give="10 mg SC", when="days 1 15 22")
    assert amounts_of(replayed(body, *entries)) == {"01-04": Decimal(10), "01-11": Decimal(10), "01-25": Decimal(5)}


def test_a_dose_of_the_adjustments_own_day_is_adjusted() -> None:
    assert amounts_of(replayed(weekly("10 mg SC"), "on: 2027-01-11, adjusted: it, to: 5 mg")) == given("10 5 5 5")


# -- levels


@pytest.mark.parametrize("level", ["10 mg", "7.5 mg", "5 mg"])
def test_a_level_is_taken(level: str) -> None:
    body = weekly("10 mg SC", levels="[10 mg, 7.5 mg, 5 mg]")
    amount = level.removesuffix(" mg")
    assert amounts_of(replayed(body, f"on: 2027-01-12, adjusted: it, to: {level}")) == given(f"10 10 {amount} {amount}")


def test_an_amount_that_is_no_level_is_refused_with_the_levels() -> None:
    said = said_by(refused(weekly("10 mg SC", levels="[10 mg, 7.5 mg, 5 mg]"), "on: 2027-01-12, adjusted: it, to: 6 mg"))
    assert "7.5 mg" in said
    assert "5 mg" in said


def test_back_to_the_plan_is_allowed_whatever_the_levels() -> None:
    body = weekly("10 mg SC", levels="[7.5 mg, 5 mg]")
    entries = ["on: 2027-01-10, adjusted: it, to: 5 mg", "on: 2027-01-17, adjusted: it, to: plan"]
    assert amounts_of(replayed(body, *entries)) == given("10 5 10 10")


# -- steps


@pytest.mark.parametrize("give", ["{days 1-14: 5 mg PO, from day 15: 10 mg PO}", "{doses 1-2: 5 mg PO, from dose 3: 10 mg PO}"])
def test_an_adjustment_of_a_taper_needs_its_last_day(give: str) -> None:
    assert "through" in said_by(refused(weekly(give), "on: 2027-01-10, adjusted: it, to: 2.5 mg"))
    schedule = replayed(weekly(give), "on: 2027-01-10, adjusted: it, to: 2.5 mg, through: 2027-01-18")
    assert amounts_of(schedule) == given("5 2.5 2.5 10")


def test_an_adjustment_of_what_changes_by_cycle_needs_its_last_day() -> None:
    body = """
phases:
  treatment:
    cycle: {length: 7 days, count: 4, count-from: actual}
    doses: {it: {give: {cycles 1-2: 150 mg/m2 PO, cycles 3-4: 200 mg/m2 PO}, when: day 1}}
"""
    assert "through" in said_by(refused(body, "on: 2027-01-10, adjusted: it, to: 100 mg/m2", measures="{bsa: 2 m2}"))
    schedule = replayed(body, "on: 2027-01-10, adjusted: it, to: 100 mg/m2, through: 2027-01-18", measures="{bsa: 2 m2}")
    assert amounts_of(schedule) == given("300 200 200 400")


def test_an_adjustment_of_what_changes_by_weight_needs_no_last_day() -> None:
    body = weekly("{weight under 60 kg: 5 mg SC, weight from 60 kg: 10 mg SC}")
    assert amounts_of(replayed(body, "on: 2027-01-10, adjusted: it, to: 7.5 mg", measures="{weight: 84 kg}")) == given("10 7.5 7.5 7.5")


def test_a_late_dose_keeps_the_step_of_its_nominal_day() -> None:
    body = item("doses", "it", give="{days 1-14: 5 mg PO, from day 15: 10 mg PO}", when="days 14 28")
    schedule = replayed(body, "on: 2027-01-19, given: it, due: 2027-01-17")  # day 14, given on day 16
    assert amounts_of(schedule) == {"01-19": Decimal(5), "01-31": Decimal(10)}


# -- measures


def test_a_new_weight_counts_from_its_day() -> None:
    schedule = replayed(weekly("2 mg/kg IV"), "on: 2027-01-12, measured: weight, value: 70 kg", measures="{weight: 80 kg}")
    assert amounts_of(schedule) == given("160 160 140 140")


def test_a_new_kidney_function_counts_from_its_day() -> None:
    # 6 x (72 + 25) = 582 mg, 6 x (60 + 25) = 510 mg.
    schedule = replayed(weekly("AUC 6 IV"), "on: 2027-01-18, measured: gfr, value: 60 mL/min", measures="{gfr: 72 mL/min}")
    assert amounts_of(schedule) == given("582 582 510 510")


# Two treatment weeks, from 4 January and from 4 February 2027, by the weight on the first day of each.
TWO_WEEKS = """
tables: {by weight: {weight under 80 kg: 10 10 10 10 10 mg PO, weight from 80 kg: 20 20 20 10 10 mg PO}}
doses:
  tablets A: {give: table by weight, when: month 0 for 5 days}
  tablets B: {give: table by weight, when: month 1 for 5 days}
"""


@pytest.mark.parametrize(
    ("measured", "first", "second"),
    [
        ("2027-01-04", "10 10 10 10 10", "10 10 10 10 10"),  # on the first day itself
        ("2027-01-06", "20 20 20 10 10", "10 10 10 10 10"),  # inside the first week, whose days keep their band
        ("2027-01-20", "20 20 20 10 10", "10 10 10 10 10"),  # between the weeks
        ("2027-02-04", "20 20 20 10 10", "10 10 10 10 10"),
        ("2027-02-05", "20 20 20 10 10", "20 20 20 10 10"),  # inside the second
    ],
)
def test_no_band_switches_inside_a_week_of_tablets(measured: str, first: str, second: str) -> None:
    schedule = replayed(TWO_WEEKS, f"on: {measured}, measured: weight, value: 79.4 kg", measures="{weight: 84 kg}")
    assert list(amounts_of(schedule, "tablets A").values()) == [Decimal(amount) for amount in first.split()]
    assert list(amounts_of(schedule, "tablets B").values()) == [Decimal(amount) for amount in second.split()]


def test_a_course_that_was_moved_takes_the_weight_known_when_it_begins() -> None:
    entries = ["on: 2027-02-01, moved: tablets B, due: 2027-02-04, to: 2027-02-11", "on: 2027-02-08, measured: weight, value: 79.4 kg"]
    schedule = replayed(TWO_WEEKS, *entries, measures="{weight: 84 kg}")
    assert amounts_of(schedule, "tablets B") == {f"02-{day}": Decimal(10) for day in range(11, 16)}


AGED = "{age up to 75 years: 40 mg PO, age over 75 years: 20 mg PO}"


def test_age_is_counted_in_completed_years_on_the_day_of_the_dose() -> None:
    # Born on 20 January 1951: 75 until 19 January 2027, 76 from then on.
    assert amounts_of(replayed(weekly(AGED), "on: 2027-01-04, given: it", birth_date="1951-01-20")) == given("40 40 40 20")


def test_a_birthday_inside_a_course_changes_none_of_its_days() -> None:
    body = item("doses", "it", give=AGED, when="[day 15 for 5 days, day 22]")
    amounts = amounts_of(replayed(body, birth_date="1951-01-20"))
    assert amounts == {**{f"01-{day}": Decimal(40) for day in range(18, 23)}, "01-25": Decimal(20)}


def test_an_age_may_be_measured_where_no_birth_date_is_kept() -> None:
    schedule = replayed(weekly(AGED), "on: 2027-01-15, measured: age, value: 76 years", measures="{age: 75 years}")
    assert amounts_of(schedule) == given("40 40 20 20")
