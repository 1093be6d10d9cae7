"""Pages of cases: reporting, one case, what can be done with it, lists."""
