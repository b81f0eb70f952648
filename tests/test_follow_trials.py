"""A followed schedule of real phrases, laid out by `expand`: nothing that is skipped makes a difference, and every calendar catches up."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dosecal.cli.selection import select_participant
from dosecal.diagnostic import Refused
from dosecal.expand import expand
from dosecal.follow import Lay, follow
from dosecal.participant import Participant
from dosecal.read.participant import read_participant_file
from dosecal.record import Entry, TookPlace
from dosecal.regimen import Regimen
from dosecal.schedule import Event, Schedule
from dosecal.write.ics import write_ics
from tests.expand.laying import named, regimen, zone
from tests.following import by_key, slowly
from tests.readers.lines import vevents
from tests.toy_trial import entry, records

TRIALS = {
    "weekly injections": """
doses: {injection: {give: 44 mcg SC, when: every 7 days 8 times, count-from: actual, window: ±2 days}}
labs: {blood test: {when: 1 day before each injection}}
visits: {visit: {when: days 10 20 33, at: 09:00}}
""",
    "cycles": """
phases:
  treatment:
    cycle: {length: 14 days, count: 4, count-from: actual}
    doses: {infusion: {give: 85 mg IV, when: day 1, at: 09:00, lasts: 2 hours}, tablet: {give: 5 mg PO, when: days 1-5}}
    procedures: {pump disconnect: {when: 46 hours after each infusion}}
    labs: {CBC: {when: 1 day before day 1, window: 0 to 3 days before day 1}}
visits: {end visit: {when: 30 days after last infusion, window: ±7 days}}
""",
    "three a week": """
doses: {injection: {give: {days 1-14: 8.8 mcg SC, from day 15: 22 mcg SC}, when: every Mon Wed Fri for 5 weeks, at: 19:00,
  at-least: 48 hours apart, if-missed: take if at least 48 hours before next week else skip}}
""",
    "twice a day": """
doses: {tablet: {give: {days 1-4: 120 mg PO, from day 5: 240 mg PO}, when: every day for 12 days, at: [breakfast, dinner]}}
calls: {call: {when: days 8 29}}
""",
}
every_trial = pytest.mark.parametrize("name", TRIALS)
PARTICIPANT = Participant(
    day_1=date(2027, 1, 4),
    id="1042",
    zone=zone("America/Chicago"),
    horizon=date(2027, 2, 12),
    times={"breakfast": named("07:30"), "dinner": named("19:30")},
)


@cache
def the(name: str) -> Regimen:
    return regimen(TRIALS[name])


def laid(name: str, participant: Participant) -> Schedule:
    return expand(the(name), participant)


@cache
def planned(name: str) -> tuple[Event, ...]:
    return laid(name, PARTICIPANT).events


@every_trial
@settings(derandomize=True, deadline=None, max_examples=80)
@given(data=st.data())
def test_what_is_skipped_makes_no_difference(name: str, data: st.DataObject) -> None:
    participant = replace(PARTICIPANT, record=data.draw(records(most=6, plan=planned(name))))

    def lay(one: Participant) -> Schedule:
        return laid(name, one)

    try:
        expected = slowly(participant, lay)
    except Refused:
        return
    assert by_key(follow(participant, lay)) == expected


@every_trial
@settings(derandomize=True, deadline=None, max_examples=40)
@given(data=st.data())
def test_rules_5_to_8_a_client_that_reads_every_export_holds_what_the_last_one_says(name: str, data: st.DataObject) -> None:
    record = data.draw(records(most=5, plan=planned(name)))
    held: dict[str, dict[str, str]] = {}
    last: dict[str, dict[str, str]] = {}
    for count in range(len(record) + 1):
        try:
            followed = follow(replace(PARTICIPANT, record=record[:count]), lambda one: laid(name, one))
        except Refused:
            continue
        last = {one["UID"]: one for one in vevents(write_ics(followed, audience="site"))}
        held |= {uid: one for uid, one in last.items() if uid not in held or int(one["SEQUENCE"]) >= int(held[uid]["SEQUENCE"])}
    assert held == last


@every_trial
def test_recording_everything_as_planned_changes_nothing_and_lays_out_next_to_nothing(name: str) -> None:
    record = tuple(as_planned(number, event) for number, event in enumerate(planned(name), 1))
    asked: list[int] = []

    def lay(participant: Participant) -> Schedule:
        asked.append(len(participant.record))
        return laid(name, participant)

    followed = follow(replace(PARTICIPANT, record=record), lay)
    assert [replace(event, state="planned") for event in followed.events] == list(planned(name))
    assert followed.absent == followed.beyond == ()
    assert asked == [len(record), 0]


def as_planned(number: int, event: Event) -> Entry:
    slot = event.key.rpartition("/")[2] if event.key.endswith(("/breakfast", "/dinner")) else None
    return entry(number, "given" if event.kind == "dose" else "done", event.date, TookPlace(item=event.item, due=event.due_date, slot=slot))


def test_one_late_injection_revises_what_is_counted_from_it_and_nothing_before() -> None:
    late = entry(1, "given", date(2027, 1, 13), TookPlace(item="injection", due=date(2027, 1, 11)))
    followed = follow(replace(PARTICIPANT, record=(late,)), lambda one: laid("weekly injections", one))
    revised = {event.key: event.date for event in followed.events if event.revision}
    assert revised == {
        "injection/no 2": date(2027, 1, 13), "blood test/@injection/no 2": date(2027, 1, 12),
        "injection/no 3": date(2027, 1, 20), "blood test/@injection/no 3": date(2027, 1, 19),
        "injection/no 4": date(2027, 1, 27), "blood test/@injection/no 4": date(2027, 1, 26),
        "injection/no 5": date(2027, 2, 3), "blood test/@injection/no 5": date(2027, 2, 2),
        "injection/no 6": date(2027, 2, 10), "blood test/@injection/no 6": date(2027, 2, 9),
    }  # fmt: skip
    assert followed.absent == followed.beyond == ()


# -- the known cases, each with its own record

CASES = Path(__file__).parent / "cases"
RECORDED = sorted(file.parent.name for file in CASES.glob("*/participant.yaml") if "\nrecord:" in file.read_text(encoding="utf-8"))


def selected(case: str) -> tuple[Participant, Lay]:
    folder = CASES / case
    site = folder / "site.yaml"
    own = read_participant_file(str(folder / "participant.yaml"))
    found = select_participant(own, regimen=str(folder / "regimen.yaml"), site_files=(str(site),) if site.is_file() else ())
    assert found.participant is not None
    assert found.lay is not None
    return found.participant, found.lay


def test_there_are_known_cases_with_a_record() -> None:
    assert len(RECORDED) == 10


@pytest.mark.parametrize("case", RECORDED)
def test_a_known_case_with_what_was_done_as_planned_among_its_entries_is_followed_by_the_definition(case: str) -> None:
    participant, lay = selected(case)
    plan = lay(replace(participant, record=())).events[::5]
    told = sorted([*participant.record, *(as_planned(0, event) for event in plan)], key=lambda one: one.on)
    kept: tuple[Entry, ...] = ()
    for one in told:
        number = len(kept) + 1
        try:
            lay(replace(participant, record=(*kept, replace(one, number=number, place=number))))
        except Refused:
            continue  # what was planned once may not be due any more
        kept = (*kept, replace(one, number=number, place=number))
    whole = replace(participant, record=kept)
    assert by_key(follow(whole, lay)) == slowly(whole, lay)
