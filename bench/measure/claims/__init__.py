"""One file per claim: `run(options)` yields its figures. Imported once Django is awake."""
