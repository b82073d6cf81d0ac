# SPDX-License-Identifier: Apache-2.0
# Unit tests run by "make check"; those that need real peers by "make check-integration" (tests/integration).

LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
AM_TESTS_ENVIRONMENT = \
	VNFM_MATERIAL='$(VNFM_MATERIAL)' VNFM_CAPTURED='$(VNFM_CAPTURED)' \
	VNFM_SRCDIR='$(abs_top_srcdir)' VNFM_BUILDDIR='$(abs_top_builddir)' G_DEBUG=fatal-criticals; \
	export VNFM_MATERIAL VNFM_CAPTURED VNFM_SRCDIR VNFM_BUILDDIR G_DEBUG;

# Scripts are tests too; all speak TAP.
TEST_EXTENSIONS = .py .sh
PY_LOG_COMPILER = python3
SH_LOG_COMPILER = $(SHELL)
PY_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_DRIVER = $(LOG_DRIVER)

UNIT_TESTS =
INTEGRATION_TESTS =
UNIT_LIBS = tests/support/libvnfm-test.la $(SDK_LIBS) $(CHECK_LIBS)

if HAVE_CHECK
check_LTLIBRARIES += tests/support/libvnfm-test.la
tests_support_libvnfm_test_la_SOURCES = tests/support/vnfm-test.c tests/support/vnfm-test.h
tests_support_libvnfm_test_la_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_support_libvnfm_test_la_LIBADD = $(GLIB_LIBS) $(JSON_LIBS) $(CHECK_LIBS)

check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)

# One pair of lines for each suite: its name in UNIT_TESTS, and what it is linked with if that is more than the SDK.
UNIT_TESTS += tests/unit/test-flows
tests_unit_test_flows_LDADD = core/engine/libvnfm-engine.la $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test-northbound
tests_unit_test_northbound_LDADD = core/engine/libvnfm-engine.la $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test-vnf-queues
tests_unit_test_vnf_queues_LDADD = core/engine/libvnfm-engine.la $(UNIT_LIBS)

if HANDLER_SCRIPTS
UNIT_TESTS += tests/unit/test-engine
tests_unit_test_engine_SOURCES = tests/unit/test-engine.c tests/support/vnfm-sim.c tests/support/vnfm-sim.h
tests_unit_test_engine_LDADD = core/engine/libvnfm-engine.la plugins/handler-scripts/libhandler-scripts.la $(UNIT_LIBS)
endif

if STORE_SQLITE
UNIT_TESTS += tests/unit/test-store-sqlite
tests_unit_test_store_sqlite_SOURCES = tests/unit/test-store-sqlite.c \
	tests/support/sqlite-fault.c tests/support/sqlite-fault.h
tests_unit_test_store_sqlite_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_store_sqlite_LDADD = plugins/store-sqlite/libvnfm-store-sqlite.la $(UNIT_LIBS) $(SQLITE_LIBS)
endif
UNIT_TESTS += tests/unit/test-ctl-table tests/unit/test-doctor
tests_unit_test_ctl_table_LDADD = core/ctl/libvnfm-ctl.la $(UNIT_LIBS)
tests_unit_test_doctor_LDADD = core/ctl/libvnfm-ctl.la $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-local-api
tests_unit_test_local_api_LDADD = core/daemon/liblocal-api.la $(UNIT_LIBS)
EXTRA_tests_unit_test_local_api_DEPENDENCIES = core/ctl/vnfmctl
UNIT_TESTS += tests/unit/test-clock
tests_unit_test_clock_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-profile
tests_unit_test_profile_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-configuration tests/unit/test-log
tests_unit_test_configuration_LDADD = core/host/libvnfm-host.la $(UNIT_LIBS)
tests_unit_test_log_LDADD = core/host/libvnfm-host.la $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-plugin-host
tests_unit_test_plugin_host_LDADD = core/host/libvnfm-host.la $(UNIT_LIBS)
EXTRA_tests_unit_test_plugin_host_DEPENDENCIES = $(ZOO)
# Plugins with one fault each; -rpath makes them shared objects although they are never installed.
ZOO = \
	tests/support/plugins/abstract-type.la \
	tests/support/plugins/bad-default.la \
	tests/support/plugins/bare-key.la \
	tests/support/plugins/failing-start.la \
	tests/support/plugins/foreign-keys.la \
	tests/support/plugins/good.la \
	tests/support/plugins/newer-minor.la \
	tests/support/plugins/no-abi.la \
	tests/support/plugins/no-entry.la \
	tests/support/plugins/other-major.la \
	tests/support/plugins/other-type.la \
	tests/support/plugins/ready-ems.la \
	tests/support/plugins/refusing.la \
	tests/support/plugins/silent.la \
	tests/support/plugins/silent-start.la \
	tests/support/plugins/undefined.la
