"""Laws of the roster table: what is written is read back, any bytes are answered, and many rows take little room."""

import csv
import io
import tempfile
import tracemalloc
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dosecal.diagnostic import Diagnostic, Refused, render
from dosecal.read.cells import CELLS, COLUMNS, Arms, participant_of
from dosecal.read.csv_lines import cells_of, spans_of
from dosecal.read.table import read_table

ARMS: Arms = {"verum": ("study drug",), "dummy, (oral)": (), 'the "third"': ("a", "b")}
WEEKLY = {"verum": "Mon Wed Fri", 'the "third"': "a: Mon; b: Tue Thu"}
DATES = st.dates(date(1990, 1, 1), date(2150, 12, 31))
TEXTS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10))}
IDS = st.from_regex(r"\A[A-Za-z0-9_][A-Za-z0-9_-]{0,63}\Z").filter(lambda one: one.lower() not in RESERVED)
few = settings(derandomize=True, deadline=None, max_examples=80)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, str]:
    arm = draw(st.sampled_from([str(arm) for arm in ARMS]))
    day_1 = draw(DATES)
    optional = {
        "days": st.just(WEEKLY.get(arm, "")),
        "times": st.sampled_from(["breakfast: 07:30", "breakfast: 07:30; dinner: 18:00"]),
        "measures": st.sampled_from(["weight: 70.5 kg", "weight: 70 kg; height: 172 cm"]),
        "language": st.sampled_from(["en", "de", "pt-BR"]),
        "site": TEXTS.filter(lambda text: text == text.strip()),
        "horizon": st.integers(0, 900).map(lambda days: str(day_1 + timedelta(days))),
        "birth-date": st.integers(0, 30_000).map(lambda days: str(day_1 - timedelta(days))),
        "flags": st.sampled_from(["smoker", "smoker; diabetes"]),
        "first-dose": st.sampled_from(["14:00", "dinner"]),
    }
    zone = draw(st.sampled_from(["Europe/Berlin", "America/Los_Angeles", "UTC"]))
    row = {"arm": arm, "day-1": str(day_1), "timezone": zone}
    return row | {column: draw(st.just("") | cells) for column, cells in optional.items()}


@few
@given(st.lists(rows(), min_size=1, max_size=8), st.data())
def test_a_table_that_is_written_is_read_back(written: list[dict[str, str]], data: st.DataObject) -> None:
    count = len(written)
    ids = data.draw(st.lists(IDS, min_size=count, max_size=count, unique_by=str.lower))
    used = [column for column in COLUMNS if column in ("id", "arm", "day-1", "timezone") or any(row.get(column) for row in written)]
    header = data.draw(st.permutations(used))
    quoting, end, bom = data.draw(st.sampled_from([(csv.QUOTE_MINIMAL, "\n", ""), (csv.QUOTE_ALL, "\r\n", "\ufeff")]))
    text = io.StringIO(newline="")
    out = csv.DictWriter(text, header, quoting=quoting, lineterminator=end, extrasaction="ignore")
    out.writeheader()
    for identity, row in zip(ids, written, strict=True):
        pad = data.draw(st.sampled_from(["", " ", "  "]))
        out.writerow({"id": identity + pad} | {column: pad + cell + pad for column, cell in row.items()})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.csv"
        path.write_bytes((bom + text.getvalue()).encode())
        table = read_table(path, ARMS)
        places = table.places([(row, column) for row in range(count) for column in header])
    assert table.ids == ids
    assert [table.choices[kind] for kind in table.kinds] == [tuple(row.get(column, "") for column in CELLS) for row in written]
    assert len(set(table.choices)) == len(table.choices)
    for place, (row, column) in zip(places, [(row, column) for row in range(count) for column in header], strict=True):
        cell = ({"id": ids[row]} | written[row])[column]
        assert place.line == table.line(row) == row + 2
        assert place.text[place.column - 1 : place.column - 1 + place.length].replace('""', '"') == cell or not cell
    for kind, choices in enumerate(table.choices):
        weekly = ARMS[choices[0]]
        described = participant_of(choices, weekly)
        assert (str(described.day_1), described.arm) == (choices[1], choices[0]), kind


GOOD = b"id,arm,day-1,timezone,days,participant\n007,verum,2026-01-05,Europe/Berlin,Mon Wed Fri,\n8,verum,2026-01-06,UTC,,r.csv\n"


