"""Writes a backup while the server runs."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

HELP = "write everything to a file while the server runs, and the keys to a second one"


def add(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the file to write, such as /backups/2026-11-20.tar")
    parser.add_argument(
        "--without-keys", action="store_true", help="leave the keys out: you keep a copy of them already"
    )


def run(options: Namespace) -> int:
    from folkmoot.cli.progress import progress_line
    from folkmoot.operations.backup import back_up, keys_path

    with progress_line("files") as progress:
        manifest = back_up(options.file, with_keys=not options.without_keys, progress=progress)
    rows = sum(manifest["counts"].values())
    print(f"{options.file}: {rows} rows in {len(manifest['counts'])} tables, all media")
    print(f"Journal: {manifest['journal_size']} acts, root {manifest['root'] or '-'}")
    if not options.without_keys:
        print(f"{keys_path(options.file)}: the keys. Move this file to another place than the backup:")
        print("whoever has both can read every phone; without it nobody can.")
    return 0
