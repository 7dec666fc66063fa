"""Thousands of connections that mean no good: limits hold, and others are served meanwhile."""
import imaplib
import random
import resource
import smtplib
import socket
import time

CONNECTIONS = 5000
GARBAGE = [b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"A" * 4000, b"EHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<",
           b"a LOGIN {99999999999}\r\n", b"a AUTHENTICATE PLAIN\r\n", b"\r\n" * 500, b"\xff\x00" * 300, b"a1 " + b"(" * 2000 + b"\r\n"]


def memory_kib(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def attack(ports):
    """Connections from 250 loopback addresses, each with the beginning of something bad. Refused ones count as well."""
    random.seed(7)
    held, refused = [], 0
    for number in range(CONNECTIONS):
        client = socket.socket()
        client.setblocking(False)
        client.bind((f"127.0.1.{number % 250 + 1}", 0))
        try:
            client.connect(("127.0.0.1", ports[number % len(ports)]))
        except BlockingIOError:
            pass
        except OSError:
            refused += 1
            continue
        held.append((client, random.choice(GARBAGE)))
        if number % 100 == 99:
            time.sleep(0.02)
            for victim, garbage in held[-100:]:
                try:
                    victim.send(garbage)
                except OSError:
                    refused += 1
    return held, refused


def test_5000_hostile_connections_while_others_are_served(new_sandbox):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    sandbox = new_sandbox(users=2, settings=['auth.uncounted_networks=[]'])
    before = {role: memory_kib(pid) for role, pid in sandbox.processes().items()}
    held, _ = attack([sandbox.smtp, sandbox.imap, sandbox.pop3, sandbox.submission, sandbox.imaps])
    try:
        began = time.time()
        for number in range(10):
            with smtplib.SMTP("127.0.0.1", sandbox.smtp, timeout=20) as client:
                client.sendmail("friend@load.test", [sandbox.address("alice")], f"Subject: {number}\n\nbody\n")
        sandbox.wait_messages("alice", 10)
        for _ in range(10):
            client = imaplib.IMAP4("127.0.0.1", sandbox.imap, timeout=20)
            client.login(sandbox.address("alice"), sandbox.password)
            assert client.select("INBOX")[1] == [b"10"]
            client.logout()
        assert time.time() - began < 40
        after = {role: memory_kib(pid) for role, pid in sandbox.processes().items()}
        assert set(after) == set(before)  # nobody died
        for role, kib in after.items():
            # 5,000 connections, under a sanitizer that keeps freed memory for a while.
            assert kib - before[role] < 400 * 1024, f"{role} grew by {kib - before[role]} KiB"
    finally:
        for client, _ in held:
            client.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    # When they have gone, everything is as before.
    time.sleep(1)
    with smtplib.SMTP("127.0.0.1", sandbox.smtp, timeout=20) as client:
        client.sendmail("friend@load.test", [sandbox.address("bob")], "Subject: after\n\nbody\n")
    sandbox.wait_messages("bob", 1)


def test_one_address_is_told_when_it_has_too_many_connections(new_sandbox):
    sandbox = new_sandbox(users=1, settings=['auth.uncounted_networks=[]'])
    held, told = [], b""
    try:
        for _ in range(1000):
            client = socket.create_connection(("127.0.0.1", sandbox.smtp), timeout=10, source_address=("127.0.2.1", 0))
            held.append(client)
            greeting = client.recv(200)
            if greeting.startswith(b"421"):
                told = greeting
                break
            assert greeting.startswith(b"220")
        assert b"4.7.0" in told or b"4.3.2" in told, told
        with smtplib.SMTP("127.0.0.1", sandbox.smtp, timeout=10) as client:  # another address
            assert client.noop()[0] == 250
    finally:
        for client in held:
            client.close()
