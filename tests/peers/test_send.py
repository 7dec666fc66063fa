"""Mail clients written by others send through the sandbox; what they sent lies in the Maildir, byte for byte."""
import os
import smtplib
import ssl
import subprocess

import pytest
from conftest import need

BODY = "Grüße aus dem Test.\n.ein Punkt am Anfang\n..zwei\n\nFrom the last line\n"


def message(sandbox, subject, to):
    return (f"From: {sandbox.address('alice')}\nTo: {sandbox.address(to)}\nSubject: {subject}\n"
            f"Date: Mon, 05 Jan 2026 10:00:00 +0000\nMessage-ID: <{subject}@client.test>\nMIME-Version: 1.0\n"
            f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{BODY}")


def on_the_wire(text):
    """smtplib sends bytes as they are: line ends must be right."""
    return text.replace("\n", "\r\n").encode()


def delivered(sandbox, to, count=1):
    paths = sandbox.wait_messages(to, count)
    with open(max(paths, key=os.path.getctime), encoding="utf-8") as file:
        text = file.read()
    for path in paths:
        size = int(path.rsplit(",S=", 1)[1].split(",")[0].split(":")[0])
        assert os.path.getsize(path) == size
    return text


def check(sandbox, to, text, client_changes=False):
    stored = delivered(sandbox, to)
    assert stored.startswith("Return-Path: <alice@example.test>\n"), stored
    assert f"Delivered-To: {sandbox.address(to)}\n" in stored
    assert "Received: from " in stored
    if client_changes:
        assert stored.endswith(text.split("\n\n", 1)[1])
    else:
        assert stored.endswith(text)


def run(command, text, **more):
    done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=60, **more)
    assert done.returncode == 0, f"{command}: {done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}"
    return done.stdout.decode(errors="replace")


def test_smtplib_plain_to_port_25(sandbox):
    text = message(sandbox, "smtplib-25", "user1")
    with smtplib.SMTP("127.0.0.1", sandbox.smtp) as client:
        client.sendmail(sandbox.address("alice"), [sandbox.address("user1")], on_the_wire(text), ["BODY=8BITMIME"])
    check(sandbox, "user1", text)


def trusting(sandbox):
    context = ssl.create_default_context(cafile=sandbox.certificate)
    context.check_hostname = False
    return context


@pytest.mark.parametrize("how, to", [("starttls", "user2"), ("implicit", "user3")])
def test_smtplib_submission(sandbox, how, to):
    text = message(sandbox, f"smtplib-{how}", to)
    if how == "implicit":
        client = smtplib.SMTP_SSL("127.0.0.1", sandbox.submissions, context=trusting(sandbox))
    else:
        client = smtplib.SMTP("127.0.0.1", sandbox.submission)
        client.starttls(context=trusting(sandbox))
    with client:
        client.login(sandbox.address("alice"), sandbox.password)
        client.sendmail(sandbox.address("alice"), [sandbox.address(to)], on_the_wire(text), ["BODY=8BITMIME"])
    check(sandbox, to, text)


def test_smtplib_wrong_password_is_refused(sandbox):
    with smtplib.SMTP_SSL("127.0.0.1", sandbox.submissions, context=trusting(sandbox)) as client:
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            client.login(sandbox.address("alice"), "wrong")
        assert refused.value.smtp_code == 535


def test_port_25_does_not_relay(sandbox):
    with smtplib.SMTP("127.0.0.1", sandbox.smtp) as client:
        client.ehlo("client.test")
        client.mail("someone@elsewhere.test")
        code, reply = client.rcpt("victim@far.test")
        assert code == 550 and b"5.7.1" in reply


@need("swaks")
@pytest.mark.parametrize("how, to", [("plain", "user4"), ("starttls", "user5"), ("implicit", "user6"), ("unix", "user7")])
def test_swaks(sandbox, how, to):
    text = message(sandbox, f"swaks-{how}", to)
    ways = {
        "plain": ["--server", "127.0.0.1", "--port", str(sandbox.smtp)],
        "starttls": ["--server", "127.0.0.1", "--port", str(sandbox.submission), "--tls", "--auth", "PLAIN"],
        "implicit": ["--server", "127.0.0.1", "--port", str(sandbox.submissions), "--tls-on-connect", "--auth", "LOGIN"],
        "unix": ["--socket", f"{sandbox.dir}/run/submission"],
    }
    login = ["--auth-user", sandbox.address("alice"), "--auth-password", sandbox.password] if how in ("starttls", "implicit") else []
    if how == "unix" and not os.path.exists(f"{sandbox.dir}/run/submission"):
        pytest.skip("this instance has no local submission socket")
    # swaks ends the data with the terminating dot itself and takes the text as it is.
    run(["swaks", *ways[how], *login, "--from", sandbox.address("alice"), "--to", sandbox.address(to), "--data", "-", "--helo", "client.test",
         "--no-strip-from"], text)
    check(sandbox, to, text + "\n")  # swaks ends what it reads with one more line


