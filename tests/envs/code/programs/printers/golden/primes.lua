local function sorted(list)
    local copy = table.move(list, 1, #list, 1, {})
    table.sort(copy)
    return copy
end

local function read_list()
    local list = {}
    for word in io.read():gmatch("%S+") do
        table.insert(list, tonumber(word))
    end
    return list
end

local function is_prime(n)
    if n < 2 then
        return false
    end
    local i = 2
    while i * i <= n do
        if n % i == 0 then
            return false
        end
        i = i + 1
    end
    return true
end

local function halved_primes(numbers)
    local primes = {}
    for i = 1, #numbers do
        if is_prime(numbers[i]) then
            table.insert(primes, numbers[i])
        end
    end
    for i = 2, #primes do
        primes[i] = primes[i] // 2
    end
    return sorted(primes)
end

local numbers = read_list()
print(table.concat(halved_primes(numbers), " "))
