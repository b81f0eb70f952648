"""A followed schedule: what each entry changed, what was cancelled, what was skipped; against a replay that skips nothing."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.follow import Lay, follow
from dosecal.participant import Participant
from dosecal.record import Delayed, DidNot, Entry, Held, Moved, Record, Stopped, TookPlace, Unscheduled, Voided
from dosecal.schedule import Event, Schedule
from tests.following import by_key, slowly
from tests.toy_trial import HORIZON, PARTICIPANT, entry, lay, records, with_record
from tests.write.schedules import DAY_1, event, schedule

MONDAY_2 = DAY_1 + timedelta(7)


def marks(followed: Schedule) -> dict[str, tuple[int, str | None]]:
    """Key -> revision and revised of every event that the record touched, wherever it stands."""
    everything = (*followed.events, *followed.absent, *followed.beyond)
    return {one.key: (one.revision, one.revised.isoformat() if one.revised else None) for one in everything if one.revision or one.revised}


def injection(number: int, on: date, due: date | None = None, **fields: object) -> Entry:
    return entry(number, "given", on, TookPlace(item="injection", due=due), **fields)


# -- revision and revised


def test_an_empty_record_changes_nothing_and_costs_one_layout() -> None:
    counted = Counted(lay)
    followed = follow(PARTICIPANT, counted)
    assert counted.records == [()]
    assert (followed.events, followed.absent, followed.beyond) == (lay(PARTICIPANT).events, (), ())


def test_rule_7_a_moved_visit_is_revised_once_and_nothing_else_is() -> None:
    due = DAY_1 + timedelta(10)
    followed = follow(with_record(entry(1, "moved", DAY_1, Moved(item="visit", due=due, to=due + timedelta(2)))), lay)
    assert marks(followed) == {"visit/day 11": (1, "2026-01-05T00:00:01+00:00")}


def test_rule_7_a_late_injection_revises_the_later_ones_and_the_tests_before_them() -> None:
    followed = follow(with_record(injection(1, MONDAY_2 + timedelta(1), MONDAY_2)), lay)
    late = [no for no in range(2, 9) if no <= 5]  # no 6 moves from Monday to Tuesday behind the horizon, and was there before
    expected = {f"injection/no {no}" for no in late} | {f"blood test/@injection/no {no}" for no in late}
    found = marks(followed)
    assert set(found) == expected | {"blood test/@injection/no 6"}
    assert set(found.values()) == {(1, "2026-01-13T00:00:01+00:00")}


def test_rule_7_what_was_given_as_planned_revises_nothing() -> None:
    followed = follow(with_record(injection(1, DAY_1), injection(2, MONDAY_2)), lay)
    assert marks(followed) == {}
    assert [one.state for one in followed.events if one.item == "injection"] == ["done", "done", "planned", "planned", "planned"]


def test_rule_6_revised_is_the_running_maximum_plus_the_number_in_seconds() -> None:
    due = DAY_1 + timedelta(10)
    late, early = datetime(2026, 1, 9, 8, 30, tzinfo=UTC), datetime(2026, 1, 8, 12, tzinfo=UTC)
    first = entry(1, "moved", DAY_1, Moved(item="visit", due=due, to=due + timedelta(1)), entered=late)
    second = entry(2, "moved", DAY_1, Moved(item="visit", due=due, to=due + timedelta(2)), entered=early)
    assert marks(follow(with_record(first), lay)) == {"visit/day 11": (1, "2026-01-09T08:30:01+00:00")}
    assert marks(follow(with_record(first, second), lay)) == {"visit/day 11": (2, "2026-01-09T08:30:02+00:00")}


def test_rule_7_missing_and_coming_back_are_a_change_each() -> None:
    missed = entry(1, "not-given", MONDAY_2, DidNot(item="injection"))
    followed = follow(with_record(missed), lay)
    assert [(one.key, one.state, one.revision) for one in followed.absent] == [("injection/no 2", "missed", 1)]
    back = follow(with_record(missed, entry(2, "void", MONDAY_2, Voided(number=1))), lay)
    assert back.absent == ()
    assert marks(back) == {"injection/no 2": (2, "2026-01-12T00:00:02+00:00")}


def test_what_an_entry_brings_about_it_has_changed() -> None:
    followed = follow(with_record(entry(1, "unscheduled", MONDAY_2, Unscheduled(kind="visit"))), lay)
    assert marks(followed) == {"unscheduled visit/1": (1, "2026-01-12T00:00:01+00:00")}


# -- what does not take place


def test_rule_8_what_the_plan_has_no_more_is_cancelled_as_it_last_stood_and_names_the_entry() -> None:
    due = DAY_1 + timedelta(20)
    moved = entry(1, "moved", DAY_1, Moved(item="visit", due=due, to=due + timedelta(2)))
    stopped = entry(2, "stopped", DAY_1 + timedelta(12), Stopped(name="visit"), why="moved away")
    followed = follow(with_record(moved, stopped), lay)
    [early, late] = followed.absent
    assert (early.key, early.date, early.state, early.revision) == ("visit/day 21", date(2026, 1, 27), "cancelled", 2)
    assert early.reasons[-1] == "no longer planned since entry 2 of the record, `stopped` on 2026-01-17: moved away"
    assert (late.key, late.date, late.revision, late.revised) == (
        "visit/day 34", date(2026, 2, 7), 1, datetime(2026, 1, 17, 0, 0, 2, tzinfo=UTC),
    )  # fmt: skip


def test_rule_8_a_void_of_an_extra_visit_cancels_it_without_a_reason_that_nobody_gave() -> None:
    extra = entry(1, "unscheduled", MONDAY_2, Unscheduled(kind="visit"))
    [gone] = follow(with_record(extra, entry(2, "void", MONDAY_2, Voided(number=1))), lay).absent
    assert gone.reasons == ("no longer planned since entry 2 of the record, `void` on 2026-01-12",)


def test_what_was_never_in_the_calendar_is_not_cancelled_there() -> None:
    stopped = entry(1, "stopped", DAY_1, Stopped(name="injection"))
    assert [one.key for one in follow(with_record(stopped), lay).absent] == [f"injection/no {no}" for no in range(1, 6)]
    held = entry(1, "held", HORIZON + timedelta(1), Held(name="injection"))
    assert [one.state for one in lay(with_record(held)).absent] == ["held"] * 3
    assert follow(with_record(held), lay).absent == ()


def test_what_moves_behind_the_horizon_is_not_cancelled_but_kept_apart() -> None:
    due = DAY_1 + timedelta(33)
    moved = entry(1, "moved", DAY_1, Moved(item="visit", due=due, to=HORIZON + timedelta(3)))
    followed = follow(with_record(moved), lay)
    assert [(one.key, one.date, one.revision) for one in followed.beyond] == [("visit/day 34", HORIZON + timedelta(3), 1)]
    assert followed.absent == ()
    back = follow(with_record(moved, entry(2, "moved", DAY_1, Moved(item="visit", due=due, to=due))), lay)
    assert back.beyond == back.absent == ()
    assert marks(back) == {"visit/day 34": (2, "2026-01-05T00:00:02+00:00")}


def test_what_is_cancelled_after_it_moved_behind_the_horizon_is_cancelled_there() -> None:
    moved = entry(1, "moved", DAY_1, Moved(item="visit", due=DAY_1 + timedelta(33), to=HORIZON + timedelta(3)))
    [gone] = follow(with_record(moved, entry(2, "stopped", HORIZON, Stopped(name="visit"))), lay).absent
    assert (gone.key, gone.date, gone.revision) == ("visit/day 34", HORIZON + timedelta(3), 2)


# -- refused parts


def test_a_refused_part_is_passed_over_and_what_it_does_counts_with_the_next_good_one() -> None:
    due = DAY_1 + timedelta(10)
    wrong = entry(1, "given", DAY_1, TookPlace(item="injection", due=DAY_1 + timedelta(1)))
    moved = entry(2, "moved", DAY_1, Moved(item="visit", due=due, to=due + timedelta(1)))
    with pytest.raises(Refused):
        follow(with_record(wrong, moved), lay)
    void = entry(3, "void", DAY_1, Voided(number=1))
    assert marks(follow(with_record(wrong, moved, void), lay)) == {"visit/day 11": (1, "2026-01-05T00:00:03+00:00")}


def test_where_only_the_record_makes_a_plan_possible_its_entry_has_brought_every_event_about() -> None:
    def needs_an_entry(participant: Participant) -> Schedule:
        if not participant.record:
            raise Refused([Diagnostic("no-measure", "the weight is not known")])
        return schedule(event("visit", DAY_1, "visits"))

    followed = follow(with_record(entry(1, "unscheduled", DAY_1, Unscheduled(kind="visit"))), needs_an_entry)
    assert [one.revision for one in followed.events] == [1]


# -- what is not laid out


class Counted:
    """A layout that remembers the records that it was asked for, by their entries' numbers."""

    def __init__(self, inner: Lay) -> None:
        self.inner = inner
        self.records: list[tuple[int, ...]] = []

    def __call__(self, participant: Participant) -> Schedule:
        self.records.append(tuple(one.number for one in participant.record))
        return self.inner(participant)


