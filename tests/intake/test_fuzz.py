"""Ten thousand damaged files: whatever is done to them, the answer is a reading or a list of Chinese sentences, never both and never a crash."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from pipelines.faults import Problem
from pipelines.intake.examine import Asked, History, examine
from pipelines.intake.read.guard import read_ahead, read_file
from pipelines.intake.sheet import Sheet
from tests.intake.build import workbook
from tests.intake.formats import PLAIN
from tests.intake.samples import build_sample, list_samples, read_sample

BYTES, PARTS, CELLS = 2_500, 1_500, 6_000
NASTY = ["", " ", "=1+1", "#REF!", "合计", "零报告", "单位名称", "金额（万元）", "2026-13-45", "１２３", "-0", 1e308, -1.0, 0.1 + 0.2, 5e-324, float("1e18"), True, "无", "—", "约5", "九千九百亿",
         "‮abc", "\x00", "𠮷" * 50, "x" * 5_000, "万" * 9, "零" * 30, "3,5", "1,000", "12①", "½", "٣", "年月日", "1900年0月0日", "单位：万元", "龙坝镇", "备注：", "甲", "乙", 1, 2, 3]  # fmt: skip


def _sound(examined) -> bool:
    """Whether the file was read; one that was not has its reasons."""
    errors = [p for p in examined.report.problems if p.severity == "error"]
    assert bool(examined.forms) != bool(errors)
    for problem in examined.report.problems:
        assert any("一" <= c <= "鿿" for c in problem.message) and problem.remedy
    return not errors


def _sources() -> list[tuple[str, bytes]]:
    samples = [read_sample(p) for p in list_samples()]
    plain = [(s["name"], write(s["sheet"][0])) for s in samples[::4] if "sheet" in s for write in PLAIN.values()]
    return [("龙坝镇2026年3月.xlsx", workbook()), *((s["name"], build_sample(s)) for s in samples), *plain]


def _damage(content: bytes, dice: random.Random) -> bytes:
    body = bytearray(content)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(body))
        kind = dice.random()
        if kind < 0.5:
            body[at] = dice.randrange(256)
        elif kind < 0.7:
            del body[at : at + dice.randint(1, 400)]
        elif kind < 0.85:
            body[at:at] = body[at : at + dice.randint(1, 200)]
        else:
            body = body[: max(1, at)]
        body = body or bytearray(b"\0")
    return bytes(body)


def _damage_part(content: bytes, dice: random.Random) -> bytes:
    """One part inside a sound zip is damaged, so that the parsers behind it see it."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as out:
        chosen = dice.choice(source.namelist())
        for name in source.namelist():
            data = source.read(name)
            out.writestr(name, _damage(data, dice) if name == chosen and data else data)
    return target.getvalue()


@pytest.mark.parametrize(("count", "damage"), [(BYTES, _damage), (PARTS, _damage_part)], ids=["bytes", "parts"])
def test_a_damaged_file_never_harms(catalog, count, damage):
    dice, sources = random.Random(20261123), _sources()
    if damage is _damage_part:
        sources = [s for s in sources if s[1].startswith(b"PK")]
    names, contents = [], []
    for _ in range(count):
        name, content = dice.choice(sources)
        names.append(name)
        contents.append(damage(content, dice))
    read = [_sound(examine(catalog, sheets, Asked(name), b"k" * 32, History())) for name, sheets in zip(names, read_ahead(contents), strict=True)]
    assert 0.01 < sum(read) / count < 0.9


def _shake(sheets: list[Sheet], dice: random.Random) -> list[Sheet]:
    shaken = [Sheet(s.name, [(n, list(row)) for n, row in s.rows], s.hidden, dict(s.notes)) for s in sheets]
    for _ in range(dice.randint(1, 12)):
        sheet = dice.choice([s for s in shaken if s.rows] or shaken)
        if not sheet.rows:
            continue
        at = dice.randrange(len(sheet.rows))
        number, row = sheet.rows[at]
        kind = dice.random()
        if kind < 0.7:
            row[dice.randrange(len(row))] = dice.choice(NASTY)
        elif kind < 0.8:
            sheet.rows.insert(at, (number, list(row)))
        elif kind < 0.9:
            row[:] = [*row, *[dice.choice(NASTY) for _ in range(dice.randint(1, 4))]]
        else:
            del sheet.rows[at]
    for sheet in shaken:
        sheet.rows = [(i, row) for i, (_, row) in enumerate(sheet.rows, 1) if any(c != "" for c in row)]
    return shaken


def test_shaken_cells_never_harm(catalog):
    dice = random.Random(7)
    sources = [(name, sheets) for name, content in _sources() if not isinstance(sheets := read_file(content), Problem)]
    read = []
    for _ in range(CELLS):
        name, sheets = dice.choice(sources)
        read.append(_sound(examine(catalog, _shake(sheets, dice), Asked(name), b"k" * 32, History())))
    assert 0.01 < sum(read) / CELLS < 0.9
