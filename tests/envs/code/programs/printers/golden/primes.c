#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int length;
    int capacity;
    int *items;
} List;

void append(List *list, int value) {
    if (list->length == list->capacity) {
        list->capacity = 2 * list->capacity + 4;
        list->items = realloc(list->items, list->capacity * sizeof(int));
    }
    list->items[list->length++] = value;
}

int floor_div(int a, int b) {
    return a / b - (a % b < 0);
}

List list_of(int length, const int *values) {
    List list = {0};
    for (int i = 0; i < length; i++) {
        append(&list, values[i]);
    }
    return list;
}

int compare(const void *left, const void *right) {
    int a = *(const int *)left, b = *(const int *)right;
    return (a > b) - (a < b);
}

List sorted(List list) {
    List result = list_of(list.length, list.items);
    qsort(result.items, result.length, sizeof(int), compare);
    return result;
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

List read_list(void) {
    List list = {0};
    for (char *word = strtok(read_line(), " "); word != NULL; word = strtok(NULL, " ")) {
        append(&list, atoi(word));
    }
    return list;
}

void print_list(List list) {
    for (int i = 0; i < list.length; i++) {
        printf(i > 0 ? " %d" : "%d", list.items[i]);
    }
    printf("\n");
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

List halved_primes(List numbers) {
    List primes = {0};
    for (int i = 0; i < numbers.length; i++) {
        if (is_prime(numbers.items[i])) {
            append(&primes, numbers.items[i]);
        }
    }
    for (int i = 1; i < primes.length; i++) {
        primes.items[i] = floor_div(primes.items[i], 2);
    }
    return sorted(primes);
}

int main(void) {
    List numbers = read_list();
    print_list(halved_primes(numbers));
    return 0;
}
