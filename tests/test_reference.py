"""docs/language.md agrees with the program: its lists and keys, what it says is laid out, and every date in its tables.

A table below `<!-- checked: key=... day-1=... -->` has a phrase in its first column and what comes of it in its last; the dates there were
worked out by hand. Without `key` the phrase is a `when`. `regimen` names a regimen of the page that item X is put into, `in` its phase
there (`in=column`: the second column says which); `with` holds more keys of X, `show` asks for clock times or keys in place of dates.
With `key=record` the first column has the entries of a record, parted by `; `, and X is given.
"""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

import pytest

from dosecal.diagnostic import Refused
from dosecal.dose import MEASURES, ROUTES, UNITS, Amount, dose_in_words
from dosecal.expand import expand
from dosecal.participant import Participant, Site
from dosecal.phrases.names import LANGUAGE_WORDS
from dosecal.read.acts import FORMS
from dosecal.read.nodes import read_document
from dosecal.read.participant import read_participant
from dosecal.read.record import COMMON
from dosecal.read.regimen import read_regimen
from dosecal.read.zones import zone_named
from dosecal.record import Record
from dosecal.regimen import SECTIONS
from dosecal.schedule import Event, Schedule
from dosecal.study_time import WEEKDAYS, NamedTimeOfDay, Zone
from tests.reference import ENTRIES, ENTRY_KEYS, ITEM, MAPPINGS, NO, REFERENCE, Keys, known_keys, with_tables

TEXT = REFERENCE.read_text(encoding="utf-8")
CHECKED = re.compile(r"<!-- checked: (.*?) -->\n\|.*\n\|.*\n((?:\|.*\n)+)")


HEAD = """format: dosecal/1
study: T
source: T
months: calendar
events: [discontinuation]
flags: [smoker]
arms: {A: {title: A}}
tables: {first week: {weight under 60 kg: 10 mg PO, weight from 60 kg: 20 mg PO}}
"""
INFUSION = "doses: {infusion: {give: 12 mg IV, when: [month 0 for 5 days, month 12 for 3 days]}}"


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
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            place = {"in": cells[1]} if settings.get("in") == "column" else {}
            found.append(Row(settings | place, cells[0].strip("`"), cells[-1]))
    return found


def keys_text(row: Row) -> str:
    """The keys of the item X that the row is about, in one line of YAML."""
    key = row.settings.get("key", "when")
    keys = {"when": row.settings.get("when", "day 1")}
    if "days" in row.settings:
        keys["days"] = row.settings["days"]
    if key == "step":
        keys["lasts"] = f"{{{row.phrase}: 1 hour}}"
    elif key not in ("first-dose", "record"):
        keys[key] = row.phrase
    more = [row.settings["with"]] if "with" in row.settings else []
    return ", ".join([*(f"{name}: {value}" for name, value in keys.items()), *more])


def section_of(row: Row) -> str:
    if row.settings.get("key") == "record" and "in" in row.settings:
        return "medicines"  # the phases of the page have doses of their own
    return "doses" if row.settings.get("key") in ("give", "first-dose", "record") else "assessments"


def regimen_text(row: Row) -> str:
    """The row's regimen with the item X in it."""
    item = f"{section_of(row)}: {{X: {{{keys_text(row)}}}}}"
    name = row.settings.get("regimen")
    if name is None:
        return f"{HEAD}{item if section_of(row) == 'doses' else INFUSION + chr(10) + item}\n"
    text = TEXT.split(f"```yaml\n# {name}.yaml\n")[1].split("```")[0]
    if "in" not in row.settings:
        return f"{text}{item}\n"
    phase = f"  {row.settings['in']}:\n"
    assert phase in text, f"{name}.yaml has no phase {row.settings['in']}"
    return text.replace(phase, f"{phase}    {item}\n", 1)


def measures_in(text: str) -> dict[str, Amount]:
    """`bsa 1.84 m2, weight 72.5 kg` as measures."""
    words = [part.rsplit(" ", 2) for part in text.split(", ") if part]
    return {name: Amount(Decimal(value), unit) for name, value, unit in words}


def record_in(text: str) -> Record:
    """The entries `on: 2026-01-08, given: X; on: 2026-01-12, void: 1` of a participant, each with who and why where it needs them."""
    entries = "".join(f"  - {{{entry}, by: JD, why: a reason}}\n" for entry in text.split("; ") if entry)
    file = f"participant: T\nregimen: x\nday-1: 2026-01-05\nrecord:\n{entries}"
    return read_participant(read_document("x.yaml", file.encode())).participant.record


def laid_out(text: str, settings: dict[str, str], first_dose: str | None = None, record: Record = ()) -> Schedule:
    """The schedule of a participant with these settings."""
    zone = zone_named(settings.get("zone", "Europe/Berlin"))
    assert isinstance(zone, Zone)
    site = Site(
        weekend=frozenset(day for day in WEEKDAYS if day in settings.get("weekend", "").split()),
        closed=frozenset(date.fromisoformat(day) for day in settings.get("closed", "").split()),
    )
    regimen = read_regimen(read_document("x.yaml", text.encode())).regimen
    participant = Participant(
        day_1=date.fromisoformat(settings["day-1"]),
        arm="A" if regimen.arms else None,
        zone=zone,
        flags=frozenset(settings.get("flags", "").split()),
        birth_date=date.fromisoformat(settings["birth-date"]) if "birth-date" in settings else None,
        measures=measures_in(settings.get("measures", "")),
        times={"breakfast": NamedTimeOfDay((time(7),) * 7), "dinner": NamedTimeOfDay((time(19),) * 7)},
        first_dose=first_dose,
        record=record,
        cohort=1,
        place_time=time(9, 30),
    )
    return expand(regimen, participant, site)


