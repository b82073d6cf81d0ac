#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent under abuse. Each row of the tables says what must happen, and after each the agent is as it was."""

import base64
import json
import os
import resource
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from agent_world import BUILD, PATIENCE, Broker, Manager, run_tests, wait_until  # noqa: E402

PROGRAM = os.path.join(BUILD, "plugins/ems-agent/vnfm-ems")


def coded(text):
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def save(name, text="echo ran", action="SAVE_SCRIPTS", **more):
    return {"action": action, "payload": coded(text), "name": name, **more}


def execute(payload, **more):
    return {"action": "EXECUTE", "payload": payload, **more}


def expect_alive(w, what):
    answer = w.manager.ask({"action": "STATUS", "step": "never seen"}, "alive")
    assert answer["state"] == "unknown", (what, answer)
    assert not os.path.exists(w.path("hacked")), what
    assert w.agents[-1].poll() is None, what


def run_rows(w, rows):
    for command, status, expected in rows:
        what = str(command)[:200]
        answer = w.manager.ask(command)
        text = answer["output"] + answer["err"]
        assert answer["status"] == status and expected in text, (what, {k: str(v)[:500] for k, v in answer.items()})
        expect_alive(w, what)


# ---- names and paths

def test_names(w):
    w.start_agent()
    outside = w.path("outside")
    os.mkdir(outside)
    with open(f"{outside}/file", "w", encoding="ascii") as f:
        f.write("untouched")
    run_rows(w, (
        (save("../outside/new"), 1, "leads out"),
        (save("a/../../outside/new"), 1, "leads out"),
        (save(".."), 1, "leads out"),
        (save(f"{outside}/new"), 1, "absolute"),
        (save("new", **{"script-path": "/opt/openbaton/scripts/../../outside"}), 1, "leads out"),
        (save(""), 1, '"name" is missing'),
        (save("."), 1, "names no file"),
        (save("folder/"), 1, "names no file"),
        (save("a\0b.sh"), 1, "NUL"),
        (save("x" * 300), 1, "File name too long"),
        (save("sub/" * 5000 + "a"), 1, "too long"),
        (save("line\nbreak.sh"), 0, "line\nbreak.sh"),
        (execute("line\nbreak.sh"), 0, "ran\n"),
        (save("$(touch hacked)'\"`touch hacked`;.sh"), 0, "touch hacked"),
        (execute("$(touch hacked)'\"`touch hacked`;.sh"), 0, "ran\n"),
        (save("-rf"), 0, "-rf"),
        (execute("-rf"), 0, "ran\n"),
        (save("args.sh", "printf '[%s]' \"$@\""), 0, "args.sh"),
        (execute("args.sh $(touch hacked) ; `touch hacked` | x > hacked"), 0,
         "[$(touch][hacked)][;][`touch][hacked`][|][x][>][hacked]"),
        (execute("../outside/file"), 126, "leads out"),
        (execute("/bin/echo x"), 126, "absolute"),
        (execute("args.sh/../../outside/file"), 126, "leads out"),
        (execute(""), 127, "not found"),
        (execute(" \n"), 127, "not found"),
        (execute("."), 127, "not found"),
        (execute("args.sh " + "x " * 2000000), 126, "Argument list too long"),
    ))
    assert os.listdir(outside) == ["file"], os.listdir(outside)


