"""Laws of replaying a record: what was planned and recorded changes nothing, parts make the whole, corrections leave no trace."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dosecal.chain import Texts
from dosecal.follow import follow
from dosecal.read.nodes import read_document
from dosecal.read.participant import read_participant
from dosecal.record import Entry, Kind, Record, TookPlace, Unscheduled, Voided, as_of
from dosecal.schedule import Event, Schedule
from dosecal.write.entry import entry_line
from tests.cli.running import good
from tests.following import by_key, slowly
from tests.properties.drawing import Drawer
from tests.properties.records import HISTORIES, History, as_texts, history_of, law, renumbered, the
from tests.properties.slots import slot_in
from tests.properties.treatments import REAL, Trial, real

some = settings(derandomize=True, deadline=None, max_examples=HISTORIES, database=None)
numbers = st.sampled_from(range(HISTORIES))
HEAD = "format: dosecal/1\nstudy: a study\nsource: a test\nmonths: calendar\n"
ENTRY: Final = re.compile(r"entry (\d+)")
MOST_FOLLOWED = 60
"""Plans of more events than that are recorded as planned, but not followed entry by entry."""


def everything(schedule: Schedule) -> tuple[Event, ...]:
    return (*schedule.events, *schedule.absent, *schedule.beyond)


# -- nothing, and what was planned


@law
def test_an_empty_record_changes_nothing(history: History) -> None:
    trial, planned = history.trial, history.states[0]
    assert trial.after(()) == planned
    assert follow(trial.participant, trial.lay) == replace(planned, absent=(), beyond=())  # which no calendar ever had


@law
def test_an_entry_that_moves_nothing_moves_nothing(history: History) -> None:
    planned = history.states[0]
    extra = Entry(number=1, kind="unscheduled", on=planned.day_1, by="JD", act=Unscheduled(kind="visit"), place=1)
    after = history.trial.after((extra,))
    assert tuple(event for event in after.events if "unscheduled" not in event.flags) == planned.events
    assert (after.absent, after.beyond, after.notes) == (planned.absent, planned.beyond, planned.notes)


def all_as_planned(schedule: Schedule) -> Record:
    """Every listed event of a plan as an entry that says no more than that it took place as planned."""
    return tuple(
        Entry(
            number=number,
            kind="given" if event.kind == "dose" else "done",
            on=event.date,
            by="JD",
            act=TookPlace(item=event.item, slot=slot_in(event, schedule)),
            place=number,
        )
        for number, event in enumerate(schedule.events, 1)
    )


def changes_nothing_but_state(trial: Trial) -> None:
    planned = trial.after(())
    record = all_as_planned(planned)
    after = trial.after(record)
    assert [event.state for event in after.events] == ["done"] * len(planned.events)
    assert sorted(by_state(after), key=key_of) == sorted(planned.events, key=key_of)
    assert (by_key(after).beyond, after.absent, after.notes) == (by_key(planned).beyond, planned.absent, planned.notes)
    if len(record) <= MOST_FOLLOWED:
        followed = follow(replace(trial.participant, record=record), trial.lay)
        assert {(event.revision, event.revised) for event in followed.events} <= {(0, None)}


def key_of(event: Event) -> str:
    return event.key


def by_state(schedule: Schedule) -> list[Event]:
    return [replace(event, state="planned") for event in schedule.events]


@pytest.mark.parametrize("name", REAL)
def test_recording_everything_as_planned_changes_nothing_but_state_in_a_real_trial(name: str) -> None:
    changes_nothing_but_state(real(name))


@some
@given(number=numbers)
def test_recording_everything_as_planned_changes_nothing_but_state(number: int) -> None:
    changes_nothing_but_state(the(number).trial)


# -- parts and wholes


@law
def test_an_entry_that_was_written_later_has_no_effect(history: History) -> None:
    record, trial = history.record, history.trial
    for day in {entry.written.date() for entry in record}:
        assert as_of(record, day) == tuple(one for one in record if (one.entered.date() if one.entered else one.on) <= day)
    for entry, before in zip(record, history.states, strict=False):
        earlier = record[: entry.number - 1]
        eve = max((one.written.date() for one in earlier), default=trial.participant.day_1 - timedelta(99))
        if entry.written.date() > eve:
            assert trial.after(as_of(record[: entry.number], eve)) == before


@law
def test_following_a_record_is_what_following_its_parts_says(history: History) -> None:
    person = replace(history.trial.participant, record=history.record)
    assert by_key(follow(person, history.lay)) == slowly(person, history.lay)


@law
def test_a_touched_event_s_revision_only_rises(history: History) -> None:
    person = history.trial.participant
    parts = [follow(replace(person, record=history.record[:count]), history.lay) for count in range(len(history.record) + 1)]
    for before, after in pairwise(parts):
        now = {event.key: event for event in everything(after)}
        for event in everything(before):
            if event.key not in now:
                assert event not in before.events  # what a calendar has had stays in it, cancelled at worst
                continue
            same = replace(now[event.key], state=event.state) == event
            assert (now[event.key].revision > event.revision) is not same
            assert same or later(now[event.key], event)


def later(event: Event, before: Event) -> bool:
    return event.revised is not None and (before.revised is None or event.revised > before.revised)


@pytest.mark.parametrize("number", [1, 8, 13])
def test_a_record_fed_entry_by_entry_is_the_record_written_at_once(number: int, tmp_path: Path) -> None:
    history = the(number)
    entries = [replace(entry, entered=None) for entry in history.record]
    as_files(history.trial, tmp_path)
    for entry in entries:
        kind, value, *options = as_words(as_texts(entry))
        good("record", "fed.yaml", kind, value, *options, "--site", "site.yaml", "--yes", folder=tmp_path)
    lines = "".join(f"  - {entry_line(as_texts(entry))}\n" for entry in entries)
    (tmp_path / "whole.yaml").write_text(f"{(tmp_path / 'bare.yaml').read_text()}record:\n{lines}")
    asked = ("--site", "site.yaml", "--format", "json")
    fed, whole, bare = (
        json.loads(good("schedule", "regimen.yaml", "--participant", f"{name}.yaml", *asked, folder=tmp_path))
        for name in ("fed", "whole", "bare")
    )
    assert len(entries) > 4
    assert fed["events"] == whole["events"] != bare["events"]


def as_files(trial: Trial, folder: Path) -> None:
    """The regimen, the site, and the participant twice: once to feed entries to."""
    who, site = trial.participant, trial.site
    (folder / "regimen.yaml").write_text(f"{HEAD}{trial.text}")
    weekend = f"weekend: {' '.join(sorted(site.weekend))}\n" if site.weekend else ""
    closed = f"closed: [{', '.join(map(str, sorted(site.closed)))}]\n" if site.closed else ""
    (folder / "site.yaml").write_text(f"site: clinic\n{weekend}{closed}")
    assert who.zone is not None
    text = f'participant: "1042"\nregimen: regimen.yaml\nday-1: {who.day_1}\ntimezone: {who.zone.name}\nhorizon: {who.horizon}\n'
    text += "measures: {weight: 70 kg}\ntimes: {breakfast: 07:30, dinner: 19:30}\n"
    for name in ("fed", "bare"):
        (folder / f"{name}.yaml").write_text(text)


def as_words(texts: Texts) -> list[str]:
    """An entry as it is typed: its kind, what it is about, its options."""
    options = ("on", "by", "why", "due", "slot", "at", "amount", "to", "through", "value", "corrects")
    ((kind, value),) = ((key, text) for key, text in texts.items() if key not in options)
    what = ", ".join(f"{name}: {clock}" for name, clock in value.items()) if isinstance(value, Mapping) else str(value)
    return [kind, what, *(word for key in options if key in texts for word in (f"--{key}", str(texts[key])))]


# -- corrections


@law
def test_a_wrong_entry_that_is_voided_leaves_no_trace(history: History) -> None:
    for place in range(0, len(history.record) + 1, 4):
        wrong = slip(history, place)
        if wrong is not None:
            void = Entry(number=place + 2, kind="void", on=wrong.on, by="JD", why="a slip", act=Voided(number=place + 1), place=place + 2)
            mended = history.trial.after(inserted(history.record, place, wrong, void))
            assert traces(mended) == traces(history.states[-1], after=place, later=2)


@law
def test_a_wrong_entry_that_is_corrected_leaves_no_trace(history: History) -> None:
    for place, right in list(enumerate(history.record))[1::4]:
        wrong = slip(history, place)
        if wrong is None or right.kind in ("void", "event") or right.corrects is not None or is_replaced(history.record, right.number):
            continue
        before, entry, after = (mixed := inserted(history.record, place, wrong))[: place + 1], mixed[place + 1], mixed[place + 2 :]
        mended = history.trial.after((*before, replace(entry, corrects=wrong.number), *after))
        assert traces(mended) == traces(history.states[-1], after=right.number, later=1)


def slip(history: History, place: int) -> Entry | None:
    """An entry that might have been written by mistake after the first so many; an event's number would stay counted."""
    drawer = Drawer(history.trial, history.states[place], history.record[:place], Random(place))  # noqa: S311  (no secret)
    wrong = drawer.entry()
    if wrong is None or wrong.kind in ("void", "event") or wrong.corrects is not None:
        return None
    return wrong if history_of(history.trial, (*history.record[:place], wrong)) is not None else None


