"""Any bytes in: exit 0, 1 or 2, an error with its words, never a traceback, and nothing of a terminal's own language in a message."""

import re
import string
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.running import Ran, run

ROOT = Path(__file__).parents[2]
GOOD = [ROOT / "regimens" / "care-ms-ii.yaml", *sorted((ROOT / "tests" / "cases").glob("*/*.yaml"))]
NASTY = [
    *("\0", "\x1b", "\r", "\u2028", "\u202e", "\ufeff", "\u00a0", '"\\ud800"', "\t", "😀", "٣", "²"),
    *("a" * 600, "9" * 5000, "1e309", "NaN", "±99999 days", "[1, 2]", "{a: b}"),
    *("{", "}", "[", "]", "- ", "? ", ": ", "&a ", "*a", "!!int ", "<<: ", "|", ">", "%", "---\n", "...\n", "'", '"', "#", ",", "~"),
    *("day 0", "day -99999", "month 99999", "for 99999 months", "every day for 40000 days", "study day -3"),
    *("first open day on or after day 1", "first 2 days of each dose course"),
    *("1900-01-01", "2200-12-31", "2026-02-30", "0.000000000001 mg IV", "999999999999 g IV", "24:00"),
]
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")
COMMANDS = [
    ("validate", "any.yaml"),
    ("schedule", "any.yaml", "--arm", "interferon-beta-1a", "--start", "2026-01-05", "--timezone", "Europe/Berlin", "--format", "json"),
    ("ics", "any.yaml", "--start", "2024-02-29", "--horizon", "2025-01-01", "--timezone", "Africa/Casablanca", "--audience", "site"),
    ("schedule", "care-ms-ii", "--participant", "any.yaml", "--site", "any.yaml"),
    ("schedule", "care-ms-ii", "--arm", "alemtuzumab-12", "--start", "2026-01-05", "--site", "any.yaml", "--format", "html"),
]
few = settings(derandomize=True, deadline=None, max_examples=60)


@cache
def lines() -> list[str]:
    return [line for path in GOOD for line in path.read_text(encoding="utf-8").splitlines()]


@cache
def words() -> list[str]:
    return sorted({word for line in lines() for word in line.split()} | set(NASTY))


def holds(data: bytes) -> None:
    """Every command answers these bytes as it should."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "any.yaml").write_bytes(data)
        for command in COMMANDS:
            answers(run(*command, folder=folder), command)


def answers(ran: Ran, command: tuple[str, ...]) -> None:
    assert ran.code in (0, 1, 2), (command, ran.err)
    assert ("error[" in ran.err) == (ran.code != 0), (command, ran.err)
    assert "error[bug]" not in ran.err
    assert not CONTROLS.search(ran.err), (command, ran.err)
    assert ran.code == 0 or command[0] == "validate" or ran.out == b"", command


def _lines_changed(draw: st.DrawFn, found: list[str], at: int, how: str) -> None:
    """Delete, double or swap the line, or put another one in its place."""
    other = draw(st.integers(0, len(found) - 1))
    if how == "delete":
        found[at] = ""
    elif how == "double":
        found.insert(at, found[at])
    elif how == "swap":
        found[at], found[other] = found[other], found[at]
    else:
        found[at] = draw(st.sampled_from(lines()))


def _line_changed(draw: st.DrawFn, line: str, how: str) -> str:
    """The line with another word or key, other numbers, something put in, something cut out, or moved to the right."""
    place = draw(st.integers(0, len(line)))
    if how == "word":
        parts = line.split(" ")
        parts[place % len(parts)] = draw(st.sampled_from(words()))
        return " ".join(parts)
    if how == "key":
        return re.sub(r"[\w-]+:", draw(st.sampled_from(["when:", "give:", "days:", "at:", "x:", "<<:", ":"])), line, count=1)
    if how == "numbers":
        return re.sub(r"\d+", draw(st.sampled_from(["0", "1", "7", "400", "99999", "123456789"])), line)
    if how == "into":
        return line[:place] + draw(st.sampled_from(NASTY)) + line[place:]
    return line[:place] + line[place + 3 :] if how == "cut" else "  " + line


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sound file with one to three slips."""
    found = draw(st.sampled_from(GOOD)).read_text(encoding="utf-8").split("\n")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(found) - 1))
        how = draw(st.sampled_from(("delete", "double", "swap", "line", "word", "key", "numbers", "into", "cut", "indent")))
        if how in ("delete", "double", "swap", "line"):
            _lines_changed(draw, found, at, how)
        else:
            found[at] = _line_changed(draw, found[at], how)
    return "\n".join(found).encode("utf-8", "surrogatepass")


@few
@given(st.binary(max_size=200))
def test_any_bytes_are_answered(data: bytes) -> None:
    holds(data)


@few
@given(st.text(st.sampled_from("{}[]:,-?&*!|>'\"%@`#~ \n\tab0.\\"), max_size=80))
def test_any_signs_of_yaml_are_answered(text: str) -> None:
    holds(b"format: dosecal/1\nstudy: e\nsource: e\ndoses: " + text.encode())