def asked(*entries: Entry) -> list[int]:
    """The lengths of the parts of a record that are laid out between the empty one and the whole one."""
    counted = Counted(lay)
    follow(with_record(*entries), counted)
    whole = len(entries)
    assert [len(numbers) for numbers in counted.records[:2]] == [whole, 0]
    return [len(numbers) for numbers in counted.records[2:]]


LAST = entry(9, "unscheduled", DAY_1 + timedelta(30), Unscheduled(kind="visit"))


def test_doses_given_as_planned_are_not_laid_out_one_by_one() -> None:
    tablets = [
        entry(2 * day + pm + 1, "given", DAY_1 + timedelta(day), TookPlace(item="tablet", slot=slot))
        for day in range(7)
        for pm, slot in enumerate(("am", "pm"))
    ]
    assert asked(*tablets, LAST) == []
    assert asked(injection(1, DAY_1), injection(2, MONDAY_2), LAST) == []


@pytest.mark.parametrize(
    "told",
    [
        injection(1, DAY_1 + timedelta(1), DAY_1),
        entry(1, "given", DAY_1, TookPlace(item="injection", at=time(9))),
        entry(1, "not-given", DAY_1, DidNot(item="injection")),
        entry(1, "moved", DAY_1, Moved(item="injection", to=MONDAY_2)),
    ],
)
def test_an_entry_that_says_more_is_laid_out(told: Entry) -> None:
    assert asked(told, LAST) == [1]


