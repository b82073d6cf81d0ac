#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Peers that mean the built-in broker harm, or do not know better: it stays up, small, and good to the others."""

import os
import random
import socket
import subprocess
import sys
import time
import traceback

BUILD = os.environ["VNFM_BUILDDIR"]
PATIENCE = 30
MIB = 1024 * 1024
KEYS = [
    "max-message=1M",
    "memory=8M",
    "connection-bytes=4M",
    "connection-limit=200",
    "output-bytes=64K",
    "patience=1s",
    "reader-timeout=1s",
    "connect-timeout=1s",
    "heartbeat=1s",
    "max-connections=300",
]


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {PATIENCE} s in vain: {what}")
        time.sleep(0.01)


class Broker:
    def __init__(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        program = os.path.join(BUILD, "tests/support/stomp-broker")
        self.process = subprocess.Popen([program, str(self.port)] + KEYS, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        wait_until(self.listens, "the broker listens")

    def listens(self):
        try:
            self.raw().close()
            return True
        except ConnectionRefusedError:
            return False

    def raw(self):
        s = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        s.settimeout(PATIENCE)
        return s

    def peer(self, headers=""):
        s = self.raw()
        s.sendall(f"CONNECT\naccept-version:1.2\n{headers}\n\0".encode())
        hear(s, b"CONNECTED\n")
        return s

    def anonymous(self):
        """Bytes of memory that are its own."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("RssAnon")) * 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def check(self):
        """It serves the others as before."""
        assert self.process.poll() is None, "the broker is gone"
        a, b = self.peer(), self.peer()
        a.sendall(b"SUBSCRIBE\nid:1\ndestination:/queue/check\nack:client-individual\nreceipt:s\n\n\0")
        hear(a, b"receipt-id:s\n")
        b.sendall(b"SEND\ndestination:/queue/check\nreceipt:r\n\nhello\0")
        ack = hear(a, b"hello\0").split(b"\nack:")[1].split(b"\n")[0]
        a.sendall(b"ACK\nid:" + ack + b"\n\n\0")
        hear(b, b"receipt-id:r\n\n")
        a.close()
        b.close()

    def end(self):
        self.process.kill()
        self.process.wait()


def hear(s, what):
    heard = b""
    while what not in heard:
        piece = s.recv(65536)
        if not piece:
            raise AssertionError(f"the broker ended the connection after {heard[-300:]}, without {what}")
        heard += piece
    return heard


def hear_all(s):
    """Until the broker ends the connection."""
    heard = b""
    while True:
        try:
            piece = s.recv(65536)
        except ConnectionResetError:
            return heard
        if not piece:
            return heard
        heard += piece


def say(s, data):
    """As much as the broker lets in."""
    try:
        s.sendall(data)
        return True
    except (BrokenPipeError, ConnectionResetError, TimeoutError):
        return False


def test_what_is_no_stomp(broker):
    for data, why in [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"is no STOMP command"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200), b"a NUL before"),
        (b"CONNECT\n\xff\xfe:x\n\n\0", b"not UTF-8"),
        (b"A" * 100000, b"a header line may have 8192 bytes"),
        (b"CONNECT\n" + b"a:b\n" * 1000, b"a frame may have 64 headers"),
        (b"CONNECT\n" + (b"a:" + b"b" * 8000 + b"\n") * 20, b"the headers of one frame may have"),
        (b"CONNECT\naccept-version:1.2\ncontent-length:99999999999999999999\n\n\0", b"is no number"),
        (b"SEND\ndestination:/queue/x\ncontent-length:500000\n\n", b"a body of 500000 bytes"),
    ]:
        s = broker.raw()
        say(s, data)
        heard = hear_all(s)
        assert heard.startswith(b"ERROR\n") and why in heard, (data[:40], heard[:300])
    broker.check()


def test_noise(broker):
    """Whatever bytes come, before the login and behind it, and however they are cut."""
    noise = random.Random(5)
    words = [b"SEND", b"ACK", b"\n", b"\n\n", b"\0", b":", b"destination:/queue/x\n", b"content-length:", b"7", b"-1",
             b"\\", b"\r\n", b"id:1\n", b"receipt:r\n", b"SUBSCRIBE\n", b"NACK\n", b"transaction:t\n", b"\xff", b"ack:client\n"]
    for _ in range(300):
        s = broker.peer() if noise.random() < 0.5 else broker.raw()
        for _ in range(noise.randrange(1, 30)):
            if not say(s, b"".join(noise.choices(words, k=noise.randrange(1, 6)))):
                break
        s.close()
    broker.check()


def test_who_says_nothing(broker):
    """Connections that never log in are ended, and so are those that end one line at a time."""
    silent = [broker.raw() for _ in range(200)]
    slow = broker.raw()
    for byte in b"CONNECT\naccept-version:1.2\n\n":
        say(slow, bytes([byte]))
        time.sleep(0.1)
    for s in silent + [slow]:
        assert b"CONNECT did not come in time" in hear_all(s)
    broker.check()


def test_who_falls_silent(broker):
    """A peer that promised heart-beats and is gone without a word is found; what it had goes to another."""
    gone = broker.peer("heart-beat:1000,1000\n")
    sender = broker.peer()
    gone.sendall(b"SUBSCRIBE\nid:1\ndestination:/queue/q\nack:client-individual\n\n\0")
    sender.sendall(b"SEND\ndestination:/queue/q\nreceipt:r\n\nx\0")
    hear(gone, b"x\0")
    other = broker.peer()
    other.sendall(b"SUBSCRIBE\nid:1\ndestination:/queue/q\nack:auto\n\n\0")
    assert b"redelivered:true\n" in hear(other, b"\n\nx\0")
    hear(sender, b"receipt-id:r\n\n")


def test_too_many(broker):
    peers = [broker.peer() for _ in range(300)]
    assert b"too many connections" in hear_all(broker.raw())
    for s in peers:
        s.close()
    wait_until(lambda: broker.descriptors() < 20, "the broker has let all go")
    broker.check()


def test_bodies_that_never_end(broker):
    """Announced and begun, not finished: all together get what memory= says."""
    before = broker.anonymous()
    peers = [broker.peer() for _ in range(100)]
    for s in peers:
        say(s, b"SEND\ndestination:/queue/x\ncontent-length:1000000\n\n" + b"x" * 900000)
    assert broker.anonymous() - before < 24 * MIB, broker.anonymous() - before
    for s in peers:
        s.close()
    broker.check()


def test_messages_that_nobody_reads(broker):
    """More than memory= is refused; what its sender left behind is given up."""
    before = broker.anonymous()
    refused = 0
    for round_ in range(20):
        s = broker.peer("")
        for i in range(20):
            s.sendall(f"SEND\ndestination:/queue/unread-{round_}-{i}\nreceipt:{i}\n\n".encode() + b"x" * 200000 + b"\0")
        s.sendall(b"SUBSCRIBE\nid:1\ndestination:/queue/mine\nreceipt:end\n\n\0")
        refused += hear(s, b"receipt-id:end\n").count(b"vnfm-refused:refused")
        s.close()
    assert refused > 300, refused
    assert broker.anonymous() - before < 24 * MIB, broker.anonymous() - before
    s = broker.peer()

    def has_room():
        s.sendall(b"SEND\ndestination:/queue/late\nreceipt:late\n\n" + b"x" * 900000 + b"\0")
        s.sendall(b"SUBSCRIBE\nid:late\ndestination:/queue/mine\nreceipt:asked\n\n\0")
        heard = hear(s, b"receipt-id:asked\n")
        s.sendall(b"UNSUBSCRIBE\nid:late\n\n\0")
        return b"vnfm-refused" not in heard

    wait_until(has_room, "what nobody reads is given up")
    broker.check()


def test_many_queues(broker):
    """Names come from outside: a queue that is empty and unread takes no memory."""
    s = broker.peer()
    before = broker.anonymous()
    for i in range(50000):
        s.sendall(f"SUBSCRIBE\nid:1\ndestination:/queue/name-{i}\n\n\0UNSUBSCRIBE\nid:1\n\n\0".encode())
    s.sendall(b"SUBSCRIBE\nid:1\ndestination:/queue/x\nreceipt:r\n\n\0")
    hear(s, b"receipt-id:r\n")
    assert broker.anonymous() - before < 4 * MIB, broker.anonymous() - before
    broker.check()


def test_who_does_not_read(broker):
    """It is not listened to while its receipts wait, and ended when it reads nothing at all."""
    before = broker.anonymous()
    s = broker.raw()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.sendall(b"CONNECT\naccept-version:1.2\n\n\0")
    receipt = b"r" * 4000
    frame = b"SUBSCRIBE\nid:1\ndestination:/queue/x\nreceipt:%s\n\n\0UNSUBSCRIBE\nid:1\nreceipt:%s\n\n\0" % (receipt, receipt)
    begun = time.monotonic()
    while say(s, frame * 100):
        assert time.monotonic() - begun < PATIENCE
        assert broker.anonymous() - before < 8 * MIB
    broker.check()


def test_who_refuses_all(broker):
    """It gets a message a few times, then the sender is told; and it does not come again."""
    reader, sender = broker.peer(), broker.peer()
    reader.sendall(b"SUBSCRIBE\nid:1\ndestination:/queue/q\nack:client-individual\nreceipt:s\n\n\0")
    hear(reader, b"receipt-id:s\n")
    sender.sendall(b"SEND\ndestination:/queue/q\nreceipt:r\n\nx\0")
    for _ in range(5):
        ack = hear(reader, b"\n\nx\0").split(b"\nack:")[1].split(b"\n")[0]
        reader.sendall(b"NACK\nid:" + ack + b"\n\n\0")
    hear(sender, b"receipt-id:r\nvnfm-refused:refused ")
    sender.sendall(b"SEND\ndestination:/queue/q\n\nlast\0")
    rest = hear(reader, b"\n\nlast\0")
    assert rest.count(b"MESSAGE\n") == 1, rest
    broker.check()


def test_all_at_once(broker):
    """While others flood it, a peer is served."""
    flood = [broker.peer() for _ in range(20)]
    for s in flood:
        s.settimeout(0.001)
    message = b"SEND\ndestination:/queue/flood\n\n" + b"x" * 1000 + b"\0"
    for _ in range(30):
        for s in flood:
            say(s, message * 50)
        broker.check()


def main():
    tests = [(name, test) for name, test in globals().items() if name.startswith("test_")]
    print(f"1..{len(tests)}")
    failed = False
    for number, (name, test) in enumerate(tests, 1):
        broker = None
        try:
            broker = Broker()
            test(broker)
            assert broker.process.poll() is None, "the broker is gone"
            print(f"ok {number} - {name}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed = True
            print(f"not ok {number} - {name}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line}", flush=True)
        finally:
            if broker is not None:
                broker.end()
    sys.exit(1 if failed else 0)


main()
