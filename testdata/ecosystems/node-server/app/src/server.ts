import http from "node:http";
import ms from "ms";

/** Answers /2%20days with the milliseconds in two days. */
http
  .createServer((request, response) => {
    const text = decodeURIComponent((request.url ?? "/").slice(1));
    const value: number | undefined = ms(text as ms.StringValue);
    response.statusCode = value === undefined ? 400 : 200;
    response.end(`${value ?? "not a duration"}\n`);
  })
  .listen(Number(process.env.PORT ?? 3000));
