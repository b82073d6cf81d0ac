# SPDX-License-Identifier: Apache-2.0
# A vendor's way: vnfmd is installed, plugins/handler-example is copied elsewhere, built with nothing but the installed
# headers, library and vnfm.pc, and works beside and instead of the handler of scripts. Speaks TAP.
LC_ALL=C
export LC_ALL
: "${VNFM_BUILDDIR:=$PWD}" "${VNFM_SRCDIR:=$VNFM_BUILDDIR}"
unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS LDFLAGS CPATH C_INCLUDE_PATH LIBRARY_PATH

folder=$(mktemp -d "${TMPDIR:-/tmp}/vnfm-sdk-XXXXXX") || exit 99
trap 'rm -rf "$folder"' EXIT
trap 'exit 99' HUP INT TERM
root=$folder/root
vendor=$folder/vendor
log=$folder/log
vnfmd=$VNFM_BUILDDIR/core/daemon/vnfmd
nfvo=$VNFM_BUILDDIR/core/nfvo/vnfm-nfvo
count=0
failed=0

# What a check is called, then a command. When it fails, the log is shown.
check ()
{
  name=$1
  shift
  count=$((count + 1))
  if "$@" >> "$log" 2>&1; then
    echo "ok $count - $name"
  else
    failed=1
    echo "not ok $count - $name"
    tail -n 60 "$log" | sed 's/^/# /'
  fi
  : > "$log"
}

install_all ()
{
  make -C "$VNFM_BUILDDIR" install DESTDIR="$root"
}

# The files lie below $root, so the copy of vnfm.pc that pkg-config finds says so; all else in it is as installed.
relocate ()
{
  pc=$(find "$root" -name vnfm.pc)
  test -n "$pc" && mkdir "$folder/pkgconfig" &&
    sed "s|^prefix=|prefix=$root|" "$pc" > "$folder/pkgconfig/vnfm.pc" || return 1
  PKG_CONFIG_PATH=$folder/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
  export PKG_CONFIG_PATH
  libdir=$(pkg-config --variable=libdir vnfm)
  test -e "$libdir/libvnfm.so"
}

# Each by itself: an installed header that includes one that is not would break here.
compile_headers ()
{
  headers=$(find "$root" -name 'vnfm*.h')
  test -n "$headers" || return 1
  for header in $headers; do
    echo "#include <vnfm/$(basename "$header")>" > "$folder/one.c"
    cc -Wall -Werror -fsyntax-only $(pkg-config --cflags vnfm) "$folder/one.c" || return 1
  done
}

build_example ()
{
  mkdir "$vendor" && cp "$VNFM_SRCDIR"/plugins/handler-example/[!l]* "$vendor" &&
    make -C "$vendor" CFLAGS='-O2 -Wall -Werror'
}

exports_are_right ()
{
  names=$(nm -D --defined-only "$vendor/handler-example.so" | sed 's/.* //' | sort | tr '\n' ' ')
  echo "$names"
  test "$names" = "vnfm_plugin_abi_major vnfm_plugin_abi_minor vnfm_plugin_entry "
}

needs_the_library ()
{
  readelf -d "$vendor/handler-example.so" > "$folder/needed" && cat "$folder/needed"
  grep -q 'NEEDED.*libvnfm\.so\.1' "$folder/needed" && ! grep -Eq 'R(UN)?PATH' "$folder/needed"
}

# The pattern and vnfmd's further arguments.
list_shows ()
{
  pattern=$1
  shift
  "$vnfmd" --list-plugins "$@" > "$folder/list" 2>&1
  cat "$folder/list"
  grep -Eq "$pattern" "$folder/list"
}

# The same with the installed library, and with the installed plugins beside it.
installed_vnfmd_loads_it ()
{
  program=$(find "$root" -type f -name vnfmd -perm -100)
  profile=$(find "$root" -name local.conf)
  LD_LIBRARY_PATH=$libdir "$program" --profile "$profile" --list-plugins --plugin-dir "$plugins" \
    --plugin-dir "$(pkg-config --variable=plugindir vnfm)" > "$folder/list" 2>&1
  cat "$folder/list"
  grep -Eq '^handler +example +1\.0 +loaded' "$folder/list"
}

install_example ()
{
  plugins=$folder/plugins
  make -C "$vendor" install plugindir="$plugins" && test -x "$plugins/handler-example.so"
}

# The service data/examples/web with the example for the type "client".
run_web ()
{
  rm -f "$folder/lines"
  mkdir -p -m 0700 "$folder/run"
  XDG_RUNTIME_DIR=$folder/run "$nfvo" run "$VNFM_SRCDIR/data/examples/web/nsd.json" --json --timeout 60 \
    --plugin-dir "$plugins" --set vnfmd.handlers=scripts,example --set handler.example.types=client \
    --set example.file="$folder/lines" "$@" > "$folder/events" 2>&1
  status=$?
  cat "$folder/events"
  test -e "$folder/lines" && cat "$folder/lines"
  test $status = 0
}

ran ()
{
  grep '"event":"script"' "$folder/events" | grep -q "\"script\":\"$1\""
}

# Without the operation's id, which is a UUID, and the number of the VNFR.
lines_are ()
{
  cut -d ' ' -f 1,2 "$folder/lines" | tr '\n' ';' > "$folder/got"
  echo "$(cat "$folder/got")"
  ! grep -vE '^[a-z-]+ client web-client[^ ]* [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' "$folder/lines" &&
    test "$(cat "$folder/got")" = "$1"
}

acts_beside ()
{
  run_web && lines_are 'after-configure client;' &&
    ran make-site.sh && ran need-python.sh && ran server_configure.sh && ran fetch.sh
}

# Without its key it does not start, and then vnfmd does not either.
says_what_it_misses ()
{
  mkdir -p -m 0700 "$folder/state"
  "$vnfmd" --plugin-dir "$plugins" --set vnfmd.handlers=scripts,example --set stomp.listen=127.0.0.1:0 \
    --set vnfmd.control-socket="$folder/control" --state-dir "$folder/state" > "$folder/list" 2>&1
  test $? = 1 && grep -q 'handler-example did not start: \[example\] file is not set' "$folder/list"
}

# START of "instead" serves no page: nobody fetches one, and that no script did is what is looked for.
acts_instead ()
{
  run_web --set handler.example.mode=instead &&
    lines_are 'instantiate client;configure client;after-configure client;start client;terminate client;' &&
    ran make-site.sh && ! ran server_configure.sh && ! ran fetch.sh
}

check "make install" install_all
check "vnfm.pc tells where the SDK is" relocate
check "each installed header stands alone" compile_headers
check "the example is built from a copy" build_example
check "it exports its entry point and its ABI only" exports_are_right
check "it needs libvnfm and knows no path of it" needs_the_library
check "make install of the example" install_example
check "vnfmd loads it" list_shows '^handler +example +1\.0 +loaded' --plugin-dir "$plugins"
check "an installed vnfmd loads it" installed_vnfmd_loads_it
chmod g+w "$plugins/handler-example.so"
check "vnfmd refuses it when others can write it" \
  list_shows '^handler +example +- +disabled +.*written by others' --plugin-dir "$plugins"
chmod g-w "$plugins/handler-example.so"
check "it does not start without its key" says_what_it_misses
check "it acts beside the scripts" acts_beside
check "it acts instead of the scripts" acts_instead
echo "1..$count"
exit $failed
