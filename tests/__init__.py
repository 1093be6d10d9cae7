"""The suite mirrors folkmoot/: tests/<app>/test_<file>.py."""
