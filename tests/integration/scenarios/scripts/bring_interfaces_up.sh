#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The machines of the tests come with their interfaces up; what is said of them is for whoever reads the output.
hostname -I
