#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real vnfm-ems and the scripts of real packages: how they come to the machine, and how they are run."""

import base64
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from agent_world import run_tests, wait_until  # noqa: E402

LINK = "https://git.example.org/packages/demo.git"


def git(folder, *words):
    subprocess.run(["git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org", *words], check=True,
                   stdout=subprocess.DEVNULL)


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)


def set_map(w, folder, keys=""):
    """The agent reads its key-file when it starts."""
    with open(w.config, encoding="utf-8") as f:
        text = f.read()
    with open(w.config, "w", encoding="utf-8") as f:
        f.write(text.replace("[ems]\n", f"[ems]\nclone-map={LINK}={folder}\n{keys}"))


def make_repository(w):
    repository = w.path("repository")
    os.mkdir(repository)
    git(repository, "init", "-q", "-b", "main")
    write(f"{repository}/install.sh", "echo installed with $1\n")
    write(f"{repository}/lib/helper.sh", "echo helper\n")
    os.symlink("install.sh", f"{repository}/again.sh")
    os.symlink("../../../../../etc/passwd", f"{repository}/lib/out")
    os.symlink("/etc/hostname", f"{repository}/absolute")
    write(f"{repository}/.git/hooks/post-checkout", f"#!/bin/sh\ntouch {w.folder}/hooked\n", 0o755)
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "scripts")
    return repository


def clone(w, url, **more):
    return w.manager.ask({"action": "CLONE_SCRIPTS", "payload": url, "script-path": "/opt/openbaton/scripts", **more})


def test_clone_of_a_repository(w):
    set_map(w, make_repository(w))
    w.start_agent()
    w.save("kept.sh", "echo kept\n")
    for step in ("one", "another id after a restart"):
        answer = clone(w, LINK, step=step)
        assert answer["status"] == 0, answer
        assert answer["output"] == "again.sh\ninstall.sh\nkept.sh\nlib\n", answer
        assert '"out" left out' in answer["err"] and '"absolute" left out' in answer["err"], answer
    assert sorted(os.listdir(w.path("scripts"))) == ["again.sh", "install.sh", "kept.sh", "lib"]
    assert os.listdir(w.path("scripts/lib")) == ["helper.sh"]
    assert not os.path.exists(w.path("hooked"))
    assert os.stat(w.path("scripts/install.sh")).st_mode & 0o111 == 0o111
    assert os.stat(w.path("scripts/lib/helper.sh")).st_mode & 0o111 == 0, "only at the top"
    answer = w.manager.ask({"action": "EXECUTE", "payload": "again.sh care"})
    assert answer["output"] == "installed with care\n", answer
    # What the same step says is kept.
    assert clone(w, LINK, step="one")["output"].startswith("again.sh\n")


def test_clone_of_a_bare_repository_of_somebody_else(w):
    bare = w.path("bare.git")
    subprocess.run(["git", "clone", "-q", "--bare", make_repository(w), bare], check=True)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "1234:1234", bare], check=True)
    set_map(w, bare)
    w.start_agent()
    answer = clone(w, LINK.removesuffix(".git"))
    assert answer["status"] == 0 and "install.sh\n" in answer["output"], answer


def test_clone_of_a_folder(w):
    folder = w.path("package/scripts")
    write(f"{folder}/start.sh", "echo started\n")
    write(f"{folder}/conf/app.conf", "x=1\n")
    set_map(w, folder)
    w.start_agent()
    answer = clone(w, LINK)
    assert answer == {"status": 0, "output": "conf\nstart.sh\n", "err": ""}, answer
    assert w.manager.ask({"action": "EXECUTE", "payload": "start.sh"})["output"] == "started\n"


def test_clone_that_is_refused_or_fails(w):
    set_map(w, w.path("nothing"))
    w.start_agent()
    for url, status, expected in (
            ("/etc", 126, "is no URL"), ("file:///etc", 126, '"file"'), ("ext::sh -c 'touch x'", 126, "is no URL"),
            ("--upload-pack=touch x", 126, "is no URL"), ("ssh://-oProxyCommand=touch/x", 126, "is no URL"),
            ("https://a b/", 126, "is no URL"), (LINK, 1, ""),
            ("http://user:s3cret@127.0.0.1:1/x.git", 128, "unable to access")):
        answer = clone(w, url)
        assert answer["output"] == "" and answer["err"].endswith("\n"), (url, answer)
        assert answer["status"] == status and expected in answer["err"], (url, answer)
        assert "s3cret" not in answer["err"], answer
    assert os.listdir(w.path("scripts")) == [], "nothing is left"
    with open(w.path("agent.log"), encoding="utf-8") as f:
        assert "s3cret" not in f.read()


