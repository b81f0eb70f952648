"""A roster table -> its ids, its distinct choices and who has a file of their own; what is wrong stands where it is."""

from array import array
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from dosecal.diagnostic import Refused, render
from dosecal.read.cells import Arms, participant_of
from dosecal.read.participant import read_participant_file
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


ROW = "interferon-beta-1a,2026-01-05,Europe/Berlin"


def test_what_repeats_is_one_choice_and_spaces_around_a_cell_are_nothing(tmp_path: Path) -> None:
    rows = [f"1,{ROW}", "2, interferon-beta-1a ,2026-01-05,Europe/Berlin  ", '"3","interferon-beta-1a",2026-01-05,UTC', f" 4 ,{ROW}"]
    read = table(tmp_path, "\n".join(["id,arm,day-1,timezone", *rows]))
    assert (read.ids, list(read.kinds)) == (["1", "2", "3", "4"], [0, 0, 1, 0])
    assert [choices[:3] for choices in read.choices] == [
        ("interferon-beta-1a", "2026-01-05", "Europe/Berlin"),
        ("interferon-beta-1a", "2026-01-05", "UTC"),
    ]


def test_a_row_says_what_a_participant_file_says(tmp_path: Path) -> None:
    (tmp_path / "full.yaml").write_text(FULL, encoding="utf-8")
    read = table(tmp_path, FULL_ROW)
    one = participant_of(read.choices[0], ARMS["interferon-beta-1a"])
    assert replace(one, id="007", regimen="care-ms-ii") == read_participant_file(tmp_path / "full.yaml").participant


FULL = """
participant: "007"
regimen: care-ms-ii
arm: interferon-beta-1a
day-1: 2026-01-05
timezone: Europe/Berlin
site: Leith
horizon: 2027-01-05
birth-date: 1980-02-29
flags: [smoker, diabetes]
measures: {weight: 70.5 kg, age: 45 years}
days: {interferon beta-1a: Sun Tue Thu}
times: {breakfast: 07:30, dinner: 19:30}
first-dose: dinner
language: de
"""
FULL_ROW = """\
times,id,day-1,arm,timezone,site,horizon,birth-date,flags,measures,days,first-dose,language
breakfast: 07:30; dinner:19:30,007,2026-01-05,interferon-beta-1a,Europe/Berlin,Leith,2027-01-05,1980-02-29,\
smoker; diabetes,weight: 70.5 kg; age: 45 years,Sun Tue Thu,dinner,de
"""


def test_a_name_before_the_weekdays_says_the_same(tmp_path: Path) -> None:
    named = table(tmp_path, FULL_ROW.replace("Sun Tue", "interferon beta-1a: Sun Tue"))
    alone = table(tmp_path, FULL_ROW)
    weekly = ARMS["interferon-beta-1a"]
    assert participant_of(named.choices[0], weekly) == participant_of(alone.choices[0], weekly)


def test_beside_a_participant_file_any_other_cell_may_be_empty_and_what_stands_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "with record").mkdir()
    (tmp_path / "with record" / "7.yaml").touch()
    head = "id,participant,arm,day-1,timezone,days\n"
    read = table(tmp_path, f"{head}7,with record/7.yaml,,,,Mon Wed Fri\n8,,{ROW},\n9, with record/7.yaml ,{ROW},\n")
    assert read.own == {row: str(tmp_path / "with record" / "7.yaml") for row in (0, 2)}
    assert [read.choices[kind][:4] for kind in read.kinds] == [
        ("", "", "", "Mon Wed Fri"),
        ("interferon-beta-1a", "2026-01-05", "Europe/Berlin", ""),
        ("interferon-beta-1a", "2026-01-05", "Europe/Berlin", ""),
    ]
    assert read.kinds[1] == read.kinds[2]


def test_beside_a_participant_file_what_stands_there_is_still_checked_and_a_whole_row_needs_its_own(tmp_path: Path) -> None:
    (tmp_path / "7.yaml").touch()
    head = "id,participant,arm,day-1,timezone,days\n"
    with pytest.raises(Refused) as refused:
        table(tmp_path, f"{head}7,7.yaml,,,,Monday\n8,7.yaml,,,,\n9,,,,,\n")
    assert [(one.name, one.place.line, one.place.column) for one in refused.value.diagnostics if one.place] == [
        ("phrase", 2, 13),
        *[("no-value", 4, column) for column in (4, 5, 6)],
    ]


def test_a_regimen_without_arms_needs_no_arm(tmp_path: Path) -> None:
    read = table(tmp_path, "id,day-1,timezone,days\n1,2026-01-05,UTC,Mon\n", {None: ("study drug",)})
    assert participant_of(read.choices[0], ("study drug",)).days == {"study drug": ("Mon",)}
    assert table(tmp_path, template_of({None: ("study drug",)}), {None: ("study drug",)}).ids == ["1001", "1002", "1003"]


def test_where_an_arm_need_not_be_named_its_cell_or_column_may_be_empty(tmp_path: Path) -> None:
    arms: Arms = {"verum": ("study drug",), "dummy": ("dummy drug",), None: ("study drug", "dummy drug")}
    read = table(tmp_path, "id,arm,day-1,timezone,days\n1,,2026-01-05,UTC,dummy drug: Mon\n2,verum,2026-01-05,UTC,Mon\n", arms)
    assert [choices[0] for choices in read.choices] == ["", "verum"]
    assert table(tmp_path, "id,day-1,timezone\n1,2026-01-05,UTC\n", arms).choices[0][0] == ""
    with pytest.raises(Refused) as refused:
        table(tmp_path, "id,arm,day-1,timezone,days\n1,,2026-01-05,UTC,Mon\n2,Verum,2026-01-05,UTC,\n", arms)
    assert [one.message for one in refused.value.diagnostics] == [
        "this arm has 2 items that are given on weekdays of the participant's choice",
        "there is no arm `Verum`",
    ]


def test_a_template_is_a_table_for_any_arms(tmp_path: Path) -> None:
    arms: Arms = {'the "first", oral': ("a", "b"), "=x": ()}
    assert [table(tmp_path, template_of(arms), arms).choices[kind][0] for kind in range(3)] == [
        'the "first", oral',
        "=x",
        'the "first", oral',
    ]


def test_cells_that_were_not_checked_are_refused_at_their_number_and_place() -> None:
    with pytest.raises(Refused) as refused:
        participant_of(("x", "2026-13-01", "", "Mon", "", "", "", "", "", "", "", ""), ())
    assert [(one.name, one.place.line, one.place.column) for one in refused.value.diagnostics if one.place] == [
        ("date", 2, 1),
        ("days", 4, 1),
        ("no-value", 3, 1),
    ]
