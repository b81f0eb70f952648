"""Whole cohorts: a roster table -> one file a participant, in partitions that any executor may run, and a manifest of them all."""
