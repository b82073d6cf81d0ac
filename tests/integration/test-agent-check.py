#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an agent that cannot reach its manager tells: vnfm-ems --check, and the machine's console."""

import json
import os
import socket
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from agent_world import BUILD, HOST, PATIENCE, Broker, Manager, run_tests, wait_until  # noqa: E402

PROGRAM = os.path.join(BUILD, "plugins/ems-agent/vnfm-ems")


def check(w, *words, environment=None):
    result = subprocess.run([PROGRAM, "--config", w.config, "--check", *words], stdout=subprocess.PIPE, timeout=PATIENCE,
                            stderr=w.log, text=True, env={**os.environ, **(environment or {})})
    return result.returncode, result.stdout


def findings(w, **options):
    status, text = check(w, "--json", **options)
    found = json.loads(text)
    assert found["good"] == (status == 0), (status, found)
    for finding in found["checks"]:
        assert finding["state"] != "failed" or finding["advice"], finding
    return status, {finding["subject"]: (finding["state"], finding["text"]) for finding in found["checks"]}


def test_all_is_well_without_an_agent(w):
    status, found = findings(w)
    assert status == 0, found
    for subject in ("key-file", "token", "clock", "bash", "script-root", "state-dir", "disk", "name-service", "connection",
                    "login", "commands"):
        assert found[subject][0] in ("ok", "note"), (subject, found)
    assert found["agent"] == ("note", "none runs with this state folder"), found
    assert found["registration"][0] == "skipped", found
    assert not os.path.exists(w.path("state")) and not os.path.exists(w.path("scripts")), "nothing is made"
    status, text = check(w)
    assert status == 0 and text.startswith("ok       key-file       "), text


def test_a_running_agent_is_not_disturbed(w):
    w.start_agent()
    w.save("slow.sh", "echo x > begun; while [ ! -e go ]; do sleep 0.01; done\n")
    w.manager.command({"action": "EXECUTE", "payload": "slow.sh"}, "slow")
    w.read("begun")
    wait_until(lambda: '"registered"' in w.read("state/status"), "the agent says that it is registered")
    status, found = findings(w)
    assert status == 0, found
    assert found["agent"] == ("ok", f"runs as process {w.agents[0].pid}"), found
    assert found["registration"][0] == "ok" and found["commands"] == ("ok", "read by the agent that runs"), found
    assert w.manager.ask({"action": "STATUS", "step": "x"})["state"] == "unknown"
    with open(w.path("go"), "w", encoding="ascii"):
        pass
    headers, answer = w.manager.answer()
    assert headers["correlation-id"] == "slow" and answer["status"] == 0, answer
    # A second agent would take over the steps of the first.
    second = subprocess.run([PROGRAM, "--config", w.config], stderr=subprocess.PIPE, timeout=PATIENCE, text=True,
                            check=False)
    assert second.returncode == 1 and f"another agent, process {w.agents[0].pid}" in second.stderr, second.stderr
    assert "another agent" in w.read("console")


def test_commands_that_wait_are_left_to_the_agent(w):
    w.start_agent()
    w.save("a.sh", "echo x >> ran\n")
    w.agents[0].kill()
    w.agents[0].wait()
    status, found = findings(w)
    assert status == 0 and found["commands"][0] == "ok", found
    w.start_agent()
    assert w.manager.ask({"action": "EXECUTE", "payload": "a.sh"})["status"] == 0
    assert w.read("ran") == "x\n"


def test_key_files_that_are_wrong(w):
    for old, new, expected in ((f"hostname={HOST}", "hostname=", "hostname is not set"),
                               (f"console={w.folder}/console", "console=here", "not an absolute path"),
                               ("[ems]", "[ems]\nnonsense=1", "nonsense")):
        w.set_keys((old, new))
        status, text = check(w)
        assert status == 2 and text.startswith("failed   key-file") and expected in text and "what to do: " in text, text
        status, text = check(w, "--json")
        assert status == 2 and json.loads(text)["good"] is False, text
        w.set_keys((new, old))
    os.chmod(w.config, 0o644)
    status, text = check(w)
    assert status == 2 and "chmod 600" in text, text
    os.unlink(w.config)
    status, text = check(w)
    assert status == 2 and text.startswith("failed   key-file"), text


