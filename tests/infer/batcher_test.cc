#include "millet/infer/batcher.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::infer;

namespace {

// A model without arithmetic: the next token is a hash of the whole history, read through the pages as attention reads
// it, and of the draw's number. Any page that was shared, copied or freed wrongly changes a token.
class HashModel {
 public:
  explicit HashModel(int64_t n_pages) : pages_(static_cast<size_t>(n_pages * ops::kAttentionTile), -1) {}

  static int32_t next(uint64_t history, float uniform) {
    const auto draw = static_cast<uint64_t>(uniform * 0x1p24F);
    return static_cast<int32_t>((history ^ draw * 0x9E3779B97F4A7C15) % 97);
  }
  static uint64_t extend(uint64_t history, int32_t token) {
    return (history ^ static_cast<uint64_t>(token + 1)) * 0x100000001B3;
  }
  static constexpr uint64_t kEmpty = 0xCBF29CE484222325;

  void run(Batcher& batcher) {
    const Plan& plan = batcher.plan();
    std::vector<int32_t> tokens;
    std::vector<float> log_probs;
    for (const Plan::PageCopy& c : plan.copies) {
      std::copy_n(page(c.from), ops::kAttentionTile, page(c.to));
    }
    for (size_t b = 0; b < plan.segments.size(); ++b) {
      const ops::Segment& s = plan.segments[b];
      for (int64_t r = 0; r < s.rows; ++r) {
        const auto row = static_cast<size_t>(s.first_row + r);
        if (plan.positions[row] != s.cached_rows + r) FAIL("a row at position ", plan.positions[row]);
        *at(plan, b, s.cached_rows + r) = plan.tokens[row];
      }
    }
    for (size_t q = 0; q < plan.draws.size(); ++q) {
      size_t b = 0;
      while (plan.segments[b].first_row + plan.segments[b].rows <= plan.head_rows[q]) ++b;
      uint64_t history = kEmpty;
      for (int64_t p = 0; p <= plan.positions[static_cast<size_t>(plan.head_rows[q])]; ++p) {
        history = extend(history, *at(plan, b, p));
      }
      tokens.push_back(next(history, plan.draws[q].uniform));
      log_probs.push_back(plan.draws[q].temperature);
    }
    most_rows = std::max(most_rows, plan.rows());
    batcher.accept(tokens, log_probs);
  }

  int64_t most_rows = 0;

 private:
  int32_t* page(int32_t number) { return pages_.data() + number * ops::kAttentionTile; }
  int32_t* at(const Plan& plan, size_t segment, int64_t position) {
    const size_t column = segment * static_cast<size_t>(plan.page_columns);
    const int32_t number = plan.pages.at(column + static_cast<size_t>(position / ops::kAttentionTile));
    if (number < 0) FAIL("position ", position, " has no page");
    return page(number) + position % ops::kAttentionTile;
  }
  std::vector<int32_t> pages_;
};

Request request(int64_t prompt_tokens, int64_t samples, uint64_t sample_id, int64_t max_new_tokens = 150) {
  Request r;
  r.prompt.resize(static_cast<size_t>(prompt_tokens));
  std::iota(r.prompt.begin(), r.prompt.end(), static_cast<int32_t>(sample_id));
  r.samples = samples;
  r.sample_id = sample_id;
  r.sampling.seed = 5;
  r.max_new_tokens = max_new_tokens;
  r.stop_ids = {3, 4};
  return r;
}

// What the hash model says without pages or batches.
std::vector<int32_t> expected(const Request& r, int64_t sample) {
  uint64_t history = HashModel::kEmpty;
  for (const int32_t token : r.prompt) history = HashModel::extend(history, token);
  const RandomKey key = sampling_key(r.sampling, r.sample_id + static_cast<uint64_t>(sample));
  std::vector<int32_t> ids;
  while (static_cast<int64_t>(ids.size()) < r.max_new_tokens) {
    ids.push_back(HashModel::next(history, uniform_of_draw(key, ids.size())));
    if (ids.back() == 3 || ids.back() == 4) break;
    history = HashModel::extend(history, ids.back());
  }
  return ids;
}

std::vector<Request> mixed_requests() {
  return {request(1, 4, 0),     request(63, 3, 100),  request(64, 3, 200),   request(65, 3, 300),
          request(130, 1, 400), request(20, 16, 500), request(7, 1, 600, 1), request(128, 2, 700, 3)};
}

}  // namespace

