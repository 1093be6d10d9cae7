import subprocess
import sys
from pathlib import Path

ALONE = """
import importlib, pkgutil, sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "folkmoot", "socket", "_socket", "requests", "urllib3"}:
            raise ImportError(f"the kernel must not need {name}")

sys.meta_path.insert(0, Block())
import folkmoot_kernel

names = [module.name for module in pkgutil.walk_packages(folkmoot_kernel.__path__, "folkmoot_kernel.")]
for name in names:
    importlib.import_module(name)
print(*sorted(names))
"""


def test_kernel_imports_without_django_and_without_network():
    run = subprocess.run(
        [sys.executable, "-c", ALONE],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stderr, run.returncode) == ("", 0)
    modules = {name.split(".")[1] for name in run.stdout.split()}
    assert modules >= {"encoding", "errors", "merkle", "notes", "tiles"}
