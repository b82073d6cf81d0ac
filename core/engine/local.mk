# SPDX-License-Identifier: Apache-2.0
# Operations: taken, journaled, run through the stages of their flow, answered.

noinst_LTLIBRARIES += core/engine/libvnfm-engine.la
core_engine_libvnfm_engine_la_SOURCES = \
	core/engine/answer.c \
	core/engine/engine.c core/engine/engine.h \
	core/engine/finished.c core/engine/finished.h \
	core/engine/flows.c core/engine/flows.h \
	core/engine/journal.c core/engine/journal.h \
	core/engine/northbound.c core/engine/northbound.h \
	core/engine/operation.c core/engine/operation.h core/engine/operation-private.h \
	core/engine/operation-emission.c \
	core/engine/operation-message.c \
	core/engine/operation-steps.c \
	core/engine/operation-waits.c \
	core/engine/request.c core/engine/request.h \
	core/engine/script-log.c core/engine/script-log.h \
	core/engine/stage-event.c \
	core/engine/stage-machines.c \
	core/engine/stage-questions.c \
	core/engine/stages.c core/engine/stages.h \
	core/engine/vnf-queues.c core/engine/vnf-queues.h \
	core/engine/waits.c core/engine/waits.h
core_engine_libvnfm_engine_la_LIBADD = $(SDK_LIBS)

EXTRA_DIST += core/engine/README.md