ZOO_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
check_LTLIBRARIES += $(ZOO)
EXTRA_DIST += tests/support/plugins/zoo.h
tests_support_plugins_abstract_type_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_abstract_type_la_LIBADD = $(SDK_LIBS)
tests_support_plugins_bad_default_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_bad_default_la_LIBADD = $(SDK_LIBS)
tests_support_plugins_bare_key_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_bare_key_la_LIBADD = $(SDK_LIBS)
tests_support_plugins_failing_start_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_failing_start_la_LIBADD = $(SDK_LIBS)
tests_support_plugins_foreign_keys_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_foreign_keys_la_LIBADD = $(SDK_LIBS)
tests_support_plugins_good_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_good_la_LIBADD = $(SDK_LIBS)
tests_support_plugins_newer_minor_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_newer_minor_la_LIBADD = $(SDK_LIBS)
tests_support_plugins_no_abi_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_no_abi_la_LIBADD = $(SDK_LIBS)
tests_support_plugins_no_entry_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_no_entry_la_LIBADD = $(SDK_LIBS)
tests_support_plugins_other_major_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_other_major_la_LIBADD = $(SDK_LIBS)
tests_support_plugins_other_type_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_other_type_la_LIBADD = $(SDK_LIBS)
tests_support_plugins_ready_ems_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_ready_ems_la_LIBADD = $(SDK_LIBS)
tests_support_plugins_refusing_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_refusing_la_LIBADD = $(SDK_LIBS)
tests_support_plugins_silent_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_silent_la_LIBADD = $(SDK_LIBS)
tests_support_plugins_silent_start_la_LDFLAGS = $(AM_LDFLAGS) $(ZOO_LDFLAGS)
tests_support_plugins_silent_start_la_LIBADD = $(SDK_LIBS)
# Only the host binds it at once.
tests_support_plugins_undefined_la_LDFLAGS = $(SANITIZE_CFLAGS) -Wl,-z,lazy $(ZOO_LDFLAGS)
tests_support_plugins_undefined_la_LIBADD = $(SDK_LIBS)
UNIT_TESTS += tests/unit/test-enums
tests_unit_test_enums_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-json
tests_unit_test_json_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-json-repeated
tests_unit_test_json_repeated_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-message
tests_unit_test_message_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-record
tests_unit_test_record_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-descriptor
tests_unit_test_descriptor_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-dependency
tests_unit_test_dependency_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-environment
tests_unit_test_environment_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-script-result
tests_unit_test_script_result_LDADD = $(UNIT_LIBS)
if EMS_AGENT
EMS_PROGRAM_LIBS = plugins/ems-agent/libvnfm-ems-program.la $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-ems-codec
tests_unit_test_ems_codec_LDADD = plugins/ems-agent/libvnfm-ems-codec.la $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-script-root
tests_unit_test_script_root_LDADD = $(EMS_PROGRAM_LIBS)
UNIT_TESTS += tests/unit/test-parameter-files
tests_unit_test_parameter_files_LDADD = $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-script-clone
tests_unit_test_script_clone_LDADD = $(EMS_PROGRAM_LIBS)
UNIT_TESTS += tests/unit/test-step-record
tests_unit_test_step_record_LDADD = $(EMS_PROGRAM_LIBS)
UNIT_TESTS += tests/unit/test-agent
tests_unit_test_agent_LDADD = $(EMS_PROGRAM_LIBS)
UNIT_TESTS += tests/unit/test-script-runner
tests_unit_test_script_runner_LDADD = $(EMS_PROGRAM_LIBS)
endif
if EMS_SSH
UNIT_TESTS += tests/unit/test-ssh-spool
tests_unit_test_ssh_spool_LDADD = plugins/ems-ssh/libvnfm-ssh.la $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-ssh-ems
tests_unit_test_ssh_ems_SOURCES = tests/unit/test-ssh-ems.c tests/support/test-sshd.c tests/support/test-sshd.h
tests_unit_test_ssh_ems_LDADD = plugins/ems-ssh/libvnfm-ssh.la $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-ssh-link
tests_unit_test_ssh_link_SOURCES = tests/unit/test-ssh-link.c tests/support/test-sshd.c tests/support/test-sshd.h
tests_unit_test_ssh_link_LDADD = plugins/ems-ssh/libvnfm-ssh.la $(UNIT_LIBS)
endif

