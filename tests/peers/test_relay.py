"""Mail that goes on to other hosts: two instances over MX records of a real name server, and sinks that misbehave."""
import smtplib
import subprocess
import threading
import time

import pytest
from conftest import free_port, need
from smtp_sink import Sink


class NameServer:
    """nsd, authoritative for test zones, on a loopback port."""

    def __init__(self, folder, zones):
        self.port = free_port()
        lines = [f"server:\n  ip-address: 127.0.0.1\n  port: {self.port}\n  username: \"\"\n  chroot: \"\"\n  zonesdir: {folder}\n"
                 f"  database: \"\"\n  pidfile: {folder}/nsd.pid\n  xfrdfile: {folder}/xfrd\n  zonelistfile: {folder}/zones\n"
                 f"  logfile: {folder}/nsd.log\n  server-count: 1\nremote-control:\n  control-enable: no\n"]
        for zone, records in zones.items():
            with open(f"{folder}/{zone}.zone", "w") as file:
                file.write(f"$ORIGIN {zone}.\n$TTL 60\n@ SOA ns.{zone}. admin.{zone}. 1 60 60 60 60\n@ NS ns.{zone}.\nns A 127.0.0.1\n{records}\n")
            lines.append(f"zone:\n  name: {zone}\n  zonefile: {zone}.zone\n")
        with open(f"{folder}/nsd.conf", "w") as file:
            file.writelines(lines)
        self.process = subprocess.Popen(["/usr/sbin/nsd", "-d", "-c", f"{folder}/nsd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        assert self.process.poll() is None, open(f"{folder}/nsd.log").read()

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def send(sandbox, to, subject="hello", sender=None, user="alice"):
    text = (f"From: {sandbox.address(user)}\nTo: {to}\nSubject: {subject}\nDate: Mon, 05 Jan 2026 10:00:00 +0000\n"
            f"Message-ID: <{subject}@client.test>\n\nbody\n.dot\n")
    with smtplib.SMTP("127.0.0.1", sandbox.submission) as client:
        client.starttls()
        client.login(sandbox.address(user), sandbox.password)
        client.sendmail(sender if sender is not None else sandbox.address(user), [to] if isinstance(to, str) else to, text)
    return text


def wait_for(condition, seconds=30, what="", log=lambda: ""):
    end = time.time() + seconds
    while not condition():
        assert time.time() < end, f"{what}\n{log()}"
        time.sleep(0.05)


@need("nsd")
def test_two_instances_exchange_mail_over_mx_records(new_sandbox, folder):
    # Both listen on loopback under port bases of their own, so each is told the other's port.
    names = NameServer(folder, {"one.test": "@ MX 10 mx\nmx A 127.0.0.1", "two.test": "@ MX 20 far\n@ MX 10 mx\nmx A 127.0.0.1\nfar A 127.0.0.1"})
    try:
        dns = f"127.0.0.1@{names.port}"
        two = new_sandbox(domain="two.test", users=1, dns=dns)
        one = new_sandbox(domain="one.test", users=1, dns=dns, settings=[f"esmtp.port={two.smtp}"])
        text = send(one, "bob@two.test")
        (path,) = two.wait_messages("bob", 1)
        with open(path) as file:
            stored = file.read()
        assert stored.endswith(text) and stored.count("Received: ") == 2
        assert "TLSv1.3" in stored  # opportunistic STARTTLS was used
    finally:
        names.stop()


def sandbox_to(new_sandbox, sink, settings=()):
    return new_sandbox(users=2, settings=[f'esmtp.routes=["sink.test:[127.0.0.1],{sink.port}"]', *settings])


@pytest.fixture
def new_sink():
    made = []

    def make(*arguments, **options):
        made.append(Sink(*arguments, **options))
        return made[-1]

    yield make
    for sink in made:
        sink.stop()


def bounce(sandbox, user="alice"):
    (path,) = sandbox.wait_messages(user, 1)
    with open(path) as file:
        return file.read()


def test_the_sink_gets_the_message_as_it_was(new_sandbox, new_sink):
    sink = new_sink()
    sandbox = sandbox_to(new_sandbox, sink)
    text = send(sandbox, "someone@sink.test")
    wait_for(lambda: sink.received, what="nothing arrived", log=sandbox.log)
    sender, recipients, got = sink.received[0]
    assert sender.startswith("FROM:<alice@example.test>") and recipients[0].startswith("TO:<someone@sink.test>")
    assert got.replace("\r\n", "\n").endswith(text)


def test_a_refused_recipient_comes_back_as_a_dsn(new_sandbox, new_sink):
    sink = new_sink(lambda stage, argument: "550 5.1.1 no such user here" if stage == "RCPT" and "wrong" in argument else None)
    sandbox = sandbox_to(new_sandbox, sink)
    send(sandbox, ["wrong@sink.test", "right@sink.test"])
    wait_for(lambda: sink.received, what="nothing arrived", log=sandbox.log)
    text = bounce(sandbox)
    assert "Return-Path: <>" in text and "multipart/report" in text
    assert "Final-Recipient: rfc822; wrong@sink.test" in text and "Status: 5.1.1" in text and "no such user here" in text
    assert "right@sink.test" not in text.split("Content-Type: message/rfc822")[0]


@pytest.mark.parametrize("stage", ["connect", "MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize("how", ["later", "drop"])
def test_trouble_at_each_stage_is_tried_again_and_delivered_once(new_sandbox, new_sink, stage, how):
    trouble = {"left": 1}

    def plan(at, argument):
        if at == stage and trouble["left"]:
            trouble["left"] -= 1
            return "451 4.3.0 later please" if how == "later" else "drop"
        return None

    sink = new_sink(plan)
    sandbox = sandbox_to(new_sandbox, sink, ["queue.retry_short=1", "queue.retry_long=1", "esmtp.site_pause=0"])
    send(sandbox, "someone@sink.test")
    # The queue's own schedule brings it out again; no one asks for it.
    wait_for(lambda: sink.received, 30, f"{how} at {stage}: not delivered", sandbox.log)
    time.sleep(0.5)
    assert len(sink.received) == 1


def test_a_slow_sink_holds_up_nobody_else(new_sandbox, new_sink):
    enough = threading.Event()

    def wait_at_the_end(stage, argument):
        if stage == "END":
            enough.wait(60)

    slow, fast = new_sink(wait_at_the_end), new_sink()
    sandbox = new_sandbox(users=2, settings=[f'esmtp.routes=["slow.test:[127.0.0.1],{slow.port}", "fast.test:[127.0.0.1],{fast.port}"]'])
    try:
        for number in range(5):
            send(sandbox, f"n{number}@slow.test", subject=f"slow{number}")
        began = time.time()
        send(sandbox, "someone@fast.test")
        wait_for(lambda: fast.received, 10, "the fast one waits for the slow one", sandbox.log)
        assert time.time() - began < 10
        assert not slow.received
    finally:
        enough.set()
    wait_for(lambda: len(slow.received) == 5, what="the slow ones did not arrive", log=sandbox.log)


def test_connections_are_reused(new_sandbox, new_sink):
    sink = new_sink()
    sandbox = sandbox_to(new_sandbox, sink)
    for number in range(20):
        send(sandbox, "someone@sink.test", subject=f"n{number}")
        wait_for(lambda: len(sink.received) == number + 1, what="nothing arrived", log=sandbox.log)
    assert sink.connections <= 2


def test_a_bounce_that_cannot_be_delivered_goes_to_the_postmaster(new_sandbox, new_sink):
    sink = new_sink(lambda stage, argument: "550 5.1.1 nobody" if stage == "RCPT" else None)
    sandbox = sandbox_to(new_sandbox, sink, ['smtpd.relay_networks=["127.0.0.0/8"]'])
    with smtplib.SMTP("127.0.0.1", sandbox.smtp) as client:
        client.sendmail("gone@sink.test", ["wrong@sink.test"], "Subject: lost\n\nbody\n")
    assert "wrong@sink.test" in bounce(sandbox)  # alice is the postmaster of a sandbox


def test_held_mail_is_released_or_cancelled(new_sandbox, new_sink):
    answers = {"RCPT": "451 4.3.0 not now"}
    sink = new_sink(lambda stage, argument: answers.get(stage))
    sandbox = sandbox_to(new_sandbox, sink)
    send(sandbox, "someone@sink.test", subject="first")
    send(sandbox, "someone@sink.test", subject="second")
    wait_for(lambda: sum("RCPT" in c for c in sink.commands) >= 2, what="no attempt", log=sandbox.log)
    listed = sandbox.courier("queue", "list", "--json")
    listed = listed["messages"] if isinstance(listed, dict) else listed
    assert len(listed) == 2
    first, second = (m["id"] for m in listed)
    sandbox.courier("queue", "hold", first)
    answers.clear()
    sandbox.courier("queue", "retry", second)
    wait_for(lambda: len(sink.received) == 1, what="the second one did not go", log=sandbox.log)
    time.sleep(1)
    assert len(sink.received) == 1
    sandbox.courier("queue", "cancel", first)
    time.sleep(1)
    assert len(sink.received) == 1
    events = sandbox.courier("trace", second).stdout
    assert "someone@sink.test" in events