def test_a_dose_given_as_planned_after_it_was_moved_is_laid_out() -> None:
    moved = entry(1, "moved", DAY_1, Moved(item="injection", due=MONDAY_2, to=MONDAY_2 + timedelta(1)))
    assert asked(moved, injection(2, MONDAY_2 + timedelta(1), MONDAY_2), LAST) == [1, 2]


def test_a_dose_given_on_the_day_from_which_it_was_moved_or_on_which_it_is_held_is_laid_out() -> None:
    moved = entry(1, "moved", DAY_1, Moved(item="injection", due=MONDAY_2, to=MONDAY_2 + timedelta(1)))
    held = entry(1, "held", DAY_1, Held(name="injection"))
    assert asked(moved, injection(2, MONDAY_2), LAST) == [1, 2]
    assert asked(held, injection(2, MONDAY_2), LAST) == [1, 2]


def test_a_correction_is_laid_out() -> None:
    assert asked(injection(1, DAY_1), injection(2, DAY_1, corrects=1), LAST) == [2]


def test_a_second_entry_about_one_dose_is_laid_out_and_passed_over_where_it_is_refused() -> None:
    assert asked(injection(1, DAY_1), injection(2, DAY_1), entry(3, "void", DAY_1, Voided(number=2)), LAST) == [2, 3]


def test_after_a_refused_part_everything_is_laid_out_until_one_is_good() -> None:
    wrong = entry(1, "given", DAY_1, TookPlace(item="injection", due=DAY_1 + timedelta(1)))
    void = entry(3, "void", DAY_1, Voided(number=1))
    assert asked(wrong, injection(2, MONDAY_2), void, injection(4, MONDAY_2 + timedelta(7)), LAST) == [1, 2, 3]


def test_rule_18_of_the_language_what_was_done_before_a_delay_is_laid_out_even_if_it_stands_as_planned() -> None:
    """A delayed cycle gets its own test, once an entry says that the old one was done: the plan grows by a `done` of what it had."""

    def delayed(participant: Participant) -> Schedule:
        done = any(isinstance(one.act, TookPlace) for one in participant.record)
        old = event("CBC", DAY_1, "labs", key="CBC", state="done" if done else "planned")
        return schedule(old, *([event("CBC", MONDAY_2, "labs", key="CBC/again 1")] if done else []))

    delay = entry(1, "delayed", DAY_1 + timedelta(3), Delayed(phase="treatment", cycle=1, to=MONDAY_2))
    done = entry(2, "done", DAY_1, TookPlace(item="CBC"))
    assert marks(follow(with_record(delay, done, LAST), delayed)) == {"CBC/again 1": (1, "2026-01-05T00:00:02+00:00")}


# -- laws


@settings(derandomize=True, deadline=None, max_examples=400)
@given(records())
def test_what_is_skipped_makes_no_difference(record: Record) -> None:
    participant = with_record(*record)
    try:
        expected = slowly(participant, lay)
    except Refused:
        with pytest.raises(Refused):
            follow(participant, lay)
    else:
        assert by_key(follow(participant, lay)) == expected


@settings(derandomize=True, deadline=None, max_examples=200)
@given(records())
def test_the_events_are_those_of_the_plan_but_for_their_revisions(record: Record) -> None:
    participant = with_record(*record)
    try:
        final = lay(participant)
    except Refused:
        return
    followed = follow(participant, lay)
    assert tuple(replace(one, revision=0, revised=None) for one in followed.events) == final.events
    assert replace(followed, events=(), absent=(), beyond=()) == replace(final, events=(), absent=(), beyond=())
    assert list(followed.absent) == sorted(followed.absent, key=lambda one: one.date)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(records())
def test_rules_6_and_7_revisions_only_rise_and_nothing_that_was_listed_is_lost(record: Record) -> None:
    before: dict[str, Event] = {}
    for count in range(len(record) + 1):
        try:
            followed = follow(with_record(*record[:count]), lay)
        except Refused:
            continue
        now = {one.key: one for one in (*followed.events, *followed.absent, *followed.beyond)}
        assert before.keys() <= now.keys()
        for key, old in before.items():
            new = now[key]
            if new.revision == old.revision:
                assert replace(new, state=old.state) == old
            else:
                assert new.revision > old.revision
                assert new.revised is not None
                assert old.revised is None or new.revised > old.revised
        before = now
