// Counts the words of the files named, the most frequent first.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

int main(int argc, char **argv)
{
    std::map<std::string, int> counts;
    for (int i = 1; i < argc; i++) {
        std::ifstream file(argv[i]);
        if (!file) {
            std::cerr << argv[i] << ": cannot be read\n";
            return 1;
        }
        for (std::string word; file >> word;)
            ++counts[word];
    }
    std::vector<std::pair<std::string, int>> rows(counts.begin(), counts.end());
    std::stable_sort(rows.begin(), rows.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
    for (const auto &[word, count] : rows)
        std::cout << count << ' ' << word << '\n';
}
