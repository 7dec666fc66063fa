"""A private Courier instance for tests: everything in a temporary folder, on loopback, on free ports, stopped by pid."""
import json
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time

import pytest

BUILD = os.environ.get("COURIER_BUILD", os.path.join(os.path.dirname(__file__), "..", "build", "dev"))
COURIER = os.path.join(BUILD, "bin", "courier")
PORTS = {"smtp": 25, "submission": 587, "submissions": 465, "imap": 143, "imaps": 993, "pop3": 110, "pop3s": 995}


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


def free_port():
    """A port below the range that the kernel gives to outgoing connections."""
    while True:
        port = random.randint(10240, 32000)
        if port_is_free(port):
            return port


def free_port_base():
    while True:
        base = random.randint(10240, 31000)
        if all(port_is_free(base + offset) for offset in PORTS.values()):
            return base


class Sandbox:
    """One instance: ports by name (`smtp`, `imaps`, ...), accounts alice, bob, user1.. at `domain`, all with `password`."""

    def __init__(self, users=5, domain="example.test", settings=(), dns=None):
        self.root = tempfile.mkdtemp(prefix="courier-test-")
        os.chmod(self.root, 0o755)
        self.dir = os.path.join(self.root, "instance")
        self.domain, self.users, self.settings, self.dns = domain, users, ["server.mailbox_shards=2", *settings], dns  # several on every machine
        self.pid = None
        self.base = free_port_base()
        for name, offset in PORTS.items():
            setattr(self, name, self.base + offset)

    def start(self):
        command = [COURIER, "sandbox", "--dir", self.dir, "--users", str(self.users), "--port-base", str(self.base), "--domain", self.domain,
                   "--background", "--json"]
        for setting in self.settings:
            command += ["--set", setting]
        if self.dns:
            command += ["--dns", self.dns]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"the sandbox did not start:\n{done.stdout}\n{done.stderr}\n{self.log()}"
        facts = json.loads(done.stdout)
        self.pid, self.password, self.certificate = facts["pid"], facts["password"], facts["certificate"]
        return self

    def stop(self):
        if self.pid is None:
            return
        subprocess.run([COURIER, "stop", "--dir", self.dir], capture_output=True, text=True, timeout=60)
        for _ in range(300):
            if not os.path.exists(f"/proc/{self.pid}"):
                break
            time.sleep(0.1)
        else:
            os.kill(self.pid, 9)
        self.pid = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def courier(self, *arguments, check=True, **more):
        """The command against this instance; with --json the parsed answer."""
        done = subprocess.run([COURIER, *arguments, "--dir", self.dir], capture_output=True, text=True, timeout=60, **more)
        if check:
            assert done.returncode == 0, f"courier {' '.join(arguments)}: {done.stdout}{done.stderr}"
        if "--json" in arguments and done.returncode == 0:
            return json.loads(done.stdout)
        return done

    def processes(self):
        """pid of each process by role, or role:instance."""
        status = self.courier("status", "--json")
        return {p["role"] + (":" + p["instance"] if p["instance"] else ""): p["pid"] for p in status["processes"]}

    def address(self, user):
        return f"{user}@{self.domain}"

    def maildir(self, user):
        return f"{self.dir}/mail/{self.domain}/{user}/Maildir"

    def messages(self, user, folder=""):
        """Paths of the messages of a folder."""
        paths = []
        for part in ("new", "cur"):
            place = os.path.join(self.maildir(user), folder, part)
            try:
                paths += [entry.path for entry in os.scandir(place) if not entry.name.startswith(".")]
            except FileNotFoundError:
                pass
        return paths

    def wait_messages(self, user, count, seconds=30):
        end = time.time() + seconds
        while len(self.messages(user)) < count:
            assert time.time() < end, f"{user} has {len(self.messages(user))} messages, not {count}\n{self.log()}"
            time.sleep(0.05)
        return self.messages(user)

    def log(self):
        for name in ("courier.log", "log", "courierd.log"):
            path = os.path.join(self.dir, name)
            if os.path.isfile(path):
                with open(path, errors="replace") as log:
                    return log.read()[-8000:]
        return "(no log)"


@pytest.fixture
def new_sandbox():
    """A factory: new_sandbox(users=…, domain=…, settings=[…], dns=…) starts an instance that ends with the test."""
    made = []

    def make(**options):
        made.append(Sandbox(**options))
        return made[-1].start()

    yield make
    for instance in made:
        instance.remove()


@pytest.fixture(scope="module")
def sandbox(request):
    """One instance for all tests of a file. Each test uses accounts of its own, or leaves the mailbox as it found it."""
    instance = Sandbox(users=30)
    failed_before = request.session.testsfailed
    instance.start()
    yield instance
    if request.session.testsfailed > failed_before:
        print(instance.log())
    instance.remove()


@pytest.fixture
def folder():
    """A temporary folder that any user may enter."""
    path = tempfile.mkdtemp(prefix="courier-test-")
    os.chmod(path, 0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def need(*programs):
    """Skips, by name, when a program of a Debian package is not installed."""
    missing = [program for program in programs if shutil.which(program) is None and shutil.which(f"/usr/sbin/{program}") is None]
    return pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}: scripts/install-deps --test")
