#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# The conformance suite where threads are stopped with a signal, because there is no membarrier.
exec "${O:-build}/tests/port/host/process_test" signal
