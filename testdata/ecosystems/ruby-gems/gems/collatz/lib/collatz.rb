require "collatz/collatz"
