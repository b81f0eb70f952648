"""Rows of a roster -> their calendars, as dosecal writes them: the side that the others are compared with.

Nothing is remembered from one call to the next: the regimen is read, and everything laid out, within the time that is measured.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from dosecal.cohort.job import Failure, Job, Row, Source
from dosecal.cohort.workshop import Workshop
from dosecal.read.cells import CELLS
from dosecal.write.options import CalendarOptions

LIBRARY = "dosecal"
REGIMEN = Path(__file__).parents[1] / "interferon.yaml"
OPTIONS = CalendarOptions(alarm=timedelta(minutes=30))
NOTHING = ("",) * (len(CELLS) - 3)


def calendars(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    source = Source(REGIMEN.name, str(REGIMEN), REGIMEN.read_bytes())
    workshop = Workshop(Job(regimen=source, sites=(), folder="", options=OPTIONS))
    # As a cohort is written: those with the same choices after one another.
    for made in workshop.files(sorted((Row(identity, (*choices, *NOTHING)) for identity, *choices in rows), key=choices_of)):
        if isinstance(made, Failure):
            raise SystemExit(made.diagnostics[0].message)
        yield made.content


def choices_of(row: Row) -> tuple[str, ...]:
    return row.choices
