# SPDX-License-Identifier: Apache-2.0
if NFVO
# What the orchestrator and its helper say to each other.
noinst_LTLIBRARIES += core/nfvo/libvnfm-machine-protocol.la
core_nfvo_libvnfm_machine_protocol_la_SOURCES = \
	core/nfvo/machines/protocol.c \
	core/nfvo/machines/protocol.h
core_nfvo_libvnfm_machine_protocol_la_LIBADD = $(SDK_LIBS)

noinst_LTLIBRARIES += core/nfvo/libvnfm-nfvo.la
core_nfvo_libvnfm_nfvo_la_SOURCES = \
	core/nfvo/client.c \
	core/nfvo/client.h \
	core/nfvo/clean.c \
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
	core/nfvo/enter.c \
	core/nfvo/enter.h \
	core/nfvo/instantiate.c \
	core/nfvo/instantiate.h \
	core/nfvo/leftovers.c \
	core/nfvo/leftovers.h \
	core/nfvo/link.c \
	core/nfvo/link.h \
	core/nfvo/machines/base.c \
	core/nfvo/machines/base.h \
	core/nfvo/machines/base-build.c \
	core/nfvo/machines/base-identity.c \
	core/nfvo/machines/base-private.h \
	core/nfvo/machines/base-root.c \
	core/nfvo/machines/cloud.c \
	core/nfvo/machines/cloud.h \
	core/nfvo/machines/ending.c \
	core/nfvo/machines/ending.h \
	core/nfvo/machines/helper-link.c \
	core/nfvo/machines/helper-link.h \
	core/nfvo/machines/loopback.c \
	core/nfvo/machines/loopback.h \
	core/nfvo/machines/machines.c \
	core/nfvo/machines/machines.h \
	core/nfvo/machines/namespace.c \
	core/nfvo/machines/namespace.h \
	core/nfvo/machines/plan.c \
	core/nfvo/machines/plan.h \
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
core_nfvo_libvnfm_nfvo_la_LIBADD = core/nfvo/libvnfm-machine-protocol.la core/package/libvnfm-package.la core/host/libvnfm-host.la $(SDK_LIBS)

bin_PROGRAMS += core/nfvo/vnfm-nfvo
core_nfvo_vnfm_nfvo_SOURCES = core/nfvo/main.c
core_nfvo_vnfm_nfvo_LDADD = core/nfvo/libvnfm-nfvo.la $(SDK_LIBS)

# The part that needs root. The texts for ip(8) are pure: a test links network.c and util.c.
libexec_PROGRAMS += core/nfvo/machines/helper/vnfm-machine
core_nfvo_machines_helper_vnfm_machine_SOURCES = \
	core/nfvo/machines/helper/capabilities.c \
	core/nfvo/machines/helper/cloud.c \
	core/nfvo/machines/helper/devices.c \
	core/nfvo/machines/helper/enter.c \
	core/nfvo/machines/helper/helper.h \
	core/nfvo/machines/helper/idmap.c \
	core/nfvo/machines/helper/image.c \
	core/nfvo/machines/helper/init.c \
	core/nfvo/machines/helper/main.c \
	core/nfvo/machines/helper/network.c \
	core/nfvo/machines/helper/places.c \
	core/nfvo/machines/helper/root.c \
	core/nfvo/machines/helper/server.c \
	core/nfvo/machines/helper/spawn.c \
	core/nfvo/machines/helper/util.c
core_nfvo_machines_helper_vnfm_machine_LDADD = core/nfvo/libvnfm-machine-protocol.la $(SDK_LIBS)
endif

EXTRA_DIST += core/nfvo/README.md
