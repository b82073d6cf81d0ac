# SPDX-License-Identifier: Apache-2.0
# What vnfmd says of its configuration and its plugins, and the profiles that are shipped. Speaks TAP; runs where all
# plugins that the profiles name are built.
LC_ALL=C
export LC_ALL
unset VNFM_LOG CREDENTIALS_DIRECTORY
vnfmd=$VNFM_BUILDDIR/core/daemon/vnfmd
folder=$(mktemp -d "${TMPDIR:-/tmp}/vnfm-options-XXXXXX") || exit 99
trap 'rm -rf "$folder"' EXIT
trap 'exit 99' HUP INT TERM
count=0
failed=0

# A name, then a command.
check ()
{
  name=$1
  shift
  count=$((count + 1))
  if "$@"; then
    echo "ok $count - $name"
  else
    failed=1
    echo "not ok $count - $name"
    sed 's/^/# /' "$folder/out" "$folder/err"
  fi
}

# Runs vnfmd with the arguments; its status is in $status, what it says in the files out and err.
run ()
{
  "$vnfmd" "$@" > "$folder/out" 2> "$folder/err"
  status=$?
}

is_good ()
{
  run --check "$@"
  test $status = 0 && grep -qx 'The configuration is good.' "$folder/out" && test ! -s "$folder/err"
}

# What vnfmd complains of is the file wanted, line by line.
is_bad ()
{
  run --check "$@"
  test $status = 1 && test ! -s "$folder/out" && diff "$folder/wanted" "$folder/err" > "$folder/out"
}

# Neither of the two shows what only a secret's file may.
says ()
{
  grep -qF -- "$1" "$folder/out" "$folder/err" && ! grep -q very-secret "$folder/out" "$folder/err"
}

for profile in "$VNFM_SRCDIR"/data/profiles/*.conf; do
  name=$(basename "$profile" .conf)
  check "the profile $name is good" is_good --profile "$name"
  check "so is its file" is_good --profile "$profile"
done

printf '[vnfmd]\nendpiont=x\n\n[scripts]\nparallel=many\ntime-limit=1 hour\n' > "$folder/wrong.conf"
cat > "$folder/wanted" << END
vnfmd: $folder/wrong.conf:2: there is no key endpiont in [vnfmd]; did you mean endpoint?
$folder/wrong.conf:5: [scripts] parallel: "many" is not a whole number
$folder/wrong.conf:6: [scripts] time-limit: "1 hour" is not a duration (500, 250ms, 30s, 5m, 2h)
END
check "each mistake is told with its file and line" is_bad --config "$folder/wrong.conf"

printf '[vnfmd]\nendpoint\n' > "$folder/syntax.conf"
echo "vnfmd: $folder/syntax.conf:2: neither [group] nor key=value" > "$folder/wanted"
check "so is a line that is none" is_bad --config "$folder/syntax.conf"

run --profile none --check
check "a profile that is not there" says "vnfmd: there is no profile none in $VNFM_SRCDIR/data/profiles or "

printf '[stomp]\npasscode=very-secret\n' > "$folder/secret.conf"
chmod 644 "$folder/secret.conf"
echo "vnfmd: $folder/secret.conf:2: [stomp] passcode is a secret, and others can read the file (chmod 600)" \
  > "$folder/wanted"
check "a secret that others can read" is_bad --config "$folder/secret.conf"
chmod 600 "$folder/secret.conf"
check "a secret that they cannot" is_good --config "$folder/secret.conf"

run --config "$folder/secret.conf" --set scripts.parallel=3 --print-config
check "values are printed with their origin" says "(--set)"
check "and secrets are not" says "passcode=********"
run --config "$folder/secret.conf" --print-config --json
check "neither as JSON" says '"key":"passcode","value":"********"'
check "which is JSON" sh -c 'python3 -m json.tool < "$1" > /dev/null' sh "$folder/out"

run --set vnfmd.store=none --set none.path=/x --check
check "a plugin that is needed and missing is a mistake" test $status = 1
check "which is named" says "vnfmd: plugin store-none: it is not installed"
check "and its group only warned about" says "warning: --set: [none] is not used: it is not installed"
mkdir -m 700 "$folder/state"
run --set vnfmd.store=none --state-dir "$folder/state"
check "vnfmd does not start without it" test $status = 1
check "and says what needs it" says "vnfmd: the profile needs store-none ([vnfmd] store): it is not installed"

# A second back-end, as it would be installed.
mkdir "$folder/plugins"
cp "$VNFM_BUILDDIR/tests/support/plugins/.libs/ready-ems.so" "$folder/plugins/ems-ready.so"
chmod 755 "$folder/plugins" "$folder/plugins/ems-ready.so"
two ()
{
  printf "[vnfmd]\nems=agent,ready\n$1" > "$folder/two.conf"
}

two '[ems.ready]\ntypes=router,switch\n'
check "two back-ends are good" is_good --plugin-dir "$folder/plugins" --config "$folder/two.conf"
two ''
echo "vnfmd: [ems.ready] types: it names no VNF types, and only the first of [vnfmd] ems may serve the rest" \
  > "$folder/wanted"
check "a second one without types is a mistake" is_bad --plugin-dir "$folder/plugins" --config "$folder/two.conf"
two '[ems.ready]\ntypes=router\n[ems.agent]\ntypes=client\n'
echo "vnfmd: [ems.agent] types: the first of [vnfmd] ems serves all types that no other names, and names none" \
  > "$folder/wanted"
check "so is a first one with types" is_bad --plugin-dir "$folder/plugins" --config "$folder/two.conf"
two '[ems.ready]\ntypes=router,switch,router\n'
echo "vnfmd: [ems.ready] types: router is named twice, before in [ems.ready]" > "$folder/wanted"
check "and a type that is named twice" is_bad --plugin-dir "$folder/plugins" --config "$folder/two.conf"
two '[ems.redy]\ntypes=router\n'
echo "vnfmd: $folder/two.conf:4: there is no group [ems.redy]" > "$folder/wanted"
check "a group of a back-end that ems= does not name" is_bad --plugin-dir "$folder/plugins" \
  --config "$folder/two.conf"
echo "vnfmd: plugin ems-ready: it is not installed" > "$folder/wanted"
two '[ems.ready]\ntypes=router\n'
check "a back-end that is not there" is_bad --config "$folder/two.conf"
echo "vnfmd: [vnfmd] ems: agent is named twice" > "$folder/wanted"
check "a back-end that is named twice" is_bad --set vnfmd.ems=agent,agent
echo "vnfmd: [vnfmd] ems: it names no EMS back-end" > "$folder/wanted"
check "no back-end at all" is_bad --set vnfmd.ems=

run --list-plugins --json
check "plugins are listed as JSON" sh -c 'python3 -m json.tool < "$1" > /dev/null' sh "$folder/out"
check "with what they are" says '"kind":"store","name":"sqlite"'

run --no-such-option
check "an option that is none" test $status = 2
run nonsense
check "an argument that is none" test $status = 2
echo "1..$count"
exit $failed
