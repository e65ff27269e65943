let size = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 3 : 3
for row in 1...size {
    print(String(repeating: "*", count: row))
}
