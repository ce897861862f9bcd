"""The commands of `./keepwell bench`, by what they measure."""