def test_links_that_are_broken(w):
    w.manager.close()
    w.broker.stop()
    status, found = findings(w)
    assert status == 1 and found["connection"][0] == "failed" and "refused" in found["connection"][1], found
    assert "login" not in found, found
    w.set_keys(("host=127.0.0.1", "host=no-such-host.invalid"))
    status, found = findings(w)
    assert status == 1 and found["name-service"][0] == "failed", found
    w.set_keys(("host=no-such-host.invalid", "host=127.0.0.1"), ("[transport]", "connect-timeout=300ms\n[transport]"))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", w.port))
        silent.listen()
        status, found = findings(w)
        assert status == 1 and found["connection"][0] == "ok" and found["login"][0] == "failed", found
        assert "did not answer in time" in found["login"][1], found
    w.broker = Broker(w.folder, w.port, "login=vnfmd", "passcode=test")
    w.manager = Manager(w.port)
    w.set_keys(("login=ems", "login=vnfmd"), ("passcode=test", "passcode=wrong"))
    status, found = findings(w)
    assert status == 1 and found["login"][0] == "failed" and "the broker says" in found["login"][1], found


def test_the_machine_itself(w):
    with open(w.path("file"), "w", encoding="ascii"):
        pass
    w.set_keys((f"script-root={w.folder}/scripts", f"script-root={w.folder}/file/scripts"),
               ("token=the-token\n", ""), (f"hostname={HOST}", "hostname=somebody-else"))
    status, found = findings(w, environment={"PATH": w.folder})
    assert status == 1 and found["script-root"][0] == "failed", found
    assert found["token"][0] == "note" and found["host-name"][0] == "note", found
    assert found["git"][0] == "note" and found["python3"][0] == "note", found


def test_the_console_says_why(w):
    w.manager.close()
    w.broker.stop()
    w.set_keys(("[stomp]", "console-patience=200ms\n[stomp]"))
    w.agents.append(subprocess.Popen([PROGRAM, "--config", w.config], stdout=w.log, stderr=w.log))
    text = w.read("console")
    assert f"agent {HOST} has not been registered with its manager at 127.0.0.1:{w.port}" in text, text
    assert "Connection refused" in text and "What to do: " in text and "--check" in text, text
    status, found = findings(w)
    assert status == 1 and found["agent"][0] == "ok" and found["connection"][0] == "failed", found
    assert '"connecting"' in w.read("state/status") and "refused" in w.read("state/status")
    w.broker = Broker(w.folder, w.port)
    w.manager = Manager(w.port)
    w.manager.registration()
    wait_until(lambda: "registered with its manager now" in w.read("console"), "the console hears that it is over")
    assert w.read("console").count("\n") == 2, "each reason once"


def test_a_broker_without_a_manager(w):
    w.manager.close()
    w.set_keys(("[stomp]", "console-patience=200ms\n[stomp]"))
    w.agents.append(subprocess.Popen([PROGRAM, "--config", w.config], stdout=w.log, stderr=w.log))
    text = w.read("console")
    assert "no manager has taken the registration yet" in text and "start vnfmd" in text, text
    wait_until(lambda: '"reason"' in w.read("state/status"), "the status says why")
    status, found = findings(w)
    assert status == 1 and found["login"][0] == "ok" and found["registration"][0] == "failed", found
    w.manager = Manager(w.port)


def test_no_console_is_wanted(w):
    w.set_keys((f"console={w.folder}/console", "console="))
    status, found = findings(w)
    assert status == 0 and found["key-file"][0] == "ok", found
    w.start_agent()
    second = subprocess.run([PROGRAM, "--config", w.config], stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
    assert second.returncode == 1 and os.path.getsize(w.path("console")) == 0, second


def test_a_start_that_fails_is_on_the_console(w):
    w.set_keys(("[ems]", "[ems]\nnonsense=1"))
    with open(w.path("log"), "w", encoding="ascii") as log:
        assert subprocess.run([PROGRAM, "--config", w.config], stderr=log, check=False).returncode == 2
    text = w.read("console")
    assert text.startswith("vnfm-ems: cannot start: ") and "nonsense" in text, text
    # Neither a console that is not there nor one that nobody reads stops anything.
    w.set_keys(("\nnonsense=1", ""), (f"console={w.folder}/console", f"console={w.folder}/fifo"))
    os.mkfifo(w.path("fifo"))
    w.start_agent()


run_tests(globals())
