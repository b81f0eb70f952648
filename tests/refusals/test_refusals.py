"""Every refusal, as a broken file and the exact words about it; how a case is made stands in cases.py.

When words have changed on purpose, `python -m tests.refusals.rewrite` writes what each case prints now, and docs/errors.md:
review it as a diff.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dosecal.cli import main
from dosecal.cli import validate as validate_module
from tests.refusals.cases import FILES, Case, cases, names_in, outcome, shown
from tests.refusals.page import PAGE, page

PACKAGE = Path(__file__).parents[2] / "src" / "dosecal"
CASES = cases()
NO_FILE_SHOWS = {"bug", "more", "workers"}
"""Shown by the last tests here; a table with more than a hundred errors, by tests/read; lost workers of a cohort, by tests/cohort."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_refusal_says_exactly_this_and_leaves_nothing_behind(case: Case, tmp_path: Path) -> None:
    result = outcome(case, tmp_path)
    assert shown(case, result) == case.expected.read_text(encoding="utf-8")
    assert case.diagnostic in names_in(result.err)
    assert result.code in (0, 1, 2)
    if result.code:
        assert "error[" in result.err
        assert result.after == result.before
    else:
        assert "error[" not in result.err


def test_every_expected_text_belongs_to_a_case() -> None:
    assert {path.stem for path in FILES.iterdir()} == {case.name for case in CASES}


def test_every_diagnostic_that_the_source_can_give_has_a_case() -> None:
    given = {name for module in sorted(PACKAGE.rglob("*.py")) for name in names_given(module)}
    assert len(given) > 60
    assert given - NO_FILE_SHOWS == {case.diagnostic for case in CASES}


def test_errors_md_is_what_the_cases_show() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_a_mend_asks_nothing_but_did_you_mean() -> None:
    helps = [line for case in CASES for line in case.expected.read_text(encoding="utf-8").splitlines() if line.startswith("help: ")]
    assert len(helps) > 100
    assert [line for line in helps if "?" in line and "did you mean" not in line] == []


# -- dosecal's own faults, which no file shows


def test_a_bug_is_one_line_with_how_to_report_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_file: str) -> None:
        raise ZeroDivisionError("a test")

    monkeypatch.setattr(validate_module, "_verdict", broken)
    monkeypatch.delenv("DOSECAL_TRACEBACK", raising=False)
    assert main(["validate", "x.yaml"]) == 3
    assert capsys.readouterr().err == (
        "error[bug]: dosecal itself is wrong: ZeroDivisionError: a test\n"
        "help: please report it with the command and the files; DOSECAL_TRACEBACK=1 shows where\n"
    )


# -- the names that a module can give

NAME_AT = {"Diagnostic": 0, "PhraseError": 4, "refuse": 2, "fault": 1, "_fault": 1, "doubt": 1, "_doubt": 1, "Misused": 1}
"""Which argument of a call is a diagnostic's name, counted without `self`."""


def names_given(module: Path) -> Iterator[str]:
    """The names of the diagnostics that a module makes. A name that is neither written out nor handed on fails the test."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
            if called in NAME_AT:
                yield from name_of(node, NAME_AT[called], module)


def name_of(call: ast.Call, place: int, module: Path) -> Iterator[str]:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "name"]
    given = named or call.args[place : place + 1]
    if not given:
        yield "phrase"  # what PhraseError and Cursor.refuse say without a name
        return
    if isinstance(given[0], ast.Constant):
        yield str(given[0].value)
        return
    handed_on = isinstance(given[0], ast.Name | ast.Attribute) and ast.unparse(given[0]).rpartition(".")[2] == "name"
    assert handed_on, f"{module}:{call.lineno}: the scan cannot see the name of this diagnostic"


def test_the_scan_sees_names_written_out_and_refuses_what_it_cannot_see(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('Diagnostic("a", "b")\ncursor.refuse("m", "h")\nDiagnostic(error.name, "m")\nMisused("--x", "c", "m", "h")\n')
    assert set(names_given(module)) == {"a", "phrase", "c"}
    module.write_text('Diagnostic("a" + b, "c")\n')
    with pytest.raises(AssertionError):
        list(names_given(module))
