"""Closed days: what `if-closed` makes of a single date and of a course, which moves as a block (rule 15)."""

import pytest

from dosecal.diagnostic import Refused
from dosecal.participant import Site
from tests.expand.laying import (
    MONDAY,
    WEEKENDS_CLOSED,
    dates_of,
    item,
    keys_of,
    laid_out,
    notes_of,
    one,
    only,
    refusal,
    refusals,
    shut,
    spread,
)

WEEKDAYS_ONLY = shut(weekend=WEEKENDS_CLOSED)
RULES = ("stay", "next open day", "previous open day", "nearest open day")
# Thursday 7 January 2027 and the four days after it, with the weekend closed.
THURSDAY_COURSE = "day 4 for 5 days"


def moved(when: str, rule: str, site: Site, day_1: str = MONDAY, **keys: str) -> list[str]:
    return dates_of(laid_out(one(when, if_closed=rule, **keys), day_1, site=site))


# -- single dates


@pytest.mark.parametrize(
    ("rule", "day"),
    [("stay", "2027-03-29"), ("next open day", "2027-03-30"), ("previous open day", "2027-03-25"), ("nearest open day", "2027-03-30")],
)
def test_easter_monday_moves_by_its_rule(rule: str, day: str) -> None:
    # Closed from Good Friday to Easter Monday: 26 to 29 March 2027.
    assert moved("month 3", rule, shut("2027-03-26", "2027-03-29", weekend=WEEKENDS_CLOSED), "2026-12-29") == [day]


@pytest.mark.parametrize(
    ("closed", "day"),
    [
        (["2027-02-10"], "2027-02-11"),  # a tie goes later
        (["2027-02-10", "2027-02-11"], "2027-02-09"),
        (["2027-02-09..2027-02-11"], "2027-02-12"),
        (["2027-02-08..2027-02-10"], "2027-02-11"),
        (["2027-02-10..2027-02-12", "2027-02-09"], "2027-02-08"),
    ],
)
def test_the_nearest_open_day_is_the_fewest_days_away_and_a_tie_goes_later(closed: list[str], day: str) -> None:
    assert moved("day 38", "nearest open day", shut(*closed)) == [day]  # 10 February


@pytest.mark.parametrize("rule", [*RULES, "refuse"])
def test_an_open_day_is_left_alone_by_every_rule(rule: str) -> None:
    schedule = laid_out(one("day 3", if_closed=rule), site=WEEKDAYS_ONLY)
    assert only(schedule).flags == ()
    assert dates_of(schedule) == ["2027-01-06"]
    assert notes_of(schedule) == []


def test_a_move_shows_where_it_came_from_and_why() -> None:
    event = only(laid_out(one("day 6", if_closed="next open day"), site=WEEKDAYS_ONLY))
    assert (str(event.nominal_date), str(event.due_date), str(event.date)) == ("2027-01-09", "2027-01-11", "2027-01-11")
    assert event.study_day == 8
    assert event.flags == ("moved-from:2027-01-09",)
    assert any("2027-01-09 is closed" in reason for reason in event.reasons)


def test_a_move_into_the_next_study_month_stays_of_its_nominal_month() -> None:
    # Month 1 begins on 4 February: Day 31 is the day before it.
    event = only(laid_out(one("day 31", if_closed="next open day"), site=shut("2027-02-03")))
    assert (event.date.isoformat(), event.month) == ("2027-02-04", 0)


@pytest.mark.parametrize("rule", ["previous open day", "nearest open day"])
def test_nothing_moves_to_before_day_1(rule: str) -> None:
    # Day 1 is Saturday 9 January: the open Friday before it is no day of the study.
    schedule = laid_out(one("day 1", if_closed=rule), "2027-01-09", site=WEEKDAYS_ONLY)
    if rule == "nearest open day":
        assert dates_of(schedule) == ["2027-01-11"]
    else:
        assert dates_of(schedule) == ["2027-01-09"]
        assert notes_of(schedule) == ["not-moved"]


def test_what_is_before_day_1_anyway_may_move_earlier() -> None:
    assert moved("day -1", "previous open day", WEEKDAYS_ONLY, "2027-01-11") == ["2027-01-08"]


def test_a_move_to_before_1900_is_not_made() -> None:
    assert moved("day -2", "previous open day", shut("1900-01-01"), "1900-01-03") == ["1900-01-01"]


def test_a_move_to_after_2200_is_not_made() -> None:
    assert moved("day 3", "next open day", shut("2200-12-30..2200-12-31"), "2200-12-28") == ["2200-12-30"]


