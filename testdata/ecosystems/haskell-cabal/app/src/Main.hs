module Main (main) where

import Data.List (intercalate)
import System.Environment (getArgs)

rows :: [[Integer]]
rows = iterate (\row -> zipWith (+) (0 : row) (row ++ [0])) [1]

main :: IO ()
main = do
  [count] <- getArgs
  mapM_ (putStrLn . intercalate " · " . map show) (take (read count) rows)
