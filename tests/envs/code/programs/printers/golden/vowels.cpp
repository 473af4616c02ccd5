#include <iostream>
#include <string>

std::string read_line() {
    std::string line;
    std::getline(std::cin, line);
    return line;
}

std::string mark(const std::string &text, bool loud) {
    std::string line = "\"";
    int count = 0;
    for (int i = 0; i < int(text.size()); i++) {
        if (text[i] == 'a' || text[i] == 'e') {
            count++;
            line += loud ? "$" : "\\";
        } else if (int(text[i]) >= 97) {
            line += std::string(1, char(int(text[i]) - 32));
        } else {
            line += std::string(1, text[i]);
        }
    }
    return line + std::to_string(count);
}

int main() {
    std::string text = read_line();
    bool loud = read_line() == "true";
    std::cout << mark(text, loud) << "\n";
}
