"""Expansion: a regimen, a participant and a site -> the participant's schedule, purely."""

from dosecal.expand.expansion import expand

__all__ = ["expand"]
