"""How many participants -> the rows of the roster that every side is given: id, arm, Day 1, time zone, all as text."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

Row = tuple[str, ...]  # the four cells of HEADER

HEADER = ("id", "arm", "day-1", "timezone")
ARM = "interferon-beta-1a"
ZONE = "America/Los_Angeles"
FIRST_START = date(2026, 1, 5)
TWO_YEARS = 730
STRIDE = 7919  # has no factor in common with 730: every day of the two years is a start, and neighbours in the roster start far apart


def rows(count: int) -> list[Row]:
    return [(f"P{number:07}", ARM, str(FIRST_START + timedelta(number * STRIDE % TWO_YEARS)), ZONE) for number in range(count)]


def write(path: Path, roster: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEADER, *roster])


def read(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from (tuple(cells) for cells in islice(csv.reader(file), 1, None))


def day_1(row: Row) -> str:
    return row[HEADER.index("day-1")]
