Gem::Specification.new do |s|
  s.name = "collatz"
  s.version = "1.0"
  s.summary = "How long the Collatz sequence of a number is"
  s.authors = ["dockerlint"]
  s.files = Dir["lib/*.rb", "ext/**/*.{c,rb}"]
  s.extensions = ["ext/collatz/extconf.rb"]
end
