"""What each occurrence gives: amounts, one for each day of a course, and steps by day, study day, dose and arm (rule 22)."""

from decimal import Decimal

import pytest

from dosecal.dose import Amount, Dose
from tests.expand.laying import dates_of, keys_of, laid_out, only, refusal, refusals, shut


def amounts(body: str, **asked: str) -> list[str]:
    events = laid_out(body, arm=asked.get("arm"), timezone=asked.get("timezone")).events
    return [f"{event.dose.amount.value} {event.dose.amount.unit}" for event in events if event.dose and event.dose.amount]


def drug(give: str, when: str, more: str = "") -> str:
    return f"doses: {{it: {{give: {give}, when: {when}{more}}}}}"


@pytest.mark.parametrize(
    ("give", "dose"),
    [
        ("12 mg IV", Dose(Amount(Decimal(12), "mg"), "IV")),
        ("8.8 mcg SC", Dose(Amount(Decimal("8.8"), "mcg"), "SC")),
        ("2 tablets PO", Dose(Amount(Decimal(2), "tablets"), "PO")),
        ("placebo inhaled", Dose(None, "inhaled")),
        ("2 Gy external beam", Dose(Amount(Decimal(2), "Gy"), "external beam")),
    ],
)
def test_what_is_given_stays_exactly_as_written(give: str, dose: Dose) -> None:
    assert only(laid_out(drug(give, "day 1"))).dose == dose


def test_what_is_not_given_has_no_dose() -> None:
    assert only(laid_out("labs: {it: {when: day 1}}")).dose is None


# -- one amount for each day of a course


def test_a_course_may_give_another_amount_each_day() -> None:
    assert amounts(drug("20 10 5 mg PO", "[day 1 for 3 days, day 29 for 3 days]")) == ["20 mg", "10 mg", "5 mg"] * 2


def test_none_is_a_day_without_a_dose_and_renames_no_other() -> None:
    schedule = laid_out(drug("20 none 10 mg PO", "day 1 for 3 days"))
    assert dates_of(schedule) == ["2027-01-04", "2027-01-06"]
    assert keys_of(schedule) == ["it/day 1 day 1", "it/day 1 day 3"]
    assert [event.label for event in schedule.events] == ["it, day 1 of 3", "it, day 3 of 3"]


@pytest.mark.parametrize("give", ["20 10 mg PO", "20 10 5 1 mg PO"])
def test_amounts_are_exactly_as_many_as_the_course_has_days(give: str) -> None:
    (diagnostic,) = refusals(drug(give, "day 1 for 3 days"))
    assert diagnostic.name == "amounts"
    assert diagnostic.path == ("doses", "it", "give")


def test_amounts_of_a_moved_course_move_with_it() -> None:
    schedule = laid_out(drug("20 10 mg IV", "day 1 for 2 days", ", if-closed: next open day"), site=shut("2027-01-05"))
    given = {event.date.isoformat(): str(event.dose.amount.value) for event in schedule.events if event.dose and event.dose.amount}
    assert given == {"2027-01-06": "20", "2027-01-07": "10"}


# -- steps


def test_steps_by_day() -> None:
    give = "{days 1-2: 8.8 mcg SC, days 3-4: 22 mcg SC, from day 5: 44 mcg SC}"
    assert amounts(drug(give, "every day for 6 days")) == ["8.8 mcg", "8.8 mcg", "22 mcg", "22 mcg", "44 mcg", "44 mcg"]


def test_steps_by_a_single_day() -> None:
    assert amounts(drug("{day 1: 5 mg PO, day 8: 10 mg PO, from day 9: 20 mg PO}", "days 1 8 15")) == ["5 mg", "10 mg", "20 mg"]


def test_steps_by_study_day() -> None:
    assert amounts(drug("{study days 1-7: 5 mg PO, from study day 8: 10 mg PO}", "days 7 8")) == ["5 mg", "10 mg"]


def test_steps_by_dose_count_the_occurrences() -> None:
    give = "{dose 1: 5 mg PO, doses 2-3: 10 mg PO, from dose 4: 20 mg PO}"
    assert amounts(drug(give, "every 2 days 5 times, count-from: plan")) == ["5 mg", "10 mg", "10 mg", "20 mg", "20 mg"]


def test_steps_by_arm() -> None:
    body = "arms: {AB: {title: first}, BA: {title: second}}\n" + drug("{arm AB: 50 mcg inhaled, arm BA: placebo inhaled}", "days 1-2")
    assert amounts(body, arm="AB") == ["50 mcg", "50 mcg"]
    assert [event.dose for event in laid_out(body, arm="BA").events] == [Dose(None, "inhaled")] * 2


def test_all_conditions_of_a_step_hold() -> None:
    give = "{arm AB days 1-2: 5 mg PO, arm AB from day 3: 10 mg PO, arm BA: 1 mg PO}"
    body = "arms: {AB: {title: first}, BA: {title: second}}\n" + drug(give, "days 2-3")
    assert amounts(body, arm="AB") == ["5 mg", "10 mg"]
    assert amounts(body, arm="BA") == ["1 mg", "1 mg"]


def test_a_step_is_that_of_the_nominal_date() -> None:
    body = drug("{days 1-6: 5 mg IV, from day 7: 10 mg IV}", "day 6", ", if-closed: next open day")
    event = only(laid_out(body, site=shut("2027-01-09..2027-01-10")))
    assert event.study_day == 8
    assert event.dose == Dose(Amount(Decimal(5), "mg"), "IV")


def test_a_gap_between_steps_is_refused_with_its_day() -> None:
    (diagnostic,) = refusals(drug("{days 1-3: 1 mg PO, days 5-9: 2 mg PO}", "days 1-5"))
    assert diagnostic.name == "step-gap"
    assert "day 4" in diagnostic.message
    assert diagnostic.path == ("doses", "it", "give")


def test_an_overlap_of_steps_is_refused_with_both() -> None:
    (diagnostic,) = refusals(drug("{days 1-3: 1 mg PO, days 3-5: 2 mg PO}", "days 1-5"))
    assert diagnostic.name == "step-overlap"
    assert "`days 1-3` and `days 3-5`" in diagnostic.message


def test_a_gap_where_nothing_is_given_does_no_harm() -> None:
    assert amounts(drug("{days 1-3: 1 mg PO, days 8-9: 2 mg PO}", "days 1 8")) == ["1 mg", "2 mg"]


def test_steps_by_day_before_day_1() -> None:
    assert amounts(drug("{from day 1: 2 mg PO, arm AB: 1 mg PO}", "day 1").replace(", arm AB: 1 mg PO", "")) == ["2 mg"]
    assert refusal(drug("{from day 1: 2 mg PO}", "days -1 1")) == "step-gap"


@pytest.mark.parametrize("give", ["5 mg/kg IV", "75 mg/m2 IV", "AUC 6 IV", "{weight under 50 kg: 1 mg PO, weight from 50 kg: 2 mg PO}"])
def test_amounts_by_measures_are_refused_without_the_measure(give: str) -> None:
    assert refusal(drug(give, "day 1")) == "no-measure"
