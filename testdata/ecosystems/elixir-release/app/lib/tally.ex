defmodule Tally do
  @moduledoc "Counts the letters of a word."

  def main do
    for {letter, count} <- Enum.sort(count("tête-à-tête")), do: IO.puts("#{letter} #{count}")
  end

  def count(word), do: word |> String.graphemes() |> Enum.frequencies()
end