if TRANSPORT_STOMP
UNIT_TESTS += tests/unit/test-stomp-parser
tests_unit_test_stomp_parser_LDADD = plugins/transport-stomp/libvnfm-stomp.la $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test-stomp-broker tests/unit/test-stomp-guard
STOMP_PEERS = tests/support/stomp-peers.c tests/support/stomp-peers.h
tests_unit_test_stomp_broker_SOURCES = tests/unit/test-stomp-broker.c $(STOMP_PEERS)
tests_unit_test_stomp_guard_SOURCES = tests/unit/test-stomp-guard.c $(STOMP_PEERS)
tests_unit_test_stomp_guard_LDADD = plugins/transport-stomp/libvnfm-stomp.la $(UNIT_LIBS)
tests_unit_test_stomp_broker_LDADD = plugins/transport-stomp/libvnfm-stomp.la $(UNIT_LIBS)

UNIT_TESTS += tests/unit/test-transport
tests_unit_test_transport_SOURCES = tests/unit/test-transport.c tests/support/vnfm-sim.c tests/support/vnfm-sim.h
tests_unit_test_transport_LDADD = plugins/transport-stomp/libvnfm-stomp.la $(UNIT_LIBS)
endif
if HANDLER_SCRIPTS
UNIT_TESTS += tests/unit/test-handler-scripts
tests_unit_test_handler_scripts_LDADD = plugins/handler-scripts/libhandler-scripts.la $(UNIT_LIBS)
endif
TEST_PEERS = tests/support/test-peers.c tests/support/test-peers.h tests/support/vnfm-sim.c tests/support/vnfm-sim.h
if EMS_AGENT
UNIT_TESTS += tests/unit/test-agent-registry tests/unit/test-agent-logins tests/unit/test-agent-ems
tests_unit_test_agent_logins_LDADD = plugins/ems-agent/libvnfm-agent-ems.la $(UNIT_LIBS)
tests_unit_test_agent_registry_LDADD = plugins/ems-agent/libvnfm-agent-ems.la $(UNIT_LIBS)
tests_unit_test_agent_ems_SOURCES = tests/unit/test-agent-ems.c $(TEST_PEERS)
tests_unit_test_agent_ems_LDADD = plugins/ems-agent/libvnfm-agent-ems.la $(UNIT_LIBS)
endif
if NEGOTIATOR_NFVO
UNIT_TESTS += tests/unit/test-user-data tests/unit/test-negotiator-nfvo
tests_unit_test_negotiator_nfvo_SOURCES = tests/unit/test-negotiator-nfvo.c $(TEST_PEERS)
tests_unit_test_negotiator_nfvo_LDADD = plugins/negotiator-nfvo/libvnfm-negotiator-nfvo.la $(UNIT_LIBS)
tests_unit_test_user_data_LDADD = plugins/negotiator-nfvo/libvnfm-negotiator-nfvo.la $(UNIT_LIBS)
endif
if PACKAGES
PACKAGE_LIBS = core/package/libvnfm-package.la $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-archive tests/unit/test-check-scripts tests/unit/test-nsd tests/unit/test-script-scan
tests_unit_test_check_scripts_LDADD = $(PACKAGE_LIBS)
tests_unit_test_script_scan_LDADD = $(PACKAGE_LIBS)
tests_unit_test_archive_LDADD = $(PACKAGE_LIBS)
tests_unit_test_nsd_LDADD = $(PACKAGE_LIBS)
endif
if NFVO
NFVO_LIBS = core/nfvo/libvnfm-nfvo.la
UNIT_TESTS += tests/unit/test-nfvo-records
tests_unit_test_nfvo_records_LDADD = $(NFVO_LIBS) $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-nfvo-dependencies
tests_unit_test_nfvo_dependencies_LDADD = $(NFVO_LIBS) $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-package
tests_unit_test_package_LDADD = $(NFVO_LIBS) $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-base-image
tests_unit_test_base_image_LDADD = $(NFVO_LIBS) $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-nfvo-deployment
tests_unit_test_nfvo_deployment_LDADD = $(NFVO_LIBS) $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-nfvo-view
tests_unit_test_nfvo_view_LDADD = $(NFVO_LIBS) $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-process-machines
tests_unit_test_process_machines_LDADD = $(NFVO_LIBS) $(UNIT_LIBS)
UNIT_TESTS += tests/unit/test-namespace-machines
tests_unit_test_namespace_machines_SOURCES = tests/unit/test-namespace-machines.c \
	core/nfvo/machines/helper/network.c core/nfvo/machines/helper/util.c
