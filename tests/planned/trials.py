"""The eighteen trials: which oracle works each out, for whom, and how many events of each kind it has as planned."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dosecal.participant import ALWAYS_OPEN, Participant, Site
from dosecal.read.nodes import read_document
from dosecal.read.participant import read_participant, read_site
from dosecal.read.regimen import read_regimen
from dosecal.regimen import Regimen
from tests.expand.laying import zone
from tests.planned import trials_1_to_9 as early
from tests.planned import trials_10_to_18 as late
from tests.planned.reckoning import SAT, SUN, THU, TUE, Planned, Who

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "phrases" / "examples.yaml"

WORKING_WEEK = frozenset({SAT, SUN})
TORONTO_CLOSED = frozenset(
    date(year, month, day)
    for year, days in (
        (2027, ((1, 1), (2, 15), (3, 26), (3, 29), (5, 24), (7, 1), (9, 6), (10, 11), (12, 27), (12, 28))),
        (2028, ((1, 3), (2, 21), (4, 14), (4, 17), (5, 22), (7, 3), (9, 4), (10, 9), (12, 25), (12, 26))),
    )
    for month, day in days
)
NEW_YORK_CLOSED = frozenset(map(date.fromisoformat, ("2027-11-11", "2027-11-25", "2027-12-24", "2027-12-31")))
NOBODY = Who(date(2027, 1, 1), zone("Etc/UTC").rules)


class Trial(NamedTuple):
    """`who` is what the participant's file says but for Day 1 and zone; `listed`: how many days after Day 1 the list ends."""

    oracle: Callable[[Who], list[Planned]]
    counts: dict[str, int]
    who: Who = NOBODY
    listed: int | None = None


TRIALS = {
    "001": Trial(early.care_ms_ii_12_mg, {"dose": 14, "lab": 25, "assessment": 9}),
    "002": Trial(
        early.care_ms_ii_24_mg,
        {"dose": 14, "lab": 24, "assessment": 8},
        NOBODY._replace(weekend=WORKING_WEEK, closed=TORONTO_CLOSED),
    ),
    "003": Trial(
        early.care_ms_ii_interferon,
        {"dose": 314, "lab": 24, "assessment": 8},
        NOBODY._replace(weekdays=frozenset({SUN, TUE, THU}), times=("18:00",)),
    ),
    "004": Trial(early.rebif_titration, {"dose": 24}),
    "005": Trial(early.methotrexate, {"dose": 168, "lab": 10}),
    "006": Trial(
        early.mfolfox6, {"dose": 48, "lab": 12, "assessment": 3, "other": 12, "visit": 1}, NOBODY._replace(measure=Decimal("1.8"))
    ),
    "007": Trial(early.lenalidomide, {"dose": 189, "lab": 15}, NOBODY._replace(measure=Decimal(78)), listed=207),
    "008": Trial(early.carboplatin_paclitaxel, {"dose": 40, "lab": 12, "visit": 1}, NOBODY._replace(measure=Decimal("1.65"))),
    "009": Trial(early.ocrelizumab, {"dose": 10, "assessment": 9}),
    "010": Trial(late.cladribine, {"dose": 20, "lab": 6}, NOBODY._replace(measure=Decimal(84))),
    "011": Trial(late.dimethyl_fumarate, {"dose": 83, "call": 2, "lab": 2}),
    "012": Trial(late.fingolimod, {"dose": 117, "assessment": 9}, listed=116),
    "013": Trial(late.bnt162b2, {"dose": 2, "assessment": 16, "visit": 4}),
    "014": Trial(
        late.single_ascending_dose,
        {"dose": 1, "sample": 7, "visit": 1},
        NOBODY._replace(measure=Decimal(91), times=("10:00",), arm="cohort 1"),
    ),
    "015": Trial(late.radiotherapy_temozolomide, {"dose": 104, "lab": 13}, NOBODY._replace(weekend=WORKING_WEEK, closed=NEW_YORK_CLOSED)),
    "016": Trial(late.paliperidone, {"dose": 6, "call": 6}),
    "017": Trial(late.crossover, {"dose": 28, "visit": 5, "assessment": 5, "call": 1}, NOBODY._replace(arm="AB")),
    "018": Trial(late.cdisc_pilot, {"dose": 181, "visit": 12, "call": 4, "other": 2}),
}


@cache
def regimen_of(number: str) -> Regimen:
    """The regimen of a trial, from the one file that holds all eighteen."""
    _, _, text = EXAMPLES.read_text(encoding="utf-8").partition(f"--- # {number}\n")
    return read_regimen(read_document(f"{number}.yaml", text.partition("\n--- #")[0].encode() + b"\n")).regimen


@cache
def participant_of(number: str) -> Participant:
    path = HERE / "participants" / f"{number}.yaml"
    return read_participant(read_document(path.name, path.read_bytes())).participant


@cache
def site_of(number: str) -> Site:
    path = HERE / "sites" / f"{number}.yaml"
    return read_site(read_document(path.name, path.read_bytes())).site if path.is_file() else ALWAYS_OPEN


def who_of(trial: Trial, day_1: date, timezone: str) -> Who:
    """The trial's participant, as the oracle knows them, with this Day 1 in this zone."""
    horizon = day_1 + timedelta(trial.listed) if trial.listed is not None else date.max
    return trial.who._replace(day_1=day_1, zone=zone(timezone).rules, horizon=horizon)
