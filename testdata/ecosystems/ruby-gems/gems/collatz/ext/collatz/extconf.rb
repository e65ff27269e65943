require "mkmf"

create_makefile("collatz/collatz")
