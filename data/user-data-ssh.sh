#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# User data of a VNF's machine that vnfmd reaches over SSH: lets vnfmd log in and, where no service manager does that,
# starts the SSH server. vnfmd fills in the lines "export NAME=", the NFVO the machine's name; the user data of the VNF
# package follows behind the end of this file, so nothing here may leave the shell. Runs as root.

export MONITORING_IP=
export TIMEZONE=
export SSH_USER=
export SSH_AUTHORIZED_KEY=

# The NFVO turns the next but one line into "export Hostname=NAME-NUMBER". It is read, not run: a name may hold blanks.
IFS= read -r Hostname <<'END_OF_HOSTNAME'
export #Hostname=
END_OF_HOSTNAME
Hostname=${Hostname#*Hostname=}

vnfm_tell () {
  printf "user data: %s\n" "$1" >&2
  # A machine's console is all that an operator may have.
  if [ -w /dev/console ]; then
    { printf "user data: %s\n" "$1" > /dev/console; } 2> /dev/null || :
  fi
}

vnfm_set_timezone () {
  case $TIMEZONE in
  '' | /* | *..*) return ;;
  esac
  if [ -f "/usr/share/zoneinfo/$TIMEZONE" ] && [ -w /etc ]; then
    ln -sf "/usr/share/zoneinfo/$TIMEZONE" /etc/localtime
  fi
}

# "NAME:x:UID:GID:COMMENT:HOME:SHELL"
vnfm_find_user () {
  if command -v getent > /dev/null 2>&1; then
    getent passwd "$SSH_USER"
  else
    grep "^$SSH_USER:" /etc/passwd
  fi
}

# Once, behind what is there already.
vnfm_authorize () {
  entry=$(vnfm_find_user) || return 1
  home=$(printf "%s\n" "$entry" | cut -d: -f6)
  owner=$(printf "%s\n" "$entry" | cut -d: -f3,4)
  file=$home/.ssh/authorized_keys
  if [ -f "$file" ] && grep -qxF -e "$SSH_AUTHORIZED_KEY" "$file"; then
    return 0
  fi
  # A last line without an end must not swallow the key.
  start=
  if [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ]; then
    start="\n"
  fi
  (umask 077 && mkdir -p "$home/.ssh" && printf "$start%s\n" "$SSH_AUTHORIZED_KEY" >> "$file") &&
    chown "$owner" "$home/.ssh" "$file"
}

vnfm_start_server () {
  # A service manager starts it, and makes its host keys.
  if [ -d /run/systemd/system ]; then
    return 0
  fi
  server=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v sshd) || {
    vnfm_tell "there is no SSH server: this machine cannot be managed"
    return 1
  }
  mkdir -p /run/sshd
  # One key is enough, and this kind costs nothing to make; RSA takes seconds.
  if ! ls /etc/ssh/ssh_host_*_key > /dev/null 2>&1; then
    ssh-keygen -q -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key > /dev/null || vnfm_tell "no host key could be made"
  fi
  "$server" || vnfm_tell "the SSH server could not be started"
}

vnfm_main () {
  if [ -n "${VNFM_MACHINE_DIR:-}" ]; then
    vnfm_tell "this machine is only a process: it has no SSH server of its own"
    return
  fi
  vnfm_set_timezone
  if [ -n "$SSH_AUTHORIZED_KEY" ]; then
    vnfm_authorize || vnfm_tell "the key of vnfmd could not be given to user $SSH_USER"
  fi
  vnfm_start_server
}

if [ -z "$Hostname" ]; then
  Hostname=$(uname -n)
  vnfm_tell "the NFVO gave this machine no name; it calls itself $Hostname"
fi
export Hostname

# In a shell of its own, which keeps the names it uses.
(vnfm_main)

