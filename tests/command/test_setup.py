"""make install into a prefix and `courier setup`: a working system instance under users of its own, and gone again. As root."""
import imaplib
import json
import os
import pathlib
import pwd
import shutil
import smtplib
import subprocess
import time

import pytest

from conftest import BUILD, PORTS, free_port_base

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="makes system users: needs root")

ROLES = ["front", "smtpd", "submission", "queue", "auth", "esmtp", "mail"]


class Installation:
    """Programs in PREFIX/usr/local, everything else below PREFIX as `setup --prefix` puts it; users of this test alone."""

    def __init__(self, prefix):
        self.prefix = pathlib.Path(prefix)
        self.users = {role: f"ct{os.getpid()}-{role[:6]}" for role in ROLES}
        self.base = free_port_base()
        self.server = None
        subprocess.run(["cmake", "--install", BUILD], env={**os.environ, "DESTDIR": prefix}, check=True, stdout=subprocess.DEVNULL, timeout=300)
        self.command = next(self.prefix.rglob("bin/courier"))
        self.config = self.prefix / "etc/courier/courier.toml"

    def courier(self, *words, **more):
        return subprocess.run([self.command, *words], capture_output=True, text=True, timeout=120, **more)

    def on(self, *words, **more):
        done = self.courier(*words, "--config", str(self.config), **more)
        assert done.returncode == 0, done.stderr
        return done

    def setup(self, *more):
        settings = [f"server.user_{role}={name}" for role, name in self.users.items()]
        settings += [f'server.listen_{name}=["127.0.0.1:{self.base + port}"]' for name, port in PORTS.items()]
        settings += ["esmtp.dnssec=false", 'esmtp.routes=["far.test:[127.0.0.1],1"]']
        words = ["setup", "--prefix", str(self.prefix), "--domain", "example.test", "--account", "alice@example.test", "--host-name", "mx.example.test",
                 "--unit-dir", str(self.prefix / "units")]
        for setting in settings:
            words += ["--set", setting]
        return self.courier(*words, *more, input="secret\n")

    def start(self):
        self.server = subprocess.Popen([self.command, "start", "--config", self.config], stdout=open(self.prefix / "log", "a"), stderr=subprocess.STDOUT)
        end = time.time() + 60
        while True:
            status = self.courier("status", "--json", "--config", str(self.config))
            if status.returncode == 0 and json.loads(status.stdout)["serving"]:
                return json.loads(status.stdout)
            assert time.time() < end and self.server.poll() is None, (self.prefix / "log").read_text()
            time.sleep(0.1)

    def port(self, name):
        return self.base + PORTS[name]

    def remove(self):
        return self.courier("setup", "--prefix", str(self.prefix), "--unit-dir", str(self.prefix / "units"), "--remove")

    def left(self):
        """What lies below the prefix beside what `make install` and this test put there."""
        mine = ("usr", "log", "opt")
        return sorted(str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*")
                      if path.is_file() and path.relative_to(self.prefix).parts[0] not in mine and path.name != "courier.toml.example")


@pytest.fixture
def installation(folder):
    made = Installation(folder)
    yield made
    if made.server and made.server.poll() is None:
        made.server.terminate()
        made.server.wait(60)
    for name in made.users.values():
        subprocess.run(["userdel", name], capture_output=True)


