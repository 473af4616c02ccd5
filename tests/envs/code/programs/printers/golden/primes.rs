fn sorted(list: &[i64]) -> Vec<i64> {
    let mut copy = list.to_vec();
    copy.sort();
    copy
}

fn read_line() -> String {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    line.trim_end_matches('\n').to_string()
}

fn read_list() -> Vec<i64> {
    read_line().split_whitespace().map(|word| word.parse().unwrap()).collect()
}

fn is_prime(n: i64) -> bool {
    if n < 2 {
        return false;
    }
    let mut i: i64 = 2;
    while i * i <= n {
        if n % i == 0 {
            return false;
        }
        i += 1;
    }
    true
}

fn halved_primes(numbers: &[i64]) -> Vec<i64> {
    let mut primes = Vec::<i64>::new();
    for i in 0..numbers.len() as i64 {
        if is_prime(numbers[i as usize]) {
            primes.push(numbers[i as usize]);
        }
    }
    for i in 1..primes.len() as i64 {
        primes[i as usize] = primes[i as usize].div_euclid(2);
    }
    sorted(&primes)
}

fn main() {
    let numbers = read_list();
    println!("{}", halved_primes(&numbers).iter().map(|number| number.to_string()).collect::<Vec<_>>().join(" "));
}
