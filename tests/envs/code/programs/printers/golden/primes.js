function is_prime(n) {
    if (n < 2) {
        return false;
    }
    let i = 2;
    while (i * i <= n) {
        if (n % i === 0) {
            return false;
        }
        i++;
    }
    return true;
}

function halved_primes(numbers) {
    const primes = [];
    for (let i = 0; i < numbers.length; i++) {
        if (is_prime(numbers[i])) {
            primes.push(numbers[i]);
        }
    }
    for (let i = 1; i < primes.length; i++) {
        primes[i] = Math.floor(primes[i] / 2);
    }
    return [...primes].sort((a, b) => a - b);
}

const input = require("fs").readFileSync(0, "utf8").split("\n");
const numbers = input[0].split(" ").filter(Boolean).map(Number);
console.log(halved_primes(numbers).join(" "));
