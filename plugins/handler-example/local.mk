# SPDX-License-Identifier: Apache-2.0
# What a vendor copies. Not built here: tests/integration/test-sdk-out-of-tree.sh builds it as a vendor would.
EXTRA_DIST += \
	plugins/handler-example/Makefile \
	plugins/handler-example/README.md \
	plugins/handler-example/example.c
