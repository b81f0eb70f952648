"""The house rules: lint, types, layers, sizes and names hold for the whole tree, and a command loads only what it needs."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "dosecal"
MODULES = sorted(PACKAGE.rglob("*.py"))
INTERFERON = ["care-ms-ii", "--arm", "interferon-beta-1a", "--start", "2026-01-05", "--timezone", "America/Los_Angeles"]
LONGEST_FILE = 320
LONGEST_FUNCTION = 45
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager"}

by_module = pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """A command of this interpreter's environment, run in the project's own folder."""
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=os.environ | {"PYTHONUTF8": "1"}, capture_output=True, text=True, check=False
    )


def functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


# -- the tools


def test_ruff_finds_nothing_in_the_whole_tree() -> None:
    checked = run("-m", "ruff", "check", "--no-cache", "src", "tests", "benchmarks")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_type_holds_under_mypy_strict() -> None:
    checked = run("-m", "mypy", "--strict", "src/dosecal")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_layers_stand_as_drawn() -> None:
    # The tool's command is a script beside the interpreter; its package has no __main__.
    checked = run("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "0 broken" in checked.stdout


# -- sizes and names


@by_module
def test_a_module_says_in_its_first_line_what_it_holds(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    first = text.partition("\n")[0]
    assert first.startswith('"""'), f"{module}: the first line is not a docstring"
    assert len(first.strip('" ').split()) > 2, f"{module}: the first line says nothing"


@by_module
def test_a_module_can_be_read_in_one_sitting(module: Path) -> None:
    lines = len(module.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{module} has {lines} lines"


@by_module
def test_a_function_can_be_seen_at_once(module: Path) -> None:
    sizes = {function.name: (function.end_lineno or function.lineno) - function.lineno + 1 for function in functions(module)}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}


@by_module
def test_a_module_is_named_for_what_it_holds(module: Path) -> None:
    words = {word for part in module.relative_to(PACKAGE).with_suffix("").parts for word in part.lower().split("_")}
    assert words & VAGUE == set()


def test_every_package_is_one_and_ships_its_types() -> None:
    folders = {module.parent for module in MODULES}
    assert len(folders) > 1
    assert {folder for folder in folders if not (folder / "__init__.py").is_file()} == set()
    assert (PACKAGE / "py.typed").is_file()


def test_the_changelog_speaks_of_what_is_coming_or_has_come() -> None:
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line.startswith("## [")]
    assert headings
    assert headings[0] == "## [Unreleased]" or headings[0].startswith("## [0.")


# -- what a command loads

HEAVY = {"icalendar", "pendulum", "rich", "pydantic", "numpy", "holidays", "hypothesis", "asyncio", "email", "http"}
HEAVY_FOR_ICS = {"rich", "pendulum", "pydantic", "numpy", "holidays", "multiprocessing"}
HEAVY_FOR_COHORT = {"rich", "pendulum", "pydantic", "numpy", "holidays", "pyarrow", "distributed", "dask", "fsspec", "asyncio"}
REPORT = """
import sys
from dosecal.cli import main
code = main(sys.argv[1:])
sys.stderr.write("\\nloaded: " + " ".join(sorted(sys.modules)) + "\\n")
sys.exit(code)
"""


def loaded_by(*arguments: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after one command, which must succeed."""
    ran = run("-c", REPORT, *arguments)
    assert ran.returncode == 0, ran.stderr
    report = ran.stderr.splitlines()[-1]
    assert report.startswith("loaded: "), ran.stderr
    return {name.partition(".")[0] for name in report.split()[1:]}


LIGHT_COMMANDS = [["validate", "care-ms-ii"], ["schedule", *INTERFERON, "--format", "json"]]


@pytest.mark.parametrize("arguments", LIGHT_COMMANDS, ids=["validate", "schedule"])
def test_checking_and_scheduling_load_nothing_heavy(arguments: list[str]) -> None:
    loaded = loaded_by(*arguments)
    assert "yaml" in loaded
    assert loaded & HEAVY == set()


def test_a_calendar_loads_only_what_writes_calendars() -> None:
    loaded = loaded_by("ics", *INTERFERON)
    assert "icalendar" in loaded
    assert loaded & HEAVY_FOR_ICS == set()


def test_a_cohort_loads_neither_parquet_nor_a_cluster_unless_they_are_asked_for(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("id,arm,day-1,timezone\n1001,interferon-beta-1a,2026-01-05,Europe/Berlin\n", encoding="utf-8")
    loaded = loaded_by("cohort", "care-ms-ii", str(roster), "-o", str(tmp_path / "calendars"))
    assert (tmp_path / "calendars" / "1001.ics").exists()
    assert loaded & HEAVY_FOR_COHORT == set()
