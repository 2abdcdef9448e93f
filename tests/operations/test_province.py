"""Two processes, as two machines of a province would be, behind the documented nginx: either takes any request, and none is missed when it goes."""

from __future__ import annotations

import contextlib
import re
import signal
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest
from playwright.sync_api import Page, sync_playwright

from dashboard.request import COOKIE
from pipelines.access.accounts import add_account, change_password, find_account, set_disabled
from pipelines.access.sessions import start_session
from pipelines.audit.log import verify_chain
from pipelines.catalog.load import load_catalog
from pipelines.home import Home
from pipelines.postgres import BREATH
from pipelines.workflow.move import move_warehouse
from tests.browser.test_together import drop, upload
from tests.chromium import CHROMIUM, NEEDS_CHROMIUM, settle
from tests.demo_homes import copy_demo
from tests.nginx import NEEDS_NGINX, nginx
from tests.operations.test_deployment import block
from tests.ports import free_port
from tests.postgres import NEEDS_POSTGRES
from tests.rights.floor import FIRST, OWN, SECOND
from tests.rights.test_privacy import BUTTON, REASON, SWITCH, TABLE, WHY
from tests.serve import Board, Tab, serving

pytestmark = [NEEDS_NGINX, NEEDS_POSTGRES]
PEOPLE = {"liugan": "county_clerk", "zhangju": "leader", "longba": "township_clerk", "boss": "admin"}
TLS = ssl._create_unverified_context()


@dataclass
class Province:
    """The home that the processes share, the ports that they have, and nginx's address."""

    home: Home
    ports: list[int]
    folder: Path
    address: str = ""
    running: dict[int, contextlib.ExitStack] = field(default_factory=dict)
    boards: dict[int, Board] = field(default_factory=dict)

    def start(self, port: int) -> None:
        """Starts the process of a port and waits until it answers."""
        stack = contextlib.ExitStack()
        self.boards[port] = stack.enter_context(serving(self.home, port=port, UNION_BOARD_DRAIN_SECONDS="1", UNION_BOARD_BACKUP="off"))
        self.running[port] = stack

    def get(self, port: int, path: str, cookie: str) -> httpx.Response:
        """What the process itself answers."""
        return httpx.get(self.boards[port].address + path, headers={"Cookie": cookie}, timeout=60)

    def cookie(self, account: str) -> str:
        """A new session of the account."""
        return f"{COOKIE}={start_session(self.home, find_account(self.home, account).person, 'password', 'test')}"

    def asked(self, path: str, count: int) -> list[str]:
        """Which processes nginx asked for each of so many requests of that very path; it notes them a moment after it has answered."""
        for _ in range(100):
            lines = [line.split(maxsplit=2) for line in (self.folder / "access.log").read_text().splitlines()]
            if len(found := [words[2] for words in lines if words[0] == path]) >= count:
                return found
            time.sleep(0.1)
        raise AssertionError(f"nginx noted {len(found)} of {count} requests")


def make_home(home: Home) -> None:
    """The demo's month moves to where several machines find it, and an account of each role is made there."""
    move_warehouse(home, load_catalog(), True)
    for account, role in PEOPLE.items():
        add_account(home, account, role, township_code=OWN if role == "township_clerk" else None, password=FIRST, by="测试")
        change_password(home, account, FIRST, SECOND)


@pytest.fixture(scope="module")
def province(postgres, tmp_path_factory) -> Iterator[Province]:
    folder = tmp_path_factory.mktemp("province")
    made = Province(Home(folder / "home"), [free_port(), free_port()], folder)
    copy_demo(made.home, months=1)
    text = re.sub(r"(    server 10\..*\n)+", "".join(f"    server 127.0.0.1:{p} max_fails=1 fail_timeout=5s;\n" for p in made.ports), block("nginx", province=True))
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
        patch.setenv("UNION_BOARD_WAREHOUSE", postgres.new_database())
        make_home(made.home)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(made.start, made.ports))
        made.address = stack.enter_context(nginx(text, folder))
        yield made
        for running in made.running.values():
            running.close()


