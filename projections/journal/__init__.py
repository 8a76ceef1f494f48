"""The log as it is searched: what kind, who, about whom."""
