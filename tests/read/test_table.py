"""A roster table -> its ids, its distinct choices and who has a file of their own; what is wrong stands where it is."""

from array import array
from datetime import date
from pathlib import Path

import pytest

from dosecal.diagnostic import Refused, render
from dosecal.read.cells import Arms, participant_of
from dosecal.read.table import Table, read_table, template_of

ARMS: Arms = {"alemtuzumab-12": (), "alemtuzumab-24": (), "interferon-beta-1a": ("interferon beta-1a",)}


def table(folder: Path, text: str | bytes, arms: Arms = ARMS) -> Table:
    path = folder / "r.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(str(path), arms)


def test_the_template_is_a_table_for_care_ms_ii(tmp_path: Path) -> None:
    for arms in ({}, ARMS):
        read = table(tmp_path, template_of(arms))
        assert read.ids == ["1001", "1002", "1003"]
        assert read.kinds == array("L", [0, 1, 2])
        last = participant_of(read.choices[2], ARMS["interferon-beta-1a"])
        assert (last.arm, last.day_1, last.days) == ("interferon-beta-1a", date(2026, 2, 2), {"interferon beta-1a": ("Mon", "Wed", "Fri")})


def test_a_fault_shows_the_line_and_the_cell(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        table(tmp_path, "id,arm,day-1,timezone\r\n1001,alemtuzumab-12,05/01/2026,Europe/Berlin\r\n")
    assert render(refused.value.diagnostics[0]).removeprefix(str(tmp_path)) == (
        "/r.csv:2:21: error[date]: `05/01/2026` is not a date\n"
        "    2 | 1001,alemtuzumab-12,05/01/2026,Europe/Berlin\n"
        "      |                     ^^^^^^^^^^\n"
        "help: day and month could be taken for each other: write year, month and day as in 2026-01-05"
    )
