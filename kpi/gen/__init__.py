# SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
"""The parts of kpi/generate."""
