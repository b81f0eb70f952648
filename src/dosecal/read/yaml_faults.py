"""The YAML parser's complaints -> diagnostics in plain words, at the character that caused them."""

from typing import Final

import yaml

from dosecal.diagnostic import Diagnostic, Place


def yaml_fault(file: str, lines: tuple[str, ...], error: yaml.YAMLError) -> Diagnostic:
    """What the parser cannot read in the file with these lines."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Diagnostic("not-yaml", "the file is not YAML", "see docs/language.md for how a file looks", place=Place(file))
    mark, problem = error.problem_mark, error.problem or ""
    for number in (mark.line, mark.line - 1):  # the parser notices a no-break space one line late
        at = lines[number].find("\u00a0") if 0 <= number < len(lines) else -1
        if at >= 0:
            place = Place(file, number + 1, at + 1, 1, lines[number])
            return Diagnostic("no-break-space", "a no-break space stands here", "write an ordinary space", place=place)
    message, mend = next((words for needle, *words in _PROBLEMS if needle in problem), _UNKNOWN)
    if error.context_mark is not None and any(needle in problem for needle in _NOTICED_LATE):
        mark = error.context_mark
    line = min(mark.line + 1, len(lines))
    text = lines[line - 1]
    if text[mark.column : mark.column + 1] == "\t":
        message, mend = _PROBLEMS[0][1:]
    if line <= mark.line:  # noticed after the last line
        return Diagnostic("not-yaml", message, mend, place=Place(file, line, len(text) + 1, 1, text))
    return Diagnostic("not-yaml", message, mend, place=Place(file, line, mark.column + 1, 1, text))


_NOTICED_LATE: Final = ("unexpected end of stream", "unexpected document indicator", "did not find expected ',' or")
"""Complaints that are raised where the parser gave up: what is not closed stands where it began."""

_COLON: Final = "put a text that holds `: ` into quotes; see that the line before it has its own colon"
_UNKNOWN: Final = ("this is not YAML", "check quotes and brackets, and the spaces at the line's start")
_SPACES: Final = "check the spaces at the line's start: keys of one level begin in one column"
_PROBLEMS: Final = (
    ("tab character", "a tab stands here", "indent with spaces"),
    ("cannot start any token", "a text cannot begin with this character", "put the text into quotes"),
    ("mapping values are not allowed", "a colon cannot stand here", _COLON),
    ("mapping keys are not allowed", "a key cannot stand here", _SPACES),
    ("block sequence entries are not allowed", "a `-` cannot stand here", "write the list on lines of its own, or in brackets: `[a, b]`"),
    ("could not find expected ':'", "a key without a colon", "write `key: value`"),
    ("did not find expected key", "a key is expected here", _SPACES),
    ("did not find expected '-' indicator", "a `-` is expected here", "begin every part of the list with `- ` in one column"),
    ("did not find expected ',' or", "this bracket or brace is not closed", "close it, or put a comma between its parts"),
    ("did not find expected node content", "a value is expected here", "write one, or delete the comma or bracket before it"),
    ("unexpected end of stream", "this quote is not closed", "close it with the same sign"),
    ("unexpected document indicator", "this quote is not closed", "close it with the same sign"),
    ("unknown escape character", "a backslash in double quotes begins a sign of its own", "write it twice, or use single quotes"),
    ("hexdecimal number", "a backslash in double quotes begins a sign of its own", "write it twice, or use single quotes"),
    ("Unicode character escape", "this is no character", "delete it"),
    ("undefined alias", "names that stand for other parts (`*`) are not used in dosecal files", "write the part out"),
    ("alphabetic or numeric character", "a text cannot begin with `&` or `*`", "put the text into quotes"),
    ("tag", "a text cannot begin with `!`", "put the text into quotes"),
    ("<document start>", "something stands here after the end of the file's content", _SPACES),
    ("directive", "a line cannot begin with `%`", "put the text into quotes, or delete the line"),
    ("indentation indicator", "`|` and `>` begin a text of several lines", "write the text on one line"),
    ("comment or line break", "`|` and `>` begin a text of several lines", "put a text that begins with one of them into quotes"),
)  # fmt: skip
