"""What a frontier keeps of pages that were read."""
