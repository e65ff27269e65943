require "collatz"

ARGV.each { |start| puts "#{start}: #{Collatz.steps(start.to_i)} steps" }