def inserted(record: Record, place: int, *entries: Entry) -> Record:
    """The record with more entries after the first so many; the rest is numbered anew."""
    new = {entry.number: entry.number + len(entries) * (entry.number > place) for entry in record}
    return (*record[:place], *entries, *(renumbered(entry, new) for entry in record[place:]))


def is_replaced(record: Record, number: int) -> bool:
    return any(entry.corrects == number or (isinstance(entry.act, Voided) and entry.act.number == number) for entry in record)


def traces(schedule: Schedule, after: int = 0, later: int = 0) -> dict[str, list[Event]]:
    """All of a schedule but its reasons, by key; the keys of unscheduled events name an entry by its number."""

    def told(event: Event) -> Event:
        key = ENTRY.sub(lambda found: f"entry {int(found[1]) + later * (int(found[1]) > after)}", event.key)
        return replace(event, reasons=(), key=key)

    return {part: sorted(map(told, getattr(schedule, part)), key=key_of) for part in ("events", "absent", "beyond")}


# -- the records themselves


@law
def test_the_records_are_those_that_files_can_hold(history: History) -> None:
    lines = "".join(f"  - {entry_line(as_texts(entry))}\n" for entry in history.record)
    text = f"participant: x\nregimen: y\nday-1: {history.trial.participant.day_1}\nrecord:\n{lines}"
    read = read_participant(read_document("participant.yaml", text.encode())).participant.record
    assert read == tuple(replace(entry, place=0) for entry in history.record)


def test_the_records_are_varied() -> None:
    kinds = Counter(f"{entry.kind}{' corrects' * (entry.corrects is not None)}" for n in range(HISTORIES) for entry in the(n).record)
    assert sum(kinds.values()) > 5 * HISTORIES
    rare = {"amended", "site", "new-times", "day-1"}
    assert {kind for kind in get_args(Kind) if kind not in rare and kinds[kind] == 0} == set()
    assert sum(number for kind, number in kinds.items() if kind.endswith("corrects")) > 5
