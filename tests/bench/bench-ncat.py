#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where the time of the service ncat-complex goes (5 VNFs, 2 networks, 8 dependencies), in namespace machines, with
agents and over SSH. The service is that of the test of real services. Needs root."""

import importlib.util
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SPEC = importlib.util.spec_from_file_location("scenarios", os.path.join(HERE, "../integration/test-scenarios.py"))
scenarios = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(scenarios)


def measure(title, profile):
    with scenarios.Run(profile) as run:
        scripts = run.collect_scripts(scenarios.load_nsd("-ncat-complex"))
        subprocess.run([os.path.join(HERE, "bench-service.py"), "--title", title, scenarios.PROGRAM,
                        "--machines=namespace", "--base", scenarios.IMAGE, "--profile", profile, "--scripts", scripts,
                        scenarios.nsd_path("-ncat-complex")], check=True)


def main():
    if os.geteuid() != 0 or not os.path.isdir(scenarios.MATERIAL):
        sys.exit("bench-ncat: needs root, and the descriptors at VNFM_MATERIAL")
    if not scenarios.make_image():
        sys.exit("bench-ncat: no base image")
    measure("ncat-complex, agents", "local")
    measure("ncat-complex, SSH", "ssh")


if __name__ == "__main__":
    main()
