input <- readLines(file("stdin"), warn = FALSE)
a <- as.numeric(input[1])
b <- as.numeric(input[2])
cat(sprintf("%d\n", (a + b) %% 7))
