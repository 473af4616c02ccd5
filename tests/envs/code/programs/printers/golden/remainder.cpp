#include <iostream>

int mod(int a, int b) {
    int rest = a % b;
    return rest < 0 ? rest + b : rest;
}

int main() {
    int a, b;
    std::cin >> a >> b;
    std::cout << mod(a + b, 7) << "\n";
}
