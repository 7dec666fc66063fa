"""The courier command on a server that runs, and the sandbox itself."""
import json
import os
import pathlib
import signal
import smtplib
import subprocess
import time

import pytest

from conftest import COURIER, free_port_base

ROLES = {"auth", "queue", "esmtp", "front", "smtpd-mx", "smtpd-submission", "smtpd-inject", "mailbox"}


def send(sandbox, sender, recipients, text="Subject: t\r\n\r\nbody\r\n"):
    """Hands a message in at port 25 and returns its queue id."""
    with smtplib.SMTP("127.0.0.1", sandbox.smtp, timeout=30) as client:
        client.ehlo("test.example")
        assert client.mail(sender)[0] == 250
        for recipient in recipients:
            assert client.rcpt(recipient)[0] == 250
        code, reply = client.data(text)
        assert code == 250
        return reply.decode().split()[-1]


def submit_elsewhere(sandbox, recipient):
    """A signed-in user's message to another domain; its queue id."""
    with smtplib.SMTP("127.0.0.1", sandbox.submission, timeout=30) as client:
        client.login(sandbox.address("alice"), sandbox.password)
        assert client.mail(sandbox.address("alice"))[0] == 250
        assert client.rcpt(recipient)[0] == 250
        code, reply = client.data("Subject: away\r\n\r\nbody\r\n")
        assert code == 250
        return reply.decode().split()[-1]


def wait_for(what, seconds=30):
    end = time.time() + seconds
    while True:
        found = what()
        if found:
            return found
        assert time.time() < end
        time.sleep(0.05)


def test_status_shows_every_process_serving(sandbox):
    status = sandbox.courier("status", "--json")
    assert status["serving"] is True and status["pid"] == sandbox.pid
    assert {process["role"] for process in status["processes"]} == ROLES
    assert {process["state"] for process in status["processes"]} == {"serving"}
    assert all(process["uid"] != 0 for process in status["processes"])
    text = sandbox.courier("status").stdout
    assert "smtpd-mx" in text and f"127.0.0.1:{sandbox.smtp}" in text


def test_nothing_listens_beyond_loopback(sandbox):
    for listener in sandbox.courier("status", "--json")["listeners"]:
        assert listener["address"].startswith(("127.0.0.1:", "/")), listener


def test_accounts_are_changed_while_it_runs(sandbox):
    added = sandbox.courier("account", "add", sandbox.address("erin"), "--json", input="first\n")
    assert added["address"] == sandbox.address("erin")
    for password, works in (("first", True), ("wrong", False)):
        with smtplib.SMTP("127.0.0.1", sandbox.submission, timeout=30) as client:
            if works:
                client.login(sandbox.address("erin"), password)
            else:
                with pytest.raises(smtplib.SMTPAuthenticationError):
                    client.login(sandbox.address("erin"), password)
    sandbox.courier("account", "password", sandbox.address("erin"), input="second\n")
    with smtplib.SMTP("127.0.0.1", sandbox.submission, timeout=30) as client:
        client.login(sandbox.address("erin"), "second")
    sandbox.courier("account", "remove", sandbox.address("erin"))
    assert sandbox.courier("account", "show", sandbox.address("erin"), check=False).returncode == 67


def test_an_alias_delivers_once_to_each(sandbox):
    members = [sandbox.address("user1"), sandbox.address("user2")]
    sandbox.courier("alias", "add", sandbox.address("pair"), *members)
    explained = sandbox.courier("explain", sandbox.address("pair"), "--json")
    assert sorted(target["address"] for target in explained["targets"]) == members
    send(sandbox, "x@elsewhere.test", [sandbox.address("pair"), members[0]])
    sandbox.wait_messages("user1", 1)
    sandbox.wait_messages("user2", 1)
    time.sleep(0.3)
    assert len(sandbox.messages("user1")) == 1
    sandbox.courier("alias", "remove", sandbox.address("pair"))


def test_trace_tells_a_delivered_message_s_life(sandbox):
    queue_id = send(sandbox, "x@elsewhere.test", [sandbox.address("user3")])
    sandbox.wait_messages("user3", 1)
    told = wait_for(lambda: (t := sandbox.courier("trace", queue_id, "--json"))["state"] == "left" and t)
    assert told["id"] == queue_id and len(told["events"]) >= 2
    text = sandbox.courier("trace", queue_id).stdout
    assert "left the queue" in text
    assert sandbox.courier("trace", "m-0-0", check=False).returncode == 66


def test_explain_says_what_would_happen(sandbox):
    told = sandbox.courier("explain", sandbox.address("alice"), "--json")
    assert told["meaning"] == "delivered" and told["targets"][0]["maildir"] == sandbox.maildir("alice")
    assert sandbox.courier("explain", sandbox.address("nobody"), "--json")["meaning"] == "unknown user"
    away = sandbox.courier("explain", "someone@far.test", "--json")
    assert "5.1.2" in away["targets"][0]["route"]["error"]  # no name server knows it


