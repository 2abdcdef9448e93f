"""The monthly documents leave by themselves: on their day, once, into the folder and by mail to a real SMTP server."""

from __future__ import annotations

import shutil
import ssl
import threading
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipelines.audit.log import read_records
from pipelines.commandline.main import main
from pipelines.delivery import monthly
from pipelines.delivery.monthly import deliver, keep_delivering
from pipelines.delivery.settings import DeliverySettings, Mail, read_settings
from pipelines.faults import UserError
from pipelines.intake.load import load_bytes
from pipelines.workflow.unattended import read_fault
from tests.intake.build import workbook
from tests.ports import free_port

MARCH = date(2026, 3, 1)


@pytest.fixture
def reported(home, catalog):
    """A home in which one township has reported March."""
    load_bytes(home, catalog, "一.xlsx", workbook())
    return home


@pytest.fixture
def certificate(tmp_path):
    """A key and a certificate for 127.0.0.1 that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False).add_extension(x509.BasicConstraints(True, None), True).sign(key, hashes.SHA256())
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return tmp_path / "cert.pem", tmp_path / "key.pem"


class Inbox:
    """What a mail server took; it refuses one receiver."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Refuses a stranger."""
        if address.startswith("nobody@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        """Keeps the message."""
        self.taken.append(envelope.content)
        return "250 OK"


def _log_in(server, session, envelope, mechanism, data) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"union", b"secret"), handled=False)


@pytest.fixture
def serve_mail(certificate, monkeypatch):
    """Starts a mail server with the wanted security; gives its inbox and settings for it."""
    running: list[Controller] = []

    def start(security: str) -> tuple[Inbox, Mail]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*certificate)
        inbox, how = Inbox(), {"authenticator": _log_in, "auth_require_tls": security != "none"}
        how |= {"tls_context": context, "require_starttls": True} if security == "starttls" else {}
        controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), **how)
        controller.start()
        running.append(controller)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        port = controller.port
        return inbox, Mail("127.0.0.1", port, security, "board@example.gov.cn", ("a@example.gov.cn", "b@example.gov.cn"), "union", "secret")

    yield start
    for controller in running:
        controller.stop()


def _parts(content: bytes) -> tuple[str, list[str]]:
    message = message_from_bytes(content, policy=policy.default)
    return message["subject"], [p.get_filename() for p in message.iter_attachments()]


@pytest.mark.parametrize("security", ["none", "starttls"])
def test_bulletin_and_reminders_reach_folder_and_inbox_once(reported, catalog, tmp_path, serve_mail, security):
    inbox, mail = serve_mail(security)
    settings = DeliverySettings(tmp_path / "out", 10, 3, mail)
    early = deliver(reported, catalog, settings, period=MARCH, today=date(2026, 4, 2))
    assert early.files == () and early.note and inbox.taken == []
    third = deliver(reported, catalog, settings, period=MARCH, today=date(2026, 4, 3))
    assert [f.name for f in third.files] == ["2026年3月催报.txt"] and third.mailed == mail.receivers
    tenth = deliver(reported, catalog, settings, period=MARCH, today=date(2026, 4, 10))
    assert sorted(f.suffix for f in tenth.files) == [".html", ".xlsx"] and all(f.stat().st_size > 5000 for f in tenth.files)
    assert deliver(reported, catalog, settings, period=MARCH, today=date(2026, 4, 11)).files == ()
    (first, one), (second, two) = map(_parts, inbox.taken)
    assert first == "竹溪县2026年3月工会催报" and one == ["2026年3月催报.txt"] and second == "竹溪县2026年3月工会通报" and len(two) == 2
    assert "龙坝镇" in third.files[0].read_text("utf-8-sig") and "城关镇" not in third.files[0].read_text("utf-8-sig").split("【")[1]
    assert [r.event.subject for r in read_records(reported) if r.event.action == "export"] == ["reminder 2026-03", "bulletin 2026-03"]


def test_a_server_that_refuses_is_told_and_tried_again(reported, catalog, tmp_path, serve_mail):
    inbox, mail = serve_mail("none")
    for wrong, words in ((Mail("127.0.0.1", 1, "none", mail.sender, mail.receivers), "没有发出去"), (Mail(**_fields(mail) | {"password": "no"}), "账号或密码"), (Mail(**_fields(mail) | {"receivers": ("nobody@example.gov.cn",)}), "不收")):  # fmt: skip
        with pytest.raises(UserError, match=words):
            deliver(reported, catalog, DeliverySettings(tmp_path / "out", 10, 3, wrong), period=MARCH, today=date(2026, 4, 10))
        assert sorted(f.suffix for f in (tmp_path / "out").iterdir()) == [".html", ".txt", ".xlsx"]  # the mail of one kind keeps no file of another back
        shutil.rmtree(tmp_path / "out")
    done = deliver(reported, catalog, DeliverySettings(tmp_path / "out", 10, 3, mail), period=MARCH, today=date(2026, 4, 10))
    assert len(done.files) == 3 and len(inbox.taken) == 2


def test_a_server_whose_certificate_nobody_vouches_for_gets_no_password(reported, catalog, tmp_path, serve_mail, monkeypatch):
    inbox, mail = serve_mail("starttls")
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(UserError, match="没有发出去"):
        deliver(reported, catalog, DeliverySettings(tmp_path / "out", 10, 3, mail), period=MARCH, today=date(2026, 4, 10))
    assert inbox.taken == []


def _fields(mail: Mail) -> dict:
    return {name: getattr(mail, name) for name in mail.__dataclass_fields__}


def test_a_folder_that_cannot_be_written_is_told(reported, catalog, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="写不进去"):
        deliver(reported, catalog, DeliverySettings(tmp_path / "file" / "out"), period=MARCH, today=date(2026, 4, 10))
    with pytest.raises(UserError, match="没有设置发送文件夹"):
        deliver(reported, catalog, DeliverySettings(), period=MARCH)


def test_a_fault_is_told_once_kept_for_people_and_tried_again(reported, tmp_path, monkeypatch):
    stop, heard, faults = threading.Event(), [], [ValueError("张三"), ValueError("张三")]

    def refuse():
        raise UserError("邮件没有发出去。", "请检查。")

    def fail(*told, **named):
        if faults:
            raise faults.pop()
        stop.set()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(monthly, "deliver", fail)
    keep_delivering(reported, DeliverySettings(tmp_path, 1, 1, None), stop, lambda level, words: heard.append(words), 0.0001)
    assert len(heard) == 2 and "ValueError，test_delivery.py" in heard[0] and "张三" not in heard[0] and "磁盘已满" in heard[1]
    assert read_fault(reported, "delivery") == heard[1]
    stop.clear()
    monkeypatch.setattr(monthly, "deliver", lambda *told, **named: stop.set() or refuse())
    keep_delivering(reported, DeliverySettings(tmp_path, 1, 1, None), stop, lambda level, words: None, 0.0001)
    assert read_fault(reported, "delivery") == "自动发送没有做完：邮件没有发出去。请检查。"
    stop.clear()
    monkeypatch.setattr(monthly, "deliver", lambda *told, **named: stop.set() or monthly.Delivered())
    keep_delivering(reported, DeliverySettings(tmp_path, 1, 1, None), stop, lambda level, words: heard.append(words), 0.0001)
    assert read_fault(reported, "delivery") == "" and len(heard) == 2


def test_the_command_line_does_the_same(reported, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("UNION_BOARD_DELIVERY_DIR", str(tmp_path / "out"))
    assert main(["deliver", "--period", "2026-03", "--force"]) == 0
    assert "竹溪县工会工作月度通报2026年3月.xlsx" in capsys.readouterr().out
    assert main(["bulletin", "--period", "2026-03", "--out", str(tmp_path / "two")]) == 0
    assert len(list((tmp_path / "two").iterdir())) == 2
    assert main(["bulletin", "--period", "2020-03", "--out", str(tmp_path / "two")]) == 2
    assert "还没有乡镇报送" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"UNION_BOARD_BULLETIN_DAY": "31"}, "1 到 28"), ({"UNION_BOARD_REMIND_DAY": "²"}, "1 到 28"), ({"UNION_BOARD_SMTP": "mail"}, "UNION_BOARD_MAIL_FROM"), ({"UNION_BOARD_SMTP": "mail:x", }, "看不懂"), ({"UNION_BOARD_SMTP": "mail:²"}, "看不懂"),
        ({"UNION_BOARD_SMTP": "mail", "UNION_BOARD_SMTP_SECURITY": "ssl3"}, "ssl3"), ({"UNION_BOARD_SMTP": "mail", "UNION_BOARD_MAIL_TO": "a@b\nBcc:c@d"}, "不是邮箱"),
        ({"UNION_BOARD_SMTP": "mail", "UNION_BOARD_MAIL_FROM": "a@b", "UNION_BOARD_MAIL_TO": "c@d", "UNION_BOARD_SMTP_PASSWORD_FILE": "/nowhere"}, "读不出"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_used_is_named(monkeypatch, setting, words):
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UserError) as fault:
        read_settings()
    assert words in fault.value.message + fault.value.remedy


def test_a_day_that_is_left_empty_is_the_usual_one_and_blanks_beside_a_number_do_no_harm(monkeypatch):
    monkeypatch.setenv("UNION_BOARD_BULLETIN_DAY", "")
    monkeypatch.setenv("UNION_BOARD_REMIND_DAY", " 5 ")
    told = read_settings()
    assert (told.bulletin_day, told.remind_day) == (DeliverySettings().bulletin_day, 5)