def is_answered(data: bytes, suffix: str = ".csv") -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"r{suffix}"
        path.write_bytes(data)
        found: Sequence[Diagnostic] = ()
        try:
            ids = read_table(path, ARMS).ids
        except Refused as refused:
            ids, found = [], refused.diagnostics
    assert bool(ids) != bool(found)
    assert all(render(one).replace("\n", "").isprintable() and one.help for one in found)


@few
@given(st.binary(max_size=300))
def test_any_bytes_are_answered(data: bytes) -> None:
    is_answered(data)
    is_answered(b"id,arm,day-1,timezone,measures\n" + data)
    is_answered(data, ".parquet")


@settings(few, max_examples=300)
@given(
    st.integers(0, len(GOOD)),
    st.integers(0, 6),
    st.sampled_from([b"", b'"', b",", b"\n", b"\r", b"\0", b" ", b";", b":", b"\xff", "é".encode(), b"=1"]),
)
def test_a_sound_table_with_a_slip_is_answered(at: int, cut: int, put: bytes) -> None:
    is_answered(GOOD[:at] + put + GOOD[at + cut :])


@settings(few, max_examples=400)
@given(st.text(st.sampled_from('", ab'), min_size=1, max_size=25))
def test_cells_and_their_places_are_those_of_the_csv_module(line: str) -> None:
    cells = cells_of("r.csv", 1, line)
    try:
        expected = next(csv.reader([line], strict=True))
    except csv.Error:
        assert not isinstance(cells, list)
        assert cells.name == "quote"
        return
    assert cells == expected
    spans = spans_of(line)
    assert [line[span.start : span.end] for span in spans if span.exact] == [
        cell.strip(" ") for cell, span in zip(expected, spans, strict=True) if span.exact
    ]


@few
@given(st.text(max_size=70))
def test_an_id_is_taken_only_if_it_can_be_the_name_of_a_file_everywhere(identity: str) -> None:
    assume(not set(identity) & set('",\r\n'))
    sound = identity.strip(" ")
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
    fits = 1 <= len(sound) <= 64 and set(sound) <= allowed and sound[0] != "-" and sound.lower() not in RESERVED
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.csv"
        path.write_bytes(f"id,arm,day-1,timezone\n{identity},verum,2026-01-05,UTC\n".encode("utf-8", "surrogatepass"))
        taken = []
        with suppress(Refused):
            taken = read_table(path, ARMS).ids
    assert taken == ([sound] if fits else [])


def test_a_participant_of_many_takes_less_than_two_hundred_bytes(tmp_path: Path) -> None:
    count = 20_000
    path = tmp_path / "r.csv"
    starts = ["2026-01-05", "2026-01-07", "2026-02-02"]
    path.write_text(
        "id,arm,day-1,timezone,days\n" + "".join(f"Site-{n:07},verum,{starts[n % 3]},Europe/Berlin,Mon Wed Fri\n" for n in range(count)),
        encoding="utf-8",
    )
    read_table(path, ARMS)
    tracemalloc.start()
    try:
        table = read_table(path, ARMS)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (len(table.ids), len(table.choices)) == (count, 3)
    assert peak / count < 200


def test_a_file_larger_than_any_regimen_is_read(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    row = "verum,2026-01-05,Europe/Berlin,Mon Wed Fri\n"
    path.write_text("id,arm,day-1,timezone,days\n" + "".join(f"{n:040},{row}" for n in range(60_000)), encoding="utf-8")
    assert path.stat().st_size > 5_000_000
    table = read_table(path, ARMS)
    assert (table.ids[-1], set(table.kinds)) == (f"{59_999:040}", {0})


def test_a_line_is_found_wherever_the_blocks_of_reading_end(tmp_path: Path) -> None:
    row = "verum,2026-01-05,Europe/Berlin,"
    for length in range(0, 200, 23):
        path = tmp_path / "r.csv"
        lines = [f"é{n:0{length + 5}}" for n in range(2000)]
        path.write_bytes(("id,arm,day-1,timezone,site\r\n" + "".join(f"{n},{row}{line}\r\n" for n, line in enumerate(lines))).encode())
        table = read_table(path, ARMS)
        assert [table.choices[kind][CELLS.index("site")] for kind in table.kinds] == lines


def test_twins_are_found_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    order = [n * 7919 % 3001 for n in range(3001)]
    rows = [f"{n},verum,2026-01-05,Europe/Berlin\n" for n in [*order, *order[:3]]]
    path.write_text("id,arm,day-1,timezone\n" + "".join(rows), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_table(path, ARMS)
    found = [(one.name, one.place.line if one.place else 0) for one in refused.value.diagnostics]
    assert found == [("twice", 3003), ("twice", 3004), ("twice", 3005)]
