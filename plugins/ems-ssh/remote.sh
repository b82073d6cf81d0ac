#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What ems-ssh runs on the machines: POSIX sh with the usual small tools (coreutils, flock and setsid; BusyBox has them
# too). vnfmd stores it in the spool directory under a name that holds its hash, and calls it so:
#
#   sh SPOOL/remote-HASH prepare NONCE KEEP-DAYS
#   sh SPOOL/remote-HASH put     put|update SIZE ROOT NAME < CONTENT
#   sh SPOOL/remote-HASH step    NONCE VNFR KEY ID ENV-SIZE LIMIT GRACE HALF OUT-AT ERR-AT ROOT DIR PAYLOAD < ENVIRONMENT
#   sh SPOOL/remote-HASH cancel  VNFR KEY ID
#   sh SPOOL/remote-HASH clone   PROTOCOLS ROOT URL
#   sh SPOOL/remote-HASH forget  VNFR
#
# A step is a folder SPOOL/VNFR/KEY. What "step" does may be repeated at any time, by any number of callers:
#
#            nobody holds "lock", no "claim"               "lock" free
#   unknown ------------------------------> running -----------------------> done   ("outcome" is filled in)
#            take "lock", write "claim",      |  whoever calls follows   \-> died   (it is blank: the machine was started
#            start the supervisor             |                                      anew, or the supervisor was killed)
#            (it inherits the lock)           '-- cancel: USR1 to the supervisor
#
# The lock is the kernel's (flock), held by the supervisor as long as it lives: no pid that is used again can be taken
# for it, and who follows hears of its end at once. The claim is on the disk before the script begins.
#
# A login shell may print what it likes before this begins: what counts stands between the marks
# RS NONCE "{" newline and RS NONCE "}" newline, on stdout and stderr alike. Behind the closing one on stdout: lines
# "NAME VALUE", an empty line, and the content of "provides".

LC_ALL=C
export LC_ALL
umask 077
spool=${0%/*}
self=$0

# Exit statuses that vnfmd knows.
NOT_BEGUN=75
REFUSED=77
NO_TOOLS=78

tell () {
  printf 'vnfm-ssh: %s\n' "$1" >&2
}

mark () {
  printf '\036%s%s\n' "$nonce" "$1"
  printf '\036%s%s\n' "$nonce" "$1" >&2
}

# Most of what follows does without processes of its own: a script is often over sooner than they are.

# Sets $boot_id.
get_boot_id () {
  read -r boot_id < /proc/sys/kernel/random/boot_id
}

# Sets $start: when the process $1 started, in ticks since boot: pid and start name one process for ever. Empty if there
# is none.
get_start () {
  start=
  [ -r "/proc/$1/stat" ] || return 0
  # The name in parentheses may hold anything.
  stat=
  while IFS= read -r line; do
    stat=$line
  done < "/proc/$1/stat"
  stat=${stat##*\) }
  set -f
  # shellcheck disable=SC2086
  set -- $stat
  set +f
  start=${20-}
} 2> /dev/null

# Sets $out_size and $err_size.
get_sizes () {
  # shellcheck disable=SC2046
  set -- $(cd "$folder" && exec wc -c out err 2> /dev/null)
  out_size=${1:-0} err_size=${3:-0}
}

# Bytes $2 to $3 of the file $1.
emit () {
  if [ "$3" -le "$2" ]; then
    return 0
  elif [ "$2" -eq 0 ]; then
    head -c "$3" "$1"
  else
    tail -c "+$(($2 + 1))" "$1" | head -c "$(($3 - $2))"
  fi
}

# ---- prepare

prepare () {
  nonce=$1
  missing=
  for tool in setsid flock cat head tail wc mv mkdir chmod stat readlink date sed tr find sleep; do
    command -v "$tool" > /dev/null 2>&1 || missing="$missing $tool"
  done
  if [ -n "$missing" ]; then
    tell "this machine lacks$missing"
    exit "$NO_TOOLS"
  fi
  launcher=sh
  for tool in python3 perl; do
    command -v "$tool" > /dev/null 2>&1 && launcher=$tool
  done
  # Only what nobody holds: a script may run for weeks.
  find "$spool" -mindepth 2 -maxdepth 2 -type d -mtime "+$2" 2> /dev/null | while IFS= read -r folder; do
    (exec 9>> "$folder/lock" && flock -n -x 9 && rm -rf "$folder") 2> /dev/null
  done
  mark '{'
  mark '}'
  get_boot_id
  printf 'boot %s\nlauncher %s\n\n' "$boot_id" "$launcher"
}

# ---- put

refuse () {
  tell "$1"
  exit "$REFUSED"
}

# The way down is walked folder by folder: a symbolic link leads out.
put () {
  verb=$1 size=$2 folder=$3 rest=$4
  umask 022
  [ -d "$folder" ] || mkdir -p "$folder" || exit 1
  while [ "$rest" != "${rest#*/}" ]; do
    folder=$folder/${rest%%/*}
    rest=${rest#*/}
    if [ -L "$folder" ]; then
      refuse "\"$folder\" is a symbolic link"
    fi
    [ -d "$folder" ] || mkdir "$folder" || [ -d "$folder" ] || exit 1
  done
  file=$folder/$rest
  temporary=$folder/.vnfm-ssh.$$.tmp
  if [ -d "$file" ] && [ ! -L "$file" ]; then
    refuse "\"$file\" is a folder"
  fi
  # Of what mkdir and cat make, umask 022 leaves 644.
  mode=
  if [ -f "$file" ] && [ ! -L "$file" ]; then
    mode=$(stat -c %a "$file") || exit 1
  fi
  trap 'rm -f "$temporary"' EXIT
  [ ! -e "$temporary" ] || rm -f "$temporary"
  cat > "$temporary" || exit 1
  if [ "$(wc -c < "$temporary")" -ne "$size" ]; then
    tell "the file did not come as a whole"
    exit "$NOT_BEGUN"
  fi
  [ -z "$mode" ] || chmod "$mode" "$temporary" || exit 1
  if [ "$verb" = put ]; then
    chmod a+x "$temporary" || exit 1
  fi
  sync "$temporary" 2> /dev/null
  if [ -L "$file" ]; then
    rm -f "$file"
  fi
  mv -f "$temporary" "$file" || exit 1
}

