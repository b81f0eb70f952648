"""Rows of a roster -> their calendars, as dosecal writes them: the side that the others are compared with."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from dosecal.expand import expand
from dosecal.participant import Participant
from dosecal.read.regimen import read_regimen_file
from dosecal.read.zones import zone_named
from dosecal.write.ics import IcsWriter
from dosecal.write.options import CalendarOptions

LIBRARY = "dosecal"
REGIMEN = read_regimen_file(Path(__file__).parents[1] / "interferon.yaml").regimen
OPTIONS = CalendarOptions(alarm=timedelta(minutes=30))


def calendars(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    writer = IcsWriter(options=OPTIONS)
    for identifier, arm, day_1, zone in rows:
        participant = Participant(id=identifier, arm=arm, day_1=date.fromisoformat(day_1), zone=zone_named(zone))
        yield writer.write(expand(REGIMEN, participant))
