"""dosecal turns a clinical trial's arm regimens into a participant's visit schedule and calendar."""

__version__ = "0.1.0"