def test_a_session_that_one_process_began_holds_at_the_other_until_either_ends_it(province):
    one, other = province.ports
    told = {"account": "zhangju", "password": SECOND}
    answer = httpx.post(f"{province.boards[one].address}/login", data=told, headers={"Origin": province.boards[one].address})
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert [province.get(port, "/whoami", cookie).status_code for port in (one, other)] == [204, 204]
    tab = Tab(province.boards[one], cookie)
    assert "finding" in tab.run("relief")
    httpx.post(f"{province.boards[other].address}/logout", headers={"Cookie": cookie, "Origin": province.boards[other].address})
    assert tab.wait_for_close(10)
    assert [province.get(port, "/whoami", cookie).status_code for port in (one, other)] == [401, 401]
    tab.close()


def test_a_closed_account_loses_its_open_pages_on_every_process(province):
    cookies = [province.cookie("boss") for _ in province.ports]
    add_account(province.home, "boss2", "admin", password=FIRST, by="测试")
    tabs = [Tab(province.boards[port], cookie) for port, cookie in zip(province.ports, cookies, strict=True)]
    for tab in tabs:
        assert "finding" in tab.run("relief")
    set_disabled(province.home, "boss", True, "测试")
    assert [tab.wait_for_close(10) for tab in tabs] == [True, True]
    for tab in tabs:
        tab.close()


def test_failures_on_one_process_lock_the_account_on_the_other(province):
    def try_in(port: int, password: str) -> str:
        board = province.boards[port]
        return httpx.post(f"{board.address}/login", data={"account": "longba", "password": password}, headers={"Origin": board.address}).text

    for n in range(5):
        try_in(province.ports[n % 2], "wrong-pass-00")
    assert all("错了太多次" in try_in(port, SECOND) for port in province.ports)


def test_leave_to_fetch_names_that_one_process_gave_is_honoured_by_the_other_exactly_once(province):
    one, other = province.ports
    cookie = province.cookie("liugan")
    tab = Tab(province.boards[one], cookie)
    tab.run("explore", TABLE)
    tab.run("explore", TABLE, values={SWITCH: True})
    link = re.findall(r"/export/[^\"]*csv\?grant=[\w-]+", tab.run("explore", TABLE, values={SWITCH: True, REASON: WHY, BUTTON: None}))[0]
    tab.close()
    answers = [province.get(port, link, cookie) for port in (other, other, one)]
    assert [a.status_code for a in answers] == [200, 404, 404]
    assert "export_mark" in answers[0].text


def test_a_cookie_sticks_to_one_process_and_cookies_are_shared_out(province):
    with httpx.Client(base_url=province.address, verify=TLS) as client:
        for number in range(12):
            for _ in range(2):
                client.get(f"/whoami?{number}", headers={"Cookie": f"{COOKIE}={'abcdefghijkl'[number] * 43}"})
        for _ in range(2):
            client.get("/login")
    served = [set(province.asked(f"/whoami?{number}", 2)) for number in range(12)]
    assert all(len(processes) == 1 for processes in served)
    assert len(set().union(*served)) == 2
    assert len(set(province.asked("/login", 2))) == 1  # without a cookie by address


def test_the_file_of_a_page_is_not_looked_for_where_the_page_is_not(province):
    cookie = province.cookie("liugan")
    for port in province.ports:
        path = "/_stcore/upload_file/00000000-0000-0000-0000-000000000000/x"
        answer = httpx.put(province.boards[port].address + path, headers={"Cookie": cookie, "Origin": province.boards[port].address}, content=b"x")
        assert answer.status_code == 404
    httpx.put(f"{province.address}{path}", headers={"Cookie": cookie, "Origin": province.address}, content=b"x", verify=TLS)
    told = province.asked(path, 1)[0]
    assert all(f":{port}" in told for port in province.ports)  # nginx asked both


