"""A regimen in numbers: what each arm comes to for a reference participant."""

from datetime import date, time

import pytest

from dosecal.diagnostic import Refused
from dosecal.outline import REFERENCE_DAY_1, ArmCount, arms_or_none, count_of, reference_schedule
from tests.expand.laying import regimen

TWO_ARMS = """
arms:
  high: {doses: {drug: {give: 20 mg PO, when: every day for 10 days}}}
  low: {doses: {drug: {give: 10 mg PO, when: every day for 7 days}}, labs: {extra test: {when: day 8}}}
medicines: {folic acid: {give: 1 mg PO, when: days 1-3}}
visits: {clinic visit: {when: weeks 0 1 2}}
"""


def counts(body: str) -> list[ArmCount]:
    laid = regimen(body)
    return [count_of(reference_schedule(laid, arm)) for arm in arms_or_none(laid)]


def test_the_reference_participant_starts_on_a_monday() -> None:
    assert date(2026, 1, 5) == REFERENCE_DAY_1
    assert REFERENCE_DAY_1.isoweekday() == 1


def test_each_arm_has_its_own_count_and_medicines_are_events_but_no_doses() -> None:
    assert counts(TWO_ARMS) == [ArmCount("high", 10, 10 + 3 + 3), ArmCount("low", 7, 7 + 1 + 3 + 3)]


def test_a_regimen_without_arms_is_counted_once() -> None:
    assert counts("visits: {clinic visit: {when: weeks 0 4}}") == [ArmCount(None, 0, 2)]


@pytest.mark.parametrize(("times", "count"), [("once", 4), ("twice", 8), ("3 times", 12), ("5 times", 20), ("7 times", 28)])
def test_weekdays_that_are_left_open_are_filled(times: str, count: int) -> None:
    assert counts(f"doses: {{drug: {{give: 1 mg PO, when: {times} weekly for 4 weeks}}}}") == [ArmCount(None, count, count)]


def test_three_open_weekdays_are_two_days_apart() -> None:
    laid = regimen("doses: {drug: {give: 1 mg PO, when: 3 times weekly for 1 week, at-least: 48 hours apart}}")
    assert [f"{event.date:%a}" for event in reference_schedule(laid, None).events] == ["Mon", "Wed", "Fri"]


def test_the_regimens_own_weekdays_are_used() -> None:
    laid = regimen("doses: {drug: {give: 1 mg PO, when: twice weekly for 1 week, days: Tue Sat}}")
    assert [f"{event.date:%a}" for event in reference_schedule(laid, None).events] == ["Tue", "Sat"]


def test_named_times_are_filled_in_their_own_order() -> None:
    laid = regimen("doses: {drug: {give: 1 mg PO, when: day 1, at: [breakfast, lunch, 30 minutes before dinner]}}")
    times = [event.clock.local.time() for event in reference_schedule(laid, None).events if event.clock is not None]
    assert len(times) == 3
    assert times == sorted(set(times))
    assert time(6) < times[0] < times[-1] < time(22)


def test_an_open_ended_regimen_is_counted_over_two_years() -> None:
    (count,) = counts("events: [progression]\ndoses: {drug: {give: 1 mg PO, when: every 4 weeks until progression, count-from: plan}}")
    assert count.doses == 27  # Weeks 0, 4, ... 104: the last on 2028-01-03, two days before two years are over


def test_what_cannot_be_laid_out_is_refused() -> None:
    laid = regimen("doses: {drug: {give: 5 mg IV, when: day 1, at-least: 1 month apart}}")
    with pytest.raises(Refused):
        reference_schedule(laid, None)
