var app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/", () => "Sunny\n");
app.MapGet("/fahrenheit/{celsius:int}", (int celsius) => $"{32 + celsius * 9 / 5}\n");
app.Run();
