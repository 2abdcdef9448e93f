"""An argument parser that speaks Chinese: its complaints and its help."""

from __future__ import annotations

import argparse
import re
from typing import NoReturn

from pipelines.faults import UserError

_KINDS = {"int": "整数", "float": "数字"}
_COMPLAINTS = (  # what argparse says, of Python 3.11 to 3.13 -> what people read
    (re.compile(r"argument (.+?): (.+)", re.DOTALL), lambda m: f"{m[1]} {_say(m[2])}"),
    (re.compile(r"the following arguments are required: (.+)", re.DOTALL), lambda m: f"缺少 {_list(m[1])}"),
    (re.compile(r"one of the arguments (.+) is required", re.DOTALL), lambda m: f"{_list(m[1].replace(' ', ', '))} 要写一个"),
    (re.compile(r"not allowed with argument (.+)", re.DOTALL), lambda m: f"不能和 {m[1]} 一起写"),
    (re.compile(r"expected one argument"), lambda m: "后面要写一个值"),
    (re.compile(r"expected at least one argument"), lambda m: "后面至少要写一个值"),
    (re.compile(r"expected at most one argument"), lambda m: "后面最多写一个值"),
    (re.compile(r"expected (\d+) arguments?"), lambda m: f"后面要写 {m[1]} 个值"),
    (re.compile(r"invalid choice: (.+?) \((?:maybe you meant .+?, )?choose from (.+)\)", re.DOTALL), lambda m: f"不能写“{_bare(m[1])}”，可以写：{_list(m[2])}"),
    (re.compile(r"invalid (\w+) value: (.+)", re.DOTALL), lambda m: f"要写{_KINDS.get(m[1], '别的值')}，不能写“{_bare(m[2])}”"),
    (re.compile(r"ambiguous option: (.+) could match (.+)", re.DOTALL), lambda m: f"“{m[1]}”不清楚指哪一个，可能是 {_list(m[2])}"),
    (re.compile(r"unrecognized arguments: (.+)", re.DOTALL), lambda m: f"不认识 {m[1]}"),
    (re.compile(r"ignored explicit argument (.+)", re.DOTALL), lambda m: f"后面不能写值（多了“{_bare(m[1])}”）"),
)


def _bare(text: str) -> str:
    return text.strip("'\"")


def _list(text: str) -> str:
    return "、".join(_bare(part) for part in text.split(", "))


def _say(message: str) -> str:
    """A complaint of argparse in Chinese; what it is not known to say stays as it is."""
    return next((say(found) for pattern, say in _COMPLAINTS if (found := pattern.fullmatch(message))), message)


class _Help(argparse.HelpFormatter):
    """The help with a Chinese word before the usage."""

    def add_usage(self, usage, actions, groups, prefix=None) -> None:
        """As argparse does, but for the word."""
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are Chinese sentences."""

    def __init__(self, *args, **told) -> None:
        super().__init__(*args, add_help=False, formatter_class=_Help, **told)
        self._positionals.title, self._optionals.title = "依次写的", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> NoReturn:
        """Turns argparse's complaint into a UserError."""
        raise UserError(f"命令用法不对：{_say(message)}。", f"请运行 {self.prog} --help 查看用法。")
