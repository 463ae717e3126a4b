"""Exit codes that are results of a run. Those of errors stand in ``pressrun.errors``."""

DONE = 0
FAILED = 1
CHECK_FOUND_ERRORS = 3
NEEDS_A_PERSON = 4
PARTLY_SENT = 5
CHANGES_PENDING = 10
