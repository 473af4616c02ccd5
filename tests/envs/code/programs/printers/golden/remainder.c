#include <stdio.h>

int mod(int a, int b) {
    int rest = a % b;
    return rest < 0 ? rest + b : rest;
}

int main(void) {
    int a, b;
    scanf("%d %d", &a, &b);
    printf("%d\n", mod(a + b, 7));
    return 0;
}
