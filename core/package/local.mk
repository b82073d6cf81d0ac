# SPDX-License-Identifier: Apache-2.0
# Reading and checking of descriptors and packages, for vnfm-nfvo and vnfmctl.
if PACKAGES
noinst_LTLIBRARIES += core/package/libvnfm-package.la
core_package_libvnfm_package_la_SOURCES = \
	core/package/archive.c \
	core/package/archive.h \
	core/package/check.c \
	core/package/check.h \
	core/package/check-scripts.c \
	core/package/check-text.c \
	core/package/check-values.c \
	core/package/entity.c \
	core/package/entity.h \
	core/package/metadata.c \
	core/package/metadata.h \
	core/package/nsd.c \
	core/package/nsd.h \
	core/package/nsd-link.c \
	core/package/nsd-load.c \
	core/package/nsd-oddities.c \
	core/package/nsd-parse.c \
	core/package/nsd-private.h \
	core/package/package.c \
	core/package/package.h \
	core/package/package-archive.c \
	core/package/package-folder.c \
	core/package/package-private.h \
	core/package/script-scan.c \
	core/package/script-scan.h \
	core/package/script-scan-shell.c \
	core/package/vnfd-fields.c \
	core/package/vnfd-fields.h \
	core/package/vnfd-json.c \
	core/package/vnfd-json.h
PACKAGE_LA = core/package/libvnfm-package.la
core_package_libvnfm_package_la_CFLAGS = $(AM_CFLAGS) $(PACKAGES_CFLAGS)
core_package_libvnfm_package_la_LIBADD = $(SDK_LIBS) $(PACKAGES_LIBS)
endif

EXTRA_DIST += core/package/README.md
