"""Pages of the map: imports, changes, gaps."""
