#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The agent: its memory, how soon it is registered, and what a script that does nothing costs, beside `ssh host true`.

vnfm-nfvo runs a VNF with one process machine and many empty START scripts; each counts with the journal, the broker and
the agent's own record on disk. ssh(1) goes to a server on loopback over an open ControlMaster (needs root; left out
otherwise)."""

import argparse
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location("bench_ssh", os.path.join(HERE, "bench-ssh.py"))
bench_ssh = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(bench_ssh)

RUNS = 100


def write_service(folder):
    os.makedirs(f"{folder}/scripts")
    with open(f"{folder}/scripts/noop.sh", "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\n")
    vnfd = {"name": "one", "vendor": "bench", "version": "1", "type": "one", "endpoint": "generic",
            "vdu": [{"vm_image": ["any"], "scale_in_out": 1,
                     "vnfc": [{"connection_point": [{"virtual_link_reference": "private"}]}]}],
            "virtual_link": [{"name": "private"}], "deployment_flavour": [{"flavour_key": "any"}],
            "lifecycle_event": [{"event": "START", "lifecycle_events": ["noop.sh"] * RUNS}]}
    with open(f"{folder}/nsd.json", "w", encoding="utf-8") as f:
        json.dump({"name": "bench", "vendor": "bench", "version": "1", "vnfd": [vnfd], "vld": [{"name": "private"}]}, f)


def agent_anonymous_kb(folder):
    """Of the one agent whose key-file lies in the folder of this run."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                words = f.read().split(b"\0")
            with open(f"/proc/{pid}/status", encoding="utf-8") as f:
                status = f.read()
        except OSError:
            continue
        if b"--config" in words and any(w.startswith(folder.encode()) for w in words):
            return int(re.search(r"RssAnon:\s+(\d+)", status)[1])
    return 0


def run_service(program, folder):
    run = subprocess.Popen([program, "run", "--json", "--keep-for", "1", "--keep-files", "--scripts",
                            f"{folder}/scripts", "--state-dir", f"{folder}/state", f"{folder}/nsd.json"],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                           env={**os.environ, "VNFM_LOG": "info"})
    memory, start = 0, None
    for line in run.stdout:
        event = json.loads(line)
        if event.get("text") == "the service is ACTIVE":
            memory = agent_anonymous_kb(folder)
        elif event.get("event") == "phase" and event["phase"] == "start":
            start = event["seconds"]
    if run.wait() != 0 or start is None:
        sys.exit(f"bench-agent: the run failed: {run.stderr.read()[-2000:]}")
    return memory, start


def registration_seconds(folder):
    """From the moment that the machine boots to its registration, by vnfmd's log."""
    log = next(os.path.join(at, "vnfmd.log") for at, _, names in os.walk(f"{folder}/state") if "vnfmd.log" in names)
    with open(log, encoding="utf-8", errors="replace") as f:
        text = f.read()
    begin = re.search(r"^(\S+)Z vnfmd: .*: await$", text, re.M)[1]
    end = re.search(r"^(\S+)Z vnfmd: agent of .* registered", text, re.M)[1]
    moments = [bench_ssh.datetime.strptime(t, "%Y-%m-%dT%H:%M:%S.%f") for t in (begin, end)]
    return (moments[1] - moments[0]).total_seconds()


def time_ssh(folder, port):
    server = bench_ssh.start_server(folder, port, "127.0.0.1")
    options = ["-F", "none", "-i", f"{folder}/user", "-p", str(port), "-o", "UserKnownHostsFile=/dev/null", "-o",
               "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR", "-S", f"{folder}/master"]
    try:
        subprocess.run(["ssh", "-fNM", *options, "root@127.0.0.1"], check=True)
        begin = time.monotonic()
        for _ in range(RUNS):
            subprocess.run(["ssh", *options, "root@127.0.0.1", "true"], check=True)
        took = time.monotonic() - begin
        subprocess.run(["ssh", "-q", *options, "-O", "exit", "root@127.0.0.1"], check=False, stderr=subprocess.DEVNULL)
    finally:
        server.kill()
        server.communicate()
    return took


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=2223, help=argparse.SUPPRESS)
    parser.add_argument("program", help="vnfm-nfvo")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="vnfm-bench-")
    try:
        write_service(folder)
        memory, start = run_service(arguments.program, folder)
        registered = registration_seconds(folder)
        ssh = time_ssh(folder, arguments.port) if os.geteuid() == 0 else None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"agent, after {RUNS} runs")
    print(f"  anonymous memory                 {memory:6d} KB")
    print(f"  boot of the process to registered{1000 * registered:6.0f} ms")
    print(f"  an empty script                  {1000 * start / RUNS:6.1f} ms, journal and records on disk included")
    if ssh is not None:
        print(f"  ssh host true, ControlMaster     {1000 * ssh / RUNS:6.1f} ms")


if __name__ == "__main__":
    main()
