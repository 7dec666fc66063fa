"""Mail readers written by others fetch from the sandbox what was sent, byte for byte, and mbsync syncs two ways."""
import imaplib
import os
import poplib
import pty
import select
import smtplib
import ssl
import subprocess
import time

import pytest
from conftest import need


def text_of(number, size=0):
    filler = "".join(f"line {n:06d} of the body\n" for n in range(size))
    return (f"From: Sender <sender@load.test>\nTo: someone@example.test\nSubject: message {number}\nDate: Mon, 05 Jan 2026 10:00:00 +0000\n"
            f"Message-ID: <{number}@load.test>\n\nbody of {number}\n.a dot\n{filler}")


def fill(sandbox, user, count):
    with smtplib.SMTP("127.0.0.1", sandbox.smtp) as client:
        for number in range(count):
            client.sendmail("sender@load.test", [sandbox.address(user)], text_of(number, number * 50))
    paths = sandbox.wait_messages(user, count)
    return sorted(open(path, "rb").read() for path in paths)


def as_stored(bytes_):
    return bytes_.replace(b"\r\n", b"\n")


def trusting(sandbox):
    context = ssl.create_default_context(cafile=sandbox.certificate)
    context.check_hostname = False
    return context


@pytest.mark.parametrize("how, user", [("starttls", "user1"), ("implicit", "user2"), ("plain", "user3")])
def test_imaplib(sandbox, how, user):
    stored = fill(sandbox, user, 4)
    if how == "implicit":
        client = imaplib.IMAP4_SSL("127.0.0.1", sandbox.imaps, ssl_context=trusting(sandbox))
    else:
        client = imaplib.IMAP4("127.0.0.1", sandbox.imap)
        if how == "starttls":
            client.starttls(trusting(sandbox))
    client.login(sandbox.address(user), sandbox.password)
    assert client.select("INBOX")[1] == [b"4"]
    _, answer = client.fetch("1:*", "(UID RFC822.SIZE BODY.PEEK[])")
    literals = [part for part in answer if isinstance(part, tuple)]
    assert sorted(as_stored(part[1]) for part in literals) == stored
    for head, body in literals:
        assert f"RFC822.SIZE {len(body)} ".encode() in head
    # A message goes in by APPEND and comes out the same.
    uploaded = text_of("appended").replace("\n", "\r\n").encode()
    assert client.append("INBOX", r"(\Seen)", imaplib.Time2Internaldate(1_767_600_000), uploaded)[0] == "OK"
    client.noop()
    _, answer = client.fetch("5", "(FLAGS INTERNALDATE BODY.PEEK[])")
    assert answer[0][1] == uploaded and rb"\Seen" in answer[0][0]
    assert client.search(None, "SUBJECT", '"message 2"')[1] == [b"3"]
    client.store("1:2", "+FLAGS", r"(\Deleted)")
    assert client.expunge()[1] == [b"1", b"1"]
    client.logout()


@pytest.mark.parametrize("how, user", [("stls", "user4"), ("implicit", "user5")])
def test_poplib(sandbox, how, user):
    stored = fill(sandbox, user, 4)
    if how == "implicit":
        client = poplib.POP3_SSL("127.0.0.1", sandbox.pop3s, context=trusting(sandbox))
    else:
        client = poplib.POP3("127.0.0.1", sandbox.pop3)
        client.stls(trusting(sandbox))
    client.user(sandbox.address(user))
    client.pass_(sandbox.password)
    assert client.stat()[0] == 4
    fetched = [b"\n".join(client.retr(number)[1]) + b"\n" for number in range(1, 5)]
    assert sorted(fetched) == stored
    assert len({line.split()[1] for line in client.uidl()[1]}) == 4
    assert client.top(1, 0)[1][-1] == b""
    client.dele(2)
    client.quit()
    assert len(sandbox.messages(user)) == 3


def run(command, **more):
    done = subprocess.run(command, capture_output=True, timeout=120, **more)
    assert done.returncode == 0, f"{command}: {done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}"
    return done.stdout


@need("curl")
def test_curl_imap_and_pop3(sandbox):
    stored = fill(sandbox, "user6", 2)
    login = ["--user", f"{sandbox.address('user6')}:{sandbox.password}", "--insecure", "--silent", "--show-error"]
    imap = [run(["curl", *login, f"imaps://127.0.0.1:{sandbox.imaps}/INBOX;MAILINDEX={n}"]) for n in (1, 2)]
    assert sorted(as_stored(text) for text in imap) == stored
    pop3 = [run(["curl", *login, "--ssl-reqd", f"pop3://127.0.0.1:{sandbox.pop3}/{n}"]) for n in (1, 2)]
    assert sorted(as_stored(text) for text in pop3) == stored


