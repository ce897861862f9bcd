"""Traces: what a request or a job spent its time on, by OpenTelemetry's conventions."""
