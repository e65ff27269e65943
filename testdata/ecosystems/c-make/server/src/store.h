/* A few keys and values in memory. */
#ifndef STORE_H
#define STORE_H

const char *store_get(const char *key);
int store_set(const char *key, const char *value);

#endif
