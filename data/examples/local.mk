# SPDX-License-Identifier: Apache-2.0
# Installed as they are: users copy them.

EXAMPLES = \
	data/examples/README.md \
	data/examples/web-broken/nsd.json \
	data/examples/web-broken/web-client/Metadata.yaml \
	data/examples/web-broken/web-client/scripts/fetch.sh \
	data/examples/web-broken/web-client/scripts/lib/fetch.py \
	data/examples/web-broken/web-client/scripts/need-python.sh \
	data/examples/web-broken/web-client/scripts/server_configure.sh \
	data/examples/web-broken/web-client/vnfd.json \
	data/examples/web-broken/web-server/Metadata.yaml \
	data/examples/web-broken/web-server/scripts/lib/answers.py \
	data/examples/web-broken/web-server/scripts/make-site.sh \
	data/examples/web-broken/web-server/scripts/need-python.sh \
	data/examples/web-broken/web-server/scripts/start-server.sh \
	data/examples/web-broken/web-server/scripts/stop-server.sh \
	data/examples/web-broken/web-server/scripts/tell-address.sh \
	data/examples/web-broken/web-server/vnfd.json \
	data/examples/web/nsd.json \
	data/examples/web/web-client/Metadata.yaml \
	data/examples/web/web-client/scripts/fetch.sh \
	data/examples/web/web-client/scripts/lib/fetch.py \
	data/examples/web/web-client/scripts/need-python.sh \
	data/examples/web/web-client/scripts/server_configure.sh \
	data/examples/web/web-client/vnfd.json \
	data/examples/web/web-server/Metadata.yaml \
	data/examples/web/web-server/scripts/lib/answers.py \
	data/examples/web/web-server/scripts/make-site.sh \
	data/examples/web/web-server/scripts/need-python.sh \
	data/examples/web/web-server/scripts/start-server.sh \
	data/examples/web/web-server/scripts/stop-server.sh \
	data/examples/web/web-server/scripts/tell-address.sh \
	data/examples/web/web-server/vnfd.json

EXTRA_DIST += $(EXAMPLES)

install-data-local: install-examples
uninstall-local: uninstall-examples

# Scripts keep their mode.
install-examples:
	@for file in $(EXAMPLES); do \
	  target='$(DESTDIR)$(pkgdatadir)'/$${file#data/}; \
	  $(MKDIR_P) "$$(dirname "$$target")" || exit 1; \
	  case $$file in \
	  *.sh) $(INSTALL_SCRIPT) $(srcdir)/$$file "$$target" || exit 1 ;; \
	  *) $(INSTALL_DATA) $(srcdir)/$$file "$$target" || exit 1 ;; \
	  esac; \
	done

uninstall-examples:
	rm -rf '$(DESTDIR)$(pkgdatadir)/examples'

.PHONY: install-examples uninstall-examples
