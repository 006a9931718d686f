// Lives with each file of the given folders, as a test: no fuzzer is needed for that.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "fuzz.h"

int main(int argc, char** argv) {
  std::size_t files = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string input{std::istreambuf_iterator<char>(file), {}};
      ++files;
      try {
        fuzz(std::as_bytes(std::span(input)));
      } catch (const std::exception& error) {
        std::printf("%s: %s\n", entry.path().c_str(), error.what());
        return 1;
      }
    }
  }
  std::printf("%zu inputs, all well\n", files);
  return files == 0 ? 1 : 0;
}