def test_clone_has_a_time_limit_and_outlives_the_agent(w):
    # A git that waits: found on the agent's PATH.
    write(w.path("bin/git"), f"#!/bin/sh\necho $$ >> {w.folder}/pids\nwhile [ ! -e {w.folder}/go ]; do sleep 0.01; done\n"
          "for last; do :; done\nmkdir -p \"$last\" && echo 'echo late' > \"$last/late.sh\"\n", 0o755)
    set_map(w, make_repository(w), "clone-time=200ms\n")
    path = os.environ["PATH"]
    os.environ["PATH"] = w.path("bin") + ":" + path
    try:
        w.start_agent()
        answer = clone(w, LINK)
        assert answer["status"] == -15 and "time limit of 0.2 s" in answer["err"], answer
        w.manager.command({"action": "CLONE_SCRIPTS", "payload": LINK, "step": "s", "timeout": 60}, "s")
        wait_until(lambda: w.read("pids").count("\n") == 2, "git runs")
        w.agents[0].kill()
        w.agents[0].wait()
        with open(w.path("go"), "w", encoding="ascii"):
            pass
        w.start_agent()
    finally:
        os.environ["PATH"] = path
    headers, answer = w.manager.answer()
    assert headers["correlation-id"] == "s" and answer["status"] == 0 and answer["output"] == "late.sh\n", answer
    assert w.read("pids").count("\n") == 2


DEPENDENCY = """{
  "target": "client",
  "parameters": {
    "ser-ver": {"parameters": {"quote": "it's \\"$(touch hacked)\\"", "two": "a\\nb", "umlaut": "\u00e4", "n\u00e4me.x": ""},
                "id": "0e1", "hbVersion": 3, "shared": false, "metadata": {}},
    "broken": {"id": "x"}
  },
  "vnfcParameters": {
    "ser-ver": {"parameters": {"id1": {"parameters": {"private": "10.0.0.1", "only": "one"}},
                               "id2": {"parameters": {"private": "10.0.0.2"}}}},
    "empty": {"parameters": {}}, "none": {}
  },
  "idType": {}
}"""


def test_parameters_of_a_dependency(w):
    w.start_agent()
    for _ in range(2):
        answer = w.manager.ask({"action": "SAVE_VNFR_DEPENDENCY", "payload": DEPENDENCY,
                                "script-path": "/opt/openbaton/scripts"})
        assert answer == {"status": 0, "err": "",
                          "output": "ob_parameters.json\nob_parameters.sh\nob_parameters.yaml\n"}, answer
    with open(w.path("scripts/ob_parameters.json"), encoding="utf-8") as f:
        assert f.read() == DEPENDENCY
    with open(w.path("scripts/ob_parameters.sh"), encoding="utf-8") as f:
        assert f.read() == ("# VNF Parameters\nexport OB_ser_ver_VNF_n_me_x=''\n"
                            "export OB_ser_ver_VNF_quote='it'\\''s \"$(touch hacked)\"'\n"
                            "export OB_ser_ver_VNF_two='a\nb'\nexport OB_ser_ver_VNF_umlaut='\u00e4'\n"
                            "\n# VNFC Parameters\nexport OB_ser_ver_VNFC_only='one:NA'\n"
                            "export OB_ser_ver_VNFC_private='10.0.0.1:10.0.0.2'\n")
    w.save("use.sh", ". $SCRIPTS_PATH/ob_parameters.sh\necho \"$OB_ser_ver_VNF_quote,$OB_ser_ver_VNF_two\"\n")
    answer = w.manager.ask({"action": "EXECUTE", "payload": "use.sh"})
    assert answer["output"] == "it's \"$(touch hacked)\",a\nb\n" and answer["err"] == "", answer
    assert not os.path.exists(w.path("hacked"))
    for bad in ("", "[]", "{", "null"):
        answer = w.manager.ask({"action": "SAVE_VNFR_DEPENDENCY", "payload": bad})
        assert answer["status"] == 1 and answer["err"], answer
    with open(w.path("scripts/ob_parameters.json"), encoding="utf-8") as f:
        assert f.read() == DEPENDENCY, "kept where the new one is no good"


