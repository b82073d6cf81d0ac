#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Prints the addresses that it was given: its machine's own and, in CONFIGURE, those of the VNF it is configured with.
env | grep -E '(^|_)private=' | sort