def test_symbolic_links_in_the_script_root(w):
    w.start_agent()
    w.save("real.sh", "echo real\n")
    outside = w.path("outside")
    os.mkdir(outside)
    for name in ("file", "run.sh"):
        with open(f"{outside}/{name}", "w", encoding="ascii") as f:
            f.write("touch hacked\n")
        os.chmod(f"{outside}/{name}", 0o600)
    for target, name in ((outside, "folder"), (f"{outside}/file", "file"), ("loop", "loop"), ("real.sh", "inside.sh"),
                         (f"{outside}/nothing", "dangling")):
        os.symlink(target, w.path(f"scripts/{name}"))
    run_rows(w, (
        (save("folder/new"), 1, "symbolic link"),
        (execute("folder/run.sh"), 126, "leads out"),
        (execute("file"), 126, "leads out"),
        (execute("loop"), 127, "not found"),
        (execute("dangling"), 127, "not found"),
        (execute("inside.sh"), 0, "real\n"),
        # The link is replaced, not what it leads to.
        (save("file"), 0, "file"),
        (save("dangling"), 0, "dangling"),
        (save("loop", action="SCRIPTS_UPDATE"), 0, "loop"),
        (execute("file"), 0, "ran\n"),
        ({"action": "SAVE_VNFR_DEPENDENCY", "payload": "{}", "script-path": "/opt/openbaton/scripts/folder"}, 1,
         "symbolic link"),
        ({"action": "SAVE_VNFR_DEPENDENCY", "payload": "{}", "script-path": "/opt/openbaton/scripts/../outside"}, 1,
         "leads out"),
    ))
    with open(f"{outside}/file", encoding="ascii") as f:
        assert f.read() == "touch hacked\n"
    assert os.stat(f"{outside}/file").st_mode & 0o777 == 0o600
    assert sorted(os.listdir(outside)) == ["file", "run.sh"], os.listdir(outside)


# ---- what is no command

def test_bodies(w):
    w.start_agent()
    w.save("a.sh", "echo ran")
    run_rows(w, (
        (b"", 1, "cannot be read"),
        (b"None", 1, "cannot be read"),
        (b"\xff\xfe\x00", 1, "cannot be read"),
        (b"[" * 1000000, 1, "cannot be read"),
        (b'{"a":' * 100000 + b"1" + b"}" * 100000, 1, "cannot be read"),
        (b'{"action":"EXECUTE","payload":"a.sh"', 1, "cannot be read"),
        ({"action": 7}, 1, '"action"'),
        ({"action": "EXECUTE"}, 1, '"payload"'),
        ({"action": "EXECUTE", "payload": ["a.sh"]}, 1, '"payload"'),
        (execute("a.sh", env=[]), 1, '"env"'),
        (execute("a.sh", env={"x": {"y": "z"}}), 1, '"x"'),
        (execute("a.sh", timeout=-1), 1, '"timeout"'),
        (execute("a.sh", timeout=1e300), 1, '"timeout"'),
        (execute("a.sh", timeout="soon"), 1, '"timeout"'),
        (execute("a.sh", **{"max-output": -5}), 0, "ran\n"),
        (execute("a.sh", step="s" * 100000), 0, "ran\n"),
        (execute("a.sh", step="../../outside"), 0, "ran\n"),
        ({"action": "STATUS"}, 1, '"step"'),
        ({"action": "CANCEL", "step": "../../x"}, 0, ""),
        ({"action": "SAVE_SCRIPTS", "payload": "!!!", "name": "a"}, 1, "no base64"),
        ({"action": "SAVE_SCRIPTS", "payload": "YQ=", "name": "a"}, 1, "no base64"),
        ({"action": "SAVE_SCRIPTS", "payload": "YQ===", "name": "a"}, 1, "no base64"),
        ({"action": "SAVE_SCRIPTS", "payload": "Y=Q=", "name": "a"}, 1, "no base64"),
        ({"action": "SAVE_SCRIPTS", "payload": "YQ\u00e4=", "name": "a"}, 1, "no base64"),
        ({"action": "SAVE_SCRIPTS", "payload": "", "name": "empty"}, 0, "empty"),
        (execute("a.sh"), 0, "ran\n"),
    ))
    assert not os.path.exists(w.path("outside")) and not os.path.exists(w.path("scripts/a"))


# ---- environments

