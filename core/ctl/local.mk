# SPDX-License-Identifier: Apache-2.0
# vnfmctl. All but its main() is a convenience library, so that unit tests can reach it.

noinst_LTLIBRARIES += core/ctl/libvnfm-ctl.la
core_ctl_libvnfm_ctl_la_SOURCES = \
	core/ctl/check-package.c core/ctl/check-package.h \
	core/ctl/client.c core/ctl/client.h \
	core/ctl/doctor.c core/ctl/doctor.h \
	core/ctl/format.c core/ctl/format.h \
	core/ctl/human.c core/ctl/human.h \
	core/ctl/table.c core/ctl/table.h
core_ctl_libvnfm_ctl_la_CFLAGS = $(AM_CFLAGS) $(SOUP_CFLAGS)
core_ctl_libvnfm_ctl_la_LIBADD = $(PACKAGE_LA) $(SDK_LIBS) $(SOUP_LIBS)

bin_PROGRAMS += core/ctl/vnfmctl
core_ctl_vnfmctl_SOURCES = core/ctl/main.c
core_ctl_vnfmctl_LDADD = core/ctl/libvnfm-ctl.la $(SDK_LIBS)

EXTRA_DIST += core/ctl/README.md
