# SPDX-License-Identifier: Apache-2.0
if NFVO
noinst_LTLIBRARIES += core/nfvo/libvnfm-nfvo.la
core_nfvo_libvnfm_nfvo_la_SOURCES = \
	core/nfvo/dependencies.c \
	core/nfvo/dependencies.h \
	core/nfvo/entity.c \
	core/nfvo/entity.h \
	core/nfvo/records.c \
	core/nfvo/records.h
core_nfvo_libvnfm_nfvo_la_LIBADD = $(SDK_LIBS)
endif
