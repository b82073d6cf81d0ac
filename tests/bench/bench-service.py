#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where the time of a service goes, from the first request to ACTIVE.

Runs `vnfm-nfvo run` and lays two records over each other: the log of vnfmd, whose lines carry their time, and the
events of vnfm-nfvo, which know how long each script really ran inside its machine. Each moment belongs to the first of
these that goes on anywhere in the service then:

  scripts       a script runs
  machines      the orchestrator makes a machine
  registration  a machine boots, until its EMS answers
  delivery      files go to a machine
  protocol      none of these: messages, journal, orchestrator

What is ours are registration, delivery and protocol. A script's run is laid into the middle of the time that vnfmd saw.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime

CLASSES = ("scripts", "machines", "registration", "delivery", "protocol")
OURS = ("registration", "delivery", "protocol")


def seconds_of(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").timestamp()


def read_run(arguments, folder):
    """Returns the events and the lines (time, text) of vnfmd's log."""
    # The folder of a run stays, so that its log can be read.
    done = subprocess.run([arguments.program, "run", "--json", "--keep-files", "--state-dir", folder,
                           *arguments.options],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "VNFM_LOG": "info"}, check=False)
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not any(e.get("event") == "result" and e.get("ok") for e in events):
        sys.exit(f"bench-service: the run failed with status {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    logs = [os.path.join(at, "vnfmd.log") for at, _, names in os.walk(folder) if "vnfmd.log" in names]
    lines = []
    for line in open(logs[0], errors="replace", encoding="utf-8"):
        match = re.match(r"(\S+Z) vnfmd: (.*)", line)
        if match:
            lines.append((seconds_of(match[1]), match[2]))
    return events, lines


def real_durations(events):
    """(machine, script) -> how long its runs took, in order."""
    durations = {}
    for event in events:
        if event.get("event") == "script":
            durations.setdefault((event["machine"], event["script"]), []).append(event["seconds"])
    return durations


class Timeline:
    """Intervals by class, taken from the log line by line."""

    STAGES = {"allocate": "machines", "await": "registration", "deliver": "delivery"}

    def __init__(self, durations):
        self.durations = durations
        self.intervals = []
        self.stages = {}
        self.scripts = {}

    def stage(self, time, operation, name):
        if operation in self.stages:
            begin, kind = self.stages.pop(operation)
            self.intervals.append((begin, time, kind))
        if name in self.STAGES:
            self.stages[operation] = (time, self.STAGES[name])

    def script_ended(self, time, key):
        begin = self.scripts.pop(key, None)
        real = self.durations.get(key)
        if begin is not None:
            slack = max(0, (time - begin) - real.pop(0)) / 2 if real else 0
            self.intervals.append((begin + slack, time - slack, "scripts"))

    def line(self, time, text):
        match = re.match(r"\S+ of .* \(operation (\S+)\): (.*)", text)
        ended = re.match(r"VNF .*: script (\S+).* on (\S+) ended with status", text)
        if ended:
            self.script_ended(time, (ended[2], ended[1]))
        if not match:
            return
        script = re.match(r"script (\S+).* \(\d+ of \d+\) on (\S+)", match[2])
        if script:
            self.scripts[(script[2], script[1])] = time
        elif " " not in match[2]:
            self.stage(time, match[1], match[2])


def split(intervals, begin, end):
    edges = sorted({begin, end, *(t for i in intervals for t in i[:2] if begin < t < end)})
    shares = dict.fromkeys(CLASSES, 0.0)
    for left, right in zip(edges, edges[1:]):
        going_on = {kind for b, e, kind in intervals if b <= left and e >= right}
        shares[next((c for c in CLASSES if c in going_on), "protocol")] += right - left
    return shares


def measure(arguments):
    folder = tempfile.mkdtemp(prefix="vnfm-bench-")
    try:
        events, lines = read_run(arguments, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    begin = next(seconds_of(e["time"]) for e in events if e["event"] == "state")
    end = next(seconds_of(e["time"]) for e in events if e.get("text") == "the service is ACTIVE")
    timeline = Timeline(real_durations(events))
    for time, text in lines:
        timeline.line(time, text)
    return end - begin, split(timeline.intervals, begin, end)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--title", default="service", help="what is measured")
    parser.add_argument("program", help="vnfm-nfvo")
    parser.add_argument("options", nargs=argparse.REMAINDER, help="of vnfm-nfvo run, with the NSD")
    arguments = parser.parse_args()
    total, shares = measure(arguments)
    ours = sum(shares[c] for c in OURS)
    if arguments.json:
        print(json.dumps({"title": arguments.title, "seconds": total, **shares, "ours": ours / total}))
        return
    print(f"{arguments.title}: {total:.2f} s from the first request to ACTIVE")
    for kind in CLASSES:
        print(f"  {kind:14}{shares[kind]:8.3f} s {100 * shares[kind] / total:6.1f} %")
    print(f"  {'ours':14}{ours:8.3f} s {100 * ours / total:6.1f} %   (registration, delivery, protocol)")


if __name__ == "__main__":
    main()
