"""The documents are true: every console example in README.md and docs/ is run and compared, every regimen in them validates.

A ```console block holds commands (lines that begin with `$ `, going on after a backslash) and what they print; `...` on a line of its
own stands for any lines. The blocks of one document run in order, in one temporary folder. A ```yaml block whose first line is
`# NAME.yaml` is put there under that name when its turn comes, so that a file may grow; so is a ```csv block with its name beside the
fence, since a table has no remarks. Steps that set up an environment are left out, since this one stands; .ci/run takes them.
"""

import os
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = sysconfig.get_path("scripts")
README = ROOT / "README.md"
DOCUMENTS = [README, *sorted((ROOT / "docs").rglob("*.md"))]
TEST_COMMAND = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/python -m pytest -q"
BLOCK = re.compile(r"^```(\w+)(?: ([\w-]+\.csv)$)?[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: its language, the name beside it, its text and the line of its first line in the document."""

    language: str
    name: str | None
    text: str
    line: int


class Example(NamedTuple):
    """A command and what the document says that it prints."""

    command: str
    output: str


def blocks(text: str) -> list[Block]:
    return [Block(match[1], match[2], match[3], text.count("\n", 0, match.start(3)) + 1) for match in BLOCK.finditer(text)]


def examples(block: str) -> list[Example]:
    """The commands of a console block with their outputs; the lines before the first command say nothing and are refused."""
    lines = block.splitlines()
    assert lines[0].startswith("$ "), f"a console block begins with a command: {lines[0]}"
    found: list[Example] = []
    for line in lines:
        if line.startswith("$ "):
            found.append(Example(line.removeprefix("$ "), ""))
        elif found[-1].command.endswith("\\") and not found[-1].output:
            found[-1] = Example(found[-1].command[:-1].rstrip() + " " + line.strip(), "")
        else:
            found[-1] = found[-1]._replace(output=found[-1].output + line + "\n")
    return found


def without_setting_up(command: str) -> str:
    """`command` without its steps that make an environment, fill it or enter the sources, and without the tests themselves."""
    steps = [re.sub(r"\S*\.venv/bin/dosecal\b", "dosecal", step.strip()) for step in command.split("&&")]
    set_up = re.compile(r"python3 -m venv|\S*pip install|git clone|cd |\S*python -m pytest")
    return " && ".join(step for step in steps if not set_up.match(step))


def agrees(output: str, shown: str) -> bool:
    """Whether `output` is what a document shows, a line `...` standing for any lines."""
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in shown.splitlines())
    return re.fullmatch(pattern, output if output.endswith("\n") or not output else output + "\n") is not None


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command as typed at a prompt: its messages and its data in the order in which they come out."""
    environment = os.environ | {"PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def put_named_file(block: Block, folder: Path) -> None:
    named = re.match(r"# ([\w-]+\.yaml)\n", block.text) if block.language == "yaml" else None
    name = named[1] if named else block.name
    if name is not None:
        (folder / name).write_text(block.text, encoding="utf-8")


def is_regimen(block: Block) -> bool:
    return block.language == "yaml" and re.match(r"(#[^\n]*\n)*format: dosecal/1\n", block.text) is not None


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_shows_is_what_is_printed(path: Path, tmp_path: Path) -> None:
    document = path.read_text(encoding="utf-8")
    for block in blocks(document):
        put_named_file(block, tmp_path)
        for example in examples(block.text) if block.language == "console" else []:
            command = without_setting_up(example.command)
            if not command:
                continue
            ran = run(command, tmp_path)
            where = f"{path.name}:{block.line}: $ {command}"
            assert agrees(ran.stdout, example.output), f"{where}\nshown:\n{example.output}\nprinted:\n{ran.stdout}"
            assert ran.returncode == 0 or "error[" in example.output, f"{where}: exit code {ran.returncode}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_whole_regimen_in_a_document_validates(path: Path, tmp_path: Path) -> None:
    for block in filter(is_regimen, blocks(path.read_text(encoding="utf-8"))):
        file = tmp_path / f"line-{block.line}.yaml"
        file.write_text(block.text, encoding="utf-8")
        ran = run(f"dosecal validate {file.name}", tmp_path)
        assert ran.returncode == 0, f"{path.name}:{block.line}\n{ran.stdout}"


def test_the_readme_shows_the_program_at_work() -> None:
    consoles = [block for block in blocks(README.read_text(encoding="utf-8")) if block.language == "console"]
    shown = [example for block in consoles for example in examples(block.text)]
    assert any("dosecal" in without_setting_up(example.command) and example.output for example in shown)


def test_readme_and_contributing_name_the_test_command_that_ci_calls() -> None:
    for document in (README, ROOT / "CONTRIBUTING.md"):
        assert f"$ {TEST_COMMAND}\n" in document.read_text(encoding="utf-8"), document.name
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert f'\ntest_command="{TEST_COMMAND}"\n' in ci
    assert ci.rstrip().endswith('\nbash -c "$test_command"')


@pytest.mark.parametrize("path", [*DOCUMENTS, ROOT / "CONTRIBUTING.md", ROOT / "benchmarks" / "README.md"], ids=lambda path: path.name)
def test_every_link_inside_the_project_leads_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


# -- the reading of documents itself


def test_a_line_of_dots_stands_for_any_lines_and_nothing_else_does() -> None:
    assert agrees("a\nb\nc\n", "a\n...\nc\n")
    assert agrees("a\nc\n", "a\n...\nc\n")
    assert not agrees("a\nb\n", "a\n")
    assert not agrees("a ...\n", "a b\n")
    assert not agrees("", "a\n")
    assert agrees("", "")


def test_commands_go_on_after_a_backslash_and_end_where_output_begins() -> None:
    assert examples("$ dosecal a \\\n    --b\nout\n$ c\n") == [Example("dosecal a --b", "out\n"), Example("c", "")]


def test_a_table_with_a_name_is_put_down_under_it(tmp_path: Path) -> None:
    table, other = blocks("```csv one.csv\nid\n1\n```\n\n```csv\nid\n2\n```\n")
    put_named_file(table, tmp_path)
    put_named_file(other, tmp_path)
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("one.csv", "id\n1\n")]


def test_setting_up_is_left_out_and_the_rest_is_run() -> None:
    command = "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/dosecal validate x.yaml"
    assert without_setting_up(command) == "dosecal validate x.yaml"
    assert without_setting_up(TEST_COMMAND) == ""
