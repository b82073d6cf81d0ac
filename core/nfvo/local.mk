# SPDX-License-Identifier: Apache-2.0
if NFVO
noinst_LTLIBRARIES += core/nfvo/libvnfm-nfvo.la
core_nfvo_libvnfm_nfvo_la_SOURCES = \
	core/nfvo/client.c \
	core/nfvo/client.h \
	core/nfvo/daemon.c \
	core/nfvo/daemon.h \
	core/nfvo/dependencies.c \
	core/nfvo/dependencies.h \
	core/nfvo/deployment.c \
	core/nfvo/deployment.h \
	core/nfvo/deployment-answers.c \
	core/nfvo/deployment-member.c \
	core/nfvo/deployment-private.h \
	core/nfvo/deployment-questions.c \
	core/nfvo/deployment-release.c \
	core/nfvo/instantiate.c \
	core/nfvo/instantiate.h \
	core/nfvo/link.c \
	core/nfvo/link.h \
	core/nfvo/machines/base.c \
	core/nfvo/machines/base.h \
	core/nfvo/machines/base-build.c \
	core/nfvo/machines/base-identity.c \
	core/nfvo/machines/ending.c \
	core/nfvo/machines/ending.h \
	core/nfvo/machines/loopback.c \
	core/nfvo/machines/loopback.h \
	core/nfvo/machines/machines.c \
	core/nfvo/machines/machines.h \
	core/nfvo/machines/process.c \
	core/nfvo/machines/process.h \
	core/nfvo/records.c \
	core/nfvo/records.h \
	core/nfvo/records-allocate.c \
	core/nfvo/records-check.c \
	core/nfvo/records-private.h \
	core/nfvo/run-folder.c \
	core/nfvo/run-folder.h \
	core/nfvo/run-options.c \
	core/nfvo/run.c \
	core/nfvo/run.h \
	core/nfvo/steps.c \
	core/nfvo/steps.h \
	core/nfvo/view.c \
	core/nfvo/view.h
core_nfvo_libvnfm_nfvo_la_LIBADD = core/package/libvnfm-package.la core/host/libvnfm-host.la $(SDK_LIBS)

bin_PROGRAMS += core/nfvo/vnfm-nfvo
core_nfvo_vnfm_nfvo_SOURCES = core/nfvo/main.c
core_nfvo_vnfm_nfvo_LDADD = core/nfvo/libvnfm-nfvo.la $(SDK_LIBS)
endif

EXTRA_DIST += core/nfvo/README.md
