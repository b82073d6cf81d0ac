# SPDX-License-Identifier: Apache-2.0
# libvnfm: all that a plugin may include and link.

lib_LTLIBRARIES += core/sdk/libvnfm.la

vnfmincludedir = $(includedir)/vnfm
vnfminclude_HEADERS = \
	core/sdk/vnfm/vnfm.h \
	core/sdk/vnfm/vnfm-clock.h \
	core/sdk/vnfm/vnfm-context.h \
	core/sdk/vnfm/vnfm-dependency.h \
	core/sdk/vnfm/vnfm-descriptor.h \
	core/sdk/vnfm/vnfm-ems.h \
	core/sdk/vnfm/vnfm-enums.h \
	core/sdk/vnfm/vnfm-envelope.h \
	core/sdk/vnfm/vnfm-environment.h \
	core/sdk/vnfm/vnfm-error.h \
	core/sdk/vnfm/vnfm-extension.h \
	core/sdk/vnfm/vnfm-handler.h \
	core/sdk/vnfm/vnfm-json.h \
	core/sdk/vnfm/vnfm-lifecycle.h \
	core/sdk/vnfm/vnfm-message.h \
	core/sdk/vnfm/vnfm-negotiator.h \
	core/sdk/vnfm/vnfm-operation.h \
	core/sdk/vnfm/vnfm-parameter-files.h \
	core/sdk/vnfm/vnfm-plugin.h \
	core/sdk/vnfm/vnfm-poll.h \
	core/sdk/vnfm/vnfm-profile.h \
	core/sdk/vnfm/vnfm-record.h \
	core/sdk/vnfm/vnfm-script-result.h \
	core/sdk/vnfm/vnfm-store.h \
	core/sdk/vnfm/vnfm-transport.h \
	core/sdk/vnfm/vnfm-type-set.h \
	core/sdk/vnfm/vnfm-vnfc.h

core_sdk_libvnfm_la_SOURCES = \
	core/sdk/vnfm/vnfm-clock.c \
	core/sdk/vnfm/vnfm-context.c \
	core/sdk/vnfm/vnfm-dependency.c \
	core/sdk/vnfm/vnfm-descriptor.c \
	core/sdk/vnfm/vnfm-descriptor-request.c \
	core/sdk/vnfm/vnfm-descriptor-request.h \
	core/sdk/vnfm/vnfm-ems.c \
	core/sdk/vnfm/vnfm-enums.c \
	core/sdk/vnfm/vnfm-envelope.c \
	core/sdk/vnfm/vnfm-environment.c \
	core/sdk/vnfm/vnfm-error.c \
	core/sdk/vnfm/vnfm-extension.c \
	core/sdk/vnfm/vnfm-handler.c \
	core/sdk/vnfm/vnfm-json.c \
	core/sdk/vnfm/vnfm-json-copy.c \
	core/sdk/vnfm/vnfm-json-copy.h \
	core/sdk/vnfm/vnfm-json-repeated.c \
	core/sdk/vnfm/vnfm-json-scanner.c \
	core/sdk/vnfm/vnfm-json-scanner.h \
	core/sdk/vnfm/vnfm-json-tree.c \
	core/sdk/vnfm/vnfm-json-write.c \
	core/sdk/vnfm/vnfm-lifecycle.c \
	core/sdk/vnfm/vnfm-message.c \
	core/sdk/vnfm/vnfm-negotiator.c \
	core/sdk/vnfm/vnfm-operation.c \
	core/sdk/vnfm/vnfm-parameter-files.c \
	core/sdk/vnfm/vnfm-plugin.c \
	core/sdk/vnfm/vnfm-poll.c \
	core/sdk/vnfm/vnfm-profile.c \
	core/sdk/vnfm/vnfm-profile-values.c core/sdk/vnfm/vnfm-profile-values.h \
	core/sdk/vnfm/vnfm-record.c \
	core/sdk/vnfm/vnfm-script-result.c \
	core/sdk/vnfm/vnfm-store.c \
	core/sdk/vnfm/vnfm-transport.c \
	core/sdk/vnfm/vnfm-transport-peers.c core/sdk/vnfm/vnfm-transport-peers.h \
	core/sdk/vnfm/vnfm-type-set.c \
	core/sdk/vnfm/vnfm-vnfc.c
core_sdk_libvnfm_la_LDFLAGS = $(AM_LDFLAGS) -version-info 1:0:0 -export-symbols-regex '^vnfm_'
core_sdk_libvnfm_la_LIBADD = $(GLIB_LIBS) $(JSON_LIBS)

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = core/sdk/vnfm.pc
EXTRA_DIST += core/sdk/README.md
