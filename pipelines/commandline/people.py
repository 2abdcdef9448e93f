"""users: who may sign in, as what, and for which township."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace

from pipelines.access.accounts import Account, add_account, list_accounts, reset_password, set_disabled
from pipelines.access.model import ROLES
from pipelines.commandline.options import add_json, find_catalog, print_json, read_place, read_township
from pipelines.faults import UserError
from pipelines.home import find_home

BY = "命令行"


def add_verbs(verbs) -> None:
    """Adds the verb of this module and its own verbs."""
    users = verbs.add_parser("users", help="账号管理：add 新增、passwd 重设密码、disable 停用、enable 恢复、list 列出")
    acts = users.add_subparsers(dest="act", required=True, metavar="动作")
    add = acts.add_parser("add", help="新增账号，显示一次性的初始密码")
    add.add_argument("name", metavar="账号")
    add.add_argument("--role", required=True, help="、".join(f"{k} {v}" for k, v in ROLES.items()))
    add.add_argument("--township", help="乡镇填报员所在的乡镇，代码或名称")
    add.add_argument("--place", help="领导和工会干事限定在乡镇以上的这个地方，代码或名称；不写就是全部")
    add.add_argument("--display", default="", help="姓名或称呼，显示在页面上")
    add.add_argument("--external", help="统一身份认证里的名称")
    add.add_argument("--password-stdin", action="store_true", help="从标准输入读初始密码")
    add.set_defaults(run=run_add)
    for act, what, run in (("passwd", "重设密码", run_reset), ("disable", "停用账号，立即退出", run_disable), ("enable", "恢复使用", run_enable)):
        parser = acts.add_parser(act, help=what)
        parser.add_argument("name", metavar="账号")
        parser.set_defaults(run=run)
    acts.add_parser("list", help="列出账号").set_defaults(run=run_list)
    for parser in acts.choices.values():
        add_json(parser)


def _read_password() -> str:
    text = sys.stdin.readline().rstrip("\r\n") if not sys.stdin.isatty() else getpass.getpass("初始密码：")
    if not text:
        raise UserError("没有读到密码。", "请从标准输入给出一行密码。")
    return text


def _tell(arguments: Namespace, words: str, told: dict[str, object]) -> int:
    if arguments.json:
        print_json(told)
    else:
        print(words)
    return 0


def run_add(arguments: Namespace) -> int:
    """Makes an account and shows its first password once."""
    code, place = read_township(find_catalog(), arguments.township, has_place=True), read_place(find_catalog(), arguments.place)
    given = _read_password() if arguments.password_stdin else None
    first = add_account(
        find_home(), arguments.name, arguments.role, name=arguments.display, township_code=code, place_code=place, external=arguments.external, password=given, by=BY
    )
    told = {"account": arguments.name} | ({} if given else {"password": first})
    return _tell(arguments, f"已新增账号 {arguments.name}。" + ("" if given else f"初始密码：{first}（只显示这一次，第一次登录要修改）"), told)


def run_reset(arguments: Namespace) -> int:
    """A new first password."""
    first = reset_password(find_home(), arguments.name, BY)
    return _tell(arguments, f"{arguments.name} 的新密码：{first}（只显示这一次，登录后要修改；原来的登录已全部退出）", {"account": arguments.name, "password": first})


def run_disable(arguments: Namespace) -> int:
    """Closes an account at once."""
    set_disabled(find_home(), arguments.name, True, BY)
    return _tell(arguments, f"已停用 {arguments.name}，打开着的页面也已退出。", {"account": arguments.name, "disabled": True})


def run_enable(arguments: Namespace) -> int:
    """Opens a closed account again."""
    set_disabled(find_home(), arguments.name, False, BY)
    return _tell(arguments, f"已恢复 {arguments.name}。", {"account": arguments.name, "disabled": False})


def _line(account: Account) -> str:
    state = "已停用" if account.disabled else "待改密码" if account.must_change else "正常"
    person = account.person
    return f"{person.account}  {ROLES[person.role]}  {person.township_code or person.place_code or ''}  {person.name}  {state}"


def run_list(arguments: Namespace) -> int:
    """One line per account."""
    accounts = list_accounts(find_home())
    told = [
        {"account": a.person.account, "name": a.person.name, "role": a.person.role, "township_code": a.person.township_code, "place_code": a.person.place_code, "disabled": a.disabled,
         "must_change": a.must_change}
        for a in accounts
    ]  # fmt: skip
    return _tell(arguments, "\n".join(map(_line, accounts)) or "还没有账号。", {"accounts": told})
