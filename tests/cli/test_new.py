"""`dosecal new`: what is asked, what is refused, and that the file is valid at once and never replaces another."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dosecal.cli import main

ARMS = ["A", "B", "no", "arm: x", "placebo"]
PHASES = ["run-in 14 days", "treatment 6 cycles of 21 days", "period 1 2 weeks", "washout 1 week"]
LAST_PHASES = ["follow-up", "extension cycles of 28 days", "follow-up 90 days"]
DOSES = [
    "drug: 12 mg IV",
    "tablets: 1 tablet PO every day 5 times",
    "oxaliplatin: 85 mg/m2 IV day 1",
    "inj: 44 mcg SC 3 times weekly for 1 week",
]
VISITS = ["clinic visit: day 1", "call: 7 days after first visit", "no: days 1-2", "x#y: every 2 days 2 times"]


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, *answers: str) -> Terminal:
    """Makes the standard streams a terminal on which these lines are typed; what it shows is returned."""
    shown = Terminal()
    monkeypatch.setattr("sys.stdin", Terminal("".join(f"{line}\n" for line in answers)))
    monkeypatch.setattr("sys.stderr", shown)
    return shown


# -- options


@settings(derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    arms=st.lists(st.sampled_from(ARMS), unique=True, max_size=3),
    phases=st.lists(st.sampled_from(PHASES), unique=True, max_size=3),
    last=st.sampled_from([None, *LAST_PHASES]),
    doses=st.lists(st.sampled_from(DOSES), unique=True, max_size=3),
    visits=st.lists(st.sampled_from(VISITS[2:]), unique=True, max_size=2),
    texts=st.lists(
        st.sampled_from([("--study", "A: B"), ("--source", "# 1"), ("--months", "calendar"), ("--months", "30 days")]), max_size=3
    ),
)
def test_every_combination_of_options_is_valid_at_once(  # noqa: PLR0917  (hypothesis gives them by name)
    arms: list[str], phases: list[str], last: str | None, doses: list[str], visits: list[str], texts: list[tuple[str, str]]
) -> None:
    options = [word for pair in texts for word in pair]
    for option, said in (("--arm", arms), ("--phase", [*phases, *([last] if last else [])]), ("--dose", doses), ("--visit", visits)):
        options += [word for one in said for word in (option, one)]
    Path("x.yaml").unlink(missing_ok=True)
    assert main(["new", "x", *options]) == 0
    assert main(["validate", "x.yaml"]) == 0


def test_the_options_say_what_the_file_holds(capsys: pytest.CaptureFixture[str]) -> None:
    phases = ["--phase", "run-in 14 days", "--phase", "treatment 6 cycles of 21 days", "--phase", "follow-up 90 days"]
    doses = ["--dose", "study drug: 75 mg/m2 IV", "--dose", "tablets: 10 mg PO every 2 days", "--visit", "run-in/screening: day 1"]
    assert main(["new", "three", "--study", "ALPHA", "--source", "protocol 3", *phases, "--day-1", "treatment", *doses]) == 0
    assert capsys.readouterr().err == "three.yaml: begun. Fill it in beside the protocol, then: dosecal validate three.yaml\n"
    keys = [line.partition("#")[0].rstrip() for line in Path("three.yaml").read_text(encoding="utf-8").splitlines()]
    assert [key for key in keys if key] == [
        "format: dosecal/1",
        "study: ALPHA",
        "source: protocol 3",
        "phases:",
        "  run-in:",
        "    lasts: 14 days",
        "    visits:",
        "      screening:",
        "        when: day 1",
        "  treatment:",
        "    day-1: here",
        "    cycle:",
        "      length: 21 days",
        "      count: 6",
        "      count-from: actual",
        "    doses:",
        "      study drug:",
        "        give: 75 mg/m2 IV",
        "        when: day 1",
        "      tablets:",
        "        give: 10 mg PO",
        "        when: every 2 days",
        "        count-from: plan",
        "  follow-up:",
        "    lasts: 90 days",
    ]


def test_a_dose_of_no_named_place_stands_in_every_arm_and_a_visit_once() -> None:
    assert main(["new", "x", "--arm", "A", "--arm", "B", "--dose", "d: 1 mg IV", "--dose", "B/e: 2 mg IV", "--visit", "v: day 1"]) == 0
    text = Path("x.yaml").read_text(encoding="utf-8")
    assert text.count("\n      d:\n") == 2
    assert text.count("\n      e:\n") == 1
    assert text.count("\n  v:\n") == 1


def test_without_options_and_without_a_terminal_the_examples_stand_in_remarks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "trial.yaml"]) == 0
    assert main(["validate", "trial.yaml"]) == 0
    assert "good: trial, no arms" in capsys.readouterr().out
    assert "\n# doses:\n#   study drug:\n" in Path("trial.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "place", "name", "mend"),
    [
        (["--phase", "treatment 21 days 6 times"], "--phase", "phrase", "treatment 6 cycles of 21 days"),
        (["--phase", "run-in 14 dayz"], "--phase", "phrase", "run-in 14 days"),
        (["--phase", "run-in 1 days"], "--phase", "spelling", "1 day"),
        (["--phase", "run-in 3 months"], "--phase", "months", "--months calendar"),
        (["--phase", "a 1 day", "--phase", "a 2 days"], "--phase", "same-name", "its own name"),
        (["--phase", "open", "--phase", "b 2 days"], "--phase", "phase-length", "every phase but the last"),
        (["--phase", "a/b 2 days"], "--phase", "name", "`and`"),
        (["--phase", "a 2 cycles of 7 days", "--phase", "b", "--day-1", "b"], "--day-1", "phase-length", "a length in days"),
        (["--phase", "a 1 day", "--day-1", "b"], "--day-1", "unknown-name", "its phases are a"),
        (["--day-1", "b"], "--day-1", "unknown-name", "add --phase"),
        (["--arm", "A", "--arm", "A"], "--arm", "same-name", "once"),
        (["--study", "a\x07b"], "--study", "control-character", "delete it"),
        (["--study", "a\udc80b"], "--study", "control-character", "delete it"),
        (["--source", " "], "--source", "no-value", "write one"),
        (["--dose", "drug 12 mg IV"], "--dose", "phrase", "drug: 12 mg IV"),
        (["--dose", "drug: 12 IV"], "--dose", "no-unit", "mg"),
        (["--dose", "drug: 12 mg"], "--dose", "route", "IV"),
        (["--dose", "drug: 12 mg IV daily"], "--dose", "phrase", "every day"),
        (["--dose", "drug: 12 mg IV every day"], "--dose", "no-end", "for 24 months"),
        (["--dose", "drug: 12 mg IV day 0"], "--dose", "day-zero", "day 1"),
        (["--dose", "x/drug: 12 mg IV"], "--dose", "unknown-name", "leave out"),
        (["--dose", "drug: 12 mg IV", "--dose", "drug: 13 mg IV"], "--dose", "duplicate-key", "one of the two"),
        (["--dose", "drug: table t"], "--dose", "unknown-name", ""),
        (["--visit", "v: 7 days after each w"], "--visit", "unknown-name", ""),
        (["--visit", "v:"], "--visit", "phrase", "clinic visit: days 1 8 15"),
        (["--phase", "p 5 days", "--visit", "v: day 8"], "--visit", "outside-phase", "length"),
    ],
)
def test_a_wrong_option_is_refused_by_name_and_nothing_is_written(
    options: list[str], place: str, name: str, mend: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "x", *options]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{place}: error[{name}]: ")
    assert mend in said.partition("help: ")[2]
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "a/b", "", "-x", "a b", "x.yml", "nul", "COM1", "x" * 65, "é", "."])
def test_a_name_that_is_no_file_name_everywhere_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "--", name]) == 2
    assert "error[name]" in capsys.readouterr().err
    assert list(Path().iterdir()) == []


# -- never over another file


@pytest.mark.parametrize("content", ["mine\n", "", "dosecal 0.1.0\n"])
def test_an_existing_file_stays_as_it_is_even_one_that_dosecal_wrote(content: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("x.yaml").write_text(content, encoding="utf-8")
    assert main(["new", "x"]) == 2
    assert "error[unwritable]" in capsys.readouterr().err
    assert Path("x.yaml").read_text(encoding="utf-8") == content


def test_force_replaces_a_file_but_never_a_link(capsys: pytest.CaptureFixture[str]) -> None:
    Path("x.yaml").write_text("mine\n", encoding="utf-8")
    Path("y.yaml").symlink_to("z.yaml")
    assert main(["new", "x", "--force"]) == 0
    assert main(["new", "y"]) == 2
    assert main(["new", "y", "--force"]) == 2
    assert capsys.readouterr().err.count("error[unwritable]") == 2
    assert main(["validate", "x.yaml"]) == 0
    assert not Path("z.yaml").exists()


def test_an_existing_file_is_refused_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("x.yaml").touch()
    shown = on_a_terminal(monkeypatch)
    assert main(["new", "x"]) == 2
    assert "Study" not in shown.getvalue()


# -- questions


def test_a_terminal_is_asked_and_a_wrong_answer_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = ["", "protocol 3", "", "run-in 14 dayz", "run-in 14 days", "treatment 6 cycles of 21 days", "", "treatmnt", "treatment"]
    shown = on_a_terminal(monkeypatch, *typed, "drug: 12 IV", "drug: 12 mg IV", "", "visit 1: day 1", "")
    assert main(["new", "x"]) == 0
    refused = [line for line in shown.getvalue().splitlines() if "error[" in line]
    assert [line.partition("error[")[2].partition("]")[0] for line in refused] == ["phrase", "unknown-name", "no-unit"]
    text = Path("x.yaml").read_text(encoding="utf-8")
    assert "study: x " in text
    assert "source: protocol 3 " in text
    assert "lasts: 14 days" in text
    assert text.count("day-1: here") == 1
    assert "give: 12 mg IV" in text
    assert main(["validate", "x.yaml"]) == 0


def test_what_a_month_is_is_asked_once_a_phrase_counts_in_months(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = on_a_terminal(monkeypatch, "", "", "", "run-in 3 months", "weeks", "28 days", "follow-up 1 month", "", "", "", "")
    assert main(["new", "x"]) == 0
    assert shown.getvalue().count("A month is (calendar, 28 days or 30 days) [calendar]: ") == 2
    text = Path("x.yaml").read_text(encoding="utf-8")
    assert "\nmonths: 28 days " in text
    assert "lasts: 3 months" in text
    assert "lasts: 1 month\n" in text


def test_enter_alone_answers_every_question(monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal(monkeypatch, *[""] * 6)
    assert main(["new", "x"]) == 0
    assert main(["new", "y", "--study", "x"]) == 0  # by an option: the same file
    assert Path("x.yaml").read_bytes() == Path("y.yaml").read_bytes()


def test_whoever_stops_answering_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal(monkeypatch, "S", "source")
    assert main(["new", "x"]) == 2
    assert list(Path().iterdir()) == []


def test_an_option_answers_for_all_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = on_a_terminal(monkeypatch)
    assert main(["new", "x", "--study", "S"]) == 0
    assert "Source" not in shown.getvalue()
