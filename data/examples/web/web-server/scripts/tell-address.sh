#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# START: nothing is left to do but to say where the page is.
echo "http://$private:$port$page"
