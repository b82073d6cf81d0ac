#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# User data of a VNF's machine: writes the key-file of the agent and starts the agent. vnfmd fills in the lines
# "export NAME=", the NFVO the machine's name; the user data of the VNF package follows behind the end of this file, so
# nothing here may leave the shell. Runs as root in a machine of its own, or as any user in one that is only a folder
# and a process (VNFM_MACHINE_DIR is set then).

export MONITORING_IP=
export TIMEZONE=
export ENDPOINT=
export BROKER_HOST=
export BROKER_PORT=
export LOGIN=
export PASSCODE=
export TOKEN=
export EMS_REGISTRATION=
export EMS_COMMANDS=

# The NFVO turns the next but one line into "export Hostname=NAME-NUMBER". It is read, not run: a name may hold blanks.
IFS= read -r Hostname <<'END_OF_HOSTNAME'
export #Hostname=
END_OF_HOSTNAME
Hostname=${Hostname#*Hostname=}

vnfm_tell () {
  printf "user data: %s\n" "$1" >&2
  # A machine's console is all that an operator may have; a machine that is only a process has none of its own.
  if [ -z "${VNFM_MACHINE_DIR:-}" ] && [ -w /dev/console ]; then
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

vnfm_print_key_file () {
  echo "[ems]"
  printf "%s\n" "hostname=$Hostname"
  printf "%s\n" "token=$TOKEN"
  if [ -n "${VNFM_MACHINE_DIR:-}" ]; then
    printf "%s\n" "script-root=$VNFM_MACHINE_DIR/scripts"
    printf "%s\n" "state-dir=$VNFM_MACHINE_DIR/state"
    printf "%s\n" "working-directory=$VNFM_MACHINE_DIR"
    printf "%s\n" "console=$VNFM_MACHINE_DIR/console.log"
  fi
  # URL=FOLDER, ...: where the machine finds what it cannot fetch.
  if [ -n "${VNFM_CLONE_MAP:-}" ]; then
    printf "%s\n" "clone-map=$VNFM_CLONE_MAP"
  fi
  echo
  echo "[stomp]"
  printf "%s\n" "host=$BROKER_HOST"
  printf "%s\n" "port=$BROKER_PORT"
  printf "%s\n" "login=$LOGIN"
  printf "%s\n" "passcode=$PASSCODE"
  echo
  echo "[destinations]"
  printf "%s\n" "endpoint=$ENDPOINT"
  printf "%s\n" "ems-registration=$EMS_REGISTRATION"
  printf "%s\n" "ems-commands=$EMS_COMMANDS"
}

# Whole or not at all, and at no moment readable by others.
vnfm_write_key_file () {
  mkdir -p "$(dirname "$1")" &&
    rm -f "$1.new" &&
    (umask 077 && set -C && vnfm_print_key_file > "$1.new") &&
    mv -f "$1.new" "$1"
}

# In the background, out of reach of whatever ends with this script, and without what it reads from its key-file.
vnfm_start_agent () {
  log=${VNFM_MACHINE_DIR:-/var/log}/vnfm-ems.log
  { : >> "$log"; } 2> /dev/null || log=/dev/null
  unset BROKER_HOST BROKER_PORT LOGIN PASSCODE TOKEN EMS_REGISTRATION EMS_COMMANDS
  if command -v setsid > /dev/null 2>&1; then
    setsid "$1" --config "$2" < /dev/null >> "$log" 2>&1 &
  else
    nohup "$1" --config "$2" < /dev/null >> "$log" 2>&1 &
  fi
  if [ -n "${VNFM_EMS_PID_FILE:-}" ]; then
    echo "$!" > "$VNFM_EMS_PID_FILE.new" && mv -f "$VNFM_EMS_PID_FILE.new" "$VNFM_EMS_PID_FILE"
  fi
}

vnfm_main () {
  conf=${VNFM_EMS_CONF:-/etc/vnfmd/vnfm-ems.conf}
  program=${VNFM_EMS_PROGRAM:-vnfm-ems}

  if [ -z "${VNFM_MACHINE_DIR:-}" ]; then
    vnfm_set_timezone
  fi
  if ! vnfm_write_key_file "$conf"; then
    vnfm_tell "cannot write $conf: the agent is not started"
  elif [ -z "${VNFM_EMS_PROGRAM:-}" ] && [ -d /run/systemd/system ] && systemctl cat vnfm-ems.service > /dev/null 2>&1; then
    systemctl enable vnfm-ems.service > /dev/null 2>&1
    systemctl restart --no-block vnfm-ems.service || vnfm_tell "systemd could not start vnfm-ems.service"
  elif command -v "$program" > /dev/null 2>&1; then
    vnfm_start_agent "$program" "$conf"
  else
    vnfm_tell "the agent $program is not there: this machine cannot be managed"
  fi
}

if [ -z "$Hostname" ]; then
  Hostname=$(uname -n)
  vnfm_tell "the NFVO gave this machine no name; its agent calls itself $Hostname"
fi
export Hostname

# In a shell of its own, which keeps the names it uses; what follows need not know the secrets.
(vnfm_main)
unset LOGIN PASSCODE TOKEN

