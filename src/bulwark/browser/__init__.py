"""The Python half of the Play page: it runs in a Web Worker, and JavaScript calls it with numbers and JSON."""
