#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *join(const char *left, const char *right) {
    char *text = malloc(strlen(left) + strlen(right) + 1);
    strcpy(text, left);
    return strcat(text, right);
}

const char *character(int code) {
    char *text = malloc(2);
    text[0] = code;
    text[1] = '\0';
    return text;
}

const char *to_string(int number) {
    char *text = malloc(12);
    sprintf(text, "%d", number);
    return text;
}

char *read_line(void) {
    int length = 0, capacity = 64;
    char *line = malloc(capacity);
    for (int c = getchar(); c != EOF && c != '\n'; c = getchar()) {
        if (length + 1 == capacity) {
            capacity *= 2;
            line = realloc(line, capacity);
        }
        line[length++] = c;
    }
    line[length] = '\0';
    return line;
}

const char *mark(const char *text, bool loud) {
    const char *line = "\"";
    int count = 0;
    for (int i = 0; i < (int)strlen(text); i++) {
        if (text[i] == 'a' || text[i] == 'e') {
            count++;
            line = join(line, loud ? "$" : "\\");
        } else if (text[i] >= 97) {
            line = join(line, character(text[i] - 32));
        } else {
            line = join(line, character(text[i]));
        }
    }
    return join(line, to_string(count));
}

int main(void) {
    const char *text = read_line();
    bool loud = strcmp(read_line(), "true") == 0;
    puts(mark(text, loud));
    return 0;
}
