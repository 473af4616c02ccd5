"""The commands of the command line, one file each; they import what is heavy when they run."""
