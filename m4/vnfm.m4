# SPDX-License-Identifier: Apache-2.0

# VNFM_PART(NAME, CONDITIONAL, DESCRIPTION, [PKG-CONFIG MODULES], [VARIABLE PREFIX])
# An optional part: --enable-NAME insists on it, --disable-NAME leaves it out, the default takes it where its libraries
# are found. Sets $part_NAME (with "_" for "-") to yes, or no and why.
AC_DEFUN([VNFM_PART], [
  AS_VAR_PUSHDEF([part], [part_]m4_translit([$1], [-], [_]))
  AS_VAR_PUSHDEF([enable], [enable_]m4_translit([$1], [-], [_]))
  AC_ARG_ENABLE([$1], [AS_HELP_STRING([--enable-$1], [$3 @<:@auto@:>@])], [], [enable=auto])
  AS_IF([test "$enable" = no], [part=no],
    [m4_ifval([$4],
      [PKG_CHECK_MODULES([$5], [$4], [part=yes],
        [AS_IF([test "$enable" = yes], [AC_MSG_ERROR([--enable-$1 needs $4])])
         part="no (needs $4)"])],
      [part=yes])])
  AM_CONDITIONAL([$2], [test "$part" = yes])
  AS_VAR_POPDEF([enable])
  AS_VAR_POPDEF([part])
])

# Warnings always, as errors with --enable-werror (CI); sanitizers on request.
AC_DEFUN([VNFM_COMPILER_FLAGS], [
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [treat warnings as errors])], [], [enable_werror=no])
  AC_ARG_ENABLE([sanitizers], [AS_HELP_STRING([--enable-sanitizers], [build with the address and undefined-behaviour sanitizers])],
    [], [enable_sanitizers=no])
  WARN_CFLAGS="-Wall -Wextra -Wshadow -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wmissing-declarations -Wold-style-definition -Wpointer-arith -Wwrite-strings -Wundef -Wvla -Wno-unused-parameter -Wno-missing-field-initializers -Wno-cast-function-type"
  warnings_are=shown
  AS_IF([test "$enable_werror" = yes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"; warnings_are=errors])
  SANITIZE_CFLAGS=
  AS_IF([test "$enable_sanitizers" = yes],
    [SANITIZE_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer"])
  AC_SUBST([WARN_CFLAGS])
  AC_SUBST([SANITIZE_CFLAGS])
  AM_CONDITIONAL([SANITIZERS], [test "$enable_sanitizers" = yes])
])
