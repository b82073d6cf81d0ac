# SPDX-License-Identifier: Apache-2.0
# The codec that manager and agent share, the back-end plugin, and the agent program.

if EMS_AGENT
noinst_LTLIBRARIES += plugins/ems-agent/libvnfm-ems-codec.la
plugins_ems_agent_libvnfm_ems_codec_la_SOURCES = \
	plugins/ems-agent/ems-codec.c \
	plugins/ems-agent/ems-codec.h
plugins_ems_agent_libvnfm_ems_codec_la_LIBADD = $(SDK_LIBS)
endif
