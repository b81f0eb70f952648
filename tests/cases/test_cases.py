"""Real trials with known answers: the command line gives exactly the events of each case, and none on the dates that must stay free."""

import json
import subprocess
import sysconfig
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

HERE = Path(__file__).parent
DOSECAL = Path(sysconfig.get_path("scripts")) / "dosecal"
CASES = {
    "001-care-ms-ii-alemtuzumab-12mg-month-end": {"dose": 14, "lab": 25, "assessment": 9},
    "002-care-ms-ii-alemtuzumab-24mg-year-end": {"dose": 14, "lab": 24, "assessment": 8},
    "003-care-ms-ii-interferon-44mcg-dst": {"dose": 314, "lab": 24, "assessment": 8},
    "004-rebif-titration-48h-missed-dose": {"dose": 23},
    "005-methotrexate-weekly-folic-acid-other-days": {"dose": 168, "lab": 10},
    "006-mfolfox6-delay-and-reduction": {"assessment": 3, "dose": 48, "lab": 13, "other": 12, "visit": 2},
    "007-lenalidomide-dexamethasone-until-progression": {"dose": 189, "lab": 15},
    "008-carboplatin-paclitaxel-3-on-1-off-discontinued": {"dose": 27, "lab": 8, "visit": 2},
    "009-ocrelizumab-loading-maintenance-mri": {"assessment": 9, "dose": 10},
    "010-cladribine-weight-banded": {"dose": 20, "lab": 6},
    "011-dimethyl-fumarate-bid-with-meals": {"call": 2, "dose": 83, "lab": 2},
    "012-fingolimod-first-dose-observation-reinitiation": {"assessment": 25, "dose": 94},
    "013-bnt162b2-two-dose-reanchored": {"assessment": 16, "dose": 2, "visit": 6},
    "014-single-ascending-dose-sentinel-pk": {"dose": 16, "sample": 112, "visit": 16, "other": 2},
    "015-radiotherapy-temozolomide-us-holidays": {"dose": 109, "lab": 14},
    "016-paliperidone-3-month-depot-window": {"call": 6, "dose": 6},
    "017-crossover-2x2-run-in-washout": {"dose": 28, "visit": 5, "assessment": 5, "call": 1},
    "018-cdisc-pilot-lzzt-visits": {"dose": 181, "visit": 12, "call": 4, "other": 2},
}

every_case = pytest.mark.parametrize("case", CASES)


class Given(NamedTuple):
    """What one occurrence gives: an exact amount, its unit and its route."""

    amount: Decimal | None
    unit: str
    route: str


class Facts(NamedTuple):
    """All that a case says about one event; None: it says that there is none."""

    subject: str | None
    date: str
    kind: str
    time: str | None
    utc_offset: str | None
    dose: Given | None
    duration_min: Decimal | None
    window: tuple[str | None, str | None] | None


def facts(event: dict[str, Any]) -> Facts:
    dose, window = event.get("dose"), event.get("window")
    return Facts(
        subject=event.get("subject"),
        date=event["date"],
        kind=event["kind"],
        time=event.get("time"),
        utc_offset=event.get("utc_offset"),
        dose=Given(dose["amount"], dose["unit"], dose["route"]) if dose else None,
        duration_min=event.get("duration_min"),
        window=(window["earliest"], window["latest"]) if window else None,
    )


def from_json(text: str) -> Any:
    """JSON with exact numbers: 8.8 stays 8.8."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def said_by(case: str) -> dict[str, Any]:
    said: dict[str, Any] = from_json((HERE / case / "expected.json").read_text(encoding="utf-8"))
    return said


def laid_out(case: str) -> list[dict[str, Any]]:
    """The events that the command line gives for a case, of one participant or of everyone in its roster."""
    folder = HERE / case
    command: list[str | Path] = [DOSECAL, "schedule", folder / "regimen.yaml", "--format", "json"]
    for option in ("participant", "roster", "site"):
        file = folder / f"{option}.yaml"
        command += [f"--{option}", file] if file.is_file() else []
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stderr
    events: list[dict[str, Any]] = from_json(ran.stdout)["events"]
    return events


def is_forbidden(event: dict[str, Any], entry: dict[str, Any]) -> bool:
    """Whether a `must_not` entry means this event: its date, its kind and, where the entry says so, its time or a word of its label."""
    if (event["date"], event["kind"]) != (entry["date"], entry["kind"]):
        return False
    return entry.get("label_contains", "") in event["label"] and entry.get("time", event.get("time")) == event.get("time")


def listed(events: Counter[Facts]) -> list[str]:
    return [f"{count} x {event}" for event, count in sorted(events.items(), key=str)]


def kinds(events: Iterable[dict[str, Any]]) -> dict[str, int]:
    return dict(Counter(event["kind"] for event in events))


@every_case
def test_a_real_trial_comes_out_exactly(case: str) -> None:
    wanted, found = Counter(map(facts, said_by(case)["expected"])), Counter(map(facts, laid_out(case)))
    assert {"missing": listed(wanted - found), "unexpected": listed(found - wanted)} == {"missing": [], "unexpected": []}


@every_case
def test_a_real_trial_has_so_many_events_of_each_kind(case: str) -> None:
    assert kinds(said_by(case)["expected"]) == CASES[case]
    assert kinds(laid_out(case)) == CASES[case]


@every_case
def test_a_real_trial_leaves_free_what_must_stay_free(case: str) -> None:
    forbidden = said_by(case)["must_not"]
    assert forbidden
    assert [entry["reason"] for event in laid_out(case) for entry in forbidden if is_forbidden(event, entry)] == []


def test_every_case_that_stands_here_is_run() -> None:
    assert {path.parent.name for path in HERE.glob("*/expected.json")} == set(CASES)


def test_the_comparison_sees_every_difference() -> None:
    dose = {"amount": 8.8, "unit": "mcg", "route": "SC"}
    event = {"date": "2026-10-11", "time": "18:00", "utc_offset": "-04:00", "kind": "dose", "dose": dose}
    other: dict[str, Any] = {
        "subject": "S101",
        "date": "2026-10-12",
        "time": "17:00",
        "utc_offset": "-05:00",
        "kind": "lab",
        "dose": dose | {"unit": "mg"},
        "duration_min": 240,
        "window": {"earliest": "2026-10-04", "latest": None},
    }
    base = facts(from_json(json.dumps(event)))
    changed = [facts(from_json(json.dumps(event | {key: value}))) for key, value in other.items()]
    assert base not in changed
    assert base._replace(dose=Given(Decimal("8.80"), "mcg", "SC")) == base