def test_a_system_instance_from_nothing_and_back(installation):
    done = installation.setup()
    assert done.returncode == 0, done.stderr
    again = installation.setup()
    assert again.returncode == 0 and "made" not in again.stdout, again.stdout
    unit = (installation.prefix / "units/courier.service").read_text()
    assert f"ExecStart={installation.command} start --config {installation.config}\n" in unit

    status = installation.start()
    uid = {role: pwd.getpwnam(name).pw_uid for role, name in installation.users.items()}
    runs_as = {process["role"]: os.stat(f"/proc/{process['pid']}").st_uid for process in status["processes"]}
    real = {}
    for process in status["processes"]:
        for line in pathlib.Path(f"/proc/{process['pid']}/status").read_text().splitlines():
            if line.startswith("Uid:"):
                real[process["role"]] = set(map(int, line.split()[1:]))
    assert real == {"front": {uid["front"]}, "smtpd-mx": {uid["smtpd"]}, "smtpd-submission": {uid["submission"]}, "smtpd-inject": {uid["submission"]},
                    "queue": {uid["queue"]}, "auth": {uid["auth"]}, "esmtp": {uid["esmtp"]}, "mailbox": {uid["mail"]}}
    assert len(runs_as) == len(real)

    with smtplib.SMTP("127.0.0.1", installation.port("smtp"), timeout=30) as client:
        client.sendmail("x@elsewhere.test", ["alice@example.test"], "Subject: first\r\n\r\nIt works.\r\n")
    with imaplib.IMAP4("127.0.0.1", installation.port("imap")) as client:
        client.login("alice@example.test", "secret")
        end = time.time() + 30
        while client.select()[1] != [b"1"]:
            assert time.time() < end
            time.sleep(0.1)
        assert b"It works." in client.fetch("1", "(BODY[])")[1][0][1]
    message = next(path for path in (installation.prefix / "var/lib/courier/mail").rglob("*") if path.parent.name in ("new", "cur"))
    assert message.stat().st_uid == uid["mail"] and message.stat().st_mode & 0o077 == 0

    done = installation.remove()
    assert done.returncode == 0, done.stderr
    assert installation.server.wait(60) == 0
    known = {entry.pw_name for entry in pwd.getpwall()}
    assert not known & set(installation.users.values())
    mail = [name for name in installation.left() if name.startswith("var/lib/courier/mail/example.test/alice/")]
    assert mail
    assert [name for name in installation.left() if name not in mail] == [
        "etc/courier/certificate.pem", "etc/courier/courier.toml", "etc/courier/key.pem", "var/lib/courier/auth/accounts.sqlite"]

    # And once more on what was left: the mail and the account are there, and belong to the new users.
    assert installation.setup().returncode == 0
    installation.start()
    with imaplib.IMAP4("127.0.0.1", installation.port("imap")) as client:
        client.login("alice@example.test", "secret")
        assert client.select()[1] == [b"1"]


def test_a_queue_that_holds_mail_stays(installation):
    assert installation.setup().returncode == 0
    installation.start()
    with smtplib.SMTP("127.0.0.1", installation.port("submission"), timeout=30) as client:
        client.login("alice@example.test", "secret")
        client.sendmail("alice@example.test", ["someone@far.test"], "Subject: later\r\n\r\nbody\r\n")
    done = installation.remove()
    assert done.returncode == 0, done.stderr
    assert "1 messages are queued" in done.stdout
    assert (installation.prefix / "var/spool/courier").is_dir()
    # The next installation sends it: nothing was lost.
    assert installation.setup().returncode == 0
    installation.start()
    waiting = json.loads(installation.on("queue", "list", "--json").stdout)
    assert [message["recipients"][0]["address"] for message in waiting] == ["someone@far.test"]


def test_uninstall_takes_what_install_put_there_and_nothing_else(installation):
    below = installation.prefix / "usr/local"
    kept = [below / "etc/courier/courier.toml", below / "bin/other", below / "share/man/man1/other.1"]
    for path in kept:
        path.write_text("not Courier's")
    (below / "share/courier-other").mkdir()
    script = pathlib.Path(__file__).parents[2] / "scripts/uninstall"
    manifest = pathlib.Path(BUILD) / "install_manifest.txt"
    for removed in (len(manifest.read_text().splitlines()), 0):
        done = subprocess.run([script, manifest, installation.prefix], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and done.stdout == f"{removed} files removed\n", done
    assert sorted(path for path in below.rglob("*") if path.is_file()) == sorted(kept)
    assert [str(path.relative_to(below)) for path in below.rglob("courier*") if path.is_dir()] == ["etc/courier", "share/courier-other"]
    done = subprocess.run([script, installation.prefix / "none"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "make install" in done.stderr


def test_setup_wants_root(folder):
    command = shutil.copy(os.path.join(BUILD, "bin/courier"), folder)  # the build may lie where nobody is let in
    done = subprocess.run([command, "setup", "--prefix", folder], capture_output=True, text=True, timeout=60, user="nobody", cwd="/")
    assert done.returncode == 77 and "as root" in done.stderr, done.stderr
