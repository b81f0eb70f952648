"""The minimum gap: a plan that breaks its own is refused; it is read off the wall clock (rule 16)."""

from datetime import date

import pytest

from dosecal.participant import Site
from tests.expand.laying import dates_of, item, laid_out, notes_of, refusal, refusals


def drug(when: str, gap: str, at: str | None = None) -> str:
    clock = {"at": at} if at else {}
    return item("doses", "it", give="1 mg SC", when=when, at_least=gap, count_from="plan", **clock)


@pytest.mark.parametrize(
    ("when", "gap"),
    [
        ("every Mon Wed Fri for 4 weeks", "48 hours apart"),
        ("every Mon Wed Fri for 4 weeks", "2 days apart"),
        ("every 2 days 9 times", "48 hours apart"),
        ("every week 4 times", "7 days apart"),
        ("every week 4 times", "1 week apart"),
        ("days 1 8", "7 days apart"),
        ("every day for 9 days", "24 hours apart"),
        ("day 1", "9 weeks apart"),
    ],
)
def test_a_plan_that_keeps_its_gap_is_laid_out(when: str, gap: str) -> None:
    assert len(dates_of(laid_out(drug(when, gap)))) >= 1


@pytest.mark.parametrize(
    ("when", "gap"),
    [
        ("every Mon Tue Wed for 4 weeks", "48 hours apart"),
        ("every Mon Wed Sun for 4 weeks", "48 hours apart"),  # Sunday and the Monday after it
        ("every 2 days 9 times", "49 hours apart"),
        ("days 1 8", "8 days apart"),
        ("days 1-5", "25 hours apart"),
        ("[every 2 weeks 3 times, day 16]", "2 days apart"),
    ],
)
def test_a_plan_that_breaks_its_own_gap_is_refused(when: str, gap: str) -> None:
    (diagnostic,) = refusals(drug(when, gap))
    assert diagnostic.name == "gap"
    assert diagnostic.path == ("doses", "it", "at-least")


def test_the_participants_weekdays_may_break_the_gap() -> None:
    body = drug("3 times weekly for 2 weeks", "48 hours apart").replace(", count-from: plan", "")
    assert len(dates_of(laid_out(body, days={"it": "Tue Thu Sat"}))) == 6
    assert refusal(body, days={"it": "Mon Tue Sat"}) == "gap"


def test_the_gap_is_read_off_the_wall_clock() -> None:
    # From 08:00 on Saturday to 08:00 on Monday over the clock change of 28 March 2027 only 47 hours pass.
    body = drug("days 1 3", "48 hours apart", "'08:00'")
    assert len(dates_of(laid_out(body, "2027-03-27", timezone="Europe/Berlin"))) == 2


def test_times_of_one_day_keep_the_gap_too() -> None:
    assert len(dates_of(laid_out(drug("days 1-2", "12 hours apart", "['08:00', '20:00']"), timezone="Europe/Berlin"))) == 4
    assert refusal(drug("days 1-2", "12 hours apart", "['08:00', '19:59']"), timezone="Europe/Berlin") == "gap"
    assert refusal(drug("days 1-2", "12 hours apart", "['08:00', '21:00']"), timezone="Europe/Berlin") == "gap"  # 11 hours overnight


def test_the_order_in_which_times_are_written_makes_no_difference() -> None:
    assert len(dates_of(laid_out(drug("days 1-2", "6 hours apart", "['20:00', '08:00']"), timezone="Europe/Berlin"))) == 4


def test_a_gap_in_months_is_refused_by_name() -> None:
    assert refusal(drug("days 1 99", "1 month apart")) == "not-built"


def test_a_dose_that_a_closure_pushes_near_the_next_pushes_that_on() -> None:
    # Wednesday is closed: its dose goes to Thursday, and Friday's, a day later, to Saturday; Monday stands.
    body = item("doses", "it", give="1 mg IV", when="every Mon Wed Fri for 2 weeks", at_least="48 hours apart", if_closed="next open day")
    moved = dates_of(laid_out(body, "2027-01-04", site=Site(closed=frozenset({date(2027, 1, 6)}))))
    assert moved == ["2027-01-04", "2027-01-07", "2027-01-09", "2027-01-11", "2027-01-13", "2027-01-15"]


def test_a_dose_that_finds_no_place_before_the_next_is_left_out_and_reported() -> None:
    body = item("doses", "it", give="1 mg IV", when="every Mon Tue Thu for 1 week", at_least="1 day apart", if_closed="next open day")
    schedule = laid_out(body, "2027-01-04", site=Site(closed=frozenset({date(2027, 1, 4), date(2027, 1, 6), date(2027, 1, 7)})))
    assert dates_of(schedule) == ["2027-01-05", "2027-01-08"]
    assert "left-out" in notes_of(schedule)
