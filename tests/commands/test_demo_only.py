"""What belongs to the demo alone is refused elsewhere, and the demo takes no folder that is somebody else's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import free_port

from wutong import cli
from wutong.commands.folder import DemoProblem, Folder


@pytest.mark.parametrize("command", ["otp", "inbox"])
def test_a_database_of_ones_own_has_neither_codes_nor_an_inbox(
    capsys: pytest.CaptureFixture[str], command: str, tmp_path: Path
) -> None:
    assert cli.main([command, "dr.lee", "--data", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert f"`wutong {command}` exists in the demo alone" in said.err


def test_the_demos_own_settings_in_the_environment_are_the_demo(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "settings.env").write_text(f"WUTONG_CONTROL_DSN={os.environ['WUTONG_CONTROL_DSN']}\n")
    Folder(tmp_path).keep_seed("dr.lee", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert cli.main(["otp", "dr.lee", "--data", str(tmp_path)]) == 0
    assert len(capsys.readouterr().out.strip()) == 6


@pytest.mark.parametrize("by", ["--data", "WUTONG_DATA"])
def test_a_folder_with_other_things_in_it_is_refused_untouched(tmp_path: Path, by: str) -> None:
    (tmp_path / "hosts").write_text("mine")
    words = ["--data", str(tmp_path)] if by == "--data" else []
    command = [sys.executable, "-m", "wutong", "demo", "--port", str(free_port()), *words]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("WUTONG_", "DJANGO_"))}
    environment |= {} if words else {"WUTONG_DATA": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"The folder {tmp_path} holds other things than a demo" in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["hosts"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(DemoProblem, match="is a file"):
        Folder(tmp_path / "file").refuse_foreign()


@pytest.mark.parametrize(
    "names", [[], ["postgres", "postgres.lock"], ["mine", "secrets.json"], ["mine", "district.json"]]
)
def test_an_empty_folder_and_a_demos_own_are_taken(tmp_path: Path, names: list[str]) -> None:
    Folder(tmp_path / "new").refuse_foreign()
    for name in names:
        (tmp_path / name).write_text("{}")
    Folder(tmp_path).refuse_foreign()
