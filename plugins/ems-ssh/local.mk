# SPDX-License-Identifier: Apache-2.0
# The back-end, a convenience library, so that unit tests can reach it, and the plugin.
EXTRA_DIST += plugins/ems-ssh/README.md

if EMS_SSH
noinst_LTLIBRARIES += plugins/ems-ssh/libvnfm-ssh.la
plugins_ems_ssh_libvnfm_ssh_la_SOURCES = \
	plugins/ems-ssh/ssh-ems.c plugins/ems-ssh/ssh-ems.h \
	plugins/ems-ssh/ssh-link.h \
	plugins/ems-ssh/ssh-pool.h \
	plugins/ems-ssh/ssh-settings.h
plugins_ems_ssh_libvnfm_ssh_la_CFLAGS = $(AM_CFLAGS) $(LIBSSH_CFLAGS)
plugins_ems_ssh_libvnfm_ssh_la_LIBADD = $(SDK_LIBS) $(LIBSSH_LIBS)

plugin_LTLIBRARIES += plugins/ems-ssh/ems-ssh.la
plugins_ems_ssh_ems_ssh_la_SOURCES = plugins/ems-ssh/ems-ssh.c
plugins_ems_ssh_ems_ssh_la_LDFLAGS = $(LDFLAGS_PLUGIN)
plugins_ems_ssh_ems_ssh_la_LIBADD = plugins/ems-ssh/libvnfm-ssh.la $(SDK_LIBS)
endif
