"""Every app has one head of migrations and none is missing."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.loader import MigrationLoader

from tests.architecture.source import PACKAGE, apps


@pytest.mark.parametrize("app", [app for app in apps() if (PACKAGE / app / "models.py").exists()])
def test_app_has_one_head(app: str) -> None:
    loader = MigrationLoader(None)
    assert len(loader.graph.leaf_nodes(app)) == 1


def test_no_migration_is_missing(db: None) -> None:
    said = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said)
    except (CommandError, SystemExit):
        pytest.fail(said.getvalue())
