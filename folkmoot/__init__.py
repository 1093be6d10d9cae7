"""Folkmoot: a place governs itself at its smallest scale."""

__version__ = "0.1.0"
