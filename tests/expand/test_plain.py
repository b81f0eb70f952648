"""Plain items take no other way than the rest: asked one by one, their occurrences give the same events."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.expand import item
from dosecal.expand.plain import is_plain
from dosecal.study_time import WEEKDAYS
from tests.expand.laying import laid_out

BODIES = {
    "on weekdays": "doses: {it: {give: 44 mcg SC, when: 3 times weekly for 24 months, days: Mon Wed Fri, at-least: 48 hours apart}}",
    "by months": "labs: {it: {when: every month through month 24}, other: {title: a test, when: months 3 6}}",
    "courses": "doses: {it: {give: 12 mg IV, when: [month 0 for 5 days, month 12 for 3 days, day 9]}}",
    "in cycles": "phases: {treatment: {cycle: {length: 9 days, count: 4}, doses: {it: {give: placebo PO, when: days 1-5}}}}",
    "before day 1": "visits: {it: {when: days -14 -1 1 8}}",
    "courses that meet": "doses: {it: {give: 1 mg PO, when: [day 3, days 1-5, day 9, days 9-11], at-least: 1 day apart}}\n"
    "labs: {test: {when: 1 day before each it course}}",
    "at a clock time": 'doses: {it: {give: 44 mcg SC, when: 3 times weekly for 24 months, days: Mon Wed Fri, at: "20:00", '
    "lasts: 15 minutes, at-least: 47 hours apart}}",
    "in the hour that the clocks change": 'labs: {it: {when: every day for 13 months, at: "01:30"}, other: {when: every Sun for 13 months, '
    'at: "02:30"}}',
    "twice a day": "doses: {it: {give: 1 mg PO, product: kit, when: [days 1-5, day 9], at: [breakfast, dinner], at-least: 9 hours apart}}\n"
    "labs: {test: {when: 2 hours after each it}, last: {when: 1 day after each it course}}",
    "at night in cycles": "phases: {treatment: {cycle: {length: 9 days, count: 4}, doses: {it: {give: placebo PO, when: days 1-5, "
    "at: 1 hour after dinner}}}}",
}
TIMES = {"breakfast": "07:15", "dinner": {**dict.fromkeys(WEEKDAYS, "18:00"), "Sun": "21:30"}}
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe")


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@given(day_1=st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)), zone=st.sampled_from(ZONES))
@settings(derandomize=True, deadline=None, max_examples=20)
def test_a_plain_item_gives_what_its_occurrences_give_one_by_one(body: str, day_1: date, zone: str) -> None:
    plain = laid_out(body, str(day_1), timezone=zone, times=TIMES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(item, "is_plain", lambda *_: False)
        assert laid_out(body, str(day_1), timezone=zone, times=TIMES) == plain
    assert plain.events


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_way_of_plain_items_is_taken(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[bool] = []
    monkeypatch.setattr(item, "is_plain", lambda one, arm: taken.append(is_plain(one, arm)) or taken[-1])
    laid_out(body, timezone=ZONES[0], times=TIMES)
    assert any(taken)


def test_days_between_those_of_a_course_keep_its_gap() -> None:
    schedule = laid_out("doses: {it: {give: 1 mg PO, when: [day 3, days 1-5], at-least: 1 day apart}}")
    assert [event.study_day for event in schedule.events] == [1, 2, 3, 4, 5]


def test_a_course_that_loses_its_first_day_to_another_is_one_of_its_own() -> None:
    body = "doses: {it: {give: 1 mg PO, when: [day 1, days 1-3]}}\nlabs: {test: {when: 9 days after each it course}}"
    assert [event.study_day for event in laid_out(body).events if event.item == "test"] == [10, 11]


@pytest.mark.parametrize("arm", ["low", "high", "none"])
def test_what_only_the_arm_chooses_is_chosen_once(arm: str) -> None:
    body = (
        "arms: {low: {title: a}, high: {title: b}, none: {title: c}}\n"
        "doses: {it: {give: {arm low: 1 mg PO, arm high days 1-2: 2 mg PO, arm high from day 3: 4 mg PO, arm none: placebo PO}, "
        'at: {arm low: "08:00", arm high: "20:00", arm none: ["07:00", "19:00"]}, when: days 1-4}}'
    )
    chosen = laid_out(body, arm=arm, timezone=ZONES[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(item, "is_plain", lambda *_: False)
        assert laid_out(body, arm=arm, timezone=ZONES[0]) == chosen
    amounts = [event.dose.amount.value if event.dose and event.dose.amount else None for event in chosen.events]
    assert amounts == {"low": [1] * 4, "high": [2, 2, 4, 4], "none": [None] * 8}[arm]