tests_unit_test_namespace_machines_LDADD = $(NFVO_LIBS) $(UNIT_LIBS)
endif
endif

if NFVO
INTEGRATION_TESTS += tests/integration/test-daemon.py
INTEGRATION_TESTS += tests/integration/test-run.py tests/integration/test-sdk-out-of-tree.sh
INTEGRATION_TESTS += tests/integration/test-base.py tests/integration/test-scenarios.py
# Made once, by the first run of test-scenarios.py.
CLEANFILES += tests/integration/base.img
INTEGRATION_TESTS += tests/integration/test-namespace.py
# Not part of "all": measures, never fails a build.
EXTRA_PROGRAMS = tests/bench/vnfm-bench
tests_bench_vnfm_bench_SOURCES = \
	tests/bench/bench-agents.c tests/bench/bench-agents.h \
	tests/bench/bench-measure.c tests/bench/bench-measure.h \
	tests/bench/vnfm-bench.c
tests_bench_vnfm_bench_LDADD = core/nfvo/libvnfm-nfvo.la $(SDK_LIBS)
CLEANFILES += tests/bench/vnfm-bench
bench: all tests/bench/vnfm-bench
	tests/bench/vnfm-bench $(BENCH_ARGUMENTS)
	$(srcdir)/tests/bench/bench-broker.py core/daemon/vnfmd
	$(srcdir)/tests/bench/bench-agent.py core/nfvo/vnfm-nfvo
	$(AM_TESTS_ENVIRONMENT) $(srcdir)/tests/bench/bench-service.py --title 'web, process machines' \
		core/nfvo/vnfm-nfvo $(abs_top_srcdir)/data/examples/web/nsd.json
	@if [ "$$(id -u)" = 0 ]; then set -x; \
		$(AM_TESTS_ENVIRONMENT) $(srcdir)/tests/bench/bench-ncat.py && \
		$(srcdir)/tests/bench/bench-ssh.py core/nfvo/vnfm-nfvo; \
	else echo 'as root also: services in namespace machines, and SSH'; fi
endif

TESTS += tests/unit/test-documents.sh
EXTRA_DIST += tests/unit/test-documents.sh
TESTS += tests/unit/check-exports.sh
# It needs what the profiles name.
if TRANSPORT_STOMP
if EMS_AGENT
if NEGOTIATOR_NFVO
if STORE_SQLITE
if HANDLER_SCRIPTS
TESTS += tests/unit/test-vnfmd-options.sh
endif
endif
endif
endif
endif
EXTRA_DIST += tests/unit/test-vnfmd-options.sh
EXTRA_DIST += tests/unit/check-exports.sh

if EMS_AGENT
noinst_PROGRAMS += tests/support/stomp-broker
tests_support_stomp_broker_SOURCES = tests/support/stomp-broker.c
tests_support_stomp_broker_LDADD = plugins/transport-stomp/libvnfm-stomp.la $(SDK_LIBS)
INTEGRATION_TESTS += tests/integration/test-diagnosis.py
INTEGRATION_TESTS += tests/integration/test-agent.py tests/integration/test-agent-scripts.py tests/integration/test-agent-check.py \
	tests/integration/test-agent-abuse.py \
	tests/integration/test-run-clone.py \
	tests/integration/test-stomp-logins.py \
	tests/integration/test-stomp-wild.py
endif

if EMS_SSH
if NFVO
INTEGRATION_TESTS += tests/integration/test-ssh.py
endif
endif

EXTRA_DIST += tests/README.md tests/valgrind.supp tests/bench/bench-service.py \
	tests/bench/bench-agent.py tests/bench/bench-broker.py tests/bench/bench-ncat.py tests/bench/bench-ssh.py \
	$(INTEGRATION_TESTS)
EXTRA_DIST += tests/support/agent_world.py
EXTRA_DIST += tests/integration/README.md tests/integration/scenarios

# Real peers, real processes. Serial: the tests share two cores with the programs that they start.
check-integration: all tests/support/plugins/ready-ems.la
	$(MAKE) $(AM_MAKEFLAGS) -j1 check-TESTS TESTS='$(INTEGRATION_TESTS)'

# The unit suites once more, unforked, looking for errors and definite leaks.
VALGRIND = valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
	--show-leak-kinds=definite --suppressions=$(abs_top_srcdir)/tests/valgrind.supp
check-valgrind: $(check_PROGRAMS)
	CK_FORK=no G_SLICE=always-malloc $(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(UNIT_TESTS)' \
		LOG_COMPILER='$(LIBTOOL) --mode=execute $(VALGRIND)'

.PHONY: bench check-integration check-valgrind
