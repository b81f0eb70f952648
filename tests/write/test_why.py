"""Why an event is on its date: each step is named with the dates that it goes from and to, counted here without dosecal."""

import re
from datetime import date

from dosecal.participant import ALWAYS_OPEN, Site
from dosecal.write.why import why
from tests.expand.laying import WEEKENDS_CLOSED, laid_out, regimen, shut


def told(body: str, day_1: str, on: str, *, item: str | None = None, site: Site = ALWAYS_OPEN, **asked: object) -> str:
    """The explanation of a date, with its lines joined."""
    schedule = laid_out(body, day_1, site=site, **asked)  # type: ignore[arg-type]
    return re.sub(r"\s+", " ", why(regimen(body), schedule, date.fromisoformat(on), item))


def test_a_clamped_month_names_its_anchor_its_offset_and_the_missing_day() -> None:
    text = told("labs: {blood test: {when: every month from month 1 through month 3}}", "2027-01-31", "2027-02-28")
    assert text.startswith("Sunday 28 February 2027: 1 event blood test (lab) - Scope: the study as a whole")
    assert "Rule: month 1 of `every month from month 1 through month 3`, counted from 2027-01-31" in text
    assert "the month has no day 31, so its last day." in text
    assert "Planned: Sunday 28 February 2027, which is Study Day 29, 28 days after Day 1, Sunday 31 January 2027." in text
    assert "Nothing moves it: it stands where it is planned." in text


def test_a_closed_day_says_which_day_was_closed_and_how_far_it_moved() -> None:
    body = "visits: {it: {when: day 6, if-closed: next open day, window: ±3 days}}"
    text = told(body, "2027-01-04", "2027-01-11", site=shut(weekend=WEEKENDS_CLOSED))
    assert "Planned: Saturday 9 January 2027, which is Study Day 6, 5 days after Day 1, Monday 4 January 2027." in text
    assert "Moved: 2027-01-09 is closed, so it goes to the next open day." in text
    assert "So it stands on Monday 11 January 2027, 2 days later than planned." in text
    assert "Window: allowed from 6 to 12 Jan 2027, both included." in text


def test_a_course_that_moves_names_the_day_that_was_closed() -> None:
    body = "doses: {it: {give: 12 mg IV, when: days 4-8, if-closed: next open day}}"
    text = told(body, "2027-01-04", "2027-01-11", site=shut(weekend=WEEKENDS_CLOSED))
    assert "it, day 1 of 5 (dose), 12 mg intravenous" in text
    assert "It is day 1 of a course of 5 consecutive days, which moves only as a whole." in text
    assert "Moved: 2027-01-09 is closed, so the whole course goes to the next open days." in text
    assert "So it stands on Monday 11 January 2027, 4 days later than planned." in text


def test_a_move_that_was_not_made_is_said() -> None:
    body = "visits: {it: {when: day 6, if-closed: next open day, window: ±1 day}}"
    text = told(body, "2027-01-04", "2027-01-09", site=shut(weekend=WEEKENDS_CLOSED))
    assert "Nothing moves it" in text
    assert "the next open day, 2027-01-11, lies outside its window" in text


def test_an_earliest_date_is_named() -> None:
    body = "doses: {loading: {give: 1 mg IV, when: day 1}, it: {give: 1 mg IV, when: day 8, not-before: 2 weeks after loading}}"
    text = told(body, "2027-01-04", "2027-01-18", item="it")
    assert "Moved: `not-before` allows it from 2027-01-18 on." in text
    assert "So it stands on Monday 18 January 2027, 7 days later than planned." in text
    assert "Window: allowed from 18 Jan 2027 on." in text


