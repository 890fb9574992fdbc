// millet tokenizer encode DIR --jsonl FILE: texts to ids and back, line by line, for scripts and for comparing with
// other software.
#include "millet/text/tokenizer.h"

#include <cstdio>
#include <fstream>
#include <iostream>

#include "millet/cli/command.h"
#include "millet/io/json.h"

namespace millet::cli {

static io::Json encoded(const text::Tokenizer& tokenizer, const std::string& line, const std::string& source,
                        int64_t number) {
  try {
    const io::Json json = io::Json::parse(line, source, number);
    const std::vector<int32_t> ids = tokenizer.encode(json.at("text").as_string(), {.allow_special = true});
    return io::Json::object({{"ids", io::Json::array_of(ids)}, {"decoded", tokenizer.decode(ids)}});
  } catch (const Error& error) {
    return io::Json::object({{"error", error.what()}});
  }
}

static int run_tokenizer(const Arguments& args) {
  require(args.text("ACTION") == "encode", "millet tokenizer knows no '{}': there is encode", args.text("ACTION"));
  const text::Tokenizer tokenizer = text::Tokenizer::load(args.path("DIR"));
  const std::string source = args.path("jsonl").string();
  std::ifstream file;
  if (source != "-") {
    file.open(source, std::ios::binary);
    require(file.is_open(), "{} cannot be opened", source);
  }
  std::istream& in = source == "-" ? std::cin : file;
  std::string line;
  for (int64_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    std::cout << encoded(tokenizer, line, source, number).dump() << '\n';
    if (source == "-") std::cout.flush();
  }
  std::cout.flush();
  if (!std::cout) fail_own("the answers cannot be written");
  return 0;
}

extern const Command tokenizer_command;
const Command tokenizer_command{
    .name = "tokenizer",
    .summary = "texts to token ids and back, line by line",
    .positionals = {{"ACTION", "encode"}, {"DIR", "a directory with a tokenizer.json"}},
    .options = {{"--jsonl", "FILE",
                 R"(lines {"text": …}, answered by {"ids": […], "decoded": …} or {"error": …}; -: stdin)"}},
    .examples = {"millet tokenizer encode Qwen2.5-0.5B --jsonl texts.jsonl"},
    .run = run_tokenizer};

}  // namespace millet::cli
