is_prime() {
    local n=$1
    if (( n < 2 )); then
        return 1
    fi
    local i=2
    while (( i * i <= n )); do
        if (( n % i == 0 )); then
            return 1
        fi
        (( i++ ))
    done
    return 0
}

halved_primes() {
    local numbers=($1)
    local i
    local primes=()
    for ((i = 0; i < ${#numbers[@]}; i++)); do
        if is_prime ${numbers[i]}; then
            primes+=(${numbers[i]})
        fi
    done
    for ((i = 1; i < ${#primes[@]}; i++)); do
        (( primes[i] = (primes[i] - (primes[i] < 0 ? 1 : 0)) / 2 ))
    done
    local items=($(printf '%s\n' "${primes[@]}" | sort -n))
    REPLY="${items[*]}"
}

read -r -a numbers
halved_primes "${numbers[*]}"
echo "$REPLY"
