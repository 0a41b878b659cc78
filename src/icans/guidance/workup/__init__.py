"""The work-up: what else could explain the signs, what the record says of it, and what is still open.

ledger    what is answered
cause     a cause and a test that can do harm, read from YAML
library   all of them: the files of `causes/`, `gates.yaml`, `readings.yaml`
exposure  what drugs the record shows, as hours since the last and since the first dose
window    what a value did over the last hours: lowest, highest, change
plan      the conditions made ready once
known     the state, with the above and without results that are too old for this purpose
judge     the status of each cause
workup    the whole answer

from icans.guidance.workup.workup import workup
"""