# ---- clone

# Fetched beside the script root, then merged into it: what was stored there before stays, and fetching again changes
# nothing. git neither asks nor uses another transport than the allowed ones.
clone () {
  protocols=$1 root=$2 url=$3
  umask 022
  if ! command -v git > /dev/null 2>&1; then
    tell "this machine has no git"
    exit "$NO_TOOLS"
  fi
  exec 9>> "$spool/clone-lock" || exit 1
  flock -x 9
  fetched=$spool/clone
  rm -rf "$fetched"
  GIT_TERMINAL_PROMPT=0 GIT_ALLOW_PROTOCOL=$protocols git -c core.hooksPath=/dev/null clone -q -- "$url" "$fetched" \
    < /dev/null 9>&-
  status=$?
  if [ "$status" -eq 0 ]; then
    chmod a+x "$fetched"/* 2> /dev/null
    mkdir -p "$root" && cp -R -P -f "$fetched/." "$root/"
    status=$?
  fi
  rm -rf "$fetched"
  exit "$status"
}

# ---- launch: from a payload to a program, in the process that it becomes

# The script does not run.
fail () {
  tell "$2"
  exit "$1"
}

# A symbolic link on the way is fine as long as it ends inside.
is_inside () {
  path=$root
  rest=$name/
  while [ -n "$rest" ] && [ ! -L "$path/${rest%%/*}" ]; do
    path=$path/${rest%%/*}
    rest=${rest#*/}
  done
  if [ -z "$rest" ]; then
    return 0
  fi
  inside=$(readlink -f "$root") || return 1
  target=$(readlink -f "$file" && echo .) || return 1
  case $target in
  "$inside"/*) return 0 ;;
  esac
  return 1
}

# Sets $file and $arguments. Names may hold blanks: the longest beginning of the payload that is a file wins.
find_file () {
  name=$payload
  denied=
  while :; do
    while [ "$name" != "${name%["$blanks"]}" ]; do
      name=${name%?}
    done
    [ -n "$name" ] || break
    case /$name/ in
    //* | */../*)
      denied=${denied:-$name}
      ;;
    *)
      file=$root/$name
      if [ -f "$file" ] && is_inside; then
        arguments=${payload#"$name"}
        return 0
      elif [ -f "$file" ]; then
        denied=${denied:-$name}
      fi
      ;;
    esac
    [ "$name" != "${name%["$blanks"]*}" ] || break
    name=${name%["$blanks"]*}
  done
  if [ -n "$denied" ]; then
    fail 126 "\"$denied\" leads out of the script root"
  fi
  fail 127 "script \"${name:-$payload}\" not found in $root"
}

# A script with CRLF line ends fails in ways that nobody understands: a corrected copy is run in its place.
correct_line_ends () {
  if [ "$(wc -c < "$file")" -gt 16777216 ]; then
    fail 126 "script \"$name\" has CRLF line ends and is too large to be corrected: store it with LF"
  fi
  mkdir -p "$folder/copy" && sed "s/$return\$//" "$file" > "$folder/copy/${file##*/}" &&
    chmod 755 "$folder/copy/${file##*/}" ||
    fail 126 "script \"$name\" has CRLF line ends and no corrected copy could be written"
  chmod 711 "$folder/copy"
  file=$folder/copy/${file##*/}
  tell "${file##*/} has CRLF line ends: a copy with LF is run"
}

