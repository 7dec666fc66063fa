"""Daemons die by SIGKILL while mail comes in: what was acknowledged is in a mailbox, whole; nothing else is promised."""
import collections
import os
import random
import re
import signal
import smtplib
import threading
import time

import pytest

SENDERS = 20
ROUNDS = 50
USERS = 10


class Senders:
    """SENDERS threads that send numbered messages and remember which were acknowledged."""

    def __init__(self, sandbox):
        self.sandbox, self.acknowledged, self.lock, self.ended = sandbox, set(), threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(n,)) for n in range(SENDERS)]
        for thread in self.threads:
            thread.start()

    def run(self, sender):
        number = 0
        while not self.ended.is_set():
            try:
                with smtplib.SMTP("127.0.0.1", self.sandbox.smtp, timeout=20) as client:
                    while not self.ended.is_set():
                        number += 1
                        name = f"{sender}-{number}"
                        # Every eighth is beyond what travels inline, and lies in a file of its own.
                        body = f"{name}\n" * (12_000 if number % 8 == 0 else 40)
                        client.sendmail(f"sender{sender}@load.test", [self.sandbox.address(f"user{number % USERS + 1}")],
                                        f"Subject: {name}\nMessage-ID: <{name}@load.test>\n\n{body}end of {name}\n")
                        with self.lock:
                            self.acknowledged.add(name)
                        time.sleep(random.random() * 0.05)
            except (OSError, smtplib.SMTPException):
                time.sleep(0.05)

    def stop(self):
        self.ended.set()
        for thread in self.threads:
            thread.join()
        return self.acknowledged


def wait_serving(sandbox):
    """pid of each process, when all of them serve."""
    end = time.time() + 60
    while True:
        status = sandbox.courier("status", "--json")
        if status["serving"] and all(p["state"] == "serving" for p in status["processes"]):
            return {p["role"] + (":" + p["instance"] if p["instance"] else ""): p["pid"] for p in status["processes"]}
        assert time.time() < end, f"not all serve: {status['processes']}\n{sandbox.log()}"
        time.sleep(0.02)


def kill_rounds(sandbox, choose):
    """In each round what `choose` names is killed, while it works."""
    for number in range(ROUNDS):
        processes = wait_serving(sandbox)
        time.sleep(random.uniform(0.1, 0.4))
        for pid in choose(number, processes):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:  # the supervisor had not yet heard that it died in the last round
                pass


def start(new_sandbox):
    return new_sandbox(users=USERS, settings=["server.restart_pause=0"])


def queue_is_empty(sandbox):
    done = sandbox.courier("queue", "list", "--json", check=False)
    return done == [] or done == {"messages": []}


def settle(sandbox):
    """Mail that waits for its next attempt is attempted now, until the queue is empty."""
    end = time.time() + 120
    while not queue_is_empty(sandbox):
        assert time.time() < end, f"the queue does not become empty: {sandbox.courier('queue', 'list').stdout}\n{sandbox.log()}"
        sandbox.courier("queue", "retry", "all", check=False)
        time.sleep(1)


def found(sandbox):
    """How often each message lies in a mailbox. Every file is whole and as long as its name says."""
    seen = collections.Counter()
    for number in range(1, USERS + 1):
        for path in sandbox.messages(f"user{number}"):
            with open(path) as file:
                text = file.read()
            size = int(re.search(r",S=(\d+)", path).group(1))
            assert os.path.getsize(path) == size, f"{path} is {os.path.getsize(path)} bytes long"
            name = re.search(r"^Subject: (\S+)$", text, re.MULTILINE).group(1)
            count = 12_000 if int(name.split("-")[1]) % 8 == 0 else 40
            assert text.endswith("\n\n" + f"{name}\n" * count + f"end of {name}\n"), f"{path} is damaged"
            seen[name] += 1
    return seen


def check(sandbox, senders):
    acknowledged = senders.stop()
    settle(sandbox)
    seen = found(sandbox)
    lost = acknowledged - set(seen)
    assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged messages are lost: {sorted(lost)[:10]}\n{sandbox.log()}"
    duplicates = sum(count - 1 for count in seen.values())
    print(f"{len(acknowledged)} acknowledged, {len(seen)} delivered, {duplicates} duplicates")
    assert len(acknowledged) > ROUNDS
    return duplicates


def test_killing_the_mailbox_alone_loses_and_doubles_nothing(new_sandbox):
    sandbox = start(new_sandbox)
    senders = Senders(sandbox)
    kill_rounds(sandbox, lambda number, processes: [pid for role, pid in processes.items() if role.startswith("mailbox")])
    assert check(sandbox, senders) == 0


def test_killing_each_daemon_in_turn_loses_nothing(new_sandbox):
    sandbox = start(new_sandbox)
    senders = Senders(sandbox)

    def one(number, processes):
        role = sorted(processes)[number % len(processes)]
        return [processes[role]]

    kill_rounds(sandbox, one)
    check(sandbox, senders)


def test_killing_all_at_once_loses_nothing(new_sandbox):
    sandbox = start(new_sandbox)
    senders = Senders(sandbox)
    kill_rounds(sandbox, lambda number, processes: processes.values())
    check(sandbox, senders)
