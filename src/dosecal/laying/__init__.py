"""Laying out: files read, a participant and an audience -> the schedule that they may see, every refusal with its place."""
