"""Participants as people write them: each as a participant file and as a row of a roster table, drawn around those of the golden cases."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from tests.golden.cases import SITES, Case, cases

Person = dict[str, Any]
"""The keys of a participant file with their values as texts; `own`: whether the roster names the file."""

COLUMNS = ("id", "arm", "day-1", "timezone", "days", "times", "measures", "language", "site", "horizon", "flags", "participant")
ZONES = ("Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "UTC", "Pacific/Apia")
LANGUAGES = ("de", "pt-BR", "sv", "en")
NEAR = (0, 1, 2, 7, 14, 21, 28, 29, 30, 31, 35, 59, 364, 365, 366, 371)
"""Days between the first days of one roster: same weekdays, same months, over the ends of months, years and summer time."""


@cache
def person_of(case: Case) -> Person:
    """The participant of a golden case."""
    person: Person = yaml.load(case.participant_file.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506  (all texts)
    return person


def described(regimen: str) -> list[Person]:
    """The golden participants of a regimen, one or more an arm."""
    return [person_of(case) for case in cases() if case.regimen == regimen]


REGIMENS = tuple(dict.fromkeys(case.regimen for case in cases()))
UNTIL_A_HORIZON = frozenset(
    {
        "adalimumab",
        "dimethyl-fumarate",
        "fingolimod",
        "insulin-basal-bolus",
        "interferon-beta-1a--target-22-mcg",
        "interferon-beta-1a--target-44-mcg",
        "lenalidomide-dexamethasone--rd",
        "paliperidone-3-month",
    }
)
"""The golden cases whose calendars are not moved with Day 1 because without a horizon they have no end."""
WAITING_AT_CLOCK_TIMES = frozenset(
    {
        "artemether-lumefantrine",
        "bnt162b2--bnt162b2",
        "bnt162b2--placebo",
        "carboplatin-paclitaxel",
        "fluticasone-crossover--ab",
        "fluticasone-crossover--ba",
        "hpv--three-dose",
        "hpv--two-dose",
        "mfolfox6--mfolfox6",
        "mfolfox6--mfolfox6-bevacizumab",
        "ocrelizumab--interferon-beta-1a",
        "ocrelizumab--ocrelizumab",
    }
)
"""Those whose calendars are not moved because occurrences wait for one another, at clock times."""
NOT_MOVED = UNTIL_A_HORIZON | WAITING_AT_CLOCK_TIMES
SITE_FILES = tuple(str(path) for path in sorted(SITES.glob("*.yaml")))


@st.composite
def rosters(draw: st.DrawFn, regimen: str, *, arms_hidden: bool = False) -> list[Person]:
    """Participants on one regimen whose first days lie near each other, some with a file of their own and a record in it."""
    base = draw(st.dates(date(2024, 1, 1), date(2028, 12, 31)))
    patterns = draw(st.lists(st.sampled_from(described(regimen)), min_size=1, max_size=2, unique_by=id))
    zones = draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=2))
    nameless = arms_hidden and draw(st.booleans())
    people = []
    for number in range(draw(st.integers(4, 9))):
        pattern = dict(draw(st.sampled_from(patterns)))
        day_1 = base + timedelta(draw(st.sampled_from(NEAR)))
        if "horizon" in pattern:
            length = date.fromisoformat(pattern["horizon"]) - date.fromisoformat(pattern["day-1"])
            pattern["horizon"] = (day_1 + length).isoformat()
        language = draw(st.sampled_from((None, None, *LANGUAGES)))
        pattern |= {"participant": f"P_{number}", "day-1": day_1.isoformat(), "timezone": draw(st.sampled_from(zones))}
        pattern |= {"language": language} if language is not None else {}
        pattern["own"] = draw(st.integers(0, 3)) == 0 or not _fits_a_row(pattern)
        if nameless:
            pattern.pop("arm", None)
        if pattern["own"]:
            pattern["record"] = draw(_records(pattern, day_1))
        people.append(pattern)
    return people


def _fits_a_row(person: Person) -> bool:
    return all(isinstance(value, str) for value in person.get("times", {}).values())


def _records(person: Person, day_1: date) -> st.SearchStrategy[list[str]]:
    """Records that may be right or wrong: a visit, a hold of the first item on weekdays of choice, a dose given late."""
    later = [(day_1 + timedelta(days)).isoformat() for days in (1, 2, 10, 40)]
    entries = [f"{{on: {later[2]}, unscheduled: visit, why: fever, by: JD}}", f"{{on: {later[3]}, unscheduled: lab, why: asked, by: JD}}"]
    for item in person.get("days", {}):
        entries += [
            f"{{on: {later[0]}, held: {item}, why: fever, by: JD}}",
            f"{{on: {later[2]}, resumed: {item}, by: JD}}",
            f"{{on: {later[1]}, given: {item}, by: JD}}",
        ]
    return st.lists(st.sampled_from(entries), max_size=3, unique=True).map(sorted)


def file_of(person: Person, regimen: str) -> str:
    """The text of a participant file."""
    lines = [f'participant: "{person["participant"]}"', f"regimen: {regimen}"]
    for key in ("arm", "day-1", "timezone", "language", "site", "horizon"):
        lines += [f"{key}: {person[key]}"] if key in person else []
    for key in ("days", "times", "measures"):
        lines += [f"{key}: {_flow(person[key])}"] if key in person else []
    lines += [f"flags: [{', '.join(person['flags'])}]"] if "flags" in person else []
    lines += ["record:", *(f"  - {entry}" for entry in person["record"])] if person.get("record") else []
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}" if isinstance(value, dict) else str(value)


def cells_of(person: Person) -> dict[str, str]:
    """The cells of a person in a roster table, by their columns."""
    cells = {key: person[key] for key in ("arm", "day-1", "timezone", "language", "site", "horizon", "first-dose") if key in person}
    cells |= {key: "; ".join(f"{n}: {v}" for n, v in person[key].items()) for key in ("days", "times", "measures") if key in person}
    return cells | ({"flags": "; ".join(person["flags"])} if "flags" in person else {})


def table_of(people: Sequence[Person], *, arms: bool) -> str:
    """A roster table of these people; `arms`: with a column for them."""
    text = io.StringIO(newline="")
    names = [name for name in COLUMNS if arms or name != "arm"]
    rows = csv.DictWriter(text, names, lineterminator="\n")
    rows.writeheader()
    for person in people:
        row = {"id": person["participant"]}
        if person["own"]:
            row["participant"] = f"people/{person['participant']}.yaml"
        else:
            row |= {key: cell for key, cell in cells_of(person).items() if key in COLUMNS}
        rows.writerow(row)
    return text.getvalue()


def write(people: Sequence[Person], regimen: str, folder: Path, *, arms: bool) -> None:
    """roster.csv and people/ID.yaml of each."""
    (folder / "people").mkdir(exist_ok=True)
    for person in people:
        (folder / "people" / f"{person['participant']}.yaml").write_text(file_of(person, regimen), encoding="utf-8")
    (folder / "roster.csv").write_text(table_of(people, arms=arms), encoding="utf-8")
