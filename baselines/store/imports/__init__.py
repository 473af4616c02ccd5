"""Brings runs from elsewhere into run folders: from Parquet files, and from the logs of other tools."""
