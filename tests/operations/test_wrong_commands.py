"""What a wrong command and `--help` print: Chinese, with what may be written instead."""

from __future__ import annotations

import re

import pytest

from pipelines.commandline.main import build_parser, main
from pipelines.commandline.parser import _say

WRONG = [
    ("", "缺少 动作"), ("nosuch", "动作 不能写“nosuch”，可以写：check、load、demo"), ("export", "缺少 表名、--out"), ("load", "缺少 文件或文件夹"), ("users add", "缺少 账号、--role"),
    ("template --period 2026-03 --out x", "--township、--all 要写一个"), ("template --all --township a --period 2026-03 --out x", "--township 不能和 --all 一起写"),
    ("summary --period 2026 --reading week --out x.docx", "--reading 不能写“week”，可以写：month、quarter、half、year、statistical_year"),
    ("export relief --out", "--out 后面要写一个值"), ("demo --months x", "--months 要写整数，不能写“x”"), ("export relief --p 2026 --out x.csv", "“--p”不清楚指哪一个，可能是 --period、--place"),
    ("status --json=3", "--json 后面不能写值（多了“3”）"), ("approve 1 --foo", "不认识 --foo"), ("migrate --to x", "--to 不能写“x”，可以写：lake、file"),
]  # fmt: skip
ENGLISH = re.compile(r"\b(?:argument|arguments|required|invalid|choose|expected|option|options|unrecognized|usage|positional|show|error)\b")


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_a_wrong_command_is_told_in_chinese(capsys, words, said):
    assert main(words.split()) == 2
    told = capsys.readouterr()
    assert not told.out and said in told.err, told.err
    assert told.err.startswith("命令用法不对：") and not ENGLISH.search(told.err.partition("请运行")[0])


@pytest.mark.parametrize("message", ["invalid choice: 'week' (choose from month, year)", "invalid choice: 'week', maybe you meant 'year'? (choose from month, year)", "expected 2 arguments"])
def test_other_pythons_are_understood(message):
    assert not ENGLISH.search(_say(message))


def test_the_help_of_every_verb_is_chinese(capsys):
    verbs = next(a for a in build_parser()._actions if a.dest == "verb").choices
    for verb in ([], *([v] for v in verbs)):
        with pytest.raises(SystemExit) as ended:
            main([*verb, "--help"])
        told = capsys.readouterr().out
        assert ended.value.code == 0 and told.startswith("用法：") and not ENGLISH.search(re.sub(r"\[.*?\]|--\w+", "", told)), (verb, told)