def test_reload_says_what_waits_for_a_restart(new_sandbox):
    sandbox = new_sandbox(users=1)
    drop_in = pathlib.Path(sandbox.dir, "etc/courier.d/50-test.toml")
    drop_in.write_text('server.log_level = "debug"\nsmtpd.max_recipients = 100\n')
    drop_in.chmod(0o644)
    pids = sandbox.processes()
    # As root the file is root's, whom an unprivileged instance trusts.
    assert sandbox.courier("reload", "--json")["needs_restart"] == ["server.log_level"]
    with smtplib.SMTP("127.0.0.1", sandbox.smtp, timeout=30) as client:
        client.ehlo("test.example")
        client.mail("x@elsewhere.test")
        codes = [client.rcpt(sandbox.address("alice"))[0] for _ in range(101)]
    assert codes == [250] * 100 + [452]
    drop_in.write_text("smtpd.max_recipients = 0\n")
    refused = sandbox.courier("reload", check=False)
    assert refused.returncode == 78 and "50-test.toml:1: smtpd.max_recipients: 0 is out of range" in refused.stderr
    # The old settings go on, and the command still reaches the server.
    assert sandbox.processes() == pids


def test_a_message_is_held_released_and_cancelled(new_sandbox):
    # Nothing listens there: the message stays.
    sandbox = new_sandbox(users=1, settings=['esmtp.routes=["far.test:[127.0.0.1],1"]'])
    queue_id = submit_elsewhere(sandbox, "someone@far.test")
    message = wait_for(lambda: [m for m in sandbox.courier("queue", "list", "--json") if m["recipients"][0]["state"] == "deferred"])[0]
    assert message["id"] == queue_id and message["sender"] == sandbox.address("alice")
    assert message["recipients"][0]["address"] == "someone@far.test" and message["recipients"][0]["reply"]
    listed = sandbox.courier("queue", "list").stdout
    assert queue_id in listed and "deferred  someone@far.test" in listed
    assert sandbox.courier("queue", "hold", queue_id, "--json")[0]["messages"] == 1
    assert sandbox.courier("queue", "show", queue_id, "--json")["state"] == "held"
    sandbox.courier("queue", "release", queue_id)
    assert sandbox.courier("queue", "show", queue_id, "--json")["state"] != "held"
    sandbox.courier("queue", "retry")
    cancelled = sandbox.courier("queue", "cancel", queue_id, "--reason", "changed my mind", "--json")
    assert cancelled[0]["in_time"] is False  # an attempt had been made
    # The sender gets a report that names the reason.
    report = sandbox.wait_messages("alice", 1)[0]
    assert "changed my mind" in pathlib.Path(report).read_text(errors="replace")
    wait_for(lambda: sandbox.courier("queue", "list", "--json") == [])
    assert sandbox.courier("queue", "show", queue_id, check=False).returncode == 66


def test_many_accounts_are_made_fast_and_listed_whole(new_sandbox):
    began = time.time()
    sandbox = new_sandbox(users=1500)
    assert time.time() - began < 30
    assert len(sandbox.courier("account", "list", "--json")) == 1502


def test_a_second_sandbox_in_the_same_folder_is_refused(sandbox):
    second = subprocess.run([COURIER, "sandbox", "--dir", sandbox.dir, "--port-base", str(free_port_base()), "--background"],
                            capture_output=True, text=True, timeout=60)
    assert second.returncode == 75 and "runs already" in second.stderr
    assert sandbox.courier("status", "--json")["serving"] is True


def test_taken_ports_are_named_with_the_way_out(sandbox, folder):
    done = subprocess.run([COURIER, "sandbox", "--dir", f"{folder}/i", "--port-base", str(sandbox.base)],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 69 and "Address already in use" in done.stderr and "--port-base" in done.stderr.splitlines()[-1]


def test_a_foreign_folder_is_left_alone(folder):
    pathlib.Path(folder, "thesis.txt").write_text("years of work")
    done = subprocess.run([COURIER, "sandbox", "--dir", folder, "--port-base", str(free_port_base())], capture_output=True, text=True, timeout=60)
    assert done.returncode == 64 and "neither empty nor a sandbox" in done.stderr
    assert os.listdir(folder) == ["thesis.txt"]


def test_a_wrong_setting_ends_with_its_reason(folder):
    done = subprocess.run([COURIER, "sandbox", "--dir", f"{folder}/i", "--port-base", str(free_port_base()), "--set", "smtpd.max_recipients=many"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 78 and "smtpd.max_recipients: text where it must be a whole number" in done.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_in_the_foreground_it_is_ready_and_ends_by_signal(folder, how):
    with subprocess.Popen([COURIER, "sandbox", "--dir", f"{folder}/i", "--users", "1", "--port-base", str(free_port_base()), "--json"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        facts = json.loads(process.stdout.readline())
        assert facts["ready"] is True
        with smtplib.SMTP("127.0.0.1", facts["smtp"], timeout=30) as client:
            assert client.noop()[0] == 250
        process.send_signal(how)
        assert process.wait(60) == 0
    assert not os.path.exists(f"/proc/{facts['pid']}")


def test_mail_and_accounts_outlive_a_restart(new_sandbox):
    sandbox = new_sandbox(users=1)
    send(sandbox, "x@elsewhere.test", [sandbox.address("alice")])
    sandbox.wait_messages("alice", 1)
    sandbox.courier("account", "add", sandbox.address("zoe"), input="pw\n")
    sandbox.stop()
    sandbox.start()
    assert len(sandbox.messages("alice")) == 1
    assert sandbox.courier("account", "show", sandbox.address("zoe"), "--json")["address"] == sandbox.address("zoe")
