# SPDX-License-Identifier: Apache-2.0
if NFVO
noinst_LTLIBRARIES += core/nfvo/libvnfm-nfvo.la
core_nfvo_libvnfm_nfvo_la_SOURCES = \
	core/nfvo/dependencies.c \
	core/nfvo/dependencies.h \
	core/nfvo/entity.c \
	core/nfvo/entity.h \
	core/nfvo/instantiate.c \
	core/nfvo/metadata.c \
	core/nfvo/metadata.h \
	core/nfvo/nsd.c \
	core/nfvo/nsd.h \
	core/nfvo/nsd-link.c \
	core/nfvo/nsd-load.c \
	core/nfvo/nsd-oddities.c \
	core/nfvo/nsd-parse.c \
	core/nfvo/nsd-private.h \
	core/nfvo/package.c \
	core/nfvo/package.h \
	core/nfvo/records.c \
	core/nfvo/records.h \
	core/nfvo/vnfd-json.c \
	core/nfvo/vnfd-json.h
core_nfvo_libvnfm_nfvo_la_CFLAGS = $(AM_CFLAGS) $(YAML_CFLAGS)
core_nfvo_libvnfm_nfvo_la_LIBADD = $(SDK_LIBS) $(YAML_LIBS)
endif
