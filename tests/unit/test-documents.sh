# SPDX-License-Identifier: Apache-2.0
# Each option that a program's --help tells is in its man page and in its completion, and nothing else is offered there.
LC_ALL=C
export LC_ALL
count=0
failed=0

# PROGRAM MAN-PAGE COMPLETION COMMAND...: "-" for the program without a command.
check_program ()
{
  program=$1 name=$(basename "$1") page=$VNFM_SRCDIR/data/man/$2
  completion=$VNFM_SRCDIR/data/completions/$3
  shift 3
  told=$(for command in "$@"; do
    test "$command" = - && command=
    "$VNFM_BUILDDIR/$program" $command --help
  done | grep -o -e '--[a-z][a-z-]*' | grep -vx -e '--help' -e '--version' | sort -u)
  paged=$(sed 's/\\-/-/g; s/\\f[A-Z]/ /g' "$page" | grep -o -e '--[a-z][a-z-]*' |
    grep -vx -e '--help' -e '--version' | sort -u)
  offered=$(grep -o -e '--[a-z][a-z-]*' "$completion" | grep -vx -e '--help' -e '--version' | sort -u)

  test -n "$told" || say not "$name has no options"
  for option in $told; do
    echo "$paged" | grep -qxe "$option" || say not "$name $option is not in its man page"
    echo "$offered" | grep -qxe "$option" || say not "$name $option is not in the completion"
  done
  for option in $paged $offered; do
    echo "$told" | grep -qxe "$option" || say not "$option is in a document of $name, which does not know it"
  done
  say '' "$name is documented"
}

say ()
{
  test -z "$1" || failed=1
  test -z "$1" && test $failed = 1 && return
  count=$((count + 1))
  echo "${1:+$1 }ok $count - $2"
}

check_program core/ctl/vnfmctl vnfmctl.1 vnfmctl - status operations show vnfs plugins check-package
check_program core/daemon/vnfmd vnfmd.8 vnfmd -
# Not built without its part.
test ! -x "$VNFM_BUILDDIR/core/nfvo/vnfm-nfvo" || check_program core/nfvo/vnfm-nfvo vnfm-nfvo.1 vnfm-nfvo - base check clean enter run
test ! -x "$VNFM_BUILDDIR/plugins/ems-agent/vnfm-ems" || check_program plugins/ems-agent/vnfm-ems vnfm-ems.8 vnfm-ems -
echo "1..$count"
exit $failed