def test_a_gap_says_what_it_is_to_the_one_before() -> None:
    body = "doses: {it: {give: 44 mcg SC, when: 3 times weekly for 2 weeks, days: Mon Wed Fri, at: 19:00, at-least: 48 hours apart}}"
    text = told(body, "2027-01-04", "2027-01-06", timezone="America/Los_Angeles")
    assert "Rule: number 2 of treatment week 1 of `3 times weekly for 2 weeks` on Mon Wed Fri" in text
    assert "Gap: at least 48 hours after the one before, which stands on Monday 4 January 2027 at 19:00: 48 hours before this one." in text
    first = told(body, "2027-01-04", "2027-01-04", timezone="America/Los_Angeles")
    assert "Gap: at least 48 hours after the one before; there is none before it." in first
    assert "which is Day 1 itself." in first


def test_a_dose_moved_to_keep_its_gap_says_so() -> None:
    body = "doses: {it: {give: 1 mg IV, when: every Mon Wed Fri for 1 week, if-closed: next open day, at-least: 48 hours apart}}"
    text = told(body, "2027-01-04", "2027-01-09", site=shut("2027-01-06"))
    assert "Moved: to keep `48 hours apart` from the one before, on 2027-01-07." in text
    assert "So it stands on Saturday 9 January 2027, 1 day later than planned." in text


def test_what_is_tied_to_another_names_it_with_its_date() -> None:
    body = "doses: {vaccination: {give: 0.5 mL IM, when: day 5}}\nvisits: {it: {when: 30 days after vaccination}}"
    text = told(body, "2027-01-04", "2027-02-07")
    assert "Rule: `30 days after vaccination`, tied to vaccination/day 5 on 2027-01-08." in text


def test_a_cycle_is_the_scope_and_its_first_day_the_anchor() -> None:
    body = "phases: {treatment: {cycle: {length: 28 days, count: 3, count-from: plan}, doses: {it: {give: 1 mg PO, when: days 1 8}}}}"
    text = told(body, "2027-01-04", "2027-02-08")
    assert "Scope: cycle 2 of the phase treatment, whose days count from the cycle's first day." in text
    assert "Rule: day 8 of `days 1 8`, counted from 2027-02-01." in text  # Day 29


def test_a_day_before_day_1_is_counted_backwards() -> None:
    text = told("labs: {it: {when: day -7}}", "2027-01-04", "2026-12-28")
    assert "which is Study Day -7, 7 days before Day 1, Monday 4 January 2027." in text


def test_a_clock_change_is_explained() -> None:
    body = "doses: {it: {give: 1 mg PO, when: every day for 301 days, at: 02:30}}"
    spring = told(body, "2027-01-04", "2027-03-28", timezone="Europe/Berlin")
    assert "at 03:30" in spring
    assert "Clock: 02:30 does not exist on this day in Europe/Berlin, because the clocks go forward; so it is at 03:30." in spring
    autumn = told(body, "2027-01-04", "2027-10-31", timezone="Europe/Berlin")
    assert "Clock: 02:30 comes twice on this day in Europe/Berlin, because the clocks go back; the one at UTC+02:00 is meant." in autumn


def test_a_date_without_events_names_the_nearest_before_and_after() -> None:
    body = "labs: {blood test: {when: days 1 8}}\nvisits: {visit: {when: days 5 8}}"
    text = told(body, "2027-01-04", "2027-01-09")
    assert text.strip() == (
        "Saturday 9 January 2027: no event. The nearest before: Friday 8 January 2027, visit. "
        "The nearest after: Monday 11 January 2027, blood test, visit."
    )
    alone = told(body, "2027-01-04", "2027-01-09", item="blood test")
    assert "no event of blood test. The nearest before: Monday 4 January 2027, blood test." in alone
    assert "The nearest after: none." in told(body, "2027-01-04", "2027-01-12")
    assert "The nearest before: none." in told(body, "2027-01-04", "2027-01-03")


def test_only_the_item_that_is_asked_for_is_explained() -> None:
    body = "labs: {blood test: {when: day 8}}\nvisits: {visit: {when: day 8}}"
    assert "2 events" in told(body, "2027-01-04", "2027-01-11")
    text = told(body, "2027-01-04", "2027-01-11", item="visit")
    assert "1 event visit (visit)" in text
    assert "blood test" not in text