def test_nothing_else_moves() -> None:
    when = "every month from month 1 through month 4"
    site = shut("2027-03-04")
    assert moved(when, "next open day", site) == ["2027-02-04", "2027-03-05", "2027-04-04", "2027-05-04"]


def test_refuse_refuses_a_closed_day() -> None:
    (diagnostic,) = refusals(one("day 6", if_closed="refuse"), site=WEEKDAYS_ONLY)
    assert diagnostic.name == "closed"
    assert "2027-01-09" in diagnostic.message
    assert diagnostic.path == ("visits", "it", "if-closed")


# -- without a rule


def test_without_a_rule_it_stays_and_is_reported() -> None:
    schedule = laid_out(one("days 5-7 13"), site=WEEKDAYS_ONLY)
    assert dates_of(schedule) == [*spread("2027-01-08..2027-01-10"), "2027-01-16"]
    (note,) = schedule.notes
    assert (note.name, note.severity) == ("closed", "note")
    assert "2027-01-09" in note.message
    assert "2 more" in note.message


def test_what_is_told_to_stay_is_not_reported() -> None:
    assert notes_of(laid_out(one("day 6", if_closed="stay"), site=WEEKDAYS_ONLY)) == []


def test_doses_at_home_need_no_open_site() -> None:
    body = "doses: {it: {give: 1 mg PO, when: every day for 14 days}, infusion: {give: 1 mg IV, when: day 6}}"
    assert [note.message[:10] for note in laid_out(body, site=WEEKDAYS_ONLY).notes] == ["`infusion`"]


# -- courses


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("stay", "2027-01-07..2027-01-11"),
        ("next open day", "2027-01-11..2027-01-15"),
        ("previous open day", "2027-01-04..2027-01-08"),
        ("nearest open day", "2027-01-04..2027-01-08"),
    ],
)
def test_a_course_moves_as_a_block_over_a_closed_weekend(rule: str, days: str) -> None:
    schedule = laid_out(one(THURSDAY_COURSE, if_closed=rule), site=WEEKDAYS_ONLY)
    assert dates_of(schedule) == spread(days)
    assert keys_of(schedule) == [f"it/day 4 day {n}" for n in range(1, 6)]
    assert [event.course_day for event in schedule.events] == [1, 2, 3, 4, 5]


def test_a_course_on_tuesday_goes_to_monday_as_the_nearest() -> None:
    assert moved("day 9 for 5 days", "nearest open day", WEEKDAYS_ONLY) == spread("2027-01-11..2027-01-15")


def test_a_course_on_wednesday_may_not_begin_before_day_1() -> None:
    assert moved("day 1 for 5 days", "nearest open day", WEEKDAYS_ONLY, "2027-01-06") == spread("2027-01-11..2027-01-15")
    assert moved("day 1 for 5 days", "previous open day", WEEKDAYS_ONLY, "2027-01-06") == spread("2027-01-06..2027-01-10")


def test_a_tie_of_a_course_goes_later() -> None:
    # Wednesday 13 and Thursday 14 January are closed: two days from the 13th fit on the 11th and on the 15th.
    assert moved("day 10 for 2 days", "nearest open day", shut("2027-01-13..2027-01-14")) == spread("2027-01-15..2027-01-16")


def test_one_closed_day_in_the_middle_moves_the_whole_course() -> None:
    assert moved("days 1-3", "next open day", shut("2027-01-05")) == spread("2027-01-06..2027-01-08")


def test_each_course_of_an_item_moves_alone() -> None:
    schedule = moved("[month 0 for 5 days, month 12 for 3 days]", "next open day", shut("2027-01-05"))
    assert schedule == [*spread("2027-01-06..2027-01-10"), *spread("2028-01-04..2028-01-06")]


def test_a_course_skips_places_that_are_too_short_for_it() -> None:
    site = shut("2027-01-08", "2027-01-11", weekend=WEEKENDS_CLOSED)
    assert moved("day 5 for 5 days", "next open day", site) == spread("2027-01-18..2027-01-22")


@pytest.mark.parametrize("rule", RULES[1:])
def test_a_course_that_fits_nowhere_is_never_torn(rule: str) -> None:
    try:
        days = moved("day 1 for 21 days", rule, WEEKDAYS_ONLY)
    except Refused:
        return  # as the next test wants
    assert days == spread("2027-01-04..2027-01-24")


