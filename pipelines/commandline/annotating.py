"""`check --annotate DIR`: the marked copies, one for each file that has problems."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.commandline.options import say
from pipelines.faults import Problem, UserError
from pipelines.intake.reply.marked import mark_file
from pipelines.intake.report import FileReport


def prepare_folder(text: str) -> Path:
    """The folder for the copies, made when it is not there."""
    folder = Path(text)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise UserError(f"“{text}”不能用作文件夹。", "请给 --annotate 换一个可以写入的文件夹。") from None
    return folder


def _free_name(folder: Path, stem: str, taken: set[Path]) -> Path:
    """`<stem>-核对.xlsx`, numbered where that is one of the files read or written in this run."""
    path, number = folder / f"{stem}-核对.xlsx", 2
    while path.resolve() in taken:
        path, number = folder / f"{stem}-核对-{number}.xlsx", number + 1
    return path


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError:
        raise UserError(f"写不了文件 {path}。", "请关闭正在打开它的程序，或换一个可以写入的文件夹。") from None


def annotate(paths: Sequence[Path], reports: Sequence[FileReport], folder: Path) -> list[str | None]:
    """Writes the copies and says where; None stands for a file without problems and for one that cannot be drawn."""
    taken, written = {p.resolve() for p in paths}, []
    for path, report in zip(paths, reports, strict=True):
        copy = mark_file(path.read_bytes(), report.problems) if report.problems else None
        if not isinstance(copy, bytes):
            written.append(None)
            if isinstance(copy, Problem):
                say(f"{path.name}：{copy.message}{copy.remedy}")
            continue
        target = _free_name(folder, path.stem, taken)
        taken.add(target.resolve())
        _write(target, copy)
        say(f"{path.name}：标注好的表格在 {target}")
        written.append(str(target))
    return written
