"""A schedule's events and what is asked of them: kind, label, home; and a schedule narrowed to kinds and dates."""

from datetime import date, timedelta

import pytest

from dosecal.regimen import Section
from dosecal.schedule import narrowed
from tests.write.schedules import DAY_1, dose, event, every, interferon_arm, schedule


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        ("doses", "dose"),
        ("medicines", "dose"),
        ("labs", "lab"),
        ("visits", "visit"),
        ("assessments", "assessment"),
        ("samples", "sample"),
        ("calls", "call"),
        ("procedures", "other"),
    ],
)
def test_an_event_is_of_its_sections_kind(section: Section, kind: str) -> None:
    assert event("it", DAY_1, section).kind == kind


def test_an_event_of_a_course_says_its_place_in_it() -> None:
    assert event("alemtuzumab", DAY_1, course_day=2, course_days=5).label == "alemtuzumab, day 2 of 5"
    assert event("alemtuzumab", DAY_1).label == "alemtuzumab"


def test_what_is_injected_under_the_skin_or_swallowed_is_taken_at_home_and_an_infusion_is_not() -> None:
    taken = {route: event("it", DAY_1, dose=dose(route=route)).at_home for route in ("SC", "PO", "inhaled", "IV", "IM")}
    assert taken == {"SC": True, "PO": True, "inhaled": True, "IV": False, "IM": False}
    assert not event("it", DAY_1, "visits").at_home


def test_a_schedule_is_narrowed_by_kind_and_by_dates_both_included() -> None:
    days = every(1, 10)
    whole = schedule(*(event("it", day, "labs" if number % 2 else "visits") for number, day in enumerate(days)), participant="1042")
    assert narrowed(whole) == whole
    assert [one.date for one in narrowed(whole, first=days[3], last=days[5]).events] == days[3:6]
    assert [one.date for one in narrowed(whole, last=days[0]).events] == days[:1]
    assert [one.date for one in narrowed(whole, first=days[9]).events] == days[9:]
    assert [one.date for one in narrowed(whole, kinds=frozenset({"lab"})).events] == days[1::2]
    assert narrowed(whole, kinds=frozenset()).events == ()
    assert narrowed(whole, kinds=frozenset({"call"})).participant == "1042"


def test_narrowing_twice_is_narrowing_once_by_both() -> None:
    whole = interferon_arm()
    first, last = date(2026, 7, 1), date(2026, 12, 31)
    both = narrowed(whole, kinds=frozenset({"lab", "assessment"}), first=first, last=last)
    assert narrowed(narrowed(whole, first=first, last=last), kinds=frozenset({"lab", "assessment"})) == both
    assert [one.date for one in both.events if one.kind == "lab"] == [date(2026, month, 5) for month in range(7, 13)]


def test_narrowing_asks_for_the_date_on_which_an_event_stands() -> None:
    moved = event("it", DAY_1 + timedelta(3), nominal_date=DAY_1, due_date=DAY_1 + timedelta(3))
    assert narrowed(schedule(moved), first=DAY_1 + timedelta(1)).events == (moved,)
    assert narrowed(schedule(moved), last=DAY_1).events == ()