# In place of this shell: $file with the arguments, run by what the file asks for.
run_file () {
  [ -r "$file" ] || fail 126 "cannot read script $file"
  head=$(head -c 255 "$file" | tr -d '\000')
  head=${head%%"$newline"*}
  case $head in
  *"$return")
    correct_line_ends
    head=${head%"$return"}
    ;;
  esac
  set -f
  IFS=$blanks
  for word in $arguments; do
    [ -z "$word" ] || set -- "$@" "$word"
  done
  set +f
  unset IFS
  case $head in
  ?ELF*)
    [ ! -x "$file" ] || enter "$file" "$@"
    ;;
  '#!'*)
    if [ -x "$file" ] || [ "$file" != "${file%.py}" ]; then
      interpret "$@"
    fi
    ;;
  esac
  case $file in
  *.py)
    command -v python3 > /dev/null 2>&1 || fail 127 "no python3 here to run $file"
    enter "$(command -v python3)" "$file" "$@"
    ;;
  esac
  [ ! -x /bin/bash ] || enter /bin/bash "$file" "$@"
  enter /bin/sh "$file" "$@"
}

# As the kernel reads a first line: the interpreter, and the rest as one word. Returns where there is none.
interpret () {
  line=${head#??}
  while :; do
    case $line in
    [" $tab"]*) line=${line#?} ;;
    *[" $tab"]) line=${line%?} ;;
    *) break ;;
    esac
  done
  program=${line%%[" $tab"]*}
  rest=${line#"$program"}
  while [ "$rest" != "${rest#[" $tab"]}" ]; do
    rest=${rest#?}
  done
  [ -n "$program" ] || return 0
  [ -x "$program" ] || fail 127 "the interpreter \"$program\" of script $file is not there"
  if [ -n "$rest" ]; then
    enter "$program" "$rest" "$file" "$@"
  fi
  enter "$program" "$file" "$@"
}

# Of the login's own environment scripts see what the agent would let them see; what the file says wins. It is read from
# a file, never from arguments, which others can see, and never as code. Each line is
# NAME=VALUE with "\\" and "\n" for a backslash and a newline. Only perl and python can set names that are no shell
# identifiers; where there is neither they are left out. They also undo what a shell does to background commands (INT
# and QUIT ignored).
PERL='
my $path = shift; open my $file, "<", $path or die "vnfm-ssh: cannot read the environment: $!\n";
local $/; my $text = <$file>; close $file; unlink $path;
for (keys %ENV) {
  delete $ENV{$_} unless /^(PATH|HOME|LANG|LANGUAGE|LC_.*|TZ|USER|LOGNAME|SHELL|TERM|\w+_(proxy|PROXY))$/;
}
$ENV{LANG} //= "C.UTF-8";
for (split /\n/, $text) {
  s/\\(.)/$1 eq "n" ? "\n" : $1/ge; my ($name, $value) = split /=/, $_, 2; $ENV{$name} = $value;
}
$SIG{INT} = $SIG{QUIT} = "DEFAULT";
no warnings; exec { $ARGV[0] } @ARGV;
my $code = $! + 0; print STDERR "vnfm-ssh: cannot run $ARGV[0]: $!\n"; exit($code == 2 ? 127 : 126);'
PYTHON='
import os, re, signal, sys
path = sys.argv[1]
with open(path, "rb") as file:
    text = file.read()
os.unlink(path)
kept = rb"PATH|HOME|LANG|LANGUAGE|LC_.*|TZ|USER|LOGNAME|SHELL|TERM|\w+_(proxy|PROXY)"
env = {name: value for name, value in os.environb.items() if re.fullmatch(kept, name)}
env.setdefault(b"LANG", b"C.UTF-8")
for line in text.split(b"\n"):
    line = re.sub(rb"\\(.)", lambda m: b"\n" if m[1] == b"n" else m[1], line)
    name, equals, value = line.partition(b"=")
    if name and equals:
        env[name] = value
for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGXFSZ):
    signal.signal(number, signal.SIG_DFL)
