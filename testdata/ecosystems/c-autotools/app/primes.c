#include <stdio.h>
#include <stdlib.h>

/* The primes up to a number, a line each, and how many they are in a file. */
int main(int argc, char **argv)
{
    int last = argc > 1 ? atoi(argv[1]) : 10, count = 0;
    for (int n = 2; n <= last; n++) {
        int d = 2;
        while (d * d <= n && n % d)
            d++;
        if (d * d > n) {
            printf("%d\n", n);
            count++;
        }
    }
    if (argc > 2) {
        FILE *file = fopen(argv[2], "w");
        if (!file) {
            perror(argv[2]);
            return 1;
        }
        fprintf(file, "%d\n", count);
        fclose(file);
    }
    return 0;
}
