"""The files that this app takes in, by the machinery of areas.imports."""

from folkmoot.areas.imports import Importer
from folkmoot.people.imports.households import HouseholdImporter
from folkmoot.people.imports.links import HouseholdLinkImporter
from folkmoot.people.imports.organizations import OrganizationImporter
from folkmoot.people.imports.posts import PostImporter

IMPORTERS: dict[str, type[Importer]] = {
    "organizations": OrganizationImporter,
    "posts": PostImporter,
    "households": HouseholdImporter,
    "household_links": HouseholdLinkImporter,
}
