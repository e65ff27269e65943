#include <ruby.h>

static VALUE steps(VALUE self, VALUE start)
{
    unsigned long n = NUM2ULONG(start), count = 0;
    for (; n > 1; count++)
        n = n % 2 ? 3 * n + 1 : n / 2;
    return ULONG2NUM(count);
}

void Init_collatz(void)
{
    rb_define_singleton_method(rb_define_module("Collatz"), "steps", steps, 1);
}