def dates_agree(said: str, dates: list[str]) -> bool:
    """Whether these dates (or times, or keys) are the ones said: all of them, `first … last (count)`, or none."""
    run = re.fullmatch(r"(.+) … (.+) \((\d+)\)", said)
    if run:
        return [dates[0], dates[-1], str(len(dates))] == list(run.groups())
    return [one.strip("`") for one in said.split(", ")] == (dates or ["none"])


def local_time(event: Event) -> str:
    assert event.clock is not None
    return f"{event.clock.local:%Y-%m-%d %H:%M}"


def clock_of(event: Event) -> str:
    assert event.clock is not None
    return f"{event.clock.local:%H:%M} UTC+{event.clock.utc_offset.seconds // 3600}"


def bound(end: date | datetime | None) -> str:
    return f"{end:%Y-%m-%d %H:%M}" if isinstance(end, datetime) else "open" if end is None else str(end)


def agrees(row: Row, events: list[Event]) -> bool:
    match row.settings.get("show", row.settings.get("key", "when")):
        case "window":
            window = events[0].window
            return window is not None and row.said == f"{bound(window.earliest)} to {bound(window.latest)}"
        case "give":
            return row.said == ", ".join(dict.fromkeys(dose_in_words(event.dose) for event in events if event.dose is not None))
        case "at":
            return row.said == clock_of(events[0])
        case "step":
            return dates_agree(row.said, [str(event.date) for event in events if event.lasts is not None])
        case "clock":
            return dates_agree(row.said, [local_time(event) for event in events])
        case "keys":
            return dates_agree(row.said, [event.key for event in events])
        case _:
            return dates_agree(row.said, [str(event.date) for event in events])


REFUSED_AS = {NO: "not-built", "refused": "closed", "refused: no clock time": "no-clock"}


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.settings.get('key', 'when')}: {row.phrase}")
def test_what_the_reference_says_of_a_phrase_comes_out(row: Row) -> None:
    first_dose = row.phrase if row.settings.get("key") == "first-dose" else None
    record = record_in(row.phrase) if row.settings.get("key") == "record" else ()
    try:
        schedule = laid_out(regimen_text(row), row.settings, first_dose, record)
    except Refused as refused:
        assert REFUSED_AS.get(row.said) == refused.diagnostics[0].name, refused  # noqa: PT017
        return
    events = [event for event in schedule.events if event.item == "X"]
    assert agrees(row, events), [(event.key, str(event.date), event.clock and local_time(event), event.window) for event in events]


def test_the_reference_has_tables_to_check() -> None:
    keys = {row.settings.get("show", row.settings.get("key", "when")) for row in rows()}
    of_items = {"when", "give", "step", "at", "window", "if-closed", "at-least", "not-before", "except", "only-if"}
    assert keys == of_items | {"clock", "keys", "record"}
    assert len(rows()) > 120


def test_the_generated_tables_are_up_to_date() -> None:
    assert with_tables(TEXT) == TEXT, "write them anew: .venv/bin/python -m tests.reference"


@pytest.mark.parametrize("name", MAPPINGS)
def test_the_reference_has_words_for_every_key_and_no_others(name: str) -> None:
    assert sorted(known_keys(MAPPINGS[name])) == sorted(MAPPINGS[name].words)


def test_the_reference_says_which_keys_belong_to_doses_and_medicines_alone() -> None:
    sentence = TEXT.split("stand in `doses` and `medicines` alone")[0].rsplit("\n", 1)[1]
    everywhere = known_keys(Keys(ITEM, "visits: {v: {qqqq: 1}}"))
    assert sorted(re.findall(r"`([\w-]+)`", sentence)) == sorted(set(ITEM) - set(everywhere))


def test_the_reference_has_words_for_every_kind_of_entry_and_every_key_and_no_others() -> None:
    assert list(ENTRIES) == list(FORMS)
    assert set(ENTRY_KEYS) == {*COMMON, *(key for form in FORMS.values() for key in form.keys)}


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
    "only-if": "not smoker",
    "product": "a box",
    "round": "1 mg",
    "max-dose": "2 mg",
}


@pytest.mark.parametrize("key", ITEM)
def test_an_items_keys_are_laid_out_or_refused_as_the_reference_says(key: str) -> None:
    when = "once weekly for 2 weeks" if key == "days" else "day 2"
    keys = {"give": "1 mg IV", "when": when, key: VALUES[key]}
    infusion = "infusion: {give: 12 mg IV, when: day 1}"
    text = f"{HEAD}doses: {{{infusion}, X: {{{', '.join(f'{name}: {value}' for name, value in keys.items())}}}}}\n"
    settings = {"day-1": "2026-01-05"}
    if ITEM[key].built != NO:
        assert [event for event in laid_out(text, settings).events if event.item == "X"]
        return
    with pytest.raises(Refused) as refused:
        laid_out(text, settings)
    assert [one.name for one in refused.value.diagnostics] == ["not-built"]
