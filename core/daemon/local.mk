# SPDX-License-Identifier: Apache-2.0

# The local API, apart from what it tells: a unit test gives it a source of its own.
noinst_LTLIBRARIES += core/daemon/liblocal-api.la
core_daemon_liblocal_api_la_SOURCES = \
	core/daemon/local-api.c core/daemon/local-api.h \
	core/daemon/local-socket.c core/daemon/local-socket.h
core_daemon_liblocal_api_la_CFLAGS = $(AM_CFLAGS) $(SOUP_CFLAGS)
core_daemon_liblocal_api_la_LIBADD = $(SDK_LIBS) $(SOUP_LIBS)

# vnfmd, the manager daemon.

sbin_PROGRAMS += core/daemon/vnfmd
core_daemon_vnfmd_SOURCES = \
	core/daemon/api-doctor.c core/daemon/api-doctor.h \
	core/daemon/api-json.c core/daemon/api-json.h \
	core/daemon/api-source.c core/daemon/api-source.h \
	core/daemon/main.c \
	core/daemon/notify.c core/daemon/notify.h \
	core/daemon/settings.c core/daemon/settings.h \
	core/daemon/wiring.c core/daemon/wiring.h
core_daemon_vnfmd_LDADD = core/daemon/liblocal-api.la core/engine/libvnfm-engine.la core/host/libvnfm-host.la $(SDK_LIBS) $(SOUP_LIBS)

EXTRA_DIST += core/daemon/README.md
