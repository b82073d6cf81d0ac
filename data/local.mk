# SPDX-License-Identifier: Apache-2.0

dist_profile_DATA += data/profiles/local.conf
if EMS_SSH
dist_profile_DATA += data/profiles/ssh.conf
dist_pkgdata_DATA += data/user-data-ssh.sh
endif

# The template of the machines' user data (plugins/negotiator-nfvo).
dist_pkgdata_DATA += data/user-data.sh

if NFVO
dist_man_MANS += data/man/vnfm-nfvo.1
endif

dist_man_MANS += data/man/vnfmctl.1 data/man/vnfmd.8 data/man/vnfmd.conf.5

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = data/completions/vnfmctl data/completions/vnfmd
if NFVO
dist_bashcompletion_DATA += data/completions/vnfm-nfvo
endif

# The unit names the program by its path.
systemdunitdir = $(prefix)/lib/systemd/system
nodist_systemdunit_DATA = data/vnfmd.service
data/vnfmd.service: data/vnfmd.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) data && sed 's|@sbindir[@]|$(sbindir)|' $(srcdir)/data/vnfmd.service.in >$@.tmp && mv $@.tmp $@
CLEANFILES += data/vnfmd.service

# The unit's user.
sysusersdir = $(prefix)/lib/sysusers.d
dist_sysusers_DATA = data/sysusers.d/vnfmd.conf

EXTRA_DIST += data/vnfmd.service.in data/README.md

# The agent (plugins/ems-agent).
EXTRA_DIST += data/vnfm-ems.service.in
if EMS_AGENT
dist_man_MANS += data/man/vnfm-ems.8
dist_bashcompletion_DATA += data/completions/vnfm-ems
nodist_systemdunit_DATA += data/vnfm-ems.service
CLEANFILES += data/vnfm-ems.service
data/vnfm-ems.service: data/vnfm-ems.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) data && sed -e 's|@sbindir[@]|$(sbindir)|g' -e 's|@sysconfdir[@]|$(sysconfdir)|g' \
		$(srcdir)/data/vnfm-ems.service.in >$@.tmp && mv $@.tmp $@
endif
