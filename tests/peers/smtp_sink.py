"""An SMTP server for tests that misbehaves as told: refuses, delays, drops."""
import socket
import socketserver
import threading


class Sink:
    """`plan(stage, argument)` is asked at connect, EHLO, MAIL, RCPT, DATA and END (after the final dot). It answers None to go on,
    a reply text to send instead, or "drop" to close the connection. `received` holds (sender, recipients, text)."""

    def __init__(self, plan=lambda stage, argument: None, capabilities=("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "DSN", "SIZE 0"), port=0,
                 host="127.0.0.1"):
        self.plan, self.capabilities, self.received, self.connections, self.commands = plan, capabilities, [], 0, []
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                sink.connections += 1
                try:
                    sink.serve(self.rfile, self.wfile)
                except (OSError, Dropped):
                    pass

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        socketserver.ThreadingTCPServer.daemon_threads = True
        self.server = socketserver.ThreadingTCPServer((host, port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def ask(self, out, stage, argument, otherwise):
        """True when the command went on."""
        said = self.plan(stage, argument)
        if said == "drop":
            raise Dropped
        out.write(((said or otherwise) + "\r\n").encode())
        out.flush()
        return said is None

    def serve(self, lines, out):
        if not self.ask(out, "connect", "", "220 sink.test ESMTP"):
            return
        sender, recipients = None, []
        for raw in lines:
            line = raw.decode().rstrip("\r\n")
            self.commands.append(line)
            verb, _, argument = line.partition(" ")
            verb = verb.upper()
            if verb in ("EHLO", "HELO"):
                listing = ["sink.test", *self.capabilities]
                text = "\r\n".join(f"250{'-' if n < len(listing) - 1 else ' '}{item}" for n, item in enumerate(listing))
                self.ask(out, "EHLO", argument, text)
            elif verb == "MAIL":
                if self.ask(out, "MAIL", argument, "250 2.1.0 Ok"):
                    sender, recipients = argument, []
            elif verb == "RCPT":
                if self.ask(out, "RCPT", argument, "250 2.1.5 Ok"):
                    recipients.append(argument)
            elif verb == "DATA":
                if not recipients:
                    out.write(b"503 5.5.1 no recipients\r\n")
                    out.flush()
                elif self.ask(out, "DATA", "", "354 go on"):
                    text = b""
                    for part in lines:
                        if part == b".\r\n":
                            break
                        text += part[1:] if part.startswith(b".") else part
                    if self.ask(out, "END", "", "250 2.0.0 taken"):
                        self.received.append((sender, recipients, text.decode()))
                recipients = []
            elif verb == "QUIT":
                self.ask(out, "QUIT", "", "221 2.0.0 bye")
                return
            else:
                self.ask(out, verb, argument, "250 2.0.0 Ok")


class Dropped(Exception):
    pass


def open_port_without_listener():
    """A port that refuses connections."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
