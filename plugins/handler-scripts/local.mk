# SPDX-License-Identifier: Apache-2.0
# The generic handler: runs each event's scripts with their environment.

if HANDLER_SCRIPTS
noinst_LTLIBRARIES += plugins/handler-scripts/libhandler-scripts.la
plugins_handler_scripts_libhandler_scripts_la_SOURCES = \
	plugins/handler-scripts/handler-scripts.c \
	plugins/handler-scripts/script-environment.c \
	plugins/handler-scripts/script-environment.h \
	plugins/handler-scripts/script-report.c \
	plugins/handler-scripts/script-report.h \
	plugins/handler-scripts/script-run.c \
	plugins/handler-scripts/script-run.h
plugins_handler_scripts_libhandler_scripts_la_LIBADD = $(SDK_LIBS)

plugin_LTLIBRARIES += plugins/handler-scripts/handler-scripts.la
plugins_handler_scripts_handler_scripts_la_SOURCES =
plugins_handler_scripts_handler_scripts_la_LDFLAGS = $(LDFLAGS_PLUGIN)
plugins_handler_scripts_handler_scripts_la_LIBADD = plugins/handler-scripts/libhandler-scripts.la $(SDK_LIBS)
endif

EXTRA_DIST += plugins/handler-scripts/README.md
