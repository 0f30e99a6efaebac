"""Real hosts, as their users start them. This file lets the tests import what stands beside it."""