@need("swaks")
def test_swaks_pipelining(sandbox):
    text = message(sandbox, "swaks-pipeline", "user8")
    run(["swaks", "--server", "127.0.0.1", "--port", str(sandbox.smtp), "--pipeline", "--from", sandbox.address("alice"), "--to",
         sandbox.address("user8"), "--data", "-", "--helo", "client.test", "--no-strip-from"], text)
    check(sandbox, "user8", text + "\n")


@need("curl")
@pytest.mark.parametrize("how, to", [("plain", "user9"), ("starttls", "user10"), ("implicit", "user11")])
def test_curl(sandbox, how, to):
    text = message(sandbox, f"curl-{how}", to)
    login = ["--user", f"{sandbox.address('alice')}:{sandbox.password}", "--login-options", "AUTH=PLAIN"]
    ways = {
        "plain": [f"smtp://127.0.0.1:{sandbox.smtp}/client.test"],
        "starttls": [f"smtp://127.0.0.1:{sandbox.submission}/client.test", "--ssl-reqd", "--insecure", *login],
        "implicit": [f"smtps://127.0.0.1:{sandbox.submissions}/client.test", "--insecure", *login],
    }
    run(["curl", "--silent", "--show-error", *ways[how], "--mail-from", sandbox.address("alice"), "--mail-rcpt", sandbox.address(to), "--crlf",
         "--upload-file", "-"], text)
    check(sandbox, to, text)


@need("msmtp")
@pytest.mark.parametrize("auth, to", [("plain", "user12"), ("login", "user13"), ("scram-sha-256", "user14")])
def test_msmtp(sandbox, folder, auth, to):
    text = message(sandbox, f"msmtp-{auth}", to)
    config = os.path.join(folder, "msmtprc")
    with open(config, "w") as file:
        file.write(f"account default\nhost 127.0.0.1\nport {sandbox.submission}\ntls on\ntls_starttls on\n"
                   f"tls_certcheck off\nauth {auth}\nuser {sandbox.address('alice')}\n"
                   f"password {sandbox.password}\nfrom {sandbox.address('alice')}\n")
    os.chmod(config, 0o600)
    run(["msmtp", "--file", config, sandbox.address(to)], text)
    check(sandbox, to, text)


@need("s-nail")
def test_s_nail(sandbox):
    mta = f"submission://alice%40{sandbox.domain}:{sandbox.password}@127.0.0.1:{sandbox.submission}"
    run(["s-nail", "-:/", "-S", "v15-compat=yes", "-S", f"mta={mta}", "-S", "smtp-auth=plain", "-S", "tls-verify=ignore", "-S", "hostname=client.test",
         "-S", f"from={sandbox.address('alice')}", "-S", "ttycharset=utf-8", "-S", "sendwait", "-s", "s-nail", sandbox.address("user15")],
        BODY, env={**os.environ, "LC_ALL": "C.UTF-8"})
    stored = delivered(sandbox, "user15")
    assert "Subject: s-nail\n" in stored and ".ein Punkt am Anfang" in stored


def test_many_recipients_each_get_one(sandbox):
    text = message(sandbox, "many", "user16")
    users = [f"user{n}" for n in range(16, 21)]
    with smtplib.SMTP("127.0.0.1", sandbox.smtp) as client:
        client.sendmail(sandbox.address("alice"), [sandbox.address(u) for u in users + users], on_the_wire(text), ["BODY=8BITMIME"])
    for user in users:
        assert delivered(sandbox, user).endswith(text)
    assert all(len(sandbox.messages(user)) == 1 for user in users)


def test_a_large_message_is_kept_byte_for_byte(sandbox):
    text = message(sandbox, "large", "user21") + "".join(f"{n:070d}\n" for n in range(100_000))
    with smtplib.SMTP("127.0.0.1", sandbox.smtp) as client:
        client.sendmail(sandbox.address("alice"), [sandbox.address("user21")], on_the_wire(text), ["BODY=8BITMIME"])
    check(sandbox, "user21", text)
