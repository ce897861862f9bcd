"""What happened to a workspace that explains its figures: marks on the charts of revenue."""
