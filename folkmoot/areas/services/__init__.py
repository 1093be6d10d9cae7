"""The acts of the tree."""

from folkmoot.areas.services.import_file import Result, import_areas, import_file

__all__ = ["Result", "import_areas", "import_file"]