def wait_for_health(board: Board, status: int) -> dict:
    """What /healthz says once it answers with the status."""
    for _ in range(120):
        answer = httpx.get(f"{board.address}/healthz", timeout=60)
        if answer.status_code == status:
            return answer.json()
        time.sleep(0.25)
    raise AssertionError(f"{answer.status_code} {answer.text}")


def test_every_process_says_that_postgresql_is_gone_and_is_well_again_by_itself_when_it_is_back(province, postgres):
    boards = [province.boards[port] for port in province.ports]
    before = [wait_for_health(board, 200) for board in boards]
    postgres.stop()
    try:
        assert [wait_for_health(board, 503) for board in boards] == [{"status": "store_gone"}] * 2
    finally:
        postgres.start()
    after = [wait_for_health(board, 200) for board in boards]
    assert [(told["status"], told["release"]) for told in after] == [("ok", told["release"]) for told in before]
    time.sleep(BREATH)  # until this process, too, asks PostgreSQL again


@pytest.fixture(scope="module")
def page(province) -> Iterator[Page]:
    """A county clerk's browser, signed in through nginx."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = chromium.new_context(ignore_https_errors=True, viewport={"width": 1366, "height": 1000}).new_page()
        page.goto(f"{province.address}/login")
        page.fill("[name=account]", "liugan")
        page.fill("[name=password]", SECOND)
        page.get_by_role("button", name="登录").click()
        page.wait_for_selector("h1.finding", timeout=90000)
        yield page
        chromium.close()


def open_pages(board: Board) -> int:
    """The connections that the process holds open, which are websockets: nginx closes every other one."""
    found = psutil.Process(board.process.pid).net_connections()
    return sum(c.status == psutil.CONN_ESTABLISHED and c.laddr.port == int(board.address.rpartition(":")[2]) for c in found)


@pytest.mark.browser
@NEEDS_CHROMIUM
def test_an_upload_through_one_process_is_seen_by_the_other_within_seconds(province, page, tmp_path):
    file = tmp_path / "城关镇.xlsx"
    file.write_bytes(upload(40))
    before = {port: province.get(port, "/healthz", "").json()["release"] for port in province.ports}
    drop(page, province.address, file)
    page.get_by_role("button", name="提交审核", disabled=False).click(timeout=30000)
    page.wait_for_selector("text=已提交审核，回执号", timeout=90000)
    after = {port: province.get(port, "/healthz", "").json()["release"] for port in province.ports}
    assert len(set(after.values())) == 1 and after != before


def wait_for_another(page: Page, finding: str) -> None:
    """Until the page is connected again and has been drawn anew."""
    page.wait_for_function("() => document.querySelector('.stApp').dataset.testConnectionState === 'CONNECTED'", timeout=60000)
    settle(page)
    assert page.locator("h1.finding").inner_text() == finding


@pytest.mark.browser
@NEEDS_CHROMIUM
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_a_signed_in_user_goes_on_at_another_process_on_the_same_page_with_the_same_filters(province, page, ending):
    for port in province.ports:
        if province.boards[port].process.poll() is not None:
            province.start(port)
    page.goto(f"{province.address}/relief?township=龙坝镇")
    page.wait_for_selector("h1.finding", timeout=90000)
    settle(page)
    finding, where = page.locator("h1.finding").inner_text(), page.url
    gone = max(province.ports, key=lambda port: open_pages(province.boards[port]))
    kept = next(port for port in province.ports if port != gone)
    province.boards[gone].process.send_signal(ending)
    if ending == signal.SIGTERM:
        time.sleep(0.3)
        assert province.get(gone, "/healthz", "").status_code == 503
    province.boards[gone].process.wait(30)
    page.wait_for_function("() => document.querySelector('.stApp').dataset.testConnectionState !== 'CONNECTED'", timeout=30000)
    wait_for_another(page, finding)
    assert page.url == where and open_pages(province.boards[kept]) >= 1
    page.goto(f"{province.address}/safety")
    page.wait_for_selector("h1.finding", timeout=60000)
    assert "/login" not in page.url
    assert verify_chain(province.home).fault == ""