@need("fetchmail")
def test_fetchmail(sandbox, folder):
    stored = fill(sandbox, "user7", 3)
    # The delivery agent gets each message on its input; one file a message.
    script = os.path.join(folder, "keep")
    with open(script, "w") as file:
        file.write(f"#!/bin/sh\nexec cat > \"$(mktemp {folder}/got.XXXXXX)\"\n")
    os.chmod(script, 0o755)
    rc = os.path.join(folder, "fetchmailrc")
    with open(rc, "w") as file:
        file.write(f"set no bouncemail\npoll 127.0.0.1 protocol IMAP port {sandbox.imaps} user \"{sandbox.address('user7')}\" password "
                   f"\"{sandbox.password}\" ssl no sslcertck no rewrite nokeep mda \"{script}\"\n")
    os.chmod(rc, 0o600)
    done = subprocess.run(["fetchmail", "-f", rc, "--nosyslog", "--pidfile", f"{folder}/pid", "--idfile", f"{folder}/ids", "--invisible"],
                          capture_output=True, timeout=60, env={**os.environ, "HOME": folder, "FETCHMAILHOME": folder})
    assert done.returncode == 0, done.stdout + done.stderr
    got = sorted(open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder) if name.startswith("got."))
    assert got == stored
    assert sandbox.messages("user7") == []


@need("mpop")
def test_mpop(sandbox, folder):
    stored = fill(sandbox, "user8", 3)
    for part in ("tmp", "new", "cur"):
        os.makedirs(f"{folder}/box/{part}")
    rc = os.path.join(folder, "mpoprc")
    with open(rc, "w") as file:
        file.write(f"account default\nhost 127.0.0.1\nport {sandbox.pop3s}\nuser {sandbox.address('user8')}\npassword {sandbox.password}\n"
                   f"tls on\ntls_starttls off\ntls_certcheck off\nauth scram-sha-256\nkeep on\nreceived_header off\nuidls_file {folder}/uidls\n"
                   f"delivery maildir {folder}/box\n")
    os.chmod(rc, 0o600)
    run(["mpop", "--file", rc])
    got = sorted(open(f"{folder}/box/new/{name}", "rb").read() for name in os.listdir(f"{folder}/box/new"))
    assert [as_stored(text) for text in got] == stored


def in_terminal(command, seconds, environment):
    """Runs a full-screen program in a terminal of its own until it ends."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, environment)
    shown, end = b"", time.time() + seconds
    while time.time() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                break
        if os.waitpid(pid, os.WNOHANG)[0]:
            return shown
    else:
        os.kill(pid, 9)
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        pass
    return shown


@need("mutt")
def test_mutt(sandbox, folder):
    stored = fill(sandbox, "user9", 3)
    rc = os.path.join(folder, "muttrc")
    with open(rc, "w") as file:
        file.write(f"""
set imap_user="{sandbox.address('user9')}" imap_pass="{sandbox.password}" ssl_starttls=yes ssl_verify_host=no ssl_verify_dates=no
set certificate_file="{sandbox.certificate}" imap_check_subscribed=no mbox_type=Maildir confirmcreate=no confirmappend=no
set auto_tag=yes header_cache="" message_cachedir="" move=no quit=yes wait_key=no delete=yes copy=no tmpdir="{folder}" sleep_time=0 folder="{folder}"
push "<tag-pattern>~A<enter><tag-prefix><copy-message><kill-line>{folder}/saved<enter><tag-prefix><set-flag>!<sync-mailbox><quit>"
""")
    shown = in_terminal(["mutt", "-n", "-F", rc, "-f", f"imap://127.0.0.1:{sandbox.imap}/INBOX"], 40,
                        {"HOME": folder, "TERM": "xterm", "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
    place = f"{folder}/saved"
    assert os.path.isdir(place), shown[-2000:]
    got = [open(f"{place}/{part}/{name}", "rb").read() for part in ("new", "cur") for name in os.listdir(f"{place}/{part}")]

    def plain(text):  # mutt adds headers of its own to what it saves
        return b"\n".join(line for line in text.split(b"\n") if not line.startswith((b"Status:", b"Content-Length:", b"Lines:", b"X-Status:")))

    assert sorted(plain(text) for text in got) == sorted(plain(text) for text in stored)
    flagged = [path for path in sandbox.messages("user9") if "F" in path.rsplit(":2,", 1)[-1]]
    assert len(flagged) == 3, sandbox.messages("user9")


def mbsync_config(sandbox, folder, user, far="IMAP"):
    rc = os.path.join(folder, "mbsyncrc")
    with open(rc, "w") as file:
        file.write(f"""
IMAPAccount far
Host 127.0.0.1
Port {sandbox.imap}
User {sandbox.address(user)}
Pass {sandbox.password}
SSLType None
AuthMechs PLAIN LOGIN
Timeout 120

