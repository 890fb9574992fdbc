// Engine against training forward, by memcmp: what the fast and the slow exactness tests share.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "millet/infer/engine.h"
#include "tests/infer/tiny_model.h"

namespace millet::infer {

struct Workload {
  std::vector<Request> requests;
  std::vector<int64_t> batch_sizes;
};

// Prompts that end at 63, 64 and 65 tokens, and their samples.
inline Workload small_workload(double temperature) {
  return {{random_request(63, 3, 0, temperature, 8), random_request(64, 1, 10, temperature, 6),
           random_request(65, 1, 20, temperature, 6)},
          {7}};
}

// The same and others in groups of up to 52, in batches of 1, 7 and 64; responses that cross from page to page.
inline Workload whole_workload(double temperature) {
  return {{random_request(63, 3, 0, temperature, 70), random_request(64, 3, 10, temperature, 20),
           random_request(65, 3, 20, temperature, 20), random_request(1, 2, 30, temperature, 70),
           random_request(130, 1, 40, temperature, 8), random_request(20, 52, 100, temperature, 5)},
          {1, 7, 64}};
}

inline std::vector<Sequence> sequences_of(const std::vector<Request>& requests,
                                          const std::vector<std::vector<Completion>>& completions) {
  std::vector<Sequence> sequences;
  for (size_t r = 0; r < requests.size(); ++r) {
    for (const Completion& c : completions[r]) sequences.push_back({requests[r].prompt, c.ids});
  }
  return sequences;
}

inline std::vector<std::vector<float>> log_probs_of(const std::vector<std::vector<Completion>>& completions) {
  std::vector<std::vector<float>> all;
  for (const auto& group : completions) {
    for (const Completion& c : group) all.push_back(c.log_probs);
  }
  return all;
}

inline bool same_bits(const std::vector<std::vector<float>>& a, const std::vector<std::vector<float>>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof(float)) == 0;
  });
}

// The training forward over `sequences`, `pack` of them in a batch, last first if reversed; results in their order.
inline std::vector<std::vector<float>> scored(Context& ctx, TinyModel& m, const std::vector<Sequence>& sequences,
                                              double temperature, size_t pack, bool is_reversed) {
  std::vector<Sequence> order = sequences;
  if (is_reversed) std::reverse(order.begin(), order.end());
  std::vector<std::vector<float>> all;
  for (size_t first = 0; first < order.size(); first += pack) {
    const auto begin = order.begin() + static_cast<int64_t>(first);
    const auto end = order.begin() + static_cast<int64_t>(std::min(first + pack, order.size()));
    for (auto& one : training_log_probs(ctx, m.decoder, {begin, end}, temperature)) all.push_back(std::move(one));
  }
  if (is_reversed) std::reverse(all.begin(), all.end());
  return all;
}

// Runs the workload in batches of each size with 1 and 2 threads, then the training forward over the responses packed
// in different ways, and compares memory.
inline void check_exactness(const std::string& device, double temperature, const Workload& w) {
  CAPTURE(device);
  CAPTURE(temperature);
  TinyModel m(device);
  std::vector<std::vector<Completion>> first;
  for (const int threads : {1, 2}) {
    CAPTURE(threads);
    Context ctx(*m.device, threads);
    for (const int64_t batch_size : w.batch_sizes) {
      CAPTURE(batch_size);
      Engine engine(m.decoder, {.max_rows = batch_size, .cache_pages = 200});
      const auto completions = engine.generate(ctx, w.requests);
      if (first.empty()) first = completions;
      for (size_t r = 0; r < first.size(); ++r) {
        for (size_t s = 0; s < first[r].size(); ++s) CHECK(completions[r][s].ids == first[r][s].ids);
      }
      CHECK(same_bits(log_probs_of(completions), log_probs_of(first)));
    }
    const std::vector<Sequence> sequences = sequences_of(w.requests, first);
    for (const size_t pack : {size_t{1}, size_t{3}, sequences.size()}) {
      for (const bool is_reversed : {false, true}) {
        CAPTURE(pack);
        CAPTURE(is_reversed);
        CHECK(same_bits(scored(ctx, m, sequences, temperature, pack, is_reversed), log_probs_of(first)));
      }
    }
  }
}

}  // namespace millet::infer
