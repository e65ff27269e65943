/* Sends its arguments as one line to the server on this host and prints the answer. */
#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    char line[1024];
    int to = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(6379), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(to, (struct sockaddr *)&at, sizeof at)) {
        perror("redis-cli");
        return 1;
    }
    FILE *server = fdopen(to, "r+");
    for (int i = 1; i < argc; i++)
        fprintf(server, "%s%c", argv[i], i + 1 < argc ? ' ' : '\n');
    fflush(server);
    if (!fgets(line, sizeof line, server))
        return 1;
    fputs(line, stdout);
    return 0;
}
