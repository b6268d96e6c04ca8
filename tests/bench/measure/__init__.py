# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of compare.py: servers, clients, the table, and one module for each kind of work."""
