#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
# All fuzz targets for 60 s together; `make fuzz-run SECONDS=...` for longer.
exec tests/fuzz/run 60 "${O:-build}"