def test_environments(w):
    w.start_agent()
    w.save("show.sh", "ls() { echo own; }; printf '%s,' \"$a\" \"$b\"; ls; env | wc -l")
    w.save("names.py", "import os\nprint(sorted(n for n in os.environ if n.startswith('x')))")
    w.save("count.sh", "env | grep -c ^n")
    w.save("value.sh", "echo \"$a\"")
    code = "() { touch hacked; }; touch hacked"
    run_rows(w, (
        (execute("value.sh", env={"a": "$(touch hacked)`touch hacked`'\";\n"}), 0, "$(touch hacked)`touch hacked`'\";\n\n"),
        (execute("value.sh", env={"a": code}), 0, code),
        (execute("show.sh", env={"BASH_FUNC_ls%%": code, "BASH_FUNC_printf%%": code, "a": "1", "b": "2"}), 0, "1,2,own"),
        (execute("value.sh", env={"BASH_ENV": "$(touch hacked)", "ENV": "$(touch hacked)", "a": "1"}), 0, "1\n"),
        (execute("value.sh", env={"SHELLOPTS": "xtrace", "PS4": "$(touch hacked)", "BASHOPTS": "extdebug", "a": "1"}), 0,
         "1\n"),
        (execute("value.sh", env={"LD_PRELOAD": "/nothing.so", "a": "1"}), 0, "1\n"),
        (execute("names.py", env={"x=y": "1", "": "2", "x y": "3", "x.z": "4", "x\ny": "5", "x$(touch hacked)": "6"}), 0,
         "['x\\ny', 'x y', 'x$(touch hacked)', 'x.z']"),
        (execute("value.sh", env={"a\0b": "1"}), 1, "NUL"),
        (execute("value.sh", env={"a": "1\0002"}), 1, "NUL"),
        (execute("value.sh", env={"a": None}), 0, "\n"),
        (execute("value.sh", env={"a": 1.5}), 0, "1.5"),
        (execute("value.sh", env={"a": "\u00e4\u20ac"}), 0, "\u00e4\u20ac\n"),
        (execute("count.sh", env={f"n{i}": f"value {i}" for i in range(10000)}), 0, "10000\n"),
        (execute("value.sh", env={"a": "x" * 200000}), 126, "Argument list too long"),
        (execute("count.sh", env={f"n{i}": "x" * 1000 for i in range(10000)}), 126, "Argument list too long"),
        # Neither are these of use to a script that is to fail elsewhere.
        (execute("value.sh", env={"VNFM_PROVIDES": "/etc/passwd", "SCRIPTS_PATH": "/", "a": "1"}), 0, "1\n"),
    ))


# ---- size

def anonymous(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("RssAnon"))


def test_a_script_of_64_megabytes(w):
    w.manager.close()
    w.broker.stop()
    w.broker = Broker(w.folder, w.port, "max-message=128M")
    w.manager = Manager(w.port)
    w.set_keys(("passcode=test\n", "passcode=test\nmax-message=128M\n"))
    w.start_agent()
    before = anonymous(w.agents[0])
    line = b"# " + b"x" * 1021 + b"\n"
    text = b"echo begun\n" + line * 65536 + b"exit 7\n"
    run_rows(w, (
        ({"action": "SAVE_SCRIPTS", "payload": coded(text), "name": "large.sh"}, 0, "large.sh"),
        (execute("large.sh"), 7, "begun\n"),
        ({"action": "SAVE_SCRIPTS", "payload": coded(text.replace(b"\n", b"\r\n")), "name": "crlf.sh"}, 0, "crlf.sh"),
        (execute("crlf.sh"), 126, "too large to be corrected"),
    ))
    assert os.path.getsize(w.path("scripts/large.sh")) == len(text)
    after = anonymous(w.agents[0])
    assert after < before + 4096, f"{before} KB before, {after} KB after"


# ---- machines that are not as they should be

def in_namespace(*commands):
    """What a shell does in a mount namespace of its own before it becomes the agent."""
    return ["unshare", "-m" if os.geteuid() == 0 else "-rm", "/bin/sh", "-ec", "\n".join(commands) + '\nexec "$@"', "sh"]


def seen_by(w, name):
    """A path as the agent sees it."""
    return f"/proc/{w.agents[-1].pid}/root{w.path(name)}"


