"""Running one installation: worker, supervisor, backup, health. At the root: it may import every app."""
