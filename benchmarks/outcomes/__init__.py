"""What the product says of follow-ups, against what is planted in the sample business."""
