#!/usr/bin/env python3
"""Runs the benchmarks and prints one table.

  bench/run.py --build build/release [--only smtp-in,relay,imap-fetch,idle-memory] [--runs 3] [--count 3000] [--no-peers]

Ours is a sandbox; Postfix and Dovecot are started beside it where their Debian packages are installed and we are root.
Runs alternate between us and the peer, because the speed of a machine drifts: read the ratio, not the absolute figure."""
import argparse
import contextlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import measure
import peers

USERS = 100


class Courier:
    name = "Courier"

    def __init__(self, build, folder, base, extra=()):
        self.build, self.folder, self.base = build, folder, base
        self.port, self.imap_port, self.imaps_port = base + 25, base + 143, base + 993
        self.extra = extra

    def start(self):
        log = open(f"{self.folder}.log", "w")
        self.command = subprocess.Popen(
            [f"{self.build}/bin/courier", "sandbox", "--dir", self.folder, "--users", str(USERS), "--port-base", str(self.base), *self.extra],
            stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.command.stdout:
            if "ready" in line:
                break
        else:
            sys.exit(f"the sandbox did not start: see {self.folder}.log")
        # The supervisor and its children are the server; the command in front of them is not.
        status = subprocess.run([f"{self.build}/bin/courier", "status", "--dir", self.folder, "--json"], capture_output=True, text=True, check=True)
        self.pid = json.loads(status.stdout)["pid"]

    def stop(self):
        self.command.send_signal(signal.SIGTERM)
        self.command.wait(60)

    def mail_root(self):
        return f"{self.folder}/mail"

    def maildirs(self, users):
        return [f"{self.folder}/mail/example.test/user{n}/Maildir" for n in range(1, users + 1)]


def generator(options, name, *arguments):
    done = subprocess.run([f"{options.build}/bench/{name}", *map(str, arguments)], capture_output=True, text=True)
    try:
        return json.loads(done.stdout.splitlines()[0])
    except (ValueError, IndexError):
        sys.exit(f"{name} failed: {done.stdout} {done.stderr}")


def wait_for(condition, seconds, what):
    end = time.time() + seconds
    while not condition():
        if time.time() > end:
            sys.exit(f"gave up waiting for {what}")
        time.sleep(0.05)


def figures(load, seconds, cpu):
    return {"rate": load["accepted"] / seconds, "accept": load["accepted"] / load["seconds"], "cpu_ms": cpu * 1e3 / load["accepted"],
            "p50": load["p50_ms"], "p99": load["p99_ms"]}


def smtp_in(options, server):
    """4 KB, 10 sessions, one message a connection, 100 accounts, until the last message is in its Maildir."""
    # Mailboxes are not emptied between runs: ext4 searches long for inodes while many were deleted lately.
    boxes = server.maildirs(USERS)
    already = measure.count_messages(boxes)
    os.sync()
    time.sleep(1)
    before, start = measure.processor_seconds(server.pid), time.time()
    load = generator(options, "smtp_load", "--port", server.port, "--count", options.count, "--sessions", 10, "--users", USERS)
    wait_for(lambda: measure.count_messages(boxes) - already >= load["accepted"], 120, "the last delivery")
    seconds = measure.last_arrival(boxes) - start
    cpu = measure.processor_seconds(server.pid) - before
    if load["failed"]:
        print(f"  {server.name}: {load['failed']} failed: {load['error']}", file=sys.stderr)
    return figures(load, seconds, cpu)


class Sink:
    def __init__(self, build, port):
        self.process = subprocess.Popen([f"{build}/bench/smtp_sink", "--port", str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def count(self):
        self.process.stdin.write("?\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline().split()[0])

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)


def relay(options, server, sink):
    """SMTP in, SMTP out to a sink that accepts everything."""
    time.sleep(1)
    already, before, start = sink.count(), measure.processor_seconds(server.pid), time.time()
    load = generator(options, "smtp_load", "--port", server.port, "--count", options.count, "--sessions", 10, "--to", "someone%d@sink.test")
    wait_for(lambda: sink.count() - already >= load["accepted"], 120, "the last relayed message")
    seconds = time.time() - start
    cpu = measure.processor_seconds(server.pid) - before
    return figures(load, seconds, cpu)


def fill_mailbox(maildir, count, owner):
    """A deterministic mailbox of messages of about 4 KB."""
    for number in range(count):
        name = f"{1_767_600_000 + number}.M{number}P1.bench"
        text = (f"From: Sender {number} <sender{number}@load.test>\nTo: user1@example.test\nSubject: message {number}\n"
                f"Date: Mon, 05 Jan 2026 10:00:00 +0000\nMessage-ID: <{number}@load.test>\nMIME-Version: 1.0\n"
                "Content-Type: text/plain; charset=utf-8\n\n") + "x" * 64 * 1 + "\n" + ("y" * 64 + "\n") * 58
        path = f"{maildir}/cur/{name},S={len(text)}:2,S"
        with open(path, "w") as message:
            message.write(text)
        os.chown(path, owner[0], owner[1])


FETCHES = ("flags", "envelope", "body")


def imap_fetch(options, server, rounds):
    """FETCH of the whole mailbox by one session that signs in anew: messages a second in the best round, CPU a message over all."""
    row = {}
    for name in FETCHES:
        before = measure.processor_seconds(server.pid)
        row |= generator(options, "imap_load", "--port", server.imap_port if server.name == "Courier" else server.port, "--mode", "fetch",
                         "--only", name, "--rounds", rounds)
        row[f"{name}_cpu_us"] = (measure.processor_seconds(server.pid) - before) * 1e6 / (rounds * options.mailbox)
    return row


def idle_memory(options, server, tls):
    port = {("Courier", False): "imap_port", ("Courier", True): "imaps_port", ("Dovecot", False): "port", ("Dovecot", True): "tls_port"}
    connections = options.connections
    client = subprocess.Popen(
        [f"{options.build}/bench/imap_load", "--port", str(getattr(server, port[server.name, tls])), "--mode", "idle", "--connections",
         str(connections), "--users", str(USERS), "--tls", str(int(tls))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    line = client.stdout.readline()
    if not line:
        sys.exit(f"imap_load could not open {connections} sessions at {server.name}")
    time.sleep(3)
    kib, processes = measure.proportional_kib(server.pid)
    client.stdin.close()
    client.wait(60)
    time.sleep(1)
    return {"kib_per_session": kib / connections, "processes": processes, "logins_per_s": connections / json.loads(line)["seconds"]}


def median(rows, key):
    return statistics.median(row[key] for row in rows)


def show(title, unit, ours, theirs, peer, better_is_more=True):
    line = f"{title:<34} {ours:>10.1f} {unit:<9}"
    if theirs is not None:
        ratio = ours / theirs if better_is_more else theirs / ours
        line += f" {peer} {theirs:>9.1f}   ratio {ratio:>6.1f}"
    print(line, flush=True)


@contextlib.contextmanager
def running(servers):
    started = []
    try:
        for server in servers:
            server.start()
            started.append(server)
        yield
    finally:
        for server in started:
            server.stop()


def run_transfer(options, folder, kind):
    sink_port = options.port_base + 9025
    extra = ["--set", 'esmtp.routes=["sink.test:[127.0.0.1],%d"]' % sink_port, "--set", 'smtpd.relay_networks=["127.0.0.0/8"]'] if kind == "relay" else []
    servers = [Courier(options.build, f"{folder}/courier-{kind}", options.port_base, extra)]
    if options.peers and peers.Postfix.available():
        os.makedirs(f"{folder}/postfix-{kind}")
        servers.append(peers.Postfix(f"{folder}/postfix-{kind}", options.port_base + 8025, USERS, sink_port))
    sink = Sink(options.build, sink_port) if kind == "relay" else None
    rows = {server.name: [] for server in servers}
    with running(servers):
        for run in range(options.runs + 1):
            for server in servers:
                row = relay(options, server, sink) if sink else smtp_in(options, server)
                if run > 0:  # the first warms up: files grow to their size, processes are started
                    rows[server.name].append(row)
    if sink:
        sink.stop()
    theirs = rows.get("Postfix")
    for key, unit, more in (("rate", "msg/s", True), ("accept", "msg/s", True), ("cpu_ms", "ms CPU", False), ("p50", "ms p50", False), ("p99", "ms p99", False)):
        show(f"{kind} {key}", unit, median(rows["Courier"], key), median(theirs, key) if theirs else None, "Postfix", more)
    return rows


def run_imap(options, folder, kind):
    ours = Courier(options.build, f"{folder}/courier-{kind}", options.port_base)
    servers = [ours]
    if options.peers and peers.Dovecot.available():
        os.makedirs(f"{folder}/dovecot-{kind}")
        servers.append(peers.Dovecot(f"{folder}/dovecot-{kind}", options.port_base + 8143, options.port_base + 8993, USERS))
    with running(servers):
        (fetch_table if kind == "imap-fetch" else memory_table)(options, servers)


def fetch_table(options, servers):
    for server in servers:
        box = server.maildirs(1)[0]
        os.makedirs(f"{box}/cur", exist_ok=True)
        for part in ("new", "tmp"):
            os.makedirs(f"{box}/{part}", exist_ok=True)
        owner = os.stat(server.mail_root())
        for path in (os.path.dirname(box), box, f"{box}/cur", f"{box}/new", f"{box}/tmp"):
            os.chown(path, owner.st_uid, owner.st_gid)
        fill_mailbox(box, options.mailbox, (owner.st_uid, owner.st_gid))
    # The first time nothing of the messages is cached by the servers.
    first = {server.name: imap_fetch(options, server, 1) for server in servers}
    rows = {server.name: [] for server in servers}
    for _ in range(options.runs):
        for server in servers:
            rows[server.name].append(imap_fetch(options, server, 5))
    theirs = rows.get("Dovecot")
    show("imap-fetch envelope, first time", "msg/s", first["Courier"]["envelope_per_s"], first.get("Dovecot", {}).get("envelope_per_s"), "Dovecot")
    for name in FETCHES:
        for key, unit, more in ((f"{name}_per_s", "msg/s", True), (f"{name}_cpu_us", "us CPU", False)):
            show(f"imap-fetch {key}", unit, median(rows["Courier"], key), median(theirs, key) if theirs else None, "Dovecot", more)


def memory_table(options, servers):
    for tls in (False, True):
        results = {server.name: idle_memory(options, server, tls) for server in servers}
        peer = results.get("Dovecot", {}).get("kib_per_session")
        show(f"idle-memory {'TLS' if tls else 'plain'}", "KiB", results["Courier"]["kib_per_session"], peer, "Dovecot", False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--only", default="smtp-in,relay,imap-fetch,idle-memory")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--count", type=int, default=10000)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--mailbox", type=int, default=10000)
    parser.add_argument("--port-base", type=int, default=20000)
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    options = parser.parse_args()
    options.build = os.path.abspath(options.build)
    folder = tempfile.mkdtemp(prefix="courier-bench-")
    os.chmod(folder, 0o755)
    print(f"{os.cpu_count()} processors, {os.uname().release}; medians of {options.runs} alternating runs\n")
    try:
        for kind in options.only.split(","):
            (run_transfer if kind in ("smtp-in", "relay") else run_imap)(options, folder, kind)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
