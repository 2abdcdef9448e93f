"""Every verb that writes a file or a folder says in one sentence that there is no room for it where an ordinary file or a folder stands."""

from __future__ import annotations

import pytest

from pipelines.commandline.main import main
from pipelines.commandline.writing import write_whole
from pipelines.faults import UserError
from pipelines.rollup.session import check_installed

VERBS = {
    "bulletin": ("bulletin --period 2026-10 --out", ""),
    "template": ("template --township 城关镇 --period 2026-10 --out", ""),
    "export": ("export relief --out", ".csv"),
    "export xlsx": ("export relief --out", ".xlsx"),
    "export parquet": ("export relief --out", ".parquet"),
    "export partitioned": ("export relief --partitioned --out", ""),
    "export inputs": ("export inputs --partitioned --out", ""),
    "score": ("score --out", ".csv"),
    "summary": ("summary --period 2026-10 --out", ".docx"),
    "national-return": ("national-return --year 2026 --out", ".xlsx"),
    "backup": ("backup", ".zip"),
}


def refused(capsys, words: str, out) -> str:
    """What the command says, one line and no traceback."""
    capsys.readouterr()
    assert main([*words.split(), str(out)]) == 2
    said = capsys.readouterr()
    assert not said.out and said.err.count("\n") == 1 and "请" in said.err and "换一个" in said.err
    return said.err


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_can_be_written_below_a_file(demo_home, tmp_path, capsys, verb):
    (tmp_path / "afile").write_text("一个文件")
    words, ending = VERBS[verb]
    for below in ("x", "deep/x"):
        assert "afile" in refused(capsys, words, tmp_path / "afile" / f"{below}{ending}")
    assert [p.name for p in tmp_path.iterdir()] == ["afile"] and (tmp_path / "afile").read_text() == "一个文件"


def test_a_roll_up_is_refused_before_spark_starts(demo_home, tmp_path, capsys):
    try:
        check_installed()
    except UserError as fault:
        pytest.skip(f"{fault.message}{fault.remedy}")
    (tmp_path / "afile").write_text("一个文件")
    assert main(["export", "inputs", "--partitioned", "--out", str(tmp_path / "county")]) == 0
    assert main(["rollup", str(tmp_path / "county"), "--out", str(tmp_path / "afile" / "x")]) == 2
    assert f"“{tmp_path / 'afile'}”是一个文件" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("verb", ["bulletin", "template"])
def test_a_file_is_no_folder(demo_home, tmp_path, capsys, verb):
    (tmp_path / "afile").write_text("一个文件")
    assert f"“{tmp_path / 'afile'}”是一个文件" in refused(capsys, VERBS[verb][0], tmp_path / "afile")


@pytest.mark.parametrize("verb", ["export", "export xlsx", "export parquet", "score", "summary", "national-return"])
def test_a_folder_is_no_file(demo_home, tmp_path, capsys, verb):
    words, ending = VERBS[verb]
    folder = tmp_path / f"folder{ending}"
    folder.mkdir()
    assert str(folder) in refused(capsys, words, folder)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_document_replaces_an_older_one_and_leaves_nothing_beside_it(tmp_path):
    for content in (b"old", b"new"):
        write_whole(tmp_path / "deep" / "a.docx", content)
    assert [(p.name, p.read_bytes()) for p in (tmp_path / "deep").iterdir()] == [("a.docx", b"new")]
