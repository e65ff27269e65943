#include "store.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    char *key, *value;
    struct entry *next;
};

static struct entry *first;

static struct entry *find(const char *key)
{
    struct entry *e = first;
    while (e && strcmp(e->key, key))
        e = e->next;
    return e;
}

const char *store_get(const char *key)
{
    struct entry *e = find(key);
    return e ? e->value : NULL;
}

int store_set(const char *key, const char *value)
{
    struct entry *e = find(key);
    if (!e) {
        e = calloc(1, sizeof *e);
        if (!e)
            return -1;
        e->key = strdup(key);
        e->next = first;
        first = e;
    }
    free(e->value);
    e->value = strdup(value);
    return 0;
}
