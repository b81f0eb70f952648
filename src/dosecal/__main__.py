"""`python -m dosecal` is `dosecal`."""

from dosecal.cli import program

program()
