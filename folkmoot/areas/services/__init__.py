"""The acts of the tree."""

from folkmoot.areas.services.changing import Fresh
from folkmoot.areas.services.import_file import Result, import_areas, import_file
from folkmoot.areas.services.imports import confirm_import, drop_import, start_import
from folkmoot.areas.services.merge_areas import merge_areas
from folkmoot.areas.services.planning import make_due_changes, plan_change, withdraw_change
from folkmoot.areas.services.rename_area import rename_area
from folkmoot.areas.services.split_area import split_area

__all__ = [
    "Fresh",
    "Result",
    "confirm_import",
    "drop_import",
    "import_areas",
    "import_file",
    "make_due_changes",
    "merge_areas",
    "plan_change",
    "rename_area",
    "split_area",
    "start_import",
    "withdraw_change",
]