IMAPStore far
Account far

MaildirStore near
Path {folder}/near/
Inbox {folder}/near/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Remove Both
Expunge Both
SyncState *
CopyArrivalDate yes
""")
    return rc


def without_tuid(text):
    """mbsync writes a header of its own into what it creates."""
    return b"\n".join(line for line in text.split(b"\n") if not line.startswith(b"X-TUID:"))


def tree(root):
    """Message texts by folder, below a Maildir tree of plain folders."""
    found = {}
    for name in sorted(os.listdir(root)):
        texts = []
        for part in ("new", "cur"):
            place = os.path.join(root, name, part)
            if os.path.isdir(place):
                texts += [without_tuid(open(os.path.join(place, file), "rb").read()) for file in os.listdir(place)]
        found[name] = sorted(texts)
    return found


@need("mbsync")
def test_mbsync_two_ways_over_1000_messages_in_20_folders(sandbox, folder):
    user = "user10"
    client = imaplib.IMAP4("127.0.0.1", sandbox.imap)
    client.login(sandbox.address(user), sandbox.password)
    folders = ["INBOX"] + [f"Folder{n}" for n in range(1, 20)]
    for name in folders[1:]:
        assert client.create(name)[0] == "OK"
    for number in range(1000):
        name = folders[number % 20]
        flags = r"(\Seen)" if number % 3 == 0 else "()"
        assert client.append(name, flags, imaplib.Time2Internaldate(1_767_600_000 + number), text_of(number).replace("\n", "\r\n").encode())[0] == "OK"
    os.makedirs(f"{folder}/near")
    rc = mbsync_config(sandbox, folder, user)
    run(["mbsync", "-c", rc, "-a"], env={**os.environ, "HOME": folder})
    near = tree(f"{folder}/near")
    assert sum(len(texts) for texts in near.values()) == 1000
    assert sorted(near) == sorted(folders)
    assert sorted(text for texts in near.values() for text in texts) == sorted(text_of(n).encode() for n in range(1000))

    # Changes on both sides: new ones, removed ones, flags.
    os.makedirs(f"{folder}/near/Made-here/cur")
    os.makedirs(f"{folder}/near/Made-here/new")
    os.makedirs(f"{folder}/near/Made-here/tmp")
    for number in range(2000, 2010):
        with open(f"{folder}/near/Made-here/cur/{number}.near:2,S", "w") as file:
            file.write(text_of(number))
    removed_here = [name for name in os.listdir(f"{folder}/near/Folder1/cur")][:10]
    for name in removed_here:
        os.unlink(f"{folder}/near/Folder1/cur/{name}")
    client.select("Folder2")
    client.store("1:10", "+FLAGS", r"(\Deleted)")
    client.expunge()
    client.select("Folder3")
    client.store("1:5", "+FLAGS", r"(\Flagged)")
    for number in range(3000, 3010):
        client.append("Folder4", "()", None, text_of(number).replace("\n", "\r\n").encode())
    client.unselect() if "UNSELECT" in client.capabilities else client.close()
    for _ in range(2):  # the second run has nothing to do
        run(["mbsync", "-c", rc, "-a"], env={**os.environ, "HOME": folder})
    near = tree(f"{folder}/near")
    assert sum(len(texts) for texts in near.values()) == 1000 + 10 + 10 - 10 - 10
    assert len(near["Folder2"]) == 40 and len(near["Folder1"]) == 40 and len(near["Folder4"]) == 60

    def count(name):
        return int(client.select(name)[1][0])

    assert [count(name) for name in ("Folder1", "Folder2", "Folder4", "Made-here")] == [40, 40, 60, 10]
    flagged = [name for part in ("cur", "new") for name in os.listdir(f"{folder}/near/Folder3/{part}") if "F" in name.rsplit(":2,", 1)[-1]]
    assert len(flagged) == 5
    client.logout()


@need("mbsync")
def test_mbsync_signs_in_with_scram_over_tls(sandbox, folder):
    stored = fill(sandbox, "user11", 3)
    os.makedirs(f"{folder}/near")
    rc = mbsync_config(sandbox, folder, "user11")
    with open(rc) as file:
        text = file.read()
    with open(rc, "w") as file:
        file.write(text.replace("SSLType None", f"SSLType STARTTLS\nCertificateFile {sandbox.certificate}")
                   .replace("AuthMechs PLAIN LOGIN", "AuthMechs SCRAM-SHA-256").replace("Host 127.0.0.1", "Host localhost"))
    run(["mbsync", "-c", rc, "-a"], env={**os.environ, "HOME": folder})
    assert tree(f"{folder}/near")["INBOX"] == stored
