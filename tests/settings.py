"""The installation under test: the real settings in a folder of its own, changed only where speed asks."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="folkmoot-test-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
(_folder / "static").mkdir()
# In the environment, so that a command started by a test never meets anybody's real data.
os.environ["DATA_DIR"] = str(_folder)
os.environ["FOLKMOOT_TEST"] = "yes"
os.environ["DATABASE_URL"] = os.environ.get("FOLKMOOT_TEST_DATABASE_URL", "")

from folkmoot.base.keys import ensure_keys  # noqa: E402 - after the environment is ready

ensure_keys(_folder / "keys")

from folkmoot.settings import *  # noqa: E402, F403 - these are the settings
from folkmoot.settings import STORAGES  # noqa: E402

PAGE_SECONDS = 0.0  # a test sees what it has just done
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
