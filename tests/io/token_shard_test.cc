#include "millet/io/token_shard.h"

#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <vector>

#include "fuzz/properties.h"
#include "millet/core/error.h"
#include "tests/io/mutations.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::io;

namespace {

void write(const std::filesystem::path& path, int64_t vocab_size) {
  TokenShardWriter writer(path, vocab_size);
  writer.add(std::vector<int32_t>{1, 2, 3}, false);
  writer.add(std::vector<int32_t>{static_cast<int32_t>(vocab_size) - 1}, true);
  writer.add(std::vector<int32_t>{5, 6, 7, 8, 0}, false);
  CHECK(writer.tokens() == 9);
  CHECK(writer.documents() == 3);
  writer.finish();
}

}  // namespace

TEST_CASE("what was written is read: tokens, documents, and which of them are held out") {
  const TemporaryDirectory scratch;
  for (const int64_t vocab_size : {300, 65'536, 65'537, 129'280}) {
    write(scratch / "a", vocab_size);
    const TokenShard shard(scratch / "a");
    shard.verify();
    CHECK(shard.width() == (vocab_size <= 65'536 ? 2 : 4));
    CHECK(shard.vocab_size() == vocab_size);
    CHECK(shard.tokens() == 9);
    CHECK(shard.documents() == 3);
    std::vector<int32_t> all(9), some(3);
    shard.copy(0, all);
    const auto last = static_cast<int32_t>(vocab_size) - 1;
    CHECK(all == std::vector<int32_t>{1, 2, 3, last, 5, 6, 7, 8, 0});
    shard.copy(3, some);
    CHECK(some == std::vector<int32_t>{last, 5, 6});
    CHECK(shard.document(0).end == 3);
    CHECK(shard.document(1).begin == 3);
    CHECK(shard.document(1).end == 4);
    CHECK(shard.document(1).held_out);
    CHECK_FALSE(shard.document(2).held_out);
    CHECK_THROWS_AS(shard.copy(7, some), Error);
    CHECK_THROWS_AS(shard.document(3), Error);
  }
}

TEST_CASE("many tokens go through the buffer in order") {
  const TemporaryDirectory scratch;
  std::vector<int32_t> ids(1'000'003);
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int32_t>(i * 7919 % 50'000);
  TokenShardWriter writer(scratch / "a", 50'000);
  for (size_t at = 0; at < ids.size(); at += 1009)
    writer.add(std::span(ids).subspan(at, std::min<size_t>(1009, ids.size() - at)), false);
  writer.finish();
  const TokenShard shard(scratch / "a");
  shard.verify();
  std::vector<int32_t> read(ids.size());
  shard.copy(0, read);
  CHECK(read == ids);
}

TEST_CASE("a shard that is not finished leaves nothing, and ids beyond the vocabulary are refused") {
  const TemporaryDirectory scratch;
  {
    TokenShardWriter writer(scratch / "a", 10);
    CHECK_THROWS_WITH_AS(writer.add(std::vector<int32_t>{10}, false), "token 10 is outside the vocabulary of 10",
                         Error);
  }
  CHECK(list_directory(scratch.path()).empty());
}

TEST_CASE("what is torn, altered or something else is refused by name") {
  const TemporaryDirectory scratch;
  write(scratch / "a", 300);
  const std::string good = read_file(scratch / "a");
  const auto refused = [&](const std::string& bytes) {
    write_file_atomically(scratch / "b", bytes);
    try {
      TokenShard(scratch / "b").verify();
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string("not refused");
  };
  CHECK(refused(good) == "not refused");
  for (size_t size = 0; size < good.size(); ++size) CHECK(refused(good.substr(0, size)) != "not refused");
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] ^= 4;
    CHECK(refused(bad) != "not refused");
  }
  CHECK(refused("a text").find("b: it holds no token shard") != std::string::npos);
  std::string later = good;
  later[14] = 2;
  CHECK(refused(later).find("it has version 2") != std::string::npos);
}

TEST_CASE("damaged shards are refused or keep their promises, even where their checksum is right") {
  const TemporaryDirectory scratch;
  write(scratch / "a", 300);
  const std::string good = read_file(scratch / "a");
  Rng rng(9, "shards");
  const std::vector<std::string_view> words{std::string_view("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 8), "MILLET_TOKENS"};
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = mutated(good, words, rng);
    if (damaged.size() > 32) {
      const auto all = std::as_bytes(std::span(damaged));
      damaged.replace(damaged.size() - 32, 32, checksum(all.first(all.size() - 32)));
    }
    CHECK_NOTHROW(fuzz::check_token_shard(damaged, scratch / "input:"));
  }
}
