#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vnfm-nfvo run with packages whose scripts are in git: the example "web", without a network to fetch from."""

import os
import shutil
import subprocess
import sys
import tempfile

BUILD = os.environ["VNFM_BUILDDIR"]
SOURCE = os.environ.get("VNFM_SRCDIR") or BUILD
PATIENCE = 120
LINKS = {"web-server": "https://git.invalid/server.git", "web-client": "https://git.invalid/client"}


def prepare(folder):
    """The server's scripts in a repository, the client's in a folder."""
    web = os.path.join(folder, "web")
    shutil.copytree(os.path.join(SOURCE, "data/examples/web"), web)
    for package, link in LINKS.items():
        subprocess.run(["chmod", "-R", "u+w", os.path.join(web, package)], check=True)
        shutil.move(os.path.join(web, package, "scripts"), os.path.join(folder, package))
        with open(os.path.join(web, package, "Metadata.yaml"), "a", encoding="utf-8") as f:
            f.write(f"scripts-link: {link}\n")
    git = ["git", "-C", os.path.join(folder, "web-server"), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "scripts"]):
        subprocess.run(git + words, check=True)
    return os.path.join(web, "nsd.json")


def run(folder, nsd, clone_map):
    environment = {**os.environ, "XDG_RUNTIME_DIR": os.path.join(folder, "rt"), "G_DEBUG": "", "VNFM_CLONE_MAP": clone_map}
    result = subprocess.run([os.path.join(BUILD, "core/nfvo/vnfm-nfvo"), "run", nsd], env=environment, timeout=PATIENCE,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    for line in result.stdout.splitlines():
        print("#", line)
    return result


def main():
    print("1..2")
    folder = tempfile.mkdtemp(prefix="vnfm-clone-")
    good = True
    try:
        os.mkdir(os.path.join(folder, "rt"), 0o700)
        nsd = prepare(folder)
        result = run(folder, nsd, ",".join(f"{link}={folder}/{name}" for name, link in LINKS.items()))
        passed = result.returncode == 0 and "fetched: Hello from the web server" in result.stdout
        print(f"{'ok' if passed else 'not ok'} 1 - the service runs with cloned scripts", flush=True)
        good = good and passed

        result = run(folder, nsd, f"{LINKS['web-client']}={folder}/web-client")
        passed = result.returncode == 1 and "CLONE_SCRIPTS https://git.invalid/server.git failed with status 128" in \
            result.stdout and "git.invalid" in result.stdout.split("status 128", 1)[1]
        print(f"{'ok' if passed else 'not ok'} 2 - a repository that cannot be reached is told with git's words", flush=True)
        good = good and passed
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if good else 1)


main()
