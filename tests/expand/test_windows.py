"""Windows: around the nominal date, signed, or where their points say; both ends included; a course has one (rule 20)."""

import pytest

from tests.expand.laying import laid_out, one, only, refusal


def windows(when: str, window: str, day_1: str = "2027-08-30") -> list[tuple[str, str] | None]:
    schedule = laid_out(one(when, window=window), day_1)
    return [(str(event.window.earliest), str(event.window.latest)) if event.window else None for event in schedule.events]


@pytest.mark.parametrize(
    ("window", "earliest", "latest"),
    [
        ("±7 days", "2028-02-07", "2028-02-21"),
        ("±1 day", "2028-02-13", "2028-02-15"),
        ("±1 week", "2028-02-07", "2028-02-21"),
        ("±1 month", "2028-01-14", "2028-03-14"),
        ("+0 to +7 days", "2028-02-14", "2028-02-21"),
        ("-4 to +2 days", "2028-02-10", "2028-02-16"),
        ("-2 to +0 weeks", "2028-01-31", "2028-02-14"),
        ("from week 23 to week 25", "2028-02-07", "2028-02-21"),
        ("from day 100 to month 6", "2027-12-07", "2028-02-29"),
        ("10 to 30 days after day 150", "2028-02-05", "2028-02-25"),
        ("0 to 3 weeks before week 25", "2028-01-31", "2028-02-21"),
        ("5 to 6 months after day 1", "2028-01-30", "2028-02-29"),
    ],
)
def test_a_window_of_week_24(window: str, earliest: str, latest: str) -> None:
    assert windows("week 24", window) == [(earliest, latest)]  # nominally Monday 14 February 2028


def test_each_occurrence_has_its_own_window_around_its_nominal_date() -> None:
    assert windows("every 3 months from month 3 through month 9", "±7 days", "2027-01-31") == [
        *(("2027-04-23", "2027-05-07"), ("2027-07-24", "2027-08-07"), ("2027-10-24", "2027-11-07")),
    ]


@pytest.mark.parametrize("window", ["±7 days", "+0 to +3 days", "from day 1 to day 3", "0 to 3 days after day 1"])
def test_day_1_is_the_origin_and_has_no_window(window: str) -> None:
    assert windows("days 1 2", window)[0] is None
    assert windows("days 1 2", window)[1] is not None


def test_a_course_has_one_window_for_its_first_day() -> None:
    assert windows("[day 10 for 3 days, day 20]", "±2 days") == [("2027-09-06", "2027-09-10"), None, None, ("2027-09-16", "2027-09-20")]


def test_a_window_may_differ_by_step_and_may_be_missing() -> None:
    body = "visits: {it: {when: days 14 28 56 84, window: {days 14-28: ±3 days, from day 84: ±7 days}}}"
    ends = [str(event.window.latest) if event.window else None for event in laid_out(body, "2027-01-04").events]
    assert ends == ["2027-01-20", "2027-02-03", None, "2027-04-04"]


def test_two_steps_for_one_window_are_refused() -> None:
    body = "visits: {it: {when: day 14, window: {days 1-14: ±3 days, from day 14: ±7 days}}}"
    assert refusal(body) == "step-overlap"


def test_months_of_28_days_are_those_of_the_window_too() -> None:
    event = only(laid_out(one("month 3", window="±1 month"), "2027-01-04", months="28 days"))
    assert event.window is not None
    assert (str(event.window.earliest), str(event.window.latest)) == ("2027-03-01", "2027-04-26")


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    # Month 1 of a Day 1 in January is Day 32: whether Day 30 comes before it is known only on the calendar.
    assert refusal(one("day 31", window="from month 1 to day 30")) == "window"


def test_a_window_out_of_the_range_of_dates_is_refused() -> None:
    assert refusal(one("day 3", window="±9 days"), "2200-12-28") == "date-range"


@pytest.mark.parametrize("window", ["+1 to +3 days", "1 to 3 days after day 1", "from day 9 to day 10", "1 to 3 days before day 8"])
def test_a_window_that_leaves_out_its_nominal_date_is_refused(window: str) -> None:
    refusal(one("day 8", window=window))


@pytest.mark.parametrize("window", ["±2 hours", "-30 to +30 minutes"])
def test_a_window_of_hours_needs_a_clock_time(window: str) -> None:
    assert refusal(one("day 8", window=window)) == "no-clock"
