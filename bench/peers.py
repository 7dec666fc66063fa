"""Postfix and Dovecot as Debian packages them, started privately on loopback beside us: own configuration, queue and
Maildirs in a temporary folder, default durability. Both need root to deliver as another user."""
import os
import pwd
import shutil
import subprocess
import time


def mail_user():
    """The user that owns the peers' Maildirs; made when missing."""
    try:
        return pwd.getpwnam("courier-bench")
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "courier-bench"], check=True)
        return pwd.getpwnam("courier-bench")


def make_maildirs(root, users):
    owner = mail_user()
    os.makedirs(root, exist_ok=True)
    os.chown(root, owner.pw_uid, owner.pw_gid)
    for number in range(1, users + 1):
        for part in ("", "/Maildir", "/Maildir/tmp", "/Maildir/new", "/Maildir/cur"):
            path = f"{root}/user{number}{part}"
            os.makedirs(path, mode=0o700, exist_ok=True)
            os.chown(path, owner.pw_uid, owner.pw_gid)


class Postfix:
    name = "Postfix"

    @staticmethod
    def available():
        return os.geteuid() == 0 and os.path.exists("/usr/sbin/postfix")

    def __init__(self, folder, port, users, sink_port):
        self.folder, self.port, self.mail = folder, port, f"{folder}/mail"
        os.chmod(folder, 0o755)
        make_maildirs(self.mail, users)
        owner = mail_user()
        etc = f"{folder}/etc"
        for path in (etc, f"{etc}/dynamicmaps.cf.d", f"{etc}/postfix-files.d", f"{folder}/queue", f"{folder}/data", f"{folder}/log"):
            os.makedirs(path, exist_ok=True)
        os.chown(f"{folder}/data", pwd.getpwnam("postfix").pw_uid, -1)
        for name in ("postfix-files", "dynamicmaps.cf"):
            if os.path.exists(f"/etc/postfix/{name}"):
                shutil.copy(f"/etc/postfix/{name}", etc)
        with open(f"{etc}/boxes", "w") as boxes:
            boxes.writelines(f"user{n}@example.test user{n}/Maildir/\n" for n in range(1, users + 1))
        settings = {
            "compatibility_level": "3.6", "queue_directory": f"{folder}/queue", "data_directory": f"{folder}/data",
            "maillog_file": f"{folder}/log/maillog", "maillog_file_prefixes": f"{folder}/log",
            "myhostname": "postfix.example.test", "mydestination": "localhost", "mynetworks": "127.0.0.0/8",
            "inet_interfaces": "127.0.0.1", "inet_protocols": "ipv4", "alias_maps": "", "alias_database": "",
            "smtp_host_lookup": "native", "disable_dns_lookups": "yes", "virtual_mailbox_domains": "example.test",
            "virtual_mailbox_base": self.mail, "virtual_mailbox_maps": f"texthash:{etc}/boxes",
            "virtual_uid_maps": f"static:{owner.pw_uid}", "virtual_gid_maps": f"static:{owner.pw_gid}",
            "virtual_minimum_uid": "100", "virtual_mailbox_limit": "0",
            "transport_maps": f"inline:{{sink.test=smtp:[127.0.0.1]:{sink_port}}}",
        }
        with open(f"{etc}/main.cf", "w") as main:
            main.writelines(f"{key} = {value}\n" for key, value in settings.items())
        with open("/usr/share/postfix/master.cf.dist") as source, open(f"{etc}/master.cf", "w") as master:
            for line in source:
                fields = line.split()
                if not line.startswith(("#", " ", "\t")) and len(fields) >= 8:
                    if fields[0] == "smtp" and fields[1] == "inet":
                        fields[0] = f"127.0.0.1:{port}"
                    fields[4] = "n"  # no chroot: the temporary folder is none
                    line = " ".join(fields) + "\n"
                master.write(line)

    def start(self):
        subprocess.run(["postfix", "-c", f"{self.folder}/etc", "start"], check=True, capture_output=True)
        with open(f"{self.folder}/queue/pid/master.pid") as pid:
            self.pid = int(pid.read())

    def stop(self):
        subprocess.run(["postfix", "-c", f"{self.folder}/etc", "stop"], capture_output=True)
        time.sleep(0.5)

    def mail_root(self):
        return self.mail

    def maildirs(self, users):
        return [f"{self.mail}/user{n}/Maildir" for n in range(1, users + 1)]


class Dovecot:
    name = "Dovecot"

    @staticmethod
    def available():
        return os.geteuid() == 0 and os.path.exists("/usr/sbin/dovecot")

    def __init__(self, folder, port, tls_port, users):
        self.folder, self.port, self.tls_port, self.mail = folder, port, tls_port, f"{folder}/mail"
        os.chmod(folder, 0o755)
        make_maildirs(self.mail, users)
        owner = mail_user()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                        "-subj", "/CN=localhost", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
                       check=True, capture_output=True)
        with open(f"{folder}/dovecot.conf", "w") as conf:
            conf.write(f"""
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
mail_location = maildir:{self.mail}/%n/Maildir
first_valid_uid = 100
mail_max_userip_connections = 0
service imap-login {{
  process_min_avail = 0
  service_count = 0
  client_limit = 4000
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service imap {{
  process_limit = 4000
}}
service anvil {{
  client_limit = 16000
}}
service stats {{
  client_limit = 16000
}}
service auth {{
  client_limit = 16000
}}
passdb {{
  driver = static
  args = password=courier-demo
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={self.mail}/%n
}}
""")

    def start(self):
        subprocess.run(["dovecot", "-c", f"{self.folder}/dovecot.conf"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):  # it goes into the background before it has written its pid
            if os.path.exists(f"{self.folder}/run/master.pid"):
                break
            time.sleep(0.05)
        with open(f"{self.folder}/run/master.pid") as pid:
            self.pid = int(pid.read())

    def stop(self):
        subprocess.run(["doveadm", "-c", f"{self.folder}/dovecot.conf", "stop"], capture_output=True)
        time.sleep(1)

    def mail_root(self):
        return self.mail

    def maildirs(self, users):
        return [f"{self.mail}/user{n}/Maildir" for n in range(1, users + 1)]