@settings(few, max_examples=250)
@given(mutated())
def test_a_sound_file_with_a_slip_is_answered(data: bytes) -> None:
    holds(data)


VALUES = st.one_of(st.sampled_from(NASTY), st.text(max_size=20), st.text(string.digits + "-: ", max_size=12))
OPTIONS = ["--arm", "--start", "--timezone", "--days", "--horizon", "--id", "--kinds", "--to", "--now", "--format", "--site", "--foo"]


@few
@given(st.lists(st.tuples(st.sampled_from(OPTIONS), VALUES), max_size=5), st.lists(VALUES, max_size=2))
def test_any_arguments_are_answered(options: list[tuple[str, str]], more: list[str]) -> None:
    typed = [word for option in options for word in option] + more
    with tempfile.TemporaryDirectory() as name:
        for command in ("schedule", "ics", "validate"):
            ran = run(command, "care-ms-ii", *typed, folder=Path(name))
            assert ran.code in (0, 1, 2)
            assert ran.code == 0 or "error[" in ran.err
            assert not CONTROLS.search(ran.err)
        assert list(Path(name).iterdir()) == []


@pytest.mark.parametrize("odd", [*NASTY, "", "-", "--", "-x", "--o", "\udcff"], ids=lambda odd: repr(odd[:10]))
def test_any_word_in_place_of_a_command_or_a_file_is_answered(odd: str, tmp_path: Path) -> None:
    for typed in ([odd], ["validate", odd], ["ics", odd, "--start", "2026-01-05"]):
        assert run(*typed, folder=tmp_path).code == 2


# -- large

HEAD = "format: dosecal/1\nstudy: e\nsource: e\nmonths: calendar\n"
SIGNS = [
    *("[", "{", "? ", "- ", ":", "a: ", "&a ", "*a ", "! ", "%", '"', "'", "|\n", ",", "a", " ", "\n", "\t", "#", "\u00a0", "\x1b"),
    *("---\n", "[a, ", "a: b\n"),
]


def filled(unit: str, head: str = "") -> bytes:
    """A file of nearly a megabyte: `head`, then `unit` over and over."""
    return (head + unit * ((999_000 - len(head)) // len(unit.encode()))).encode()


@pytest.mark.parametrize("sign", SIGNS, ids=repr)
def test_a_megabyte_of_one_sign_is_answered(sign: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        for data in (filled(sign), filled(sign, HEAD + "doses: {a: ["), filled(sign, HEAD + "title: ")):
            (Path(name) / "any.yaml").write_bytes(data)
            answers(run("validate", "any.yaml", folder=Path(name)), ("validate",))


MANY = {
    "items": HEAD + "labs:\n" + "".join(f"  l{n}: {{when: day 1}}\n" for n in range(3000)),
    "wrong items": HEAD + "labs:\n" + "".join(f"  l{n}: {{when: dya 1, foo: 3}}\n" for n in range(4900)),
    "unknown names": HEAD + "labs:\n" + "".join(f"  {'x' * 50}{n}: {{when: 3 days after {'x' * 49}y{n}}}\n" for n in range(3000)),
    "unknown keys": HEAD + "".join(f"key-{n}: v\n" for n in range(14000)),
    "equal keys": HEAD + "labs: {when: day 1}\n" * 7000,
    "named times": 'participant: "1"\nregimen: care-ms-ii\nday-1: 2026-01-05\ntimes:\n' + "".join(f"  t{n}: 07:30\n" for n in range(9000)),
    "arms and items": HEAD
    + "labs:\n"
    + "".join(f"  l{n}: {{when: day 1}}\n" for n in range(800))
    + "arms:\n"
    + "".join(f"  a{n}: {{title: x}}\n" for n in range(800)),
    "levels": HEAD + "doses: {d: {give: 1000 mg PO, when: day 1, levels: [" + ", ".join(f"{n} mg" for n in range(1001, 9001)) + "]}}\n",
    "arms": HEAD + "arms:\n" + "".join(f"  a{n}: {{labs: {{l: {{when: every day for 36000 days}}}}}}\n" for n in range(2000)),
}


@pytest.mark.parametrize("kind", MANY)
def test_very_many_parts_are_answered(kind: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "any.yaml").write_text(MANY[kind], encoding="utf-8")
        ran = run("validate", "any.yaml", folder=Path(name))
        answers(ran, ("validate",))
        assert ran.err.count("error[") <= 100


WEIGHED = """
import resource, sys
from dosecal.cli import main
main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="measures as POSIX does")
def test_a_file_made_to_hurt_takes_no_more_than_its_share_of_memory(tmp_path: Path) -> None:
    (tmp_path / "any.yaml").write_text(MANY["arms"], encoding="utf-8")
    command = [sys.executable, "-c", WEIGHED, "validate", "any.yaml"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    unit = 1024 if sys.platform == "darwin" else 1
    assert int(ran.stdout) < 500_000 * unit
