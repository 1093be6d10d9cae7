"""What an outsider needs to check a Folkmoot: no Django, no clock, no network."""

__version__ = "0.1.0"
