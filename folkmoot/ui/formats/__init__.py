"""How dates are printed, for each language once: FORMAT_MODULE_PATH names this package."""
