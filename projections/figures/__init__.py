"""Households as statistics and exports count them: how many people, where, and which are one."""