def test_scripts_of_all_kinds(w):
    w.start_agent()
    rows = (
        # name, text, payload, output, status, in stderr
        ("args.sh", "printf '[%s]' \"$@\"", "args.sh  one  two", "[one][two]", 0, ""),
        ("with blank.sh", "echo \"blank $1\"", "with blank.sh x", "blank x\n", 0, ""),
        ("sub dir/deep/a.sh", "echo deep $0", "sub dir/deep/a.sh", f"deep {w.folder}/scripts/sub dir/deep/a.sh\n", 0, ""),
        ("crlf.sh", "#!/bin/bash\r\necho \"crlf\"\r\nexit 4\r\n", "crlf.sh", "crlf\n", 4, "CRLF"),
        ("plain", "echo ${BASH_VERSION:+bash}", "plain", "bash\n", 0, ""),
        ("a.py", "import sys; print(sys.version_info[0], sys.argv[1:])", "a.py x y", "3 ['x', 'y']\n", 0, ""),
        ("old.py", "#!/usr/bin/no-such-python\nprint('x')\n", "old.py", "", 127, "no-such-python"),
        ("env.py", "#!/usr/bin/env no-such-python\nprint('x')\n", "env.py", "", 127, "no-such-python"),
        ("awk", "#!/usr/bin/awk -f\nBEGIN { print \"awk\" }\n", "awk", "awk\n", 0, ""),
        ("latin.sh", "printf 'a\\344b\\n'; printf '\\377' >&2", "latin.sh", "a\ufffdb\n", 0, "\ufffd"),
        ("\u00e4.sh", "echo umlaut", "\u00e4.sh", "umlaut\n", 0, ""),
        ("stdin.sh", "cat; echo end", "stdin.sh", "end\n", 0, ""),
        ("signal.sh", "kill -9 $$", "signal.sh", "", -9, "signal 9"),
        ("empty", "", "empty", "", 0, ""),
    )
    for name, text, payload, output, status, err in rows:
        w.save(name, text)
        answer = w.manager.ask({"action": "EXECUTE", "payload": payload})
        assert (answer["output"], answer["status"]) == (output, status) and err in answer["err"], (name, answer)
    # Neither executable nor a name that anybody named: as git has most of them.
    os.chmod(w.path("scripts/args.sh"), 0o644)
    assert w.manager.ask({"action": "EXECUTE", "payload": "args.sh x"})["output"] == "[x]"
    # A new file of SCRIPTS_UPDATE is no program, an old one stays what it was.
    for name, mode in (("new", 0o644), ("plain", 0o755)):
        text = base64.b64encode(b"echo updated\n").decode()
        assert w.manager.ask({"action": "SCRIPTS_UPDATE", "payload": text, "name": name})["status"] == 0
        assert os.stat(w.path("scripts/" + name)).st_mode & 0o777 == mode, name
        assert w.manager.ask({"action": "EXECUTE", "payload": name})["output"] == "updated\n"


def test_one_while_another_runs(w):
    w.start_agent()
    w.save("slow.sh", "echo x > slow-runs\nwhile [ ! -e go ]; do sleep 0.01; done\necho slow\n")
    w.save("quick.sh", "echo quick\n")
    w.manager.command({"action": "EXECUTE", "payload": "slow.sh"}, "slow")
    w.read("slow-runs")
    assert w.manager.ask({"action": "EXECUTE", "payload": "quick.sh"}, "quick")["output"] == "quick\n"
    with open(w.path("go"), "w", encoding="ascii"):
        pass
    headers, answer = w.manager.answer()
    assert headers["correlation-id"] == "slow" and answer["output"] == "slow\n", answer


def test_a_log_for_each_run(w):
    w.start_agent()
    w.save("sub/noisy.sh", "echo out; echo err >&2; for i in {1..3000}; do echo ä; done; exit 5\n")
    for number in range(4):
        answer = w.manager.ask({"action": "EXECUTE", "payload": f"sub/noisy.sh run {number}", "step": f"op/1:{number}",
                                "env": {"password": "s3cret"}})
        assert answer["status"] == 5, answer
    logs = sorted(os.listdir(w.path("state/log")))
    assert len(logs) == 3 and logs[-1].endswith("Z-sub_noisy.sh-op_1_3.log"), logs
    assert os.stat(w.path("state/log/" + logs[-1])).st_mode & 0o777 == 0o600
    text = w.read("state/log/" + logs[-1])
    assert text.startswith("script:    sub/noisy.sh run 3\nstep:      op/1:3\nbegun:     2"), text
    assert "\nstatus:    5\n--- stdout\nout\n" in text and text.endswith("ä\n--- stderr\nerr\n"), text
    assert "bytes left out" in text and len(text) < 1500 and "s3cret" not in text, text


test_a_log_for_each_run.keys = "log-files=3\nlog-size=1000\n"


run_tests(globals())
