/* Answers PING, SET key value, GET key and HELP command, a line each, on one connection after the other. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "store.h"

extern const struct { const char *name, *help; } table[];

static const char *help(const char *command)
{
    for (int i = 0; table[i].name; i++)
        if (!strcasecmp(table[i].name, command))
            return table[i].help;
    return "(nil)";
}

static void answer(FILE *peer, char *line)
{
    char *command = strtok(line, " \r\n"), *key = strtok(NULL, " \r\n"), *value = strtok(NULL, "\r\n");
    if (command && !strcasecmp(command, "PING")) {
        fprintf(peer, "+PONG\n");
    } else if (command && !strcasecmp(command, "SET") && key && value) {
        fprintf(peer, store_set(key, value) ? "-ERR out of memory\n" : "+OK\n");
    } else if (command && !strcasecmp(command, "GET") && key) {
        const char *found = store_get(key);
        fprintf(peer, "%s\n", found ? found : "(nil)");
    } else if (command && !strcasecmp(command, "HELP") && key) {
        fprintf(peer, "%s\n", help(key));
    } else {
        fprintf(peer, "-ERR unknown command\n");
    }
    fflush(peer);
}

int main(int argc, char **argv)
{
    int port = argc > 2 && !strcmp(argv[1], "--port") ? atoi(argv[2]) : 6379, on = 1;
    int server = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_ANY)};
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(server, (struct sockaddr *)&at, sizeof at) || listen(server, 16)) {
        perror("redis-server");
        return 1;
    }
    for (;;) {
        char line[1024];
        FILE *peer = fdopen(accept(server, NULL, NULL), "r+");
        if (!peer)
            continue;
        while (fgets(line, sizeof line, peer))
            answer(peer, line);
        fclose(peer);
    }
}
