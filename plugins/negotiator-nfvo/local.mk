# SPDX-License-Identifier: Apache-2.0
# The negotiator that asks the NFVO. Its code is a convenience library, so that unit tests can reach it.
EXTRA_DIST += plugins/negotiator-nfvo/README.md

if NEGOTIATOR_NFVO
noinst_LTLIBRARIES += plugins/negotiator-nfvo/libvnfm-negotiator-nfvo.la
plugins_negotiator_nfvo_libvnfm_negotiator_nfvo_la_SOURCES = \
	plugins/negotiator-nfvo/nfvo-answer.c \
	plugins/negotiator-nfvo/nfvo-answer.h \
	plugins/negotiator-nfvo/nfvo-negotiator.c \
	plugins/negotiator-nfvo/nfvo-negotiator.h \
	plugins/negotiator-nfvo/nfvo-question.c \
	plugins/negotiator-nfvo/nfvo-question.h \
	plugins/negotiator-nfvo/user-data.c \
	plugins/negotiator-nfvo/user-data.h
plugins_negotiator_nfvo_libvnfm_negotiator_nfvo_la_LIBADD = $(SDK_LIBS)

plugin_LTLIBRARIES += plugins/negotiator-nfvo/negotiator-nfvo.la
plugins_negotiator_nfvo_negotiator_nfvo_la_SOURCES = plugins/negotiator-nfvo/negotiator-nfvo.c
plugins_negotiator_nfvo_negotiator_nfvo_la_LDFLAGS = $(LDFLAGS_PLUGIN)
plugins_negotiator_nfvo_negotiator_nfvo_la_LIBADD = plugins/negotiator-nfvo/libvnfm-negotiator-nfvo.la $(SDK_LIBS)
endif
