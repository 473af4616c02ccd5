"""The store of runs: reads run folders, keeps them in Parquet, and answers questions about them."""
