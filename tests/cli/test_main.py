import re
import stat

import pytest
from django.utils.translation import override

from folkmoot import settings as settings_module
from folkmoot.cli import COMMANDS, build_parser, command_modules, main, plain_words
from folkmoot.operations.reference import arguments, pages, subcommands
from tests.operations.conftest import REPOSITORY, Place


@pytest.fixture
def new_place(tmp_path):
    return Place(tmp_path / "new")


def test_every_command_says_what_it_is_for():
    helps = {name: help_text for name, help_text, _ in subcommands(build_parser(command_modules()))}
    assert tuple(helps) == COMMANDS
    assert [name for name, help_text in helps.items() if not help_text] == []


def test_command_without_a_name_says_which_there_are(new_place):
    ended = new_place.run()
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "usage: folkmoot" in ended.stderr
    assert not new_place.folder.exists()


def test_first_command_makes_folder_and_keys_for_their_owner_alone(new_place):
    assert new_place.run("keys").returncode == 0
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (new_place.folder, new_place.folder / "keys", *(new_place.folder / "keys").iterdir())
    }
    assert modes == {
        "new": 0o700,
        "keys": 0o700,
        "django.key": 0o600,
        "field.keys": 0o600,
        "lookup.key": 0o600,
        "box.key": 0o600,
        "control.key": 0o600,
    }


def test_migrate_makes_the_tables_and_says_when_there_is_nothing_to_do(tmp_path, django_db_blocker, capsys):
    place = Place(tmp_path)
    with django_db_blocker.unblock(), place.entered():
        assert main(["migrate", "--check"]) == 1
        assert "journal.0001_initial" in capsys.readouterr().out
        assert main(["migrate"]) == 0
        assert capsys.readouterr().out.startswith("The database is up to date after ")
        assert main(["migrate", "--check"]) == 0
        assert capsys.readouterr().out == "The database is up to date.\n"


def test_command_on_a_database_without_tables_says_what_to_do(new_place):
    ended = new_place.run("journal", "verify")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "The database is not ready (no such table: journal_checkpoint). Run: folkmoot migrate\n"
    )


def test_command_without_its_postgresql_says_so_in_one_line(tmp_path):
    place = Place(tmp_path / "new", f"postgresql://nobody@{str(tmp_path).replace('/', '%2F')}/nothing")
    ended = place.run("journal", "verify")
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert ended.stderr.startswith("The database cannot be used: connection is bad")


def test_plain_words_leave_faults_of_ours_to_their_traceback():
    assert plain_words(ZeroDivisionError()) is None


def test_reference_on_disk_is_up_to_date():
    made = pages(build_parser(command_modules()))
    folder = REPOSITORY / "docs" / "reference"
    stale = [name for name, text in made.items() if (folder / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run: folkmoot reference"


def test_reference_does_not_depend_on_the_environment(monkeypatch):
    before = pages(build_parser(command_modules()))
    monkeypatch.setenv("PORT", "9999")
    monkeypatch.setenv("FOLKMOOT_DEMO", "yes")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@/nothing")
    assert pages(build_parser(command_modules())) == before


def test_reference_check_ends_with_1_when_a_page_is_not_up_to_date(tmp_path, capsys):
    def reference(*arguments):
        return main(["reference", "--folder", str(tmp_path), *arguments])

    assert (reference(), reference("--check")) == (0, 0)
    (tmp_path / "states.md").write_text("old")
    capsys.readouterr()
    assert reference("--check") == 1
    assert capsys.readouterr().out == f"{tmp_path}/states.md is not up to date. Run: folkmoot reference\n"


def test_commands_page_lists_every_argument():
    _, _, backup = next(each for each in subcommands(build_parser(command_modules())) if each[0] == "backup")
    assert arguments(backup) == (
        "\n| argument | meaning |\n| --- | --- |\n"
        "| `file` | the file to write, such as /backups/2026-11-20.tar |\n"
        "| `--without-keys` | leave the keys out: you keep a copy of them already |\n"
    )


def subparsers():
    parser = build_parser(command_modules())
    below = [command for _name, _help, command in subcommands(parser)]
    return [parser, *below, *(act for each in below for _name, _help, act in subcommands(each))]


def test_help_is_in_the_language_of_the_place(new_place, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("FOLKMOOT_LANGUAGE", "zh-hans")
    ended = new_place.run("backup", "--help")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [
        "用法：folkmoot backup [-h] [--without-keys] file",
        "",
        "在服务运行时把全部数据写入一个文件，密钥写入另一个文件",
        "",
        "参数:",
        "  file            要写入的文件，例如 /backups/2026-11-20.tar",
        "",
        "选项:",
        "  -h, --help      显示本说明并退出",
        "  --without-keys  不带密钥：您已另存一份",
    ]
    listed = new_place.run("--help").stdout
    assert re.findall(r"^    (\S+)", listed, re.MULTILINE) == list(COMMANDS)
    assert not new_place.folder.exists()


def test_help_is_english_where_the_place_is(new_place, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    said = new_place.run("migrate", "--help").stdout
    assert said.splitlines() == [
        "usage: folkmoot migrate [-h] [--check]",
        "",
        "make or renew the tables of the database",
        "",
        "options:",
        "  -h, --help  show this help message and exit",
        "  --check     change nothing; exit 1 if there is work",
    ]


def test_help_of_every_command_leaves_nothing_in_english(monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setattr(settings_module, "LANGUAGE_CODE", "zh-hans")
    with override("zh-hans"):
        said = [line for parser in subparsers() for line in parser.format_help().splitlines() if line.strip()]
    assert {line for line in said if not re.search(r"[\u4e00-\u9fff]", line)} == {
        "  command",
        "  act",
        "    open311-key",  # too long for its column: its help stands below
    }


def test_wrong_call_says_how_in_the_language_of_the_place(new_place, monkeypatch):
    monkeypatch.setenv("FOLKMOOT_LANGUAGE", "zh-hans")
    ended = new_place.run("operator")
    assert (ended.returncode, ended.stderr.splitlines()[0]) == (2, "用法：folkmoot operator [-h] phone name")
