"""docs/language.md agrees with the program: its lists and keys, what it says is laid out, and every date in its tables.

A table below `<!-- checked: key=... day-1=... -->` has a phrase in its first column and what comes of it in its last; the dates there were
worked out by hand. Without `key` the phrase is a `when`.
"""

import re
from datetime import date, datetime
from typing import NamedTuple

import pytest

from dosecal.diagnostic import Refused
from dosecal.dose import MEASURES, ROUTES, UNITS, dose_in_words
from dosecal.expand import expand
from dosecal.participant import Participant, Site
from dosecal.phrases.names import LANGUAGE_WORDS
from dosecal.read.nodes import read_document
from dosecal.read.regimen import read_regimen
from dosecal.read.zones import zone_named
from dosecal.regimen import SECTIONS
from dosecal.schedule import Event, Schedule
from dosecal.study_time import WEEKDAYS, Zone
from tests.reference import ITEM, MAPPINGS, NO, REFERENCE, Keys, known_keys, with_tables

TEXT = REFERENCE.read_text(encoding="utf-8")
CHECKED = re.compile(r"<!-- checked: (.*?) -->\n\|.*\n\|.*\n((?:\|.*\n)+)")


HEAD = """format: dosecal/1
study: T
source: T
months: calendar
events: [discontinuation]
arms: {A: {title: A}}
tables: {first week: {weight under 60 kg: 10 mg PO, weight from 60 kg: 20 mg PO}}
"""


class Row(NamedTuple):
    """One row of a checked table: the table's settings, the phrase, and what the reference says of it."""

    settings: dict[str, str]
    phrase: str
    said: str


def rows() -> list[Row]:
    found = []
    for match in CHECKED.finditer(TEXT):
        settings = dict(part.split("=", 1) for part in match[1].split("; "))
        for line in match[2].splitlines():
            cells = line.strip("|").split("|")
            found.append(Row(settings, cells[0].strip().strip("`"), cells[-1].strip()))
    return found


def item_text(row: Row) -> str:
    """The item X that the row is about, in one line of YAML."""
    key = row.settings.get("key", "when")
    keys = {"when": row.settings.get("when", "day 1")}
    if "days" in row.settings:
        keys["days"] = row.settings["days"]
    if key == "step":
        keys["at"] = f"{{{row.phrase}: 09:00}}"
    else:
        keys[key] = row.phrase
    section = "doses" if key == "give" else "visits"
    return f"{section}: {{X: {{{', '.join(f'{name}: {value}' for name, value in keys.items())}}}}}"


def laid_out(item: str, settings: dict[str, str]) -> Schedule:
    """The schedule of a regimen with the item of references and one other."""
    infusion = "doses: {infusion: {give: 12 mg IV, when: [month 0 for 5 days, month 12 for 3 days]}}"
    if item.startswith("doses:"):
        item = item.replace("doses: {", infusion[:-1] + ", ")
        infusion = "title: other"
    text = f"{HEAD}{infusion}\n{item}\n"
    zone = zone_named(settings.get("zone", "Europe/Berlin"))
    assert isinstance(zone, Zone)
    site = Site(
        weekend=frozenset(day for day in WEEKDAYS if day in settings.get("weekend", "").split()),
        closed=frozenset(date.fromisoformat(day) for day in settings.get("closed", "").split()),
    )
    participant = Participant(day_1=date.fromisoformat(settings["day-1"]), arm="A", zone=zone)
    return expand(read_regimen(read_document("x.yaml", text.encode())).regimen, participant, site)


def dates_agree(said: str, dates: list[date]) -> bool:
    """Whether these dates are the ones said: all of them, or `first … last (count)`."""
    run = re.fullmatch(r"(\S+) … (\S+) \((\d+)\)", said)
    if run:
        return [str(dates[0]), str(dates[-1]), str(len(dates))] == list(run.groups())
    return said.split(", ") == [str(day) for day in dates]


def clock_of(event: Event) -> str:
    assert event.clock is not None
    local: datetime = event.clock.local
    return f"{local:%H:%M} UTC+{event.clock.utc_offset.seconds // 3600}"


def agrees(row: Row, events: list[Event]) -> bool:
    match row.settings.get("key", "when"):
        case "window":
            window = events[0].window
            return window is not None and row.said == f"{window.earliest} to {window.latest}"
        case "give":
            return row.said == ", ".join(dict.fromkeys(dose_in_words(event.dose) for event in events if event.dose is not None))
        case "at":
            return row.said == clock_of(events[0])
        case "step":
            return row.said == "laid out"
        case _:
            return dates_agree(row.said, [event.date for event in events])


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.settings.get('key', 'when')}: {row.phrase}")
def test_what_the_reference_says_of_a_phrase_comes_out(row: Row) -> None:
    try:
        schedule = laid_out(item_text(row), row.settings)
    except Refused as refused:
        assert {NO: "not-built", "refused": "closed"}.get(row.said) == refused.diagnostics[0].name, refused  # noqa: PT017
        return
    assert agrees(row, [event for event in schedule.events if event.item == "X"])


