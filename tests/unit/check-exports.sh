# SPDX-License-Identifier: Apache-2.0
# What shared objects export is a promise: each plugin that was built its entry point and the two numbers of its ABI,
# libvnfm what begins with vnfm_, and nothing else. Which plugins there are is read from the build.
LC_ALL=C
export LC_ALL
count=0
failed=0
wanted="vnfm_plugin_abi_major vnfm_plugin_abi_minor vnfm_plugin_entry"

# 0 or 1, and what was looked at
tell ()
{
  count=$((count + 1))
  if test "$1" = 0; then
    echo "ok $count - $2"
  else
    echo "not ok $count - $2"
    failed=1
  fi
}

# Names of what $1 exports, in order.
exports ()
{
  nm -D --defined-only -- "$1" | while read -r _ _ name; do
    echo "${name%%@*}"
  done | sort
}

library=$VNFM_BUILDDIR/core/sdk/.libs/libvnfm.so
names=$(exports "$library")
test -n "$names"
tell $? "libvnfm exports something"
others=$(echo "$names" | grep -v '^vnfm_')
test -z "$others"
tell $? "libvnfm exports vnfm_* only${others:+: }$(echo $others)"

for module in "$VNFM_BUILDDIR"/plugins/*/.libs/*.so; do
  # The pattern itself, where no plugin was built.
  test -e "$module" || continue
  names=$(echo $(exports "$module"))
  test "$names" = "$wanted"
  tell $? "$(basename "$module") exports its entry point and its ABI only ($names)"
done

echo "1..$count"
exit $failed
