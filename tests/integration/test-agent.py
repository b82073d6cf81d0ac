#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real vnfm-ems at a real STOMP broker; this script plays the manager."""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from agent_world import ANSWERS, HOST, PATIENCE, Broker, Manager, run_tests, wait_until  # noqa: E402


def test_registration(w):
    first = w.start_agent()
    assert first["hostname"] == HOST and first["token"] == "the-token", first
    assert first["agent"].startswith("vnfm-ems/"), first
    assert first["capabilities"] == ["step", "timeout", "cancel", "stream", "exact-env", "provides", "capped"], first
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as f:
        assert first["boot"] == f.read().strip(), first
    w.agents[0].terminate()
    assert w.agents[0].wait(PATIENCE) == 0
    assert not os.path.exists(w.path("agent.pid"))
    second = w.start_agent()
    assert second["run"] != first["run"] and second["boot"] == first["boot"], second


def test_commands_of_the_java_vnfm(w):
    w.start_agent()
    w.save("install.sh", "#!/bin/bash\necho \"$hostname has $private\" $SCRIPTS_PATH\necho oops >&2\nexit 3\n")
    answer = w.manager.ask({"action": "EXECUTE", "payload": "install.sh",
                            "env": {"private": "10.2.0.12", "hostname": HOST}})
    assert answer == {"status": 3, "output": f"{HOST} has 10.2.0.12 {w.folder}/scripts\n", "err": "oops\n"}, answer
    answer = w.manager.ask({"action": "EXECUTE", "payload": "missing.sh", "env": {}})
    assert answer["status"] == 127 and "missing.sh" in answer["err"], answer
    for body, expected in ((b"None", "cannot be read"), (b"[]", "JSON object"), ({"action": "DANCE"}, "unknown action DANCE"),
                           ({"action": "EXECUTE"}, "payload"), ({"action": "REPO_SCRIPTS_UPDATE", "payload": "x"}, "unknown")):
        answer = w.manager.ask(body)
        assert answer["status"] == 1 and expected in answer["err"] and answer["output"] == "", answer


def test_extensions(w):
    w.start_agent()
    w.save("ext.py", "import os, sys, time\nprint('one', flush=True)\ntime.sleep(0.5)\nprint(os.environ['server.private'])\n"
                     "open(os.environ['VNFM_PROVIDES'], 'w').write('url=http://x\\n')\nprint('x' * 500000)\n")
    w.manager.command({"action": "EXECUTE", "payload": "ext.py", "env": {"server.private": "10.0.0.1"}, "step": "op/1:x",
                       "timeout": 60, "stream": True, "max-output": 1000}, "op/1:x")
    headers, live = w.manager.next(ANSWERS)
    assert live == {"step": "op/1:x", "stream": "stdout", "offset": 0, "text": "one\n"}, live
    assert "correlation-id" not in headers, headers
    headers, answer = w.manager.answer()
    assert headers["correlation-id"] == "op/1:x", headers
    assert answer["status"] == 0 and answer["step"] == "op/1:x", answer
    assert answer["provides"] == {"url": "http://x"}, answer
    assert answer["output"].startswith("one\n10.0.0.1\nxxx") and len(answer["output"]) < 1100, answer
    assert answer["truncated"] == 4 + 9 + 500001 - 1000, answer
    assert answer["started"] < answer["ended"], answer
    state = w.manager.ask({"action": "STATUS", "step": "op/1:x"})
    assert state == {**answer, "state": "done"}, state

    w.save("hang.sh", "echo $$ > pid\nsleep 1000\n")
    answer = w.manager.ask({"action": "EXECUTE", "payload": "hang.sh", "step": "limit", "timeout": 0.3})
    assert answer["status"] == -15 and "time limit" in answer["err"], answer
    os.unlink(w.path("pid"))
    w.manager.command({"action": "EXECUTE", "payload": "hang.sh", "step": "cancel"}, "run")
    w.read("pid")
    assert w.manager.ask({"action": "STATUS", "step": "cancel"}, "q")["state"] == "running"
    w.manager.command({"action": "CANCEL", "step": "cancel"}, "stop")
    answers = dict((h["correlation-id"], a) for h, a in (w.manager.answer(), w.manager.answer()))
    assert answers["stop"]["status"] == 0 and answers["run"]["status"] == -15, answers