@pytest.mark.parametrize("rule", RULES[1:])
def test_a_course_that_fits_nowhere_is_refused(rule: str) -> None:
    refusal(one("day 1 for 21 days", if_closed=rule), site=WEEKDAYS_ONLY)


def test_a_refused_course_names_the_day_that_is_closed() -> None:
    (diagnostic,) = refusals(one(THURSDAY_COURSE, if_closed="refuse"), site=WEEKDAYS_ONLY)
    assert "2027-01-09" in diagnostic.message


def test_two_courses_of_doses_never_meet() -> None:
    body = item("doses", "it", give="1 mg IV", when="[day 1 for 5 days, day 6 for 5 days]", if_closed="next open day")
    assert refusal(body, site=shut("2027-01-05")) == "two-on-one-day"


def test_daily_doses_are_not_heaped_onto_monday() -> None:
    body = item("doses", "it", give="1 mg PO", when="every day for 9 days", if_closed="next open day")
    assert refusal(body, site=WEEKDAYS_ONLY) == "two-on-one-day"


# -- windows


@pytest.mark.parametrize(
    ("window", "days", "notes"),
    [
        ("±4 days", "2027-01-11..2027-01-15", []),
        ("±3 days", "2027-01-07..2027-01-11", ["not-moved"]),
        ("-9 to +4 days", "2027-01-11..2027-01-15", []),
        ("from day 3 to day 8", "2027-01-11..2027-01-15", []),
        ("from day 3 to day 7", "2027-01-07..2027-01-11", ["not-moved"]),
    ],
)
def test_a_move_out_of_the_window_is_not_made_but_said(window: str, days: str, notes: list[str]) -> None:
    schedule = laid_out(one(THURSDAY_COURSE, if_closed="next open day", window=window), site=WEEKDAYS_ONLY)
    assert dates_of(schedule) == spread(days)
    assert notes_of(schedule) == notes


def test_a_move_backward_out_of_the_window_is_not_made_either() -> None:
    schedule = laid_out(one("day 7", if_closed="previous open day", window="±1 day"), site=WEEKDAYS_ONLY)
    assert dates_of(schedule) == ["2027-01-10"]
    (note,) = schedule.notes
    assert (note.name, note.severity) == ("not-moved", "warning")
    assert "2027-01-08" in note.message


def test_a_window_does_not_move_with_its_occurrence() -> None:
    event = only(laid_out(one("day 6", if_closed="next open day", window="±3 days"), site=WEEKDAYS_ONLY))
    assert event.date.isoformat() == "2027-01-11"
    assert event.window is not None
    assert (str(event.window.earliest), str(event.window.latest)) == ("2027-01-06", "2027-01-12")


# -- extra open days


def test_an_extra_open_day_is_open_for_its_items_alone() -> None:
    saturday = next(iter(shut("2027-01-09").closed))
    site = Site(weekend=WEEKENDS_CLOSED, open={saturday: frozenset({"blood"})})
    body = "labs: {blood: {when: day 6, if-closed: next open day}}\nvisits: {it: {when: day 6, if-closed: next open day}}"
    schedule = laid_out(body, site=site)
    assert dates_of(schedule, "blood") == ["2027-01-09"]
    assert dates_of(schedule, "it") == ["2027-01-11"]


def test_an_extra_open_day_goes_before_a_closing_day() -> None:
    day = next(iter(shut("2027-01-06").closed))
    assert moved("day 3", "next open day", Site(closed=frozenset({day}), open={day: frozenset({"it"})})) == ["2027-01-06"]


# -- keys


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    "when",
    ["every month through month 12", "every Mon Wed Fri for 4 weeks", "every 2 weeks 5 times", "[days 1-5, day 20 for 3 days]", "week 3"],
)
def test_a_closure_changes_no_key(when: str, rule: str) -> None:
    body = one(when, if_closed=rule)
    closed = shut("2027-01-05..2027-01-07", "2027-02-04", "2027-03-01")
    assert sorted(keys_of(laid_out(body, site=closed))) == sorted(keys_of(laid_out(body)))


def test_a_closure_renumbers_no_week() -> None:
    body = one("[first open day on or after day 2, every Mon Wed Fri for 1 week]")
    friday = {event.date.isoformat(): event.key for event in laid_out(body, site=Site()).events}["2027-01-08"]
    closed = {event.date.isoformat(): event.key for event in laid_out(body, site=shut("2027-01-05")).events}["2027-01-08"]
    assert closed == friday
