"""The Python half of the Play page: it runs in a Web Worker, called from JavaScript with numbers and JSON."""
