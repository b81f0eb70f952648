"""However many Day 1s the participants of a roster have, in whatever order: each calendar is the one written for its schedule alone."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from dosecal.audience import hidden_from, seen
from dosecal.cohort import moving
from dosecal.cohort.job import Failure, Job, Row, Source
from dosecal.cohort.workshop import Made, Workshop
from dosecal.diagnostic import Refused
from dosecal.expand import expand
from dosecal.languages import language_named
from dosecal.participant import Participant
from dosecal.read.cells import ARM, CELLS, participant_of
from dosecal.regimen import Regimen, weekly_items
from dosecal.write.ics import write_ics

REGIMENS = Path(__file__).parents[2] / "regimens"
ZONES = ("America/Los_Angeles", "Europe/Berlin")
FACTS = {"times": "breakfast: 07:00; dinner: 18:30", "measures": "weight: 70 kg; height: 172 cm", "language": "de"}


def choices(**cells: str) -> tuple[str, ...]:
    return tuple(cells.get(name.replace("-", "_"), "") for name in CELLS)


def alone(regimen: Regimen, of: tuple[str, ...]) -> bytes:
    """The participant's calendar, laid out and written for itself. Raises Refused."""
    arm = next((arm for arm in regimen.arms if arm.name == of[ARM]), None)
    participant: Participant = participant_of(of, weekly_items(regimen, [arm]))
    schedule = seen(expand(regimen, participant), "participant", hidden_from("participant", [regimen.blinding]))
    return write_ics(replace(schedule, participant="P1"), language=language_named(participant.language or "en"))


def compare(path: Path, starts: list[date]) -> int:
    """Of every arm that the facts suffice for, each calendar of a roster with these Day 1s; how many there were."""
    workshop = Workshop(Job(regimen=Source(path.name, str(path), path.read_bytes()), sites=(), folder=""))
    regimen = workshop.regimen.regimen
    compared = 0
    for arm in [arm.name for arm in regimen.arms] or [""]:
        of_all = [choices(arm=arm, day_1=str(day), timezone=zone, **FACTS) for day in starts for zone in ZONES]
        for of, made in zip(of_all, workshop.files(Row("P1", of) for of in of_all), strict=True):
            try:
                wanted = alone(regimen, of)
            except Refused:
                assert isinstance(made, Failure)
                continue
            assert isinstance(made, Made), made
            assert made.content == wanted, (arm, of)
            compared += 1
    return compared


@pytest.mark.parametrize("path", sorted(REGIMENS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_published_regimen_is_written_alike_for_any_day_1(path: Path) -> None:
    starts = [date(2026, 1, 1) + timedelta(number * 53 * 5 % 730) for number in range(14)]  # no two neighbours are near each other
    compare(path, [*starts, *(date(2027, 1, day) for day in (29, 30, 31))])


def test_every_start_of_two_years_is_written_alike() -> None:
    starts = [date(2026, 1, 5) + timedelta(number * 7919 % 730) for number in range(730)]
    path = Path(__file__).parents[2] / "benchmarks" / "interferon.yaml"
    workshop = Workshop(Job(regimen=Source(path.name, str(path), path.read_bytes()), sites=(), folder=""))
    regimen = workshop.regimen.regimen
    of_all = [choices(arm="interferon-beta-1a", day_1=str(day), timezone="America/Los_Angeles") for day in starts]
    for of, made in zip(of_all, workshop.files(Row("P1", of) for of in of_all), strict=True):
        assert isinstance(made, Made)
        assert made.content == alone(regimen, of), of


def test_forgetting_what_was_laid_out_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that is full is emptied in the middle of a calendar's parts."""
    monkeypatch.setattr(moving, "MOST_KEPT", 60)
    starts = [date(2026, 1, 1) + timedelta(days * 5 % 400) for days in range(80)]
    assert compare(REGIMENS / "care-ms-ii.yaml", starts) == 3 * 2 * 80


def test_most_starts_are_moved_and_not_laid_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    whole: list[date] = []
    laid_out = Workshop._whole

    def counted(workshop: Workshop, participant: Participant, but_day_1: tuple[str, ...]) -> object:
        whole.append(participant.day_1)
        return laid_out(workshop, participant, but_day_1)

    monkeypatch.setattr(Workshop, "_whole", counted)
    path = REGIMENS / "care-ms-ii.yaml"
    workshop = Workshop(Job(regimen=Source(path.name, str(path), path.read_bytes()), sites=(), folder=""))
    of_all = [choices(arm="interferon-beta-1a", day_1=str(date(2026, 1, 5) + timedelta(days)), timezone="Etc/UTC") for days in range(300)]
    assert sum(isinstance(made, Made) for made in workshop.files(Row("P1", of) for of in of_all)) == 300
    assert len(whole) < 10