TEST_CASE("tokens do not depend on pages, rows, groups or order of arrival") {
  for (const int64_t n_pages : {5, 6, 9, 17, 200}) {
    for (const int64_t max_rows : {1, 2, 7, 64, 1000}) {
      for (const bool is_reversed : {false, true}) {
        CAPTURE(n_pages);
        CAPTURE(max_rows);
        CAPTURE(is_reversed);
        PageAllocator allocator(n_pages);
        Batcher batcher(allocator, max_rows, 1000);
        HashModel model(n_pages);
        std::vector<Request> requests = mixed_requests();
        if (is_reversed) std::reverse(requests.begin(), requests.end());
        std::vector<int64_t> numbers;
        for (const Request& r : requests) numbers.push_back(batcher.submit(r));
        for (int steps = 0; !batcher.idle(); ++steps) {
          REQUIRE(steps < 50000);
          model.run(batcher);
        }
        CHECK(model.most_rows <= max_rows);
        CHECK(allocator.pages_in_use() == 0);
        for (size_t i = 0; i < requests.size(); ++i) {
          const std::vector<Completion> completions = batcher.take(numbers[i]);
          REQUIRE(static_cast<int64_t>(completions.size()) == requests[i].samples);
          for (size_t s = 0; s < completions.size(); ++s) {
            const std::vector<int32_t> want = expected(requests[i], static_cast<int64_t>(s));
            CHECK(completions[s].ids == want);
            CHECK(completions[s].log_probs.size() == want.size());
            const bool is_stopped = want.back() == 3 || want.back() == 4;
            CHECK(completions[s].finish == (is_stopped ? Finish::stop : Finish::length));
          }
        }
      }
    }
  }
}

TEST_CASE("a group reads its prompt once") {
  PageAllocator allocator(100);
  Batcher batcher(allocator, 64, 1000);
  HashModel model(100);
  const Request r = request(70, 16, 0, 2);
  batcher.submit(r);
  model.run(batcher);  // 64 rows of the prompt
  model.run(batcher);  // the other 6, and 16 draws of the last
  const BatcherFacts facts = batcher.facts();
  CHECK(facts.rows == 70);
  CHECK(facts.drawn == 16);
  CHECK(facts.recomputed_rows == 0);
  // One full page for all and a partly filled one for each that goes on.
  CHECK(allocator.pages_in_use() == 1 + facts.running);
  CHECK(allocator.owners(0) == facts.running);
}

TEST_CASE("the youngest sequence gives its pages up and keeps its tokens") {
  PageAllocator allocator(3);
  Batcher batcher(allocator, 8, 1000);
  HashModel model(3);
  Request first = request(60, 1, 0, 40), second = request(60, 1, 1, 40);
  first.stop_ids = second.stop_ids = {};
  std::vector<int64_t> drawn(2, 0);
  first.on_token = [&](int64_t, int32_t, float) { return ++drawn[0] > 0; };
  second.on_token = [&](int64_t, int32_t, float) { return ++drawn[1] > 0; };
  const int64_t a = batcher.submit(first), b = batcher.submit(second);
  while (!batcher.is_done(a)) model.run(batcher);
  CHECK(batcher.facts().put_back >= 1);
  while (!batcher.idle()) model.run(batcher);
  CHECK(drawn == std::vector<int64_t>{40, 40});  // no token is told twice
  CHECK(batcher.take(a)[0].recomputed_rows == 0);
  CHECK(batcher.take(b)[0].recomputed_rows > 0);
}

TEST_CASE("a step's draws stand in order of temperature") {
  PageAllocator allocator(8);
  Batcher batcher(allocator, 64, 1000);
  for (int i = 0; i < 6; ++i) {
    Request r = request(3, 1, static_cast<uint64_t>(i));
    r.sampling.temperature = i % 2 == 0 ? 1.0 : 0.7;
    batcher.submit(r);
  }
  const Plan& plan = batcher.plan();
  REQUIRE(plan.draws.size() == 6);
  for (size_t q = 1; q < 6; ++q) CHECK(plan.draws[q - 1].temperature <= plan.draws[q].temperature);
}

