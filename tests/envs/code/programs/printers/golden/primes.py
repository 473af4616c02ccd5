def is_prime(n):
    if n < 2:
        return False
    i = 2
    while i * i <= n:
        if n % i == 0:
            return False
        i += 1
    return True


def halved_primes(numbers):
    primes = []
    for i in range(len(numbers)):
        if is_prime(numbers[i]):
            primes.append(numbers[i])
    for i in range(1, len(primes)):
        primes[i] //= 2
    return sorted(primes)


numbers = list(map(int, input().split()))
print(*halved_primes(numbers))
