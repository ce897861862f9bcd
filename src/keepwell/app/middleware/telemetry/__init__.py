"""What is recorded of each request: a log line, metrics and a trace."""
