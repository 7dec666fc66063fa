"""Every process runs as docs/PROCESSES.md says: user, sandbox, listening sockets, open files. Read from /proc, as root."""
import ctypes
import imaplib
import json
import os
import pathlib
import pwd
import re
import signal
import smtplib
import socket
import subprocess
import tempfile
import time

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
LIBEXEC = pathlib.Path(os.environ.get("COURIER_LIBEXEC") or
                       pathlib.Path(os.environ.get("COURIER_BUILD", SOURCE / "build/dev")) / "libexec/courier")

# Users that every Debian has stand in for those that `courier setup` makes.
USERS = {
    "courier-front": "www-data", "courier-smtpd": "daemon", "courier-submit": "uucp", "courier-queue": "news",
    "courier-auth": "irc", "courier-esmtp": "proxy", "courier-mail": "mail",
}
USER_KEYS = {
    "user_front": "courier-front", "user_smtpd": "courier-smtpd", "user_submission": "courier-submit",
    "user_queue": "courier-queue", "user_auth": "courier-auth", "user_esmtp": "courier-esmtp", "user_mail": "courier-mail",
}
NETWORK_SERVICES = ["smtp", "submission", "submissions", "imap", "imaps", "pop3", "pop3s"]


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Instance:
    def __init__(self, folder, more=""):
        self.folder = folder
        self.ports = dict(zip(NETWORK_SERVICES, free_ports(len(NETWORK_SERVICES))))
        lines = ["[server]", 'host_name = "mx.example.test"', "stop_time = 5"]
        for key in ("spool", "state", "mail", "run"):
            lines.append(f'{key}_dir = "{folder}/{key}"')
        for service, port in self.ports.items():
            lines.append(f'listen_{service} = ["127.0.0.1:{port}"]')
        for key, name in USER_KEYS.items():
            lines.append(f'{key} = "{USERS[name]}"')
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=mx.example.test", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/chain.pem"],
                       check=True, capture_output=True)
        lines.append(f'certificates = ["{folder}/chain.pem {folder}/key.pem"]')
        config = folder / "courier.toml"
        config.write_text("\n".join(lines) + "\n" + more)
        config.chmod(0o644)
        self.log = open(folder / "log", "w+")
        self.process = subprocess.Popen([LIBEXEC / "courierd", "--config", config], stderr=self.log, stdin=subprocess.DEVNULL,
                                        env={**os.environ, "COURIER_TEST_SECRET": "must not be seen by any daemon"})

    def ask(self, verb, *arguments):
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(30)
            s.connect(f"{self.folder}/run/control")
            s.sendall(json.dumps({"verb": verb, "arguments": list(arguments)}).encode() + b"\n")
            answer = json.loads(s.makefile().readline())
        assert answer["status"] == 0, answer
        return answer["result"]

    def wait_serving(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log_text()
            try:
                status = self.ask("status")
                if status["serving"]:
                    return status
            except (FileNotFoundError, ConnectionRefusedError):
                pass
            time.sleep(0.1)
        raise AssertionError("does not serve:\n" + self.log_text())

    def log_text(self):
        return (self.folder / "log").read_text()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


@pytest.fixture(scope="module")
def instance():
    if os.geteuid() != 0:
        pytest.skip("needs root: only root can give each process a user of its own")
    if not (LIBEXEC / "courierd").exists():
        pytest.fail(f"{LIBEXEC}/courierd was not built")
    with tempfile.TemporaryDirectory(prefix="courier-processes-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        running = Instance(folder)
        try:
            running.status = running.wait_serving()
            yield running
        finally:
            running.stop()


def document_table():
    """The first table of docs/PROCESSES.md: process name -> its cells by heading."""
    rows = [line.strip("| ").split(" | ") for line in (SOURCE / "docs/PROCESSES.md").read_text().splitlines() if line.startswith("| ")]
    heading = rows[0]
    table = {}
    for row in rows[1:]:
        if row[0] == "from":
            break
        table[row[0].strip("`")] = dict(zip(heading, row))
    return table


def proc_status(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def listening_inodes():
    """inode -> port or path of every listening socket of the machine."""
    found = {}
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A":
                found[fields[9]] = int(fields[1].rsplit(":", 1)[1], 16)
    for line in pathlib.Path("/proc/net/unix").read_text().splitlines()[1:]:
        fields = line.split()
        if len(fields) > 7 and int(fields[3], 16) & 0x10000:
            found[fields[6]] = fields[7]
    return found


def open_files(pid):
    folder = pathlib.Path(f"/proc/{pid}/fd")
    return [os.readlink(folder / name) for name in os.listdir(folder)]


def processes(instance):
    for process in instance.status["processes"]:
        yield process, process["pid"], document_table()[process["role"]]


def test_every_documented_process_runs(instance):
    assert {p["role"] for p in instance.status["processes"]} == set(document_table())


def test_users(instance):
    for process, pid, row in processes(instance):
        documented = row["runs as"].split(" ")[0]
        expected = pwd.getpwnam(USERS[documented])
        status = proc_status(pid)
        assert status["Uid"].split() == [str(expected.pw_uid)] * 4, process
        assert status["Gid"].split() == [str(expected.pw_gid)] * 4, process
        assert status["Groups"].split() == [], process
        assert int(status["CapEff"], 16) == 0 and int(status["CapPrm"], 16) == 0, process
        assert process["uid"] == expected.pw_uid


def test_sandbox(instance):
    for process, pid, _ in processes(instance):
        status = proc_status(pid)
        assert status["Seccomp"].strip() == "2", process
        assert status["NoNewPrivs"].strip() == "1", process
        # The files of a process that is not dumpable belong to root, whatever its user.
        assert os.stat(f"/proc/{pid}/mem").st_uid == 0, process
        for task in os.listdir(f"/proc/{pid}/task"):
            assert "Seccomp:\t2\n" in pathlib.Path(f"/proc/{pid}/task/{task}/status").read_text(), (process, task)


def kernel_has_landlock():
    create_ruleset, version = 444, 1
    return ctypes.CDLL(None, use_errno=True).syscall(create_ruleset, None, 0, version) > 0


def test_landlock_holds_every_thread(instance):
    if not kernel_has_landlock():
        pytest.skip("this kernel has no Landlock")
    assert "sandbox incomplete" not in instance.log_text()


def test_limits(instance):
    for process, pid, _ in processes(instance):
        limits = {}
        for line in pathlib.Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]:
            name, soft, hard = re.match(r"(.{26})(\S+)\s+(\S+)", line).groups()
            limits[name.strip()] = (soft, hard)
        assert limits["Max core file size"] == ("0", "0"), process
        assert int(limits["Max open files"][1]) == instance.status["descriptors_allowed"], process


def test_listening_sockets(instance):
    listening = listening_inodes()
    run = f"{instance.folder}/run"
    for process, pid, row in processes(instance):
        expected = set()
        for word in re.findall(r"`([^`]+)`", row["reached by"]):
            if word.startswith("server.listen_"):
                expected.add(instance.ports[word.removeprefix("server.listen_")])
            else:
                expected.add(word.replace("run_dir", run))
        held = {listening[m.group(1)] for name in open_files(pid) if (m := re.fullmatch(r"socket:\[(\d+)\]", name)) and m.group(1) in listening}
        assert held == expected, process


def test_open_files(instance):
    places = {"`server.spool_dir`": "spool", "`server.state_dir`/auth": "state/auth", "`server.mail_dir`": "mail"}
    log = os.path.realpath(instance.folder / "log")
    roots = {os.path.realpath(path) for path in ("/usr/lib/ssl/cert.pem", "/etc/ssl/certs/ca-certificates.crt")}
    for process, pid, row in processes(instance):
        allowed = [f"{instance.folder}/{place}/" for text, place in places.items() if text in row["may touch on disk"]]
        for name in open_files(pid):
            if re.match(r"(socket|pipe):\[|anon_inode:", name) or name in ("/dev/null", log) or "/memfd:" in name:
                continue
            # What the test itself was started with stays on standard output.
            if name == os.readlink("/proc/self/fd/1"):
                continue
            if row["may connect out"] == "yes" and name in roots:
                continue
            assert any(name.startswith(folder) for folder in allowed), (process, name)


def test_environment_is_clean(instance):
    for process, pid, _ in processes(instance):
        environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes()
        assert b"COURIER_TEST_SECRET" not in environment, process
        names = {entry.split(b"=")[0].decode() for entry in environment.split(b"\0") if entry}
        assert names <= {"PATH", "TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}, process


def test_only_the_owner_reaches_the_control_socket(instance):
    assert os.stat(f"{instance.folder}/run/control").st_mode & 0o777 == 0o600


def test_a_killed_process_comes_back_with_all_of_this(instance):
    before = {(p["role"], p["instance"]): p["pid"] for p in instance.status["processes"]}
    os.kill(before[("queue", "")], signal.SIGKILL)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        status = instance.ask("status")
        after = {(p["role"], p["instance"]): p["pid"] for p in status["processes"]}
        if status["serving"] and after[("queue", "")] != before[("queue", "")]:
            break
        time.sleep(0.1)
    assert {k: v for k, v in after.items() if k[0] != "queue"} == {k: v for k, v in before.items() if k[0] != "queue"}
    instance.status = status
    assert "process=queue why=\"signal 9 (Killed)\"" in instance.log_text()
    test_users(instance)
    test_sandbox(instance)
    test_listening_sockets(instance)
    test_open_files(instance)


def test_root_serves_no_mail_without_users(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("needs root: it is what root is refused")
    config = tmp_path / "courier.toml"
    config.write_text('[server]\nhost_name = "mx.example.test"\nseparate_users = false\n')
    config.chmod(0o600)
    run = subprocess.run([LIBEXEC / "courierd", "--config", config], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30)
    assert run.returncode == 78
    assert "separate_users" in run.stdout


def wait_for(happens, running):
    deadline = time.monotonic() + 30
    while not happens():
        assert time.monotonic() < deadline, running.log_text()
        time.sleep(0.1)


def test_the_mail_of_a_system_user():
    """Its process comes on demand as that user, keeps its caches apart, ends when idle and comes again."""
    if os.geteuid() != 0:
        pytest.skip("needs root: only root can run a process as another user")
    user = pwd.getpwnam("games")
    with tempfile.TemporaryDirectory(prefix="courier-system-user-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        home = folder / "home"
        home.mkdir()
        os.chown(home, user.pw_uid, user.pw_gid)
        running = Instance(folder, f'[mailbox]\nidle_time = "2s"\ncache_dir = "{folder}/caches"\n')
        try:
            running.wait_serving()
            running.ask("domain add", "example.test")
            running.ask("account add", "ann@example.test", "password=secret", f"uid={user.pw_uid}", f"gid={user.pw_gid}", f"home={home}")

            def send(text):
                with smtplib.SMTP("127.0.0.1", running.ports["smtp"], timeout=30) as smtp:
                    smtp.sendmail("bob@far.test", ["ann@example.test"], text)

            def process():
                all_of_them = {p["instance"]: p for p in running.ask("status")["processes"] if p["role"] == "mailbox"}
                return all_of_them.get(f"u{user.pw_uid}", {"state": "none"})

            send("Subject: one\r\n\r\nx\r\n")
            wait_for(lambda: len(list(home.glob("Maildir/new/*"))) == 1, running)
            assert process()["uid"] == user.pw_uid
            assert set(proc_status(process()["pid"])["Uid"].split()) == {str(user.pw_uid)}
            imap = imaplib.IMAP4("127.0.0.1", running.ports["imap"], timeout=30)
            imap.login("ann@example.test", "secret")
            imap.select("INBOX")
            assert b"one" in imap.fetch("1", "(ENVELOPE)")[1][0]
            imap.logout()
            wait_for(lambda: process()["state"] == "ended", running)
            caches = list(folder.glob(f"caches/u{user.pw_uid}/*.sqlite"))
            assert len(caches) == 1 and caches[0].stat().st_uid == user.pw_uid, caches
            send("Subject: two\r\n\r\nx\r\n")
            wait_for(lambda: len(list(home.glob("Maildir/new/*"))) == 1, running)
            assert process()["state"] == "serving"
        finally:
            running.stop()
