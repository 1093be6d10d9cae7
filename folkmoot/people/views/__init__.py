"""The pages of this app, one file per kind of page."""
