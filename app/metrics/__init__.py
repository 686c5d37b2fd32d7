"""Metrics: what whoever watches the service can see of it, in the form that Prometheus reads."""
