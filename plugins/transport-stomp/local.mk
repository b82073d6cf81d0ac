# SPDX-License-Identifier: Apache-2.0
# STOMP: a library for the plugin, and for the agent, which loads no plugins.

if TRANSPORT_STOMP
noinst_LTLIBRARIES += plugins/transport-stomp/libvnfm-stomp.la
plugins_transport_stomp_libvnfm_stomp_la_SOURCES = \
	plugins/transport-stomp/stomp-broker.c plugins/transport-stomp/stomp-broker.h \
	plugins/transport-stomp/stomp-connection.c plugins/transport-stomp/stomp-connection.h \
	plugins/transport-stomp/stomp-frame.c plugins/transport-stomp/stomp-frame.h \
	plugins/transport-stomp/stomp-guard.c plugins/transport-stomp/stomp-guard.h \
	plugins/transport-stomp/stomp-listen.c plugins/transport-stomp/stomp-listen.h \
	plugins/transport-stomp/stomp-parser.c plugins/transport-stomp/stomp-parser.h \
	plugins/transport-stomp/stomp-passcode.c plugins/transport-stomp/stomp-passcode.h \
	plugins/transport-stomp/stomp-queue.c plugins/transport-stomp/stomp-queue.h \
	plugins/transport-stomp/stomp-session.c \
	plugins/transport-stomp/stomp-stream.c plugins/transport-stomp/stomp-stream.h \
	plugins/transport-stomp/stomp-transport.c plugins/transport-stomp/stomp-transport.h
plugins_transport_stomp_libvnfm_stomp_la_LIBADD = $(SDK_LIBS)

plugin_LTLIBRARIES += plugins/transport-stomp/transport-stomp.la
plugins_transport_stomp_transport_stomp_la_SOURCES = plugins/transport-stomp/transport-stomp.c
plugins_transport_stomp_transport_stomp_la_LDFLAGS = $(LDFLAGS_PLUGIN)
plugins_transport_stomp_transport_stomp_la_LIBADD = plugins/transport-stomp/libvnfm-stomp.la $(SDK_LIBS)
endif

EXTRA_DIST += plugins/transport-stomp/README.md
