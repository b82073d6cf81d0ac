#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Stands for dummyN_configure.sh, and knows by its own name for which: prints what is known of that VNF.
name=${0##*/}
name=${name%_configure.sh}
echo "of $name:"
env | grep "^${name}_" | sort
exit 0
