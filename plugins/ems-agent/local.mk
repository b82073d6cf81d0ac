# SPDX-License-Identifier: Apache-2.0
# The codec that manager and agent share, the back-end plugin, and the agent program.
EXTRA_DIST += plugins/ems-agent/README.md

if EMS_AGENT
noinst_LTLIBRARIES += plugins/ems-agent/libvnfm-ems-codec.la
plugins_ems_agent_libvnfm_ems_codec_la_SOURCES = \
	plugins/ems-agent/ems-codec.c \
	plugins/ems-agent/ems-codec.h
plugins_ems_agent_libvnfm_ems_codec_la_LIBADD = $(SDK_LIBS)

# The back-end. Its code is a convenience library, so that unit tests can reach it.
noinst_LTLIBRARIES += plugins/ems-agent/libvnfm-agent-ems.la
plugins_ems_agent_libvnfm_agent_ems_la_SOURCES = \
	plugins/ems-agent/agent-access.c \
	plugins/ems-agent/agent-access.h \
	plugins/ems-agent/agent-command.c \
	plugins/ems-agent/agent-command.h \
	plugins/ems-agent/agent-ems.c \
	plugins/ems-agent/agent-ems.h \
	plugins/ems-agent/agent-link.c \
	plugins/ems-agent/agent-link.h \
	plugins/ems-agent/agent-logins.c \
	plugins/ems-agent/agent-logins.h \
	plugins/ems-agent/agent-name.c \
	plugins/ems-agent/agent-name.h \
	plugins/ems-agent/agent-probe.c \
	plugins/ems-agent/agent-probe.h \
	plugins/ems-agent/agent-registrar.c \
	plugins/ems-agent/agent-registrar.h \
	plugins/ems-agent/agent-registry.c \
	plugins/ems-agent/agent-registry.h \
	plugins/ems-agent/agent-secret.c \
	plugins/ems-agent/agent-secret.h \
	plugins/ems-agent/agent-sight.c \
	plugins/ems-agent/agent-sight.h \
	plugins/ems-agent/agent-wire.c \
	plugins/ems-agent/agent-wire.h
plugins_ems_agent_libvnfm_agent_ems_la_LIBADD = plugins/ems-agent/libvnfm-ems-codec.la $(SDK_LIBS)

plugin_LTLIBRARIES += plugins/ems-agent/ems-agent.la
plugins_ems_agent_ems_agent_la_SOURCES = plugins/ems-agent/ems-agent.c
plugins_ems_agent_ems_agent_la_LDFLAGS = $(LDFLAGS_PLUGIN)
plugins_ems_agent_ems_agent_la_LIBADD = plugins/ems-agent/libvnfm-agent-ems.la $(SDK_LIBS)
# The agent. Again a convenience library, for the unit tests; the program is its main().
noinst_LTLIBRARIES += plugins/ems-agent/libvnfm-ems-program.la
plugins_ems_agent_libvnfm_ems_program_la_SOURCES = \
	plugins/ems-agent/agent.c \
	plugins/ems-agent/agent.h \
	plugins/ems-agent/check.c \
	plugins/ems-agent/check.h \
	plugins/ems-agent/files.c \
	plugins/ems-agent/files.h \
	plugins/ems-agent/findings.c \
	plugins/ems-agent/findings.h \
	plugins/ems-agent/machine-report.c \
	plugins/ems-agent/machine-report.h \
	plugins/ems-agent/outbox.c \
	plugins/ems-agent/outbox.h \
	plugins/ems-agent/presence.c \
	plugins/ems-agent/presence.h \
	plugins/ems-agent/registrar.c \
	plugins/ems-agent/registrar.h \
	plugins/ems-agent/run-files.c \
	plugins/ems-agent/run-files.h \
	plugins/ems-agent/script-clone.c \
	plugins/ems-agent/script-clone.h \
	plugins/ems-agent/script-command.c \
	plugins/ems-agent/script-command.h \
	plugins/ems-agent/script-log.c \
	plugins/ems-agent/script-log.h \
	plugins/ems-agent/script-merge.c \
	plugins/ems-agent/script-merge.h \
	plugins/ems-agent/script-output.c \
	plugins/ems-agent/script-output.h \
	plugins/ems-agent/script-root.c \
	plugins/ems-agent/script-root.h \
	plugins/ems-agent/script-runner.c \
	plugins/ems-agent/script-runner.h \
	plugins/ems-agent/step-record.c \
	plugins/ems-agent/step-record.h \
	plugins/ems-agent/supervisor.c \
	plugins/ems-agent/supervisor.h
plugins_ems_agent_libvnfm_ems_program_la_LIBADD = plugins/ems-agent/libvnfm-ems-codec.la $(SDK_LIBS)

sbin_PROGRAMS += plugins/ems-agent/vnfm-ems
plugins_ems_agent_vnfm_ems_SOURCES = plugins/ems-agent/vnfm-ems.c
plugins_ems_agent_vnfm_ems_LDADD = plugins/ems-agent/libvnfm-ems-program.la \
	plugins/transport-stomp/libvnfm-stomp.la $(SDK_LIBS)
endif
