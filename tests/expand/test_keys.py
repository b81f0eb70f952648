"""Keys: the item and the nominal position in the phrase's own unit, unique and settled for ever (rule 24)."""

import pytest

from tests.expand.laying import keys_of, laid_out, one, refusal


@pytest.mark.parametrize(
    ("when", "keys"),
    [
        ("day 8", ["day 8"]),
        ("day -7", ["day -7"]),
        ("study day 8", ["study day 8"]),
        ("week 4", ["week 4"]),
        ("month 3", ["month 3"]),
        ("days 1 8", ["day 1", "day 8"]),
        ("weeks 4-5", ["week 4", "week 5"]),
        ("days 1-2", ["day 1", "day 2"]),
        ("month 12 for 2 days", ["month 12 day 1", "month 12 day 2"]),
        ("day -2 for 2 days", ["day -2 day 1", "day -2 day 2"]),
        ("7 days before month 1", ["7 days before month 1"]),
        ("1 2 weeks after day 1", ["1 week after day 1", "2 weeks after day 1"]),
        ("first Mon on or after day 2", ["first Mon on or after day 2"]),
        ("every 3 months through month 6", ["month 0", "month 3", "month 6"]),
        ("every month from month 1 through month 2", ["month 1", "month 2"]),
        ("every 2 weeks through week 4", ["week 0", "week 2", "week 4"]),
        ("every 2 weeks from week 3 through week 5", ["week 3", "week 5"]),
        ("every 2 weeks from day 15 through day 43", ["day 15", "day 29", "day 43"]),
        ("every 2 days for 5 days", ["day 1", "day 3", "day 5"]),
        ("every day from day -2 through day 2", ["day -2", "day -1", "day 1", "day 2"]),
        ("every week from day -7 through day 8", ["day -7", "day 1", "day 8"]),
        ("every day from week 1 for 2 days", ["day 8", "day 9"]),
        ("every 4 weeks 3 times from day 113", ["no 1", "no 2", "no 3"]),
        ("every Mon Wed 3 times", ["no 1", "no 2", "no 3"]),
        ("every Mon Fri for 2 weeks", ["week 1 no 1", "week 1 no 2", "week 2 no 1", "week 2 no 2"]),
        ("every week from month 1 for 2 weeks", ["month 1", "1 week after month 1"]),
    ],
)
def test_a_key_is_the_position_in_the_phrases_unit(when: str, keys: list[str]) -> None:
    assert keys_of(laid_out(one(when))) == [f"it/{key}" for key in keys]


def test_counting_from_actual_dates_numbers_the_occurrences() -> None:
    assert keys_of(laid_out(one("every 3 months through month 6", count_from="actual"))) == ["it/no 1", "it/no 2", "it/no 3"]
    assert keys_of(laid_out(one("every 3 months through month 6", count_from="plan"))) == ["it/month 0", "it/month 3", "it/month 6"]


def test_two_counted_series_are_told_apart_by_their_starts() -> None:
    when = "[every 2 weeks 2 times, every 4 weeks 2 times from day 113]"
    assert keys_of(laid_out(one(when))) == ["it/no 1", "it/no 2", "it/from day 113 no 1", "it/from day 113 no 2"]


def test_a_repeat_and_a_counted_series_have_different_keys() -> None:
    when = "[every 2 weeks from day 15 through day 43, every 4 weeks 2 times from day 113]"
    assert keys_of(laid_out(one(when))) == ["it/day 15", "it/day 29", "it/day 43", "it/no 1", "it/no 2"]


def test_two_repeats_counted_from_actual_dates_are_told_apart() -> None:
    when = "[every month from month 1 through month 3, every 3 months from month 6 through month 12]"
    keys = keys_of(laid_out(one(when, count_from="actual")))
    assert len(set(keys)) == len(keys) == 6


def test_two_phrases_that_name_their_occurrences_alike_are_refused() -> None:
    assert refusal(one("[every 2 weeks 2 times, every 3 weeks 3 times from day 8, every 5 weeks 3 times from day 8]")) == "same-key"


def test_the_position_and_not_the_date_is_in_a_key() -> None:
    body = one("[every month from month 1 through month 3, days 1-5, every Mon Wed Fri for 3 weeks]")
    monday = {event.key: event.study_day for event in laid_out(body, "2027-01-04").events}
    later = {event.key: event.study_day for event in laid_out(body, "2027-01-11").events}
    assert monday.keys() == later.keys()
