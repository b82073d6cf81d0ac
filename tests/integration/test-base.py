#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vnfm-nfvo base: what it makes, what it uses again, what it refuses. Needs root (or sudo) and apt-get. Speaks TAP."""

import os
import shutil
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("VNFM_BUILDDIR") or os.getcwd()
PROGRAM = os.path.join(BUILD, "core/nfvo/vnfm-nfvo")
NOBODY = 65534


def as_root(command):
    return command if os.geteuid() == 0 else ["sudo", "-n", *command]


def call(command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          timeout=300, **options)


def process_result(process, output):
    return subprocess.CompletedProcess(process.args, process.returncode, output)


def base(*arguments, root=True):
    command = [PROGRAM, "base", *arguments]
    return call(as_root(command) if root else command)


def expect(condition, result, what):
    if not condition:
        raise AssertionError("%s: status %s\n%s" % (what, result.returncode, result.stdout))


def expect_refused(result, status, *words):
    expect(result.returncode == status, result, "not refused with %d" % status)
    for word in words:
        expect(word in result.stdout, result, "\"%s\" is not told" % word)


def laid_over(image, script):
    """Runs a script in a root with the image laid over /, without a network."""
    inside = ('set -e; mount -t tmpfs none "$2"; mkdir "$2/b" "$2/u" "$2/w" "$2/r"; mount -o ro,loop "$1" "$2/b";'
              'mount -t overlay none -o "lowerdir=$2/b:/,upperdir=$2/u,workdir=$2/w" "$2/r";'
              'mount -t proc proc "$2/r/proc"; mount --bind /dev "$2/r/dev"; exec chroot "$2/r" sh -c "$3"')
    place = tempfile.mkdtemp(prefix="vnfm-base-test-")
    try:
        return call(as_root(["unshare", "-m", "-n", "-p", "-f", "--kill-child", "--propagation", "private", "sh", "-c",
                             inside, "sh", image, place, script]))
    finally:
        os.rmdir(place)


def test_image(folder):
    """packages and files are there, and apt-get install of them needs no network"""
    image, overlay = os.path.join(folder, "a.img"), os.path.join(folder, "overlay")
    os.makedirs(os.path.join(overlay, "etc/of-the-test"), 0o700)
    with open(os.path.join(overlay, "etc/of-the-test/file"), "w") as f:
        f.write("from the overlay\n")
    first = base("--packages", "screen,ncat", "--output", image, "--overlay", overlay)
    expect(first.returncode == 0 and "is ready" in first.stdout, first, "not made")
    seen = laid_over(image, "apt-get -q update && apt-get -q -y install screen ncat && command -v ncat screen && "
                            "cat /etc/of-the-test/file && stat -c mode=%a /etc && ls /etc/apt/sources.list.d /etc/ssh/")
    for word in ("screen is already the newest version", "/ncat\n", "from the overlay", "mode=755"):
        expect(seen.returncode == 0 and word in seen.stdout, seen, "\"%s\" is not seen" % word)
    expect("ssh_host" not in seen.stdout, seen, "host keys are in the image")

    made = os.stat(image)
    again = base("-p", "ncat", "-p", "screen", "-o", image, "--overlay", overlay, root=False)
    expect(again.returncode == 0 and "already" in again.stdout, again, "not used again")
    with open(os.path.join(overlay, "etc/of-the-test/file"), "a") as f:
        f.write("changed\n")
    other = base("-p", "screen", "-o", image, "--overlay", overlay)
    expect(other.returncode == 0 and "is ready" in other.stdout, other, "not made anew")
    expect(os.stat(image).st_ino != made.st_ino, other, "the image that others may have mounted was written to")
    expect(sorted(os.listdir(folder)) == ["a.img", "overlay"], other, "left behind: %s" % os.listdir(folder))


def test_refusals(folder):
    """wrong usage is refused before anything is touched"""
    image = os.path.join(folder, "no.img")
    expect_refused(base("-o", image, "-p", "a;b"), 2, "a;b")
    expect_refused(base("-o", image, "-p", "--reinstall"), 2, "--reinstall")
    expect_refused(base("-o", image, "word"), 2, "word")
    expect_refused(base("-o", image, "--root", os.path.join(folder, "none")), 2, "--root", "none")
    expect_refused(base("-o", image, "--overlay", PROGRAM), 2, "--overlay")
    expect_refused(base("-o", image, "--root", folder), 1, "no root of a Debian system")
    expect(not os.listdir(folder), base("--help"), "left behind: %s" % os.listdir(folder))


def test_apt_fails(folder):
    """apt-get's own words are told, and no image stays"""
    result = base("-o", os.path.join(folder, "no.img"), "-p", "no-such-package-at-all")
    expect_refused(result, 1, "apt-get failed", "Unable to locate package no-such-package-at-all")
    expect(not os.listdir(folder), result, "left behind: %s" % os.listdir(folder))


def test_interrupted(folder):
    """an interrupt in the middle leaves nothing behind"""
    image = os.path.join(folder, "no.img")
    # The shell tells its number, which stays that of the program: sudo would pass no signal on to it.
    command = ["sh", "-c", 'echo $$; exec "$@"', "sh", PROGRAM, "base", "-v", "-o", image, "-p", "nmap"]
    process = subprocess.Popen(as_root(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    pid = int(process.stdout.readline())
    for line in process.stdout:
        if line.startswith("Reading package lists"):
            call(as_root(["kill", "-INT", str(pid)]))
            break
    rest = process.communicate(timeout=60)[0]
    expect(process.returncode == 130 and "interrupted" in rest, process_result(process, rest), "not interrupted")
    expect(not os.listdir(folder), process_result(process, rest), "left behind: %s" % os.listdir(folder))
    with open("/proc/mounts") as f:
        expect("vnfm-base-" not in f.read(), process_result(process, rest), "mounts are left")


def test_not_root(folder):
    """a user who is not root is told so"""
    os.chmod(folder, 0o777)
    command = [PROGRAM, "base", "-o", os.path.join(folder, "no.img")]
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=%d" % NOBODY, "--clear-groups", "--inh-caps=+dac_read_search",
                   "--ambient-caps=+dac_read_search", *command]  # the build tree may be in root's home
    expect_refused(call(command), 1, "only root")


def test_no_space(folder):
    """a disk without room is told"""
    script = 'mount -t tmpfs -o size=100m none "$1" && exec "$2" base -o "$1/no.img"'
    result = call(as_root(["unshare", "-m", "sh", "-c", script, "sh", folder, PROGRAM]))
    expect_refused(result, 1, "no space", "100 MB")


def test_no_loop(folder):
    """a host without loop devices is told"""
    script = 'mount -t tmpfs none /dev && exec "$2" base -o "$1/no.img"'
    expect_refused(call(as_root(["unshare", "-m", "sh", "-c", script, "sh", folder, PROGRAM])), 1, "no loop device")


TESTS = [v for k, v in list(globals().items()) if k.startswith("test_")]


def main():
    failed = 0
    print("1..%d" % len(TESTS), flush=True)
    for number, test in enumerate(TESTS, 1):
        folder = tempfile.mkdtemp(prefix="vnfm-base-test-")
        begin = time.monotonic()
        try:
            test(folder)
            print("ok %d - %s (%.1f s)" % (number, test.__doc__, time.monotonic() - begin), flush=True)
        except Exception as error:  # whatever it is, the test has failed
            failed += 1
            print("not ok %d - %s" % (number, test.__doc__))
            print("\n".join("# " + line for line in str(error).splitlines()), flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
