"""plan(world, now) -> Plan: one module for each question that a person would ask. No input or output, no clock."""
