"""Roster files -> typed data; every id stands in one place, and nobody is described who has none."""

from datetime import date
from decimal import Decimal

import pytest

from dosecal.diagnostic import Refused
from dosecal.dose import Amount
from dosecal.participant import Cohort
from dosecal.read.nodes import read_document
from dosecal.read.roster import RosterFile, read_roster

FULL = """
roster: Escalation
regimen: nts-104
day-1: 2026-01-05
timezone: Europe/Berlin
cohorts:
  - {plan: escalation, places: [S101, "102"]}
  - {plan: expansion, places: [S201]}
participants:
  S101: {arm: A, measures: {weight: 70.5 kg}, birth-date: 1980-02-29, flags: [premenopausal]}
  "102": {timezone: Europe/London, horizon: 2026-12-31}
"""


def read(text: str) -> RosterFile:
    return read_roster(read_document("x.yaml", text.encode()))


def errors(text: str) -> list[tuple[str, int, int, int]]:
    """Each error by name, line, column and length."""
    with pytest.raises(Refused) as refused:
        read(text)
    places = [(one.name, one.place) for one in refused.value.diagnostics]
    return [(name, place.line, place.column, place.length) for name, place in places if place is not None]


def names(text: str) -> list[str]:
    return [error[0] for error in errors(text)]


def test_a_roster_file_holds_what_it_says() -> None:
    file = read(FULL)
    roster = file.roster
    assert file.regimen == "nts-104"
    assert (roster.day_1, roster.zone.name) == (date(2026, 1, 5), "Europe/Berlin")
    assert roster.cohorts == (Cohort("escalation", ("S101", "102")), Cohort("expansion", ("S201",)))
    first, second = roster.participants["S101"], roster.participants["102"]
    assert (first.id, first.arm, first.birth_date, first.flags) == ("S101", "A", date(1980, 2, 29), frozenset({"premenopausal"}))
    assert first.measures == {"weight": Amount(Decimal("70.5"), "kg")}
    assert first.zone is None
    assert second.zone is not None
    assert (second.zone.name, second.horizon) == ("Europe/London", date(2026, 12, 31))
    assert set(roster.participants) == {"S101", "102"}


def test_a_roster_may_describe_nobody() -> None:
    assert read(FULL.split("participants:", maxsplit=1)[0]).roster.participants == {}


@pytest.mark.parametrize("key", ["regimen", "day-1", "timezone", "cohorts"])
def test_what_a_roster_must_say_is_required(key: str) -> None:
    lines = FULL.split("participants:", maxsplit=1)[0].splitlines()
    kept = [line for line in lines if not line.startswith(f"{key}:") and not (key == "cohorts" and line.startswith("  -"))]
    assert names("\n".join(kept)) == ["missing-key"]


@pytest.mark.parametrize("key", ["plan", "places"])
def test_a_cohort_has_a_plan_and_places(key: str) -> None:
    cohort = {"plan": "escalation", "places": "[S101]"}
    del cohort[key]
    written = ", ".join(f"{name}: {value}" for name, value in cohort.items())
    assert names(f"roster: E\nregimen: r\nday-1: 2026-01-05\ntimezone: UTC\ncohorts:\n  - {{{written}}}\n") == ["missing-key"]


@pytest.mark.parametrize("again", ["S101", "s101", "ß101"])
def test_an_id_has_one_place_whatever_its_case(again: str) -> None:
    first = "SS101" if again == "ß101" else "S101"
    text = FULL.replace("[S101,", f"[{first},").replace("[S201]", f"[S201, {again}]").replace("  S101:", f"  {first}:")
    assert [error[:2] for error in errors(text) if error[0] == "twice"] == [("twice", 8)]
    assert errors(text)[0][2:] == (38, 4)


def test_who_is_described_has_a_place() -> None:
    text = FULL + "  S109: {flags: [premenopausal]}\n"
    assert errors(text) == [("no-place", 12, 3, 4)]


def test_what_only_a_participant_file_can_say_is_refused_in_a_roster() -> None:
    for key in ("day-1: 2026-01-06", "regimen: other", "record: []", "participant: S101"):
        assert names(FULL.replace("{arm: A,", f"{{{key}, arm: A,")) == ["unknown-key"]


def test_an_id_is_at_most_64_characters_long_and_the_long_one_is_marked() -> None:
    assert read(FULL.replace("[S201]", f"[{'S' * 64}]")).roster.cohorts[1].places == ("S" * 64,)
    assert errors(FULL.replace("[S201]", f"[{'S' * 65}]")) == [("too-long", 8, 32, 65)]


def test_every_error_of_a_roster_is_found_at_once() -> None:
    text = FULL.replace("2026-01-05", "2026-02-30").replace("Europe/Berlin", "Berlin/Europe").replace("70.5 kg", "70.5")
    text = text.replace("roster: Escalation", "roster: ''").replace("places: [S201]", "places: []").replace("flags", "flag")
    assert names(text) == ["no-value", "date", "zone", "empty-list", "no-unit", "unknown-key"]