def fill(path):
    with open(path, "wb", buffering=0) as f:
        try:
            while f.write(b"x" * 4096) > 0:
                pass
        except OSError:
            pass


def test_a_full_disk(w):
    for name in ("scripts", "state"):
        os.mkdir(w.path(name))
    w.start_agent(prefix=in_namespace(f"mount -t tmpfs -o size=256k tmpfs {w.folder}/scripts",
                                      f"mount -t tmpfs -o size=512k tmpfs {w.folder}/state"))
    w.save("a.sh", "echo ran\n")
    w.save("fill.sh", f"echo begun; cat /dev/zero > {w.folder}/state/filler 2> /dev/null; echo $? >&2; exit 3\n")
    run_rows(w, (
        (save("large", "x" * 300000), 1, "No space left"),
        # It was begun, so it has an outcome.
        (execute("fill.sh", step="s"), 3, "begun\n"),
        (execute("fill.sh", step="s"), 3, ""),
        (execute("a.sh", step="t"), 1, "nothing was run"),
        ({"action": "STATUS", "step": "t"}, 0, ""),
        (save("b.sh", step="u"), 1, "cannot be recorded"),
    ))
    os.unlink(seen_by(w, "state/filler"))
    run_rows(w, ((execute("a.sh", step="t"), 0, "ran\n"),))
    fill(seen_by(w, "scripts/filler"))
    run_rows(w, (
        (save("b.sh"), 1, "No space left"),
        (save("a.sh", "echo new"), 1, "No space left"),
        (execute("a.sh"), 0, "ran\n"),
        ({"action": "SAVE_VNFR_DEPENDENCY", "payload": json.dumps({"a": "x" * 5000})}, 1, "No space left"),
    ))
    assert "large" not in os.listdir(seen_by(w, "scripts"))


def test_a_read_only_script_root(w):
    os.mkdir(w.path("scripts"))
    with open(w.path("scripts/a.sh"), "w", encoding="ascii") as f:
        f.write("echo ran\n")
    w.start_agent(prefix=in_namespace(f"mount --bind {w.folder}/scripts {w.folder}/scripts",
                                      f"mount -o remount,bind,ro {w.folder}/scripts"))
    run_rows(w, (
        (save("a.sh"), 1, "Read-only file system"),
        (save("sub/b.sh"), 1, "Read-only file system"),
        (execute("a.sh"), 0, "ran\n"),
        ({"action": "CLONE_SCRIPTS", "payload": "https://127.0.0.1:1/x"}, 128, "Read-only file system"),
    ))


def test_a_read_only_state(w):
    os.mkdir(w.path("state"))
    prefix = in_namespace(f"mount --bind {w.folder}/state {w.folder}/state",
                          f"mount -o remount,bind,ro {w.folder}/state")
    result = subprocess.run([*prefix, PROGRAM, "--config", w.config], stderr=subprocess.PIPE, timeout=PATIENCE, text=True,
                            check=False)
    assert result.returncode == 1 and "Read-only file system" in result.stderr, result
    assert "cannot start: " in w.read("console") and "Read-only file system" in w.read("console")
    result = subprocess.run([*prefix, PROGRAM, "--config", w.config, "--check"], stdout=subprocess.PIPE, timeout=PATIENCE,
                            stderr=w.log, text=True, check=False)
    assert result.returncode == 1 and "failed   state-dir" in result.stdout, result.stdout
    assert "mount it for writing" in result.stdout, result.stdout


def hide_programs(w, *programs):
    """For the agent that runs: in its namespace, a file that is no program stands in their places."""
    with open(w.path("nothing"), "w", encoding="ascii"):
        pass
    enter = ["nsenter", "-t", str(w.agents[-1].pid), "-m"] + ([] if os.geteuid() == 0 else ["-U", "--preserve-credentials"])
    for program in programs:
        subprocess.run([*enter, "mount", "--bind", w.path("nothing"), os.path.realpath(program)], check=True)


