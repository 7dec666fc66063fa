"""The courier command on a server that does not run: settings, accounts, documents."""
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess

import pytest

COURIER = pathlib.Path(os.environ.get("COURIER_BUILD", pathlib.Path(__file__).parents[2] / "build/dev")) / "bin/courier"


def courier(*words, stdin=""):
    return subprocess.run([COURIER, *map(str, words)], input=stdin, capture_output=True, text=True, timeout=60)


@pytest.fixture
def config(tmp_path):
    """courier.toml of an instance below tmp_path that was never started."""
    (tmp_path / "state/auth").mkdir(parents=True)
    path = tmp_path / "courier.toml"
    lines = [f'server.{name}_dir = "{tmp_path}/{name}"\n' for name in ("run", "spool", "state", "mail")]
    path.write_text('server.host_name = "mx.example.test"\n' + "".join(lines))
    return path


def on(config, *words, stdin=""):
    return courier(*words, "--config", config, stdin=stdin)


def answer(config, *words, stdin=""):
    result = on(config, *words, "--json", stdin=stdin)
    return result.returncode, json.loads(result.stdout)


def test_accounts_from_add_to_remove(config):
    assert on(config, "domain", "add", "example.test").returncode == 0
    status, account = answer(config, "account", "add", "alice@example.test", "--quota", "2G,50000", stdin="secret\n")
    assert status == 0
    assert (account["address"], account["quota_bytes"], account["quota_messages"]) == ("alice@example.test", 2 << 30, 50000)
    assert account["has_password"] and account["scram"]
    assert answer(config, "account", "set", "alice@example.test", "--name", "Alice A.")[1]["name"] == "Alice A."
    assert answer(config, "account", "disable", "alice@example.test")[1]["enabled"] is False
    assert answer(config, "account", "enable", "alice@example.test")[1]["enabled"] is True
    assert answer(config, "account", "password", "alice@example.test", stdin="another\n")[0] == 0
    assert [a["address"] for a in answer(config, "account", "list")[1]] == ["alice@example.test"]
    assert on(config, "domain", "remove", "example.test").returncode == 65  # it has accounts
    assert on(config, "account", "remove", "alice@example.test").returncode == 0
    assert answer(config, "account", "list")[1] == []
    assert on(config, "domain", "remove", "example.test").returncode == 0


def test_aliases(config):
    on(config, "domain", "add", "example.test")
    on(config, "account", "add", "alice@example.test", stdin="x\n")
    assert answer(config, "alias", "add", "info@example.test", "alice@example.test", "bob@elsewhere.test")[0] == 0
    assert answer(config, "alias", "show", "info@example.test")[1]["members"] == ["alice@example.test", "bob@elsewhere.test"]
    explained = answer(config, "explain", "info@example.test")[1]
    assert {target["address"] for target in explained["targets"]} == {"alice@example.test", "bob@elsewhere.test"}
    assert answer(config, "alias", "set", "info@example.test", "alice@example.test")[1]["members"] == ["alice@example.test"]
    assert on(config, "alias", "list").stdout.splitlines()[1].split() == ["info@example.test", "alice@example.test"]
    assert on(config, "alias", "remove", "info@example.test").returncode == 0
    assert answer(config, "alias", "list")[1] == []


@pytest.mark.parametrize("words, status, text", [
    (("account", "show", "nobody@example.test"), 67, "no account nobody@example.test"),
    (("alias", "show", "none@example.test"), 67, "no alias none@example.test"),
    (("domain", "remove", "none.test"), 67, "none.test"),
    (("queue", "list"), 69, "the server does not run"),
    (("status",), 69, "the server does not run"),
    (("stop",), 69, "the server does not run"),
    (("reload",), 69, "the server does not run"),
    (("trace", "abc"), 69, "the server does not run"),
])
def test_faults_have_a_status_and_a_reason(config, words, status, text):
    on(config, "domain", "add", "example.test")
    plain = on(config, *words)
    assert plain.returncode == status
    assert text in plain.stderr
    told = answer(config, *words)
    assert told[0] == status == told[1]["status"]
    assert text in told[1]["error"]


def test_passwords_are_asked_twice_on_a_terminal_and_not_shown(config):
    on(config, "domain", "add", "example.test")
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(COURIER, [str(COURIER), "account", "add", "carol@example.test", "--config", str(config)])
    shown = b""
    answers = [b"s3cret-pass\n", b"s3cret-pass\n"]
    while True:
        if not select.select([terminal], [], [], 30)[0]:
            os.kill(pid, signal.SIGKILL)
            break
        try:
            data = os.read(terminal, 4096)
        except OSError:
            break
        if not data:
            break
        shown += data
        if answers and shown.count(b": ") >= 3 - len(answers):
            os.write(terminal, answers.pop(0))
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0, shown
    assert b"Password for carol@example.test" in shown and b"The same again" in shown
    assert b"s3cret-pass" not in shown


