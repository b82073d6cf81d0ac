# SPDX-License-Identifier: Apache-2.0
# The back-end, a convenience library, so that unit tests can reach it, and the plugin.
EXTRA_DIST += plugins/ems-ssh/README.md plugins/ems-ssh/remote.sh

if EMS_SSH
noinst_LTLIBRARIES += plugins/ems-ssh/libvnfm-ssh.la
plugins_ems_ssh_libvnfm_ssh_la_SOURCES = \
	plugins/ems-ssh/remote.h \
	plugins/ems-ssh/ssh-address.c plugins/ems-ssh/ssh-address.h \
	plugins/ems-ssh/ssh-auth.c plugins/ems-ssh/ssh-auth.h \
	plugins/ems-ssh/ssh-call.c plugins/ems-ssh/ssh-call.h \
	plugins/ems-ssh/ssh-command.c \
	plugins/ems-ssh/ssh-dependency.c plugins/ems-ssh/ssh-dependency.h \
	plugins/ems-ssh/ssh-ems.c plugins/ems-ssh/ssh-ems.h \
	plugins/ems-ssh/ssh-host.c plugins/ems-ssh/ssh-host.h \
	plugins/ems-ssh/ssh-host-key.c plugins/ems-ssh/ssh-host-key.h \
	plugins/ems-ssh/ssh-jump.c \
	plugins/ems-ssh/ssh-key.c plugins/ems-ssh/ssh-key.h \
	plugins/ems-ssh/ssh-link.c plugins/ems-ssh/ssh-link.h \
	plugins/ems-ssh/ssh-open.c \
	plugins/ems-ssh/ssh-pool.c plugins/ems-ssh/ssh-pool.h \
	plugins/ems-ssh/ssh-private.h \
	plugins/ems-ssh/ssh-reader.c plugins/ems-ssh/ssh-reader.h \
	plugins/ems-ssh/ssh-run.c plugins/ems-ssh/ssh-run.h \
	plugins/ems-ssh/ssh-settings.c plugins/ems-ssh/ssh-settings.h \
	plugins/ems-ssh/ssh-spool.c plugins/ems-ssh/ssh-spool.h \
	plugins/ems-ssh/ssh-tunnel.c
plugins_ems_ssh_libvnfm_ssh_la_CFLAGS = $(AM_CFLAGS) $(LIBSSH_CFLAGS)
plugins_ems_ssh_libvnfm_ssh_la_LIBADD = $(SDK_LIBS) $(LIBSSH_LIBS)

# What runs on the machines, as a C string.
nodist_plugins_ems_ssh_libvnfm_ssh_la_SOURCES = plugins/ems-ssh/remote.c
plugins/ems-ssh/remote.c: plugins/ems-ssh/remote.sh
	$(AM_V_GEN)$(MKDIR_P) plugins/ems-ssh && \
		{ echo '#include "plugins/ems-ssh/remote.h"' && echo 'const char ssh_remote_text[] =' && \
		sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' $(srcdir)/plugins/ems-ssh/remote.sh && echo ';'; } >$@.tmp && \
		mv $@.tmp $@
CLEANFILES += plugins/ems-ssh/remote.c

plugin_LTLIBRARIES += plugins/ems-ssh/ems-ssh.la
plugins_ems_ssh_ems_ssh_la_SOURCES = plugins/ems-ssh/ems-ssh.c
plugins_ems_ssh_ems_ssh_la_LDFLAGS = $(LDFLAGS_PLUGIN)
plugins_ems_ssh_ems_ssh_la_LIBADD = plugins/ems-ssh/libvnfm-ssh.la $(SDK_LIBS)
endif
