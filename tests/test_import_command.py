"""`python server.py import`: the same imports without a server."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from typing import TYPE_CHECKING

from tests.sheets import GOOD_ID, PLACES, sheet
from tests.test_server import run, run_here

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.conftest import Template

ROWS: list[list[object]] = [["home", "9", "1", f"{n}01", n, "80"] for n in range(1, 4)]


def test_a_sheet_on_the_command_line(
    sqlite_template: Template, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first time as a user runs it; then without a process each."""
    shutil.copy(sqlite_template.settings.sqlite_path, tmp_path / "wuye.db")
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(sheet(PLACES, *ROWS))
    bad.write_bytes(sheet(PLACES, *ROWS, ["nowhere", "9", "1", GOOD_ID, 1, "80"]))

    def imports(path: Path, *more: str) -> tuple[int, str, str]:
        words = ("import", "places", str(path), "--organization", "acme", *more)
        code, out, err = run_here(capsys, monkeypatch, *words, state=tmp_path)
        return code, out.splitlines()[-1].strip(), err

    dry = run("import", "places", str(good), "--organization", "acme", "--dry-run", state=tmp_path)
    assert (dry.returncode, dry.stderr) == (0, "")
    assert dry.stdout.splitlines()[-1].strip() == "DONE      3/3 rows: 3 created, 0 changed, 0 unchanged, 0 bad"
    assert imports(good)[:2] == (0, "DONE      3/3 rows: 3 created, 0 changed, 0 unchanged, 0 bad")
    assert imports(good)[:2] == (0, "DONE      3/3 rows: 0 created, 0 changed, 3 unchanged, 0 bad")
    code, line, told = imports(bad)
    assert (code, line) == (1, "FAILED    4/4 rows: 0 created, 0 changed, 3 unchanged, 1 bad")
    assert told == "第 5 行 property: 找不到，或您无权在此导入：请核对，或先导入它。\n"
    code, line, _ = imports(bad, "--skip-bad")
    assert (code, line) == (1, "DONE      4/4 rows: 0 created, 0 changed, 3 unchanged, 1 bad")
    assert not (tmp_path / "files" / "import").exists(), "a sheet of the command line is not kept"


def test_what_the_command_line_refuses(
    sqlite_template: Template, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(sqlite_template.settings.sqlite_path, tmp_path / "wuye.db")
    (tmp_path / "a.csv").write_bytes(sheet(PLACES, *ROWS))
    place = str(tmp_path / "a.csv")
    for arguments, expected, says in (
        (("places", place, "--organization", "nobody"), 2, "there is no organization 'nobody'"),
        (("places", str(tmp_path / "none.csv"), "--organization", "acme"), 1, "No such file"),
        (("flats", place, "--organization", "acme"), 2, "invalid choice: 'flats'"),
    ):
        code, _, told = run_here(capsys, monkeypatch, "import", *arguments, state=tmp_path)
        assert (code, says in told) == (expected, True), told


def test_an_import_that_the_command_line_left_behind_ends(sqlite_template: Template, tmp_path: Path) -> None:
    """Its sheet is gone with its process: a server's worker says so."""
    from datetime import timedelta

    from adapters.clock import HeldClock
    from adapters.settings import Settings
    from models.rules.data_import import ImportKind
    from resolvers import data_import as usecase
    from tests.conftest import house_of
    from tests.factories.world import NOW

    shutil.copy(sqlite_template.settings.sqlite_path, tmp_path / "wuye.db")
    house = house_of(Settings(database_url=f"sqlite://{tmp_path / 'wuye.db'}", state_path=tmp_path))

    async def left() -> list[str]:
        await house.database.connect()
        try:
            wish = usecase.NewImport(ImportKind.PLACES, "a.csv", sheet(PLACES, *ROWS))

            def dies(_: object) -> None:
                raise KeyboardInterrupt

            with contextlib.suppress(KeyboardInterrupt):
                await usecase.import_sheet(house, sqlite_template.world.acme.keys["organization"], wish, dies)
            assert not await usecase.work_one(house), "it is still held"
            assert isinstance(house.clock, HeldClock)
            house.clock.at = NOW + timedelta(minutes=1)
            assert await usecase.work_one(house)
            assert not await usecase.work_one(house)
            rows = await house.database.fetch(
                "SELECT state FROM data_import WHERE account_id IS NULL",
                [],
                sqlite_template.world.acme.keys["organization"],
            )
            return [row["state"] for row in rows]
        finally:
            await house.database.close()

    assert asyncio.run(left()) == ["FAILED"]
