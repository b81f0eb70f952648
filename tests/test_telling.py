"""What tells arms apart, in words; arms that may not be told apart are never told apart."""

from datetime import time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dosecal.schedule import Event
from dosecal.telling import alike, differences, told_apart
from tests.write.schedules import DAY_1, at, dose, event, every, injections, schedule

INFUSION = event("drug", DAY_1, dose=dose("12", "mg", "IV"))


def test_an_item_that_only_one_arm_has_is_counted_with_its_first_day() -> None:
    infusions = schedule(*(replace(INFUSION, date=day, key=str(day)) for day in every(1, 8)))
    assert differences(infusions, schedule(*injections(*every(2, 1313)))) == (
        "8 infusions of drug from Day 1 on against 1,313 injections of interferon beta-1a from Day 1 on"
    )
    assert differences(infusions, schedule()) == "8 infusions of drug from Day 1 on against nothing"


def test_an_item_given_more_often_is_told_by_its_counts() -> None:
    one, other = injections(*every(1, 6)), injections(*every(1, 26))
    assert differences(schedule(*one), schedule(*other)) == "`interferon beta-1a` 6 times against 26 times"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"study_day": 15}, "on Day 1 against Day 15"),
        ({"clock": at(DAY_1, time(9))}, "at no time of day against 09:00"),
        ({"lasts": timedelta(minutes=150)}, "for no stated time against 150 minutes"),
        ({"dose": dose("12", "mg", "SC")}, "12 mg intravenous against 12 mg subcutaneous"),
        ({"dose": dose(None, "mg", "IV")}, "12 mg intravenous against placebo intravenous"),
        ({"title": "Study treatment"}, "by its title"),
        ({"phase": "induction"}, "by its phase"),
        ({"key": "drug/other words"}, "by the words of its timing"),
        ({"course_days": 5}, "by the length of its course"),
    ],
)
def test_equal_counts_are_told_apart_by_the_first_thing_that_differs(fields: dict[str, object], words: str) -> None:
    assert differences(schedule(INFUSION), schedule(replace(INFUSION, **fields))) == f"`drug` {words}"


def test_of_many_differences_the_first_three_are_named() -> None:
    one, other = ([event(item, DAY_1, "labs", study_day=day) for item in "abcde"] for day in (1, 2))
    assert differences(schedule(*one), schedule(*other)) == (
        "`a` on Day 1 against Day 2, `b` on Day 1 against Day 2, `c` on Day 1 against Day 2 and more"
    )


def test_arms_that_look_alike_are_named_together() -> None:
    arms = {"low": schedule(INFUSION), "daily": schedule(), "high": schedule(INFUSION)}
    assert alike(arms) == (("low", "high"), ("daily",))
    assert told_apart(arms) == "`low` and `high` from `daily`: 1 infusion of drug from Day 1 on against nothing"


@given(st.lists(st.sampled_from([(), (INFUSION,), (replace(INFUSION, revision=1),), tuple(injections(DAY_1))]), min_size=1, max_size=5))
@settings(derandomize=True, deadline=None)
def test_something_tells_arms_apart_exactly_where_their_schedules_differ(contents: list[tuple[Event, ...]]) -> None:
    arms = {f"arm {number}": schedule(*events) for number, events in enumerate(contents)}
    assert (told_apart(arms) is None) == (len(set(contents)) == 1)


def test_what_does_not_take_place_and_what_is_noted_also_tell() -> None:
    assert differences(schedule(INFUSION), schedule(INFUSION, absent=(INFUSION,))) == "what does not take place"
    assert differences(schedule(INFUSION), schedule(INFUSION, holidays="holidays 0.1")) == "what is noted about them"
