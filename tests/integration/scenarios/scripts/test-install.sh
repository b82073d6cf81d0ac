#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
sudo apt-get update && sudo apt-get install -y iperf screen net-tools