def test_no_bash(w):
    w.start_agent(prefix=in_namespace())
    hide_programs(w, "/bin/bash")
    w.save("a.sh", "echo \"ran ${BASH_VERSION:-by sh}\"")
    w.save("b.sh", "#!/bin/bash\necho ran\n")
    run_rows(w, (
        (execute("a.sh"), 0, "ran by sh\n"),
        (execute("b.sh"), 127, 'the interpreter "/bin/bash"'),
    ))


def test_no_shell_at_all(w):
    w.start_agent(prefix=in_namespace())
    hide_programs(w, "/bin/bash", "/bin/sh")
    w.save("a.sh", "echo ran")
    run_rows(w, ((execute("a.sh"), 126, "Permission denied"),))


def find_faketime():
    for folder in ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"):
        path = f"{folder}/faketime/libfaketimeMT.so.1"
        if os.path.exists(path):
            return path
    raise AssertionError("libfaketime is not installed")


def test_a_clock_that_jumps(w):
    times = w.path("time")

    def set_clock(text):
        with open(times + ".new", "w", encoding="ascii") as f:
            f.write(text + "\n")
        os.rename(times + ".new", times)

    prefix = ["env", f"LD_PRELOAD={find_faketime()}", f"FAKETIME_TIMESTAMP_FILE={times}", "FAKETIME_NO_CACHE=1",
              "DONT_FAKE_MONOTONIC=1"]
    set_clock("+0")
    w.start_agent(prefix=prefix)
    w.save("a.sh", "echo x >> ran\n")
    w.save("wait.sh", "echo x > waits\nwhile [ ! -e go ]; do sleep 0.01; done\necho waited\n")
    run_rows(w, ((execute("a.sh", step="once"), 0, ""),))
    for jump in ("+10y", "-10y"):
        w.manager.command(execute("wait.sh", step=jump, timeout=600), jump)
        w.read("waits")
        set_clock(jump)
        run_rows(w, ((execute("a.sh", step="once"), 0, ""), (execute("a.sh", step="once " + jump), 0, "")))
        with open(w.path("go"), "w", encoding="ascii"):
            pass
        headers, answer = w.manager.answer()
        assert headers["correlation-id"] == jump and answer["output"] == "waited\n", answer
        for name in ("go", "waits"):
            os.unlink(w.path(name))
        wait_until(lambda: not os.listdir(w.path("state/outbox")), "the receipts arrive")
        # The next agent reads the records: their age means nothing.
        w.agents[-1].terminate()
        assert w.agents[-1].wait(PATIENCE) == 0
        w.start_agent(prefix=prefix)
        run_rows(w, ((execute("a.sh", step="once"), 0, ""), (execute("a.sh", step="once " + jump), 0, "")))
    assert w.read("ran") == "x\n" * 3, w.read("ran")


def test_no_more_processes(w):
    prefix = []
    if os.geteuid() == 0:
        # For root there is no such limit. The other user reads what root may read, and owns the test's folder.
        for folder, _, files in os.walk(w.folder):
            for path in (folder, *(os.path.join(folder, name) for name in files)):
                os.chown(path, 61234, 61234)
        prefix = ["setpriv", "--reuid=61234", "--regid=61234", "--clear-groups", "--inh-caps=+dac_override",
                  "--ambient-caps=+dac_override", "--bounding-set=-all,+dac_override"]
    w.start_agent(prefix=prefix)
    pid = w.agents[0].pid
    w.save("a.sh", "echo ran\n")
    run_rows(w, ((execute("a.sh"), 0, "ran\n"),))

    def set_limit(limit):
        subprocess.run([*prefix, "prlimit", "--pid", str(pid), f"--nproc={limit}:"], check=True)

    set_limit(0)
    run_rows(w, (
        (execute("a.sh", step="s"), 126, "cannot start another process"),
        # What was not begun is not begun later either: the step has its outcome.
        (execute("a.sh", step="s"), 126, "cannot start another process"),
    ))
    set_limit(resource.getrlimit(resource.RLIMIT_NPROC)[1])
    run_rows(w, ((execute("a.sh", step="t"), 0, "ran\n"),))


run_tests(globals())
