#include <stdio.h>
#include <stdlib.h>

/* The primes up to a number, a line each. */
int main(int argc, char **argv)
{
    int last = argc > 1 ? atoi(argv[1]) : 10;
    for (int n = 2; n <= last; n++) {
        int d = 2;
        while (d * d <= n && n % d)
            d++;
        if (d * d > n)
            printf("%d\n", n);
    }
    return 0;
}