try:
    os.execve(sys.argv[2], sys.argv[2:], env)
except OSError as error:
    sys.stderr.write("vnfm-ssh: cannot run %s: %s\n" % (sys.argv[2], error.strerror))
    sys.exit(127 if isinstance(error, FileNotFoundError) else 126)'

enter () {
  if command -v perl > /dev/null 2>&1; then
    exec perl -e "$PERL" "$folder/env" "$@"
  elif command -v python3 > /dev/null 2>&1; then
    exec python3 -I -S -c "$PYTHON" "$folder/env" "$@"
  fi
  exec env -i "HOME=${HOME:-/}" "PATH=$PATH" "LANG=${LANG:-C.UTF-8}" sh "$self" enter "$folder/env" "$@"
}

enter_without_help () {
  environment=$1
  shift
  while IFS= read -r line; do
    case $line in
    *\\*)
      value=$(printf '%b.' "$line")
      line=${value%.}
      ;;
    esac
    case ${line%%=*} in
    '' | [!A-Za-z_]* | *[!A-Za-z0-9_]* | PPID | UID | EUID | BASHOPTS | SHELLOPTS | BASH_VERSINFO) ;;
    *) export "${line%%=*}=${line#*=}" ;;
    esac
  done < "$environment"
  rm -f "$environment"
  exec "$@"
}

