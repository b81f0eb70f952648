"""`n times weekly`: whose weekdays, which treatment week, and what is said when Day 1 is none of them (rule 9)."""

import pytest

from tests.expand.laying import dates_of, item, keys_of, laid_out, notes_of, refusal, refusals

STARTS = {f"2027-01-{day:02}": weekday for day, weekday in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), 4)}
FIRST_WEEK = {  # Mon Wed Fri in days 1 to 7 of each start, worked out on paper
    "Mon": ["2027-01-04", "2027-01-06", "2027-01-08"],
    "Tue": ["2027-01-06", "2027-01-08", "2027-01-11"],
    "Wed": ["2027-01-06", "2027-01-08", "2027-01-11"],
    "Thu": ["2027-01-08", "2027-01-11", "2027-01-13"],
    "Fri": ["2027-01-08", "2027-01-11", "2027-01-13"],
    "Sat": ["2027-01-11", "2027-01-13", "2027-01-15"],
    "Sun": ["2027-01-11", "2027-01-13", "2027-01-15"],
}


def drug(when: str, **keys: str) -> str:
    return item("doses", "it", give="1 mg PO", when=when, **keys)


@pytest.mark.parametrize("day_1", STARTS)
def test_a_treatment_week_is_seven_days_from_day_1(day_1: str) -> None:
    weekday = STARTS[day_1]
    schedule = laid_out(drug("3 times weekly for 2 weeks"), day_1, days={"it": "Mon Wed Fri"})
    assert dates_of(schedule)[:3] == FIRST_WEEK[weekday]
    assert keys_of(schedule) == [f"it/week {week} no {number}" for week in (1, 2) for number in (1, 2, 3)]
    assert all(1 <= event.study_day <= 7 for event in schedule.events[:3])
    assert notes_of(schedule) == ([] if weekday in ("Mon", "Wed", "Fri") else ["no-dose-on-day-1"])


def test_a_late_first_dose_is_said_with_its_day() -> None:
    (note,) = laid_out(drug("3 times weekly for 1 week"), "2027-01-05", days={"it": "Mon Wed Fri"}).notes
    assert note.severity == "note"
    assert "no dose of it on Day 1; the first is on Day 2" in note.message
    assert "2027-01-06" in note.message


def test_the_participants_weekdays_go_before_the_regimens() -> None:
    body = drug("twice weekly for 1 week", days="Mon Thu")
    assert dates_of(laid_out(body)) == ["2027-01-04", "2027-01-07"]
    assert dates_of(laid_out(body, days={"it": "Tue Fri"})) == ["2027-01-05", "2027-01-08"]


def test_without_weekdays_it_is_refused_with_the_question() -> None:
    (diagnostic,) = refusals(drug("3 times weekly for 1 week"))
    assert diagnostic.name == "no-weekdays"
    assert diagnostic.message == "neither the regimen nor the participant says on which weekdays `it` is given"
    assert diagnostic.path == ("doses", "it", "when")


@pytest.mark.parametrize("chosen", ["Mon Wed", "Mon", "Mon Tue Wed Thu"])
def test_too_few_or_too_many_weekdays_are_refused(chosen: str) -> None:
    assert refusal(drug("3 times weekly for 1 week"), days={"it": chosen}) == "weekdays"
    assert refusal(drug("3 times weekly for 1 week", days=chosen)) == "weekdays"


def test_weekdays_for_an_item_that_takes_none_are_refused() -> None:
    assert refusal(drug("every day for 3 days"), days={"it": "Mon"}) == "days"
    assert refusal(drug("once weekly for 1 week", days="Tue"), days={"other": "Mon"}) == "days"


@pytest.mark.parametrize(("words", "count"), [("once", 1), ("twice", 2), ("4 times", 4), ("6 times", 6), ("7 times", 7)])
def test_each_whole_week_has_so_many_doses(words: str, count: int) -> None:
    chosen = " ".join(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[:count])
    for day_1 in STARTS:
        assert len(dates_of(laid_out(drug(f"{words} weekly for 5 weeks"), day_1, days={"it": chosen}))) == 5 * count


def test_weekly_from_a_later_day_keeps_the_scopes_weeks() -> None:
    schedule = laid_out(drug("twice weekly from day 3 for 2 weeks", days="Mon Thu"))
    assert dates_of(schedule) == ["2027-01-07", "2027-01-11", "2027-01-14", "2027-01-18"]
    assert keys_of(schedule) == ["it/week 1 no 1", "it/week 2 no 1", "it/week 2 no 2", "it/week 3 no 1"]


def test_weekly_through_a_point_includes_it() -> None:
    assert dates_of(laid_out(drug("once weekly through day 15", days="Mon"))) == ["2027-01-04", "2027-01-11", "2027-01-18"]
    assert dates_of(laid_out(drug("once weekly for 2 weeks", days="Mon"))) == ["2027-01-04", "2027-01-11"]


def test_weekly_until_an_event_is_listed_to_the_horizon() -> None:
    body = "events: [progression]\n" + drug("once weekly until progression", days="Mon")
    assert dates_of(laid_out(body, horizon="2027-01-17")) == ["2027-01-04", "2027-01-11"]
    assert refusal(body) == "no-horizon"


def test_the_numbers_of_a_week_run_over_the_union_of_phrases() -> None:
    schedule = laid_out(drug("[every Mon for 2 weeks, every Tue Fri for 2 weeks]"))
    assert keys_of(schedule) == [f"it/week {week} no {number}" for week in (1, 2) for number in (1, 2, 3)]
