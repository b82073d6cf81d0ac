# SPDX-License-Identifier: Apache-2.0

# The template of the machines' user data (plugins/negotiator-nfvo).
dist_pkgdata_DATA += data/user-data.sh

if NFVO
dist_man_MANS += data/man/vnfm-nfvo.1
endif
