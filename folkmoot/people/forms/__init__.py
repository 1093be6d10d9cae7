"""What people type on the pages of this app, one file per kind of page."""