def test_the_reference_has_tables_to_check() -> None:
    assert {row.settings.get("key", "when") for row in rows()} == {"when", "give", "step", "at", "window", "if-closed"}


def test_the_generated_tables_are_up_to_date() -> None:
    assert with_tables(TEXT) == TEXT, "write them anew: .venv/bin/python -m tests.reference"


@pytest.mark.parametrize("name", MAPPINGS)
def test_the_reference_has_words_for_every_key_and_no_others(name: str) -> None:
    assert sorted(known_keys(MAPPINGS[name])) == sorted(MAPPINGS[name].words)


def test_the_reference_says_which_keys_belong_to_doses_and_medicines_alone() -> None:
    sentence = TEXT.split("stand in `doses` and `medicines` alone")[0].rsplit("\n", 1)[1]
    everywhere = known_keys(Keys(ITEM, "visits: {v: {qqqq: 1}}"))
    assert sorted(re.findall(r"`([\w-]+)`", sentence)) == sorted(set(ITEM) - set(everywhere))


@pytest.mark.parametrize("section", SECTIONS)
def test_the_reference_names_every_section(section: str) -> None:
    assert f"| `{section}` |" in TEXT


def test_the_grammar_in_the_reference_has_the_words_of_the_language() -> None:
    grammar = TEXT.split("## Grammar")[1].split("```text")[1].split("```")[0]
    words = {word for quoted in re.findall(r'"([^"]+)"', grammar) for word in quoted.split()}
    terminals = {*WEEKDAYS, *(word for measure in MEASURES for word in measure.split()), "hour", "minute", "time"}
    assert words - {"±"} == LANGUAGE_WORDS - terminals


CODELIST_C66729 = {
    "INTRAVENOUS": "C38276",
    "SUBCUTANEOUS": "C38299",
    "INTRAMUSCULAR": "C28161",
    "INTRADERMAL": "C38238",
    "ORAL": "C38288",
    "SUBLINGUAL": "C38300",
    "BUCCAL": "C38193",
    "RESPIRATORY (INHALATION)": "C38216",
    "NASAL": "C38284",
    "TRANSDERMAL": "C38305",
    "TOPICAL": "C38304",
    "OPHTHALMIC": "C38287",
    "RECTAL": "C38295",
    "VAGINAL": "C38313",
    "INTRATHECAL": "C38267",
    "INTRAVITREAL": "C38280",
    "": "",
}
"""CDISC's values and codes for the routes that the language has, copied from the published codelist."""
CODELIST_C71620 = {
    *("mg", "ug", "g", "ng", "mL", "IU", "mmol", "mEq", "MBq", "Gy", "TABLET", "CAPSULE", "PUFF", "DROP", "PATCH"),
    *("mg/kg", "ug/kg", "g/kg", "mL/kg", "IU/kg", "mg/m2", "ug/m2", "g/m2"),
}
"""CDISC's values for the units that the language has. There is no IU/m2."""


def test_routes_and_units_carry_the_published_codes() -> None:
    assert {route.cdisc: route.code for route in ROUTES.values()} == CODELIST_C66729
    assert {unit.cdisc for unit in UNITS.values() if unit.cdisc} == CODELIST_C71620
    assert [route.symbol for route in ROUTES.values() if not route.cdisc] == ["external beam"]
    assert [unit.symbol for unit in UNITS.values() if not unit.cdisc] == ["units/m2"]


VALUES = {
    "when": "day 1",
    "give": "1 mg IV",
    "at": "09:00",
    "lasts": "2 hours",
    "window": "±1 day",
    "if-closed": "stay",
    "days": "Mon",
    "at-least": "48 hours apart",
    "count-from": "plan",
    "levels": "1 mg",
    "if-missed": "skip",
    "initiate-again": "{from day 1: after 3 missed days}",
    "title": "Injection",
    "not-before": "day 1",
    "except": "infusion",
    "only-if": "infusion",
    "product": "a box",
    "round": "1 mg",
    "max-dose": "2 mg",
}


@pytest.mark.parametrize("key", ITEM)
def test_an_items_keys_are_laid_out_or_refused_as_the_reference_says(key: str) -> None:
    when = "once weekly for 2 weeks" if key == "days" else "day 2"
    keys = {"give": "1 mg IV", "when": when, key: VALUES[key]}
    item = f"doses: {{X: {{{', '.join(f'{name}: {value}' for name, value in keys.items())}}}}}\nflags: [infusion]"
    settings = {"day-1": "2026-01-05"}
    if ITEM[key].built != NO:
        assert [event for event in laid_out(item, settings).events if event.item == "X"]
        return
    with pytest.raises(Refused) as refused:
        laid_out(item, settings)
    assert [one.name for one in refused.value.diagnostics] == ["not-built"]
