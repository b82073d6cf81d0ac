# SPDX-License-Identifier: Apache-2.0
# What the programs share and nobody installs: plugins, configuration, log.

noinst_LTLIBRARIES += core/host/libvnfm-host.la
core_host_libvnfm_host_la_SOURCES = \
	core/host/configuration.c core/host/configuration.h \
	core/host/log.c core/host/log.h \
	core/host/plugin-file.c core/host/plugin-file.h \
	core/host/plugin-host.c core/host/plugin-host.h
core_host_libvnfm_host_la_LIBADD = $(SDK_LIBS)

EXTRA_DIST += core/host/README.md