TEST_CASE("the cache can be dropped at any step without changing a token") {
  PageAllocator allocator(40);
  Batcher batcher(allocator, 16, 1000);
  HashModel model(40);
  const Request r = request(65, 5, 9);
  const int64_t number = batcher.submit(r);
  for (int step = 0; !batcher.idle(); ++step) {
    model.run(batcher);
    if (step % 13 == 12) {
      batcher.drop_cache();
      CHECK(allocator.pages_in_use() == 0);
      CHECK_FALSE(batcher.holds_cache());
    }
  }
  const std::vector<Completion> completions = batcher.take(number);
  for (int64_t s = 0; s < 5; ++s) CHECK(completions[static_cast<size_t>(s)].ids == expected(r, s));
}

TEST_CASE("a cancelled request keeps what was drawn and disturbs nobody") {
  PageAllocator allocator(12);
  Batcher batcher(allocator, 16, 1000);
  HashModel model(12);
  const Request kept = request(30, 4, 0);
  Request dropped = request(30, 4, 50);
  dropped.stop_ids = {};
  const int64_t a = batcher.submit(dropped), b = batcher.submit(kept);
  for (int step = 0; step < 9; ++step) model.run(batcher);
  batcher.plan();
  batcher.cancel(a);
  const std::vector<Completion> partial = batcher.take(a);
  CHECK(partial[0].finish == Finish::cancelled);
  CHECK(partial[0].ids.size() > 0);
  while (!batcher.idle()) model.run(batcher);
  const std::vector<Completion> completions = batcher.take(b);
  for (int64_t s = 0; s < 4; ++s) CHECK(completions[static_cast<size_t>(s)].ids == expected(kept, s));
  CHECK(allocator.pages_in_use() == 0);
}

TEST_CASE("a listener that has had enough ends its sample") {
  PageAllocator allocator(8);
  Batcher batcher(allocator, 16, 1000);
  HashModel model(8);
  Request r = request(5, 2, 0);
  r.stop_ids = {};
  std::vector<int64_t> heard(2, 0);
  r.on_token = [&](int64_t sample, int32_t, float) { return ++heard[static_cast<size_t>(sample)] < 3 + sample; };
  const int64_t number = batcher.submit(r);
  while (!batcher.idle()) model.run(batcher);
  const std::vector<Completion> completions = batcher.take(number);
  CHECK(completions[0].ids.size() == 3);
  CHECK(completions[1].ids.size() == 4);
  CHECK(completions[0].finish == Finish::stop);
}

TEST_CASE("what could never run is refused with the reason") {
  PageAllocator allocator(2);
  Batcher batcher(allocator, 4, 500);
  CHECK_THROWS_WITH_AS(batcher.submit(request(0, 1, 0)), doctest::Contains("empty prompt"), Error);
  CHECK_THROWS_WITH_AS(batcher.submit(request(10, 1, 0, 0)), doctest::Contains("max_new_tokens 0"), Error);
  CHECK_THROWS_WITH_AS(batcher.submit(request(10, 0, 0)), doctest::Contains("0 samples"), Error);
  CHECK_THROWS_WITH_AS(batcher.submit(request(401, 1, 0, 101)), doctest::Contains("at most 100 new ones"), Error);
  CHECK_THROWS_WITH_AS(batcher.submit(request(100, 1, 0, 30)), doctest::Contains("3 cache pages"), Error);
  batcher.submit(request(100, 1, 0, 29));  // 128 positions: the last token is never run
  Request cold = request(1, 1, 0);
  cold.max_new_tokens = 2;
  cold.sampling.temperature = -1;
  CHECK_THROWS_WITH_AS(batcher.submit(cold), doctest::Contains("temperature -1"), Error);
  const int64_t open = batcher.submit(request(1, 1, 0, 2));
  CHECK_THROWS_WITH_AS(batcher.take(open), doctest::Contains("not finished"), Error);
}
