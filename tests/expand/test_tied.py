"""What is tied to another item's courses: `first n days of each X course`, and the order that this asks for."""

import pytest

from tests.expand.laying import dates_of, keys_of, laid_out, refusal, refusals, shut, spread

INFUSIONS = "doses: {infusion: {give: 12 mg IV, when: [month 0 for 5 days, month 12 for 3 days]}}\n"


def tied(when: str, infusions: str = INFUSIONS, section: str = "labs") -> str:
    return f"{infusions}{section}: {{it: {{when: {when}}}}}"


def test_the_first_days_of_each_course_have_one_each() -> None:
    schedule = laid_out(tied("first 3 days of each infusion course"), "2026-12-29")
    assert dates_of(schedule) == [*spread("2026-12-29..2026-12-31"), *spread("2027-12-29..2027-12-31")]
    assert [event.course_day for event in schedule.events if event.item == "it"] == [1, 2, 3, 1, 2, 3]


def test_a_tied_key_is_the_other_occurrences_key() -> None:
    schedule = laid_out(tied("first 1 day of each infusion course"))
    assert keys_of(schedule) == ["it/@infusion/month 0 day 1", "it/@infusion/month 12 day 1"]


def test_what_is_tied_goes_where_the_course_stands() -> None:
    moving = INFUSIONS.replace("}}\n", ", if-closed: next open day}}\n")
    schedule = laid_out(tied("first 2 days of each infusion course", moving), site=shut("2027-01-05"))
    assert dates_of(schedule, "infusion")[:5] == spread("2027-01-06..2027-01-10")
    assert dates_of(schedule)[:2] == spread("2027-01-06..2027-01-07")
    assert keys_of(schedule)[:2] == ["it/@infusion/month 0 day 1", "it/@infusion/month 0 day 2"]


def test_a_kind_means_every_item_of_its_section() -> None:
    two = "doses: {a: {give: 1 mg PO, when: days 1-2}, b: {give: 1 mg PO, when: days 8-9}}\n"
    assert dates_of(laid_out(tied("first 1 day of each dose course", two))) == ["2027-01-04", "2027-01-11"]


def test_single_dates_are_courses_of_one() -> None:
    weekly = "doses: {infusion: {give: 1 mg IV, when: every week 3 times, count-from: plan}}\n"
    assert dates_of(laid_out(tied("first 1 day of each infusion course", weekly))) == ["2027-01-04", "2027-01-11", "2027-01-18"]


def test_a_course_too_short_for_it_is_refused() -> None:
    assert refusal(tied("first 4 days of each infusion course")) == "short-course"


def test_two_clock_times_a_day_are_one_day_of_the_course() -> None:
    twice = "doses: {infusion: {give: 1 mg IV, when: days 1-3, at: ['08:00', '20:00']}}\n"
    assert dates_of(laid_out(tied("first 2 days of each infusion course", twice), timezone="Europe/Berlin")) == ["2027-01-04", "2027-01-05"]


def test_a_course_that_begins_with_a_day_off_is_still_a_course_of_its_own() -> None:
    off = "doses: {infusion: {give: none 20 10 mg PO, when: [day 1 for 3 days, day 29 for 3 days]}}\n"
    days = dates_of(laid_out(tied("first 1 day of each infusion course", off)))
    assert len(days) == 2
    assert days[1] >= "2027-02-01"


def test_an_item_may_stand_before_what_it_is_tied_to() -> None:
    body = "medicines: {it: {give: 1 mg PO, when: first 1 day of each call course}}\ncalls: {ring: {when: days 3 5}}"
    schedule = laid_out(body)
    assert dates_of(schedule) == ["2027-01-06", "2027-01-08"]
    assert [event.item for event in schedule.events] == ["it", "ring", "it", "ring"]


def test_items_that_wait_for_each_other_are_refused() -> None:
    body = "labs: {a: {when: first 1 day of each b course}, b: {when: first 1 day of each a course}}"
    (diagnostic,) = refusals(body)
    assert diagnostic.name == "circle"
    assert "`a` -> `b` -> `a`" in diagnostic.message


def test_a_name_of_another_arm_is_refused() -> None:
    body = "arms:\n  x: {doses: {infusion: {give: 1 mg IV, when: day 1}}}\n  y: {labs: {it: {when: first 1 day of each infusion course}}}"
    assert refusal(body, arm="y") == "unknown-name"


@pytest.mark.parametrize(
    ("left_out", "days"),
    [
        ("each other", [1, 3, 4, 6]),
        ("first other", [1, 3, 4, 5, 6]),
        ("last other", [1, 2, 3, 4, 6]),
        ("first 2 other", [1, 3, 4, 6]),
        ("each block course", [1, 2, 3, 6]),
    ],
)
def test_an_item_leaves_out_just_the_dates_that_except_means(left_out: str, days: list[int]) -> None:
    body = f"""doses:
  other: {{give: 1 mg PO, when: days 2 5}}
  block: {{give: 1 mg PO, when: days 4-5}}
labs: {{it: {{when: every day for 6 days, except: {left_out}}}}}"""
    assert [event.study_day for event in laid_out(body).events if event.item == "it"] == days
