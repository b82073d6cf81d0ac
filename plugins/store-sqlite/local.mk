# SPDX-License-Identifier: Apache-2.0
# The store on SQLite. Its code is a convenience library, so that unit tests can reach it.

if STORE_SQLITE
noinst_LTLIBRARIES += plugins/store-sqlite/libvnfm-store-sqlite.la
plugins_store_sqlite_libvnfm_store_sqlite_la_SOURCES = \
	plugins/store-sqlite/database.c \
	plugins/store-sqlite/database.h \
	plugins/store-sqlite/schema.c \
	plugins/store-sqlite/schema.h \
	plugins/store-sqlite/sqlite-store.c \
	plugins/store-sqlite/sqlite-store.h \
	plugins/store-sqlite/state-lock.c \
	plugins/store-sqlite/state-lock.h \
	plugins/store-sqlite/store-worker.c \
	plugins/store-sqlite/store-worker.h
plugins_store_sqlite_libvnfm_store_sqlite_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
plugins_store_sqlite_libvnfm_store_sqlite_la_LIBADD = $(SDK_LIBS) $(SQLITE_LIBS)

plugin_LTLIBRARIES += plugins/store-sqlite/store-sqlite.la
plugins_store_sqlite_store_sqlite_la_SOURCES = plugins/store-sqlite/store-sqlite.c
plugins_store_sqlite_store_sqlite_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
plugins_store_sqlite_store_sqlite_la_LDFLAGS = $(LDFLAGS_PLUGIN)
plugins_store_sqlite_store_sqlite_la_LIBADD = plugins/store-sqlite/libvnfm-store-sqlite.la $(SDK_LIBS) $(SQLITE_LIBS)
endif

EXTRA_DIST += plugins/store-sqlite/README.md
