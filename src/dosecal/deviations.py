"""A schedule -> where what happened departs from what was planned: early, late, missed, out of window, gap broken."""
