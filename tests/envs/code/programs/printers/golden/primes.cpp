#include <algorithm>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

int floor_div(int a, int b) {
    return a / b - (a % b < 0);
}

std::vector<int> sorted(std::vector<int> list) {
    std::sort(list.begin(), list.end());
    return list;
}

std::string read_line() {
    std::string line;
    std::getline(std::cin, line);
    return line;
}

std::vector<int> read_list() {
    std::istringstream line(read_line());
    std::vector<int> list;
    for (int value; line >> value;) {
        list.push_back(value);
    }
    return list;
}

void print_list(const std::vector<int> &list) {
    for (int i = 0; i < int(list.size()); i++) {
        std::cout << (i > 0 ? " " : "") << list[i];
    }
    std::cout << "\n";
}

bool is_prime(int n) {
    if (n < 2) {
        return false;
    }
    int i = 2;
    while (i * i <= n) {
        if (n % i == 0) {
            return false;
        }
        i++;
    }
    return true;
}

std::vector<int> halved_primes(const std::vector<int> &numbers) {
    std::vector<int> primes;
    for (int i = 0; i < int(numbers.size()); i++) {
        if (is_prime(numbers[i])) {
            primes.push_back(numbers[i]);
        }
    }
    for (int i = 1; i < int(primes.size()); i++) {
        primes[i] = floor_div(primes[i], 2);
    }
    return sorted(primes);
}

int main() {
    std::vector<int> numbers = read_list();
    print_list(halved_primes(numbers));
}
