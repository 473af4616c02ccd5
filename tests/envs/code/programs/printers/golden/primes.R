is_prime <- function(n) {
    if (n < 2) {
        return(FALSE)
    }
    i <- 2
    while (i * i <= n) {
        if (n %% i == 0) {
            return(FALSE)
        }
        i <- i + 1
    }
    TRUE
}

halved_primes <- function(numbers) {
    primes <- numeric(0)
    for (i in seq_along(numbers)) {
        if (is_prime(numbers[i])) {
            primes <- c(primes, numbers[i])
        }
    }
    for (i in seq(2, length.out = max(0, length(primes) - 1))) {
        primes[i] <- primes[i] %/% 2
    }
    sort(primes)
}

input <- readLines(file("stdin"), warn = FALSE)
numbers <- scan(text = input[1], quiet = TRUE)
writeLines(paste(sprintf("%d", halved_primes(numbers)), collapse = " "))
