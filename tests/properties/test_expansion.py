"""Laws of the expansion, for regimens put together at random and dates worked out beside dosecal."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dosecal.diagnostic import Refused
from dosecal.participant import ALWAYS_OPEN, Site
from dosecal.schedule import Event, Schedule
from dosecal.study_time import WEEKDAYS
from tests.expand.laying import laid_out
from tests.properties.regimens import ONE_DAY, Phrase, counted, phrases, sites

lawful = settings(derandomize=True, deadline=None, max_examples=150)
first_days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
FAR = 400
"""Further than any course of these regimens is moved."""
by_days_and_weeks = phrases(("day", "week"))


def lay(*items: str, day_1: date, site: Site = ALWAYS_OPEN, **asked: str) -> Schedule:
    body = "visits:\n" + "".join(f"  item {number}: {{{keys}}}\n" for number, keys in enumerate(items))
    return laid_out(body, day_1.isoformat(), site=site, **asked)  # type: ignore[arg-type]


def keys(phrase: Phrase, **more: str) -> str:
    days = {"days": phrase.days} if phrase.days else {}
    written = {"when": phrase.words, **days, **more}
    return ", ".join(f"{key.replace('_', '-')}: {value}" for key, value in written.items())


def dates(schedule: Schedule) -> list[date]:
    return [event.date for event in schedule.events]


def with_keys(schedule: Schedule) -> dict[str, Event]:
    return {event.key: event for event in schedule.events}


# -- what is laid out


@lawful
@given(phrase=phrases(), day_1=first_days)
def test_a_phrase_falls_on_the_dates_of_its_rule(phrase: Phrase, day_1: date) -> None:
    schedule = lay(keys(phrase), day_1=day_1)
    assert dates(schedule) == phrase.dates(day_1)
    assert [(event.course_day, event.course_days) for event in schedule.events] == [
        (number, len(course)) for course in phrase.courses(day_1) for number in range(1, len(course) + 1)
    ]


@lawful
@given(several=st.lists(phrases().filter(lambda phrase: not phrase.days), min_size=2, max_size=4), day_1=first_days)
def test_a_list_of_phrases_is_the_union_of_their_dates(several: list[Phrase], day_1: date) -> None:
    words = "[" + ", ".join(phrase.words for phrase in several) + "]"
    schedule = outcome(f"when: {words}", day_1, ALWAYS_OPEN)
    if not isinstance(schedule, Schedule):
        assert schedule == ("same-key",)
        assert sum(phrase.times is not None for phrase in several) > 1  # two series counted from one start: rightly refused
        return
    assert dates(schedule) == sorted({day for phrase in several for day in phrase.dates(day_1)})
    assert len(with_keys(schedule)) == len(schedule.events)


@lawful
@given(several=st.lists(phrases(), min_size=1, max_size=4), day_1=first_days)
def test_no_two_events_share_a_key(several: list[Phrase], day_1: date) -> None:
    schedule = lay(*map(keys, several), day_1=day_1)
    assert len(with_keys(schedule)) == len(schedule.events) == sum(len(phrase.dates(day_1)) for phrase in several)


@lawful
@given(several=st.lists(phrases(), min_size=1, max_size=3), day_1=first_days)
def test_events_stand_in_order_of_date(several: list[Phrase], day_1: date) -> None:
    found = dates(lay(*map(keys, several), day_1=day_1))
    assert found == sorted(found)


@lawful
@given(phrase=phrases(), day_1=first_days, site=st.data())
def test_the_same_input_gives_the_same_schedule(phrase: Phrase, day_1: date, site: st.DataObject) -> None:
    where = site.draw(sites(day_1))
    written = keys(phrase, if_closed="next open day", window="±9 days")
    first, second = (outcome(written, day_1, where) for _ in range(2))
    assert first == second


def outcome(written: str, day_1: date, site: Site) -> Schedule | tuple[str, ...]:
    """The schedule, or the names of what is refused."""
    try:
        return lay(written, day_1=day_1, site=site)
    except Refused as refused:
        return tuple(one.name for one in refused.diagnostics)


@lawful
@given(phrase=by_days_and_weeks, day_1=first_days, weeks=st.integers(-50, 50))
def test_moving_day_1_by_whole_weeks_moves_every_day_and_week_by_as_much(phrase: Phrase, day_1: date, weeks: int) -> None:
    here, there = (lay(keys(phrase), day_1=start) for start in (day_1, day_1 + weeks * 7 * ONE_DAY))
    assert [event.date + weeks * 7 * ONE_DAY for event in here.events] == dates(there)
    assert [event.key for event in here.events] == [event.key for event in there.events]
    assert [event.study_day for event in here.events] == [event.study_day for event in there.events]


@lawful
@given(phrase=phrases(), day_1=first_days, days=st.integers(0, 200))
def test_the_horizon_only_cuts(phrase: Phrase, day_1: date, days: int) -> None:
    horizon = day_1 + days * ONE_DAY
    cut = lay(keys(phrase), day_1=day_1, horizon=horizon.isoformat())
    assert cut.events == tuple(event for event in lay(keys(phrase), day_1=day_1).events if event.date <= horizon)


@lawful
@given(phrase=phrases(), day_1=st.dates(date(2020, 1, 1), date(2037, 1, 1)), timezone=st.sampled_from(["Asia/Gaza", "America/Sao_Paulo"]))
def test_a_clock_time_changes_no_date_and_no_key(phrase: Phrase, day_1: date, timezone: str) -> None:
    plain, timed = lay(keys(phrase), day_1=day_1), lay(keys(phrase, at="'12:30'"), day_1=day_1, timezone=timezone)
    assert [(event.key, event.date) for event in plain.events] == [(event.key, event.date) for event in timed.events]


# -- windows


@lawful
@given(phrase=phrases(), day_1=first_days, earlier=st.integers(0, 9), later=st.integers(2, 9), unit=st.sampled_from(["days", "weeks"]))
def test_a_window_holds_its_nominal_date(phrase: Phrase, day_1: date, earlier: int, later: int, unit: str) -> None:
    length = 7 if unit == "weeks" else 1
    for event in lay(keys(phrase, window=f"{f'-{earlier}' if earlier else '+0'} to +{later} {unit}"), day_1=day_1).events:
        if event.nominal_date == day_1 or event.course_day > 1:
            assert event.window is None
        else:
            assert event.window is not None
            assert event.window.earliest == event.nominal_date - earlier * length * ONE_DAY
            assert event.window.latest == event.nominal_date + later * length * ONE_DAY


# -- closed days


def is_open(site: Site, day: date) -> bool:
    return day not in site.closed and WEEKDAYS[day.weekday()] not in site.weekend


def shifts(course: list[date], rule: str, site: Site, day_1: date) -> list[int]:
    """Every distance by which a course may be moved, the fewest days first and of two equal ones the later."""
    ways = {"next": (1,), "previous": (-1,), "nearest": (1, -1)}[rule]
    return [
        way * distance
        for distance in range(1, FAR)
        for way in ways
        if all(is_open(site, day + way * distance * ONE_DAY) for day in course)
        and (course[0] + way * distance * ONE_DAY >= day_1 or course[0] < day_1)
    ]


@lawful
@pytest.mark.parametrize("rule", ["next", "previous", "nearest"])
@given(phrase=phrases(), day_1=first_days, data=st.data())
def test_every_course_moves_as_a_block_by_the_fewest_days(rule: str, phrase: Phrase, day_1: date, data: st.DataObject) -> None:
    site = data.draw(sites(day_1))
    wanted: list[date] = []
    for course in phrase.courses(day_1):
        found = [0] if all(is_open(site, day) for day in course) else shifts(course, rule, site, day_1)
        assume(found)  # what fits nowhere has a test of its own
        wanted += [day + found[0] * ONE_DAY for day in course]
    schedule = lay(keys(phrase, if_closed=f"{rule} open day"), day_1=day_1, site=site)
    assert dates(schedule) == sorted(wanted)
    assert all(is_open(site, event.date) for event in schedule.events)


@lawful
@given(phrase=phrases(), day_1=first_days, margin=st.integers(1, 4), data=st.data())
def test_nothing_is_moved_out_of_its_window(phrase: Phrase, day_1: date, margin: int, data: st.DataObject) -> None:
    site = data.draw(sites(day_1))
    wanted: list[date] = []
    for course in phrase.courses(day_1):
        found = [0] if all(is_open(site, day) for day in course) else shifts(course, "nearest", site, day_1)
        assume(found)
        stays = course[0] != day_1 and abs(found[0]) > margin
        wanted += course if stays else [day + found[0] * ONE_DAY for day in course]
    schedule = lay(keys(phrase, if_closed="nearest open day", window=f"±{counted(margin, 'day')}"), day_1=day_1, site=site)
    assert dates(schedule) == sorted(wanted)


@lawful
@pytest.mark.parametrize("rule", ["stay", "next open day", "previous open day", "nearest open day"])
@given(phrase=phrases(), day_1=first_days, data=st.data())
def test_a_closure_loses_no_event_and_changes_no_key(rule: str, phrase: Phrase, day_1: date, data: st.DataObject) -> None:
    plain = with_keys(lay(keys(phrase, window="±5 days"), day_1=day_1))
    try:
        shut = with_keys(lay(keys(phrase, if_closed=rule, window="±5 days"), day_1=day_1, site=data.draw(sites(day_1))))
    except Refused:
        assume(False)  # a course that fits nowhere
    assert shut.keys() == plain.keys()
    for key, event in shut.items():
        assert (event.nominal_date, event.window) == (plain[key].nominal_date, plain[key].window)
        assert (event.date == event.due_date == event.nominal_date) == (event.flags == ())
        assert rule != "stay" or event.date == event.nominal_date


@lawful
@given(phrase=phrases(), day_1=first_days, data=st.data())
def test_a_course_is_never_torn(phrase: Phrase, day_1: date, data: st.DataObject) -> None:
    try:
        schedule = lay(keys(phrase, if_closed="nearest open day"), day_1=day_1, site=data.draw(sites(day_1)))
    except Refused:
        assume(False)
    moves: dict[date, set[timedelta]] = {}
    for event in schedule.events:
        moves.setdefault(event.nominal_date - (event.course_day - 1) * ONE_DAY, set()).add(event.date - event.nominal_date)
    assert all(len(by) == 1 for by in moves.values())