def test_killed_in_mid_script(w):
    w.start_agent()
    w.save("slow.sh", "echo $$ >> ran\necho before\nwhile [ ! -e go ]; do sleep 0.01; done\necho after\nexit 7\n")
    w.manager.command({"action": "EXECUTE", "payload": "slow.sh", "step": "s"}, "s")
    w.manager.command({"action": "EXECUTE", "payload": "slow.sh"}, "without a step")
    wait_until(lambda: w.read("ran").count("\n") == 2, "both run")
    w.agents[0].kill()
    w.agents[0].wait()
    w.start_agent()
    # A manager that does not know what became of it asks again.
    w.manager.command({"action": "EXECUTE", "payload": "slow.sh", "step": "s"}, "s")
    assert w.manager.ask({"action": "STATUS", "step": "s"}, "q")["state"] == "running"
    open(w.path("go"), "w", encoding="ascii").close()
    answers = dict((h["correlation-id"], a) for h, a in (w.manager.answer(), w.manager.answer()))
    for answer in answers.values():
        assert answer["status"] == 7 and answer["output"] == "before\nafter\n", answer
    assert set(answers) == {"s", "without a step"}, answers
    assert w.read("ran").count("\n") == 2


def test_ended_while_the_agent_was_dead(w):
    w.start_agent()
    w.save("slow.sh", "echo $$ >> ran\nwhile [ ! -e go ]; do sleep 0.01; done\necho > went\nexit 7\n")
    w.manager.command({"action": "EXECUTE", "payload": "slow.sh", "step": "s"}, "s")
    pid = int(w.read("ran"))
    w.agents[0].kill()
    w.agents[0].wait()
    open(w.path("go"), "w", encoding="ascii").close()
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "the script ends")
    w.start_agent()
    headers, answer = w.manager.answer()
    assert headers["correlation-id"] == "s" and answer["status"] == 7, answer
    assert w.read("ran").count("\n") == 1


def test_broker_gone_and_back(w):
    w.start_agent()
    w.save("slow.sh", "echo $$ >> ran\nwhile [ ! -e go ]; do sleep 0.01; done\necho done\n")
    w.manager.command({"action": "EXECUTE", "payload": "slow.sh", "step": "s"}, "s")
    pid = int(w.read("ran"))
    w.manager.close()
    w.broker.stop()
    open(w.path("go"), "w", encoding="ascii").close()
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "the script ends")
    wait_until(lambda: os.listdir(w.path("state/outbox")), "the answer waits")
    w.broker = Broker(w.folder, w.port)
    w.manager = Manager(w.port)
    assert w.manager.registration()["hostname"] == HOST
    headers, answer = w.manager.answer()
    assert headers["correlation-id"] == "s" and answer["output"] == "done\n", answer
    first = headers.get("vnfm-message-id")
    assert first, headers
    wait_until(lambda: not os.listdir(w.path("state/outbox")), "the receipt arrives")
    assert w.read("ran").count("\n") == 1


def test_unconfirmed_answer_is_sent_again(w):
    w.start_agent()
    w.save("a.sh", "echo x >> ran\n")
    w.manager.command({"action": "EXECUTE", "payload": "a.sh", "step": "s"}, "s")
    headers, _ = w.manager.next(ANSWERS, acknowledge=False)
    assert os.listdir(w.path("state/outbox")), "kept until it is confirmed"
    w.agents[0].kill()
    w.agents[0].wait()
    w.start_agent()
    # It has the same message id, so the broker keeps one of the two, and who sends last hears that it has arrived.
    assert os.listdir(w.path("state/outbox")), "kept until it is confirmed"
    w.manager.ask({"action": "NONSENSE"})  # answered after the outbox was sent
    w.manager.send("ACK", {"id": headers["ack"]})
    wait_until(lambda: not os.listdir(w.path("state/outbox")), "the receipt arrives")
    # A manager that dies before it acknowledges is given it again.
    w.manager.command({"action": "EXECUTE", "payload": "a.sh", "step": "s"}, "s")
    headers, _ = w.manager.next(ANSWERS, acknowledge=False)
    w.manager.close()
    w.manager = Manager(w.port)
    again, answer = w.manager.next(ANSWERS)
    assert again["vnfm-message-id"] == headers["vnfm-message-id"], (headers, again)
    assert answer["status"] == 0 and answer["step"] == "s", answer
    wait_until(lambda: not os.listdir(w.path("state/outbox")), "the receipt arrives")
    assert w.read("ran") == "x\n"


def test_a_daemon_does_not_hold_the_connection(w):
    w.start_agent()
    w.save("daemon.sh", "(trap '' HUP; while :; do echo alive; sleep 0.05; done) &\necho $! > pid\necho started\n")
    answer = w.manager.ask({"action": "EXECUTE", "payload": "daemon.sh", "env": {}})
    assert answer["status"] == 0 and "started\n" in answer["output"], answer
    pid = int(w.read("pid"))
    links = [os.readlink(f"/proc/{pid}/fd/{n}") for n in os.listdir(f"/proc/{pid}/fd")]
    assert not any(link.startswith("socket:") for link in links), links
    w.agents[0].kill()
    w.agents[0].wait()
    os.kill(pid, 0)
    w.start_agent()
    os.kill(pid, 0)


run_tests(globals())