def test_an_empty_password_is_refused(config):
    on(config, "domain", "add", "example.test")
    assert on(config, "account", "add", "dave@example.test", stdin="\n").returncode == 65
    assert answer(config, "account", "list")[1] == []


def test_config_check_names_file_line_and_key(config):
    assert on(config, "config", "check").returncode == 0
    extra = config.parent / "courier.d"
    extra.mkdir()
    (extra / "10-mine.toml").write_text('[server]\nlog_formt = "text"\nstop_time = "soon"\n\n[smptd]\n')
    result = on(config, "config", "check")
    assert result.returncode == 78
    assert result.stderr.splitlines() == [
        f"{extra}/10-mine.toml:2: server.log_formt: unknown setting; did you mean log_format?",
        f'{extra}/10-mine.toml:3: server.stop_time: "soon" is not a duration such as "1h30m" from 0s to 1h',
        f"{extra}/10-mine.toml:5: [smptd]: unknown table; did you mean [smtpd]?",
    ]
    status, told = answer(config, "config", "check")
    assert status == 78
    assert [(fault["line"], fault["key"]) for fault in told["faults"]] == [(2, "server.log_formt"), (3, "server.stop_time"), (5, "[smptd]")]
    # Every command that needs the settings says the same.
    assert on(config, "account", "list").returncode == 78


def test_what_others_may_write_names_no_sockets_and_paths(config):
    extra = config.parent / "courier.d"
    extra.mkdir()
    web = extra / "80-web.toml"
    web.write_text('server.log_level = "debug"\n')
    assert on(config, "config", "check").returncode == 0
    web.write_text('server.run_dir = "/tmp/evil"\n')
    result = on(config, "config", "check")
    assert result.returncode == 78
    assert "80-web.toml:1: server.run_dir: counts only in a file that root owns" in result.stderr
    other = extra / "90-group.toml"
    web.unlink()
    other.write_text('server.listen_smtp = ["127.0.0.1:26"]\n')
    assert on(config, "config", "check").returncode == 0
    other.chmod(0o664)
    assert on(config, "config", "check").returncode == 78


def test_config_show_tells_where_a_setting_comes_from(config):
    shown = answer(config, "config", "show", "server")[1]
    assert shown["server.host_name"] == {"value": '"mx.example.test"', "from": f"{config}:1"}
    assert shown["server.log_level"]["from"] == "default"
    assert on(config, "config", "show", "nonsense").returncode == 64


def test_the_example_file_is_a_settings_file(config):
    text = courier("config", "generate", "example").stdout
    lines = [line[1:] if line.startswith("#") and not line.startswith("# ") else line for line in text.splitlines()]
    # Its folders are a package's; everything else stands as it is.
    switched_on = "\n".join(lines)
    config.write_text(switched_on)
    result = on(config, "config", "check")
    assert result.returncode == 0, result.stderr


@pytest.mark.skipif(not shutil.which("man"), reason="man is not installed")
def test_manual_pages_are_readable(tmp_path):
    assert courier("generate", "man", tmp_path).returncode == 0
    for page in sorted(tmp_path.iterdir()):
        result = subprocess.run(["man", "--warnings", "-l", "-E", "UTF-8", "-Tutf8", page], capture_output=True, text=True, timeout=60,
                                env={**os.environ, "MANPAGER": "cat", "MANWIDTH": "100"})
        assert result.returncode == 0 and result.stderr == "", f"{page}: {result.stderr}"
        assert "SYNOPSIS" in re.sub(".\b", "", result.stdout)


def complete(*words):
    """What bash offers after these words, the last one unfinished."""
    script = f"""source <('{COURIER}' completion bash)
COMP_WORDS=(courier {' '.join(repr(word) for word in words)}); COMP_CWORD={len(words)}
_courier; printf '%s\\n' "${{COMPREPLY[@]}}" """
    return set(subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=60).stdout.split())


def test_bash_completes_commands_options_and_choices():
    assert {"sandbox", "account", "queue", "explain"} <= complete("")
    assert complete("queue", "re") == {"retry", "release"}
    assert "--port-base" in complete("sandbox", "--")
    assert complete("completion", "f") == {"fish"}
