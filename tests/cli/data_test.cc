// millet data as a script runs it.
#include "millet/cli/data.h"

#include <doctest/doctest.h>

#include <string>

#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/text/tokenizer.h"
#include "tests/cli/shell.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::tests;

static const std::string kMillet = MILLET_PROGRAM;

TEST_CASE("duplicates are removed with their counts, and shards made of what is left") {
  const TemporaryDirectory scratch;
  const std::string path = scratch.path().string();
  text::Tokenizer::bytes().save(scratch / "tokenizer");
  std::string lines;
  for (int i = 0; i < 60; ++i) lines += fmt::format("{{\"text\": \"document {}\"}}\n", i % 40);
  io::write_file_atomically(scratch / "a.jsonl", lines + "broken\n");
  const Outcome dedup = shell(kMillet + " data dedup " + path + "/a.jsonl --out " + path + "/b.jsonl --json");
  CHECK(dedup.code == 0);
  const io::Json counts = io::Json::parse(dedup.output.substr(dedup.output.find('{')));
  CHECK(counts.at("documents").as_int() == 60);
  CHECK(counts.at("exact_duplicates").as_int() == 20);
  CHECK(counts.at("kept").as_int() == 40);
  CHECK(counts.at("read").at("flaws").at("broken_line").at("count").as_int() == 1);

  const std::string shard =
      kMillet + " data shard " + path + "/b.jsonl --tokenizer " + path + "/tokenizer --out " + path + "/shards 2>&1";
  const Outcome made = shell(shard);
  CAPTURE(made.output);
  CHECK(made.code == 0);
  CHECK(made.output.find("40 documents") != std::string::npos);
  CHECK(shell(shard).code == 2);  // it is there already
  CHECK(shell(kMillet + " data dedup " + path + "/a.jsonl --out " + path + "/c.jsonl 2>&1")
            .output.find("20 exact duplicates") != std::string::npos);
}

TEST_CASE("another action, a missing file and a share beyond 1 are refused") {
  CHECK(shell(kMillet + " data clean a.txt --out b 2>&1").code == 2);
  CHECK(shell(kMillet + " data dedup none.txt --out b 2>&1").code == 2);
  CHECK(shell(kMillet + " data shard none.txt --tokenizer none --out b 2>&1").code == 2);
}