launch () {
  folder=$1 root=$2 directory=$3 payload=$4
  umask 022
  cd "$directory" || fail 126 "cannot change to folder $directory"
  unset LC_ALL
  blanks=$(printf ' \n\t\r\v\f.')
  blanks=${blanks%.}
  newline=${blanks#?} tab=${blanks#??} return=${blanks#???}
  newline=${newline%"$tab"} tab=${tab%"$return"} return=${return%??}
  find_file
  run_file
}

# ---- supervise: waits for a script, ends it where it must end, and writes down what came of it

signal_script () {
  # Before it leads its own group there is only itself.
  kill -s "$1" -- "-$script" 2> /dev/null || kill -s "$1" "$script" 2> /dev/null
}

start_timer () {
  # shellcheck disable=SC2016
  setsid sh -c 'sleep "$1"; kill -s ALRM "$2"' sh "$1" "$$" > /dev/null 2>&1 9>&- &
  timer=$!
}

stop_timer () {
  [ -z "$timer" ] || kill -s KILL -- "-$timer" 2> /dev/null || kill -s KILL "$timer" 2> /dev/null
  timer=
}

# Until the script's first process has ended, whatever signals come meanwhile. Sets $status.
await_script () {
  status=
  while :; do
    woken=
    wait "$script"
    heard=$?
    # 127: its end was heard, and a signal came in between.
    [ -n "$status" ] && [ "$heard" -eq 127 ] || status=$heard
    if [ -n "$reason" ] && [ "$phase" = running ]; then
      phase=stopping
      stop_timer
      signal_script TERM
      start_timer "$grace"
    elif [ -n "$expired" ] && [ "$phase" = stopping ]; then
      phase=killing
      signal_script KILL
    fi
    [ -n "$woken" ] || break
  done
}

# What the script left in its group gets what is left of the grace.
end_group () {
  while [ "$phase" = stopping ] && kill -s 0 -- "-$script" 2> /dev/null; do
    if [ -n "$expired" ]; then
      phase=killing
      signal_script KILL
    else
      sleep 0.1
    fi
  done
}

supervise () {
  folder=$1 limit=$2 grace=$3
  shift 3
  phase=running reason='' expired='' timer='' woken=''
  trap 'woken=1' HUP INT TERM
  trap 'woken=1; reason=${reason:-c}' USR1
  trap 'woken=1; if [ "$phase" = running ]; then reason=${reason:-t}; else expired=1; fi' ALRM
  setsid sh "$self" launch "$folder" "$@" < /dev/null >> "$folder/out" 2>> "$folder/err" 9>&- &
  script=$!
  get_start "$script"
  script_start=$start
  get_start "$$"
  printf '%s %s %s %s\n' "$$" "$start" "$script" "$script_start" > "$folder/process"
  [ "$limit" -eq 0 ] || start_timer "$limit"
  await_script
  end_group
  stop_timer
  if [ "$phase" = killing ]; then
    wait "$script" 2> /dev/null
  fi
  # A shell tells an end by signal as 128 + its number.
  if [ "$phase" != running ]; then
    if [ "$status" -gt 128 ]; then
      status=$((128 - status))
    elif [ "$phase" = killing ]; then
      status=-9
    else
      status=-15
    fi
  fi
  get_sizes
  write_outcome "$status" "${reason:-e}"
  [ ! -e "$folder/env" ] || rm -f "$folder/env"
}

# Its place on the disk was taken before: a full disk loses no outcome.
write_outcome () {
  printf '%-79s\n' "$1 $2 $(date +%s.%N) $out_size $err_size" 1<> "$folder/outcome"
  sync "$folder/outcome" 2> /dev/null
}

# ---- step

# Whatever goes wrong here: nothing was begun.
not_begun () {
  rm -f "$folder/env"
  tell "${1:-the step could not be recorded on this machine, so nothing was run}"
  exit "$NOT_BEGUN"
}

# A file with the text $2. What printf of a shell says when it fails is not much: cat says why.
write_file () {
  { printf '%s' "$2" > "$1"; } 2> /dev/null || printf '%s' "$2" | cat > "$1"
}

# All that can fail fails here, before the script begins. A claim that is cut short is no claim: it is removed under the
# lock.
make_record () {
  get_boot_id
  blank=$(printf '%-79s' "")
  write_file "$folder/outcome" "$blank
" && write_file "$folder/out" '' && write_file "$folder/err" '' && write_file "$folder/provides" '' &&
    write_file "$folder/process" '' || not_begun
  if ! write_file "$folder/claim" "$boot_id $(date +%s.%N) $id
"; then
    rm -f "$folder/claim"
    not_begun
  fi
  sync "$folder/outcome" "$folder/claim" "$folder" 2> /dev/null
}

begin () {
  cat > "$folder/env" || not_begun
  [ "$(wc -c < "$folder/env")" -eq "$env_size" ] || not_begun "the environment did not come as a whole"
  make_record
  setsid sh "$self" supervise "$folder" "$limit" "$grace" "$root" "$directory" "$payload" \
    < /dev/null > /dev/null 2>&1 &
}

# New output, at most the first half of what is wanted.
emit_new () {
  get_sizes
  grown=
  if [ "$half" -gt 0 ]; then
    [ "$out_size" -le "$half" ] || out_size=$half
    [ "$err_size" -le "$half" ] || err_size=$half
  fi
  if [ "$out_size" -gt "$out_at" ]; then
    emit "$folder/out" "$out_at" "$out_size"
    out_at=$out_size grown=1
  fi
  if [ "$err_size" -gt "$err_at" ]; then
    emit "$folder/err" "$err_at" "$err_size" >&2
    err_at=$err_size grown=1
  fi
}

# What is left of the file $1, of which $2 bytes were told, up to $3: its first and its last half.
emit_rest () {
  if [ "$half" -gt 0 ] && [ "$3" -gt $((2 * half)) ]; then
    emit "$1" "$2" "$half"
    emit "$1" "$(($3 - half))" "$3"
  else
    emit "$1" "$2" "$3"
  fi
}

# BusyBox's flock waits for ever or not at all: then there is no live output.
knows_waiting () {
  (exec 7< "$self" && flock -s -w 1 7) 2> /dev/null
}

# The end is heard from the kernel; output is looked at ever less often while there is none.
wait_for_end () {
  exec 8< "$folder/lock"
  pause=0.2
  if flock -s -w "$pause" 8 2> /dev/null; then
    return 0
  elif ! knows_waiting; then
    flock -s 8
    return 0
  fi
  while ! flock -s -w "$pause" 8 2> /dev/null; do
    emit_new
    if [ -n "$grown" ]; then
      pause=0.2
    elif [ "$pause" = 0.2 ]; then
      pause=0.5
    else
      pause=1
    fi
  done
}

# The supervisor is gone without an outcome: what it watched over may still run.
kill_orphans () {
  read -r s_pid s_start script script_start < "$folder/process" || return 0
  [ -n "$script_start" ] || return 0
  get_start "$script"
  if [ "$start" = "$script_start" ]; then
    signal_script KILL
  fi
}

follow () {
  wait_for_end
  read -r claimed_boot started rest < "$folder/claim"
  boot=same
  get_boot_id
  [ "$claimed_boot" = "$boot_id" ] || boot=other
  state=done
  read -r status reason ended out_size err_size < "$folder/outcome" || status=
  if [ -z "$status" ]; then
    state=died status=-9 reason=e ended=
    [ "$boot" = other ] || kill_orphans
    get_sizes
  fi
  emit_rest "$folder/out" "$out_at" "$out_size"
  emit_rest "$folder/err" "$err_at" "$err_size" >&2
  mark '}'
  printf '%s %s\n' state "$state" boot "$boot" status "$status" reason "$reason" started "$started" ended "$ended" \
    out-size "$out_size" err-size "$err_size"
  echo
  [ ! -s "$folder/provides" ] || head -c 262145 "$folder/provides"
}

step () {
  nonce=$1 folder=$spool/$2/$3 id=$4 env_size=$5 limit=$6 grace=$7 half=$8 out_at=$9
  shift 9
  err_at=$1 root=$2 directory=$3 payload=$4
  mark '{'
  [ -d "$folder" ] || mkdir -p "$folder" || not_begun
  exec 9>> "$folder/lock" || not_begun
  # Held, and no claim yet: somebody is about to begin it.
  if flock -n -x 9 || { [ ! -e "$folder/claim" ] && flock -x 9; }; then
    [ -e "$folder/claim" ] || begin
  fi
  exec 9>&-
  follow
}

# A step that was not begun yet never will be.
cancel () {
  folder=$spool/$1/$2 id=$3
  mkdir -p "$folder" && exec 9>> "$folder/lock" || exit 1
  tries=0
  while ! flock -n -x 9; do
    if [ -s "$folder/process" ] && read -r supervisor supervisor_start rest < "$folder/process"; then
      get_start "$supervisor"
      if [ -n "$start" ] && [ "$start" = "$supervisor_start" ]; then
        kill -s USR1 "$supervisor"
        exit
      fi
    fi
    tries=$((tries + 1))
    [ "$tries" -lt 50 ] || exit 1
    sleep 0.1
  done
  if [ ! -e "$folder/claim" ]; then
    make_record
    tell "cancelled before it was begun" 2> "$folder/err"
    get_sizes
    write_outcome -15 c
  fi
}

case ${1-} in
prepare | put | clone | launch | supervise | step | cancel)
  verb=$1
  shift
  "$verb" "$@"
  ;;
enter)
  shift
  enter_without_help "$@"
  ;;
forget)
  rm -rf "${spool:?}/${2:?}"
  ;;
*)
  tell "unknown verb ${1-}"
  exit 64
  ;;
esac
