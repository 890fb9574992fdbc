#include "millet/infer/batcher.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include "millet/core/error.h"

namespace millet::infer {

static int64_t pages_for(int64_t positions) {
  return (positions + ops::kAttentionTile - 1) / ops::kAttentionTile;
}

int64_t Batcher::Sequence::length() const {
  const auto prompt = static_cast<int64_t>(job->request.prompt.size());
  return prompt + static_cast<int64_t>(job->completions[static_cast<size_t>(first)].ids.size());
}

int32_t Batcher::Sequence::token(int64_t position) const {
  const std::vector<int32_t>& prompt = job->request.prompt;
  const auto at = static_cast<size_t>(position);
  if (at < prompt.size()) return prompt[at];
  return job->completions[static_cast<size_t>(first)].ids[at - prompt.size()];
}

bool Batcher::Sequence::is_older_than(const Sequence& other) const {
  return std::pair(job->number, first) < std::pair(other.job->number, other.first);
}

Batcher::Batcher(PageAllocator& allocator, int64_t max_rows, int64_t max_positions)
    : allocator_(allocator), max_rows_(max_rows), max_positions_(max_positions) {
  require(max_rows >= 1, "batcher: max_rows {}; a step needs at least one row", max_rows);
}

int64_t Batcher::submit(Request request) {
  request.sampling.check();
  require(!request.prompt.empty(), "request: empty prompt; a model needs at least one token (<bos>) to start from");
  require(request.samples >= 1, "request: {} samples; ask for at least 1", request.samples);
  require(request.max_new_tokens >= 1, "request: max_new_tokens {}; ask for at least 1", request.max_new_tokens);
  // The last token drawn is never run.
  const auto prompt_tokens = static_cast<int64_t>(request.prompt.size());
  const int64_t positions = prompt_tokens + request.max_new_tokens - 1;
  require(positions <= max_positions_,
          "request: {} prompt tokens and {} new ones do not fit the model's {} positions; ask for at most {} new ones",
          prompt_tokens, request.max_new_tokens, max_positions_,
          std::max<int64_t>(0, max_positions_ + 1 - prompt_tokens));
  require(pages_for(positions) <= allocator_.n_pages(),
          "request: {} positions need {} cache pages of {}, the engine has {}; give it more pages or ask for fewer "
          "tokens",
          positions, pages_for(positions), ops::kAttentionTile, allocator_.n_pages());

  const int64_t number = next_number_++;
  Job& job = jobs_.try_emplace(number).first->second;
  job.number = number;
  job.unfinished = request.samples;
  job.completions.resize(static_cast<size_t>(request.samples));
  for (Completion& c : job.completions) c.prompt_tokens = prompt_tokens;
  job.request = std::move(request);
  waiting_.push_back({.job = &job, .first = 0, .count = job.request.samples, .pages = Pages(allocator_)});
  return number;
}

void Batcher::cancel(int64_t request) {
  const auto at = jobs_.find(request);
  require(at != jobs_.end(), "cancel: no request {}", request);
  Job& job = at->second;
  clear_plan();
  for (Sequences* list : {&running_, &waiting_}) {
    list->remove_if([&job](const Sequence& s) { return s.job == &job; });
  }
  for (Completion& c : job.completions) {
    if (c.finish == Finish::none) c.finish = Finish::cancelled;
  }
  job.unfinished = 0;
}

const Plan& Batcher::plan() {
  clear_plan();
  int64_t spare_rows = max_rows_ - static_cast<int64_t>(running_.size());
  const int64_t put_back = facts_.put_back;
  plan_running(spare_rows);
  // Whoever lost its pages just now must not get them back in the same breath.
  if (facts_.put_back == put_back) admit(spare_rows);
  write_plan();
  return plan_;
}

// Each running sequence has one row for certain; `spare_rows` are what is left of max_rows beyond these.
void Batcher::plan_running(int64_t& spare_rows) {
  for (auto s = running_.begin(); s != running_.end();) {
    const int64_t rows = std::min(s->length() - s->cached, 1 + spare_rows);
    bool has_room = s->pages.grow(pages_for(s->cached + rows));
    while (!has_room) {
      const auto youngest = std::prev(running_.end());
      const bool is_itself = youngest == s;
      put_back(youngest);
      ++spare_rows;
      if (is_itself) return;
      has_room = s->pages.grow(pages_for(s->cached + rows));
    }
    s->planned = rows;
    spare_rows -= rows - 1;
    ++s;
  }
}

// Lets waiting sequences in, oldest first. Beyond what a sequence needs to start (each of its samples writes to a page
// of its own), pages stay free for those that run: one for every eighth, about eight steps' worth.
void Batcher::admit(int64_t& spare_rows) {
  int64_t samples = 0, promised = static_cast<int64_t>(running_.size()) / 8;
  for (const Sequence& s : running_) {
    samples += s.count;
    promised += s.count - 1;
  }
  while (!waiting_.empty() && spare_rows > 0) {
    const auto s = waiting_.begin();
    const int64_t need = pages_for(s->length() + 1) + s->count - 1;
    if (!running_.empty() && (allocator_.free_pages() < need + promised || samples + s->count > max_rows_)) return;
    if (!s->pages.grow(pages_for(s->length()))) return;
    s->planned = std::min(s->length(), spare_rows);
    spare_rows -= s->planned;
    samples += s->count;
    promised += s->count - 1;
    auto younger = running_.end();
    while (younger != running_.begin() && s->is_older_than(*std::prev(younger))) --younger;
    running_.splice(younger, waiting_, s);
  }
}

void Batcher::write_plan() {
  for (const Sequence& s : running_) {
    if (s.planned > 0) plan_.page_columns = std::max(plan_.page_columns, s.pages.size());
  }
  for (auto s = running_.begin(); s != running_.end(); ++s) {
    if (s->planned == 0) continue;
    const auto first_row = static_cast<int64_t>(plan_.tokens.size());
    plan_.segments.push_back({.first_row = first_row, .rows = s->planned, .cached_rows = s->cached});
    for (int64_t p = s->cached; p < s->cached + s->planned; ++p) {
      plan_.tokens.push_back(s->token(p));
      plan_.positions.push_back(static_cast<int32_t>(p));
    }
    plan_.pages.insert(plan_.pages.end(), s->pages.list().begin(), s->pages.list().end());
    plan_.pages.insert(plan_.pages.end(), static_cast<size_t>(plan_.page_columns - s->pages.size()), -1);
    if (s->cached + s->planned < s->length()) continue;
    const auto last_row = static_cast<int32_t>(plan_.tokens.size() - 1);
    for (int64_t i = 0; i < s->count; ++i) planned_draws_.push_back({s, s->first + i, last_row});
  }

  // Draws of one temperature stand together, a request's own draws always do.
  const auto temperature = [](const PlannedDraw& d) { return d.sequence->job->request.sampling.temperature; };
  const auto cooler = [&](const PlannedDraw& a, const PlannedDraw& b) { return temperature(a) < temperature(b); };
  if (!std::is_sorted(planned_draws_.begin(), planned_draws_.end(), cooler)) {
    std::stable_sort(planned_draws_.begin(), planned_draws_.end(), cooler);
  }
  for (const PlannedDraw& d : planned_draws_) {
    const Job& job = *d.sequence->job;
    const SamplingParams& sampling = job.request.sampling;
    const RandomKey key = sampling_key(sampling, job.request.sample_id + static_cast<uint64_t>(d.sample));
    const size_t position = job.completions[static_cast<size_t>(d.sample)].ids.size();
    plan_.head_rows.push_back(d.row);
    plan_.draws.push_back({.temperature = static_cast<float>(sampling.temperature),
                           .top_p = static_cast<float>(sampling.top_p),
                           .top_k = static_cast<int32_t>(sampling.top_k),
                           .uniform = uniform_of_draw(key, position),
                           .log_prob_temperature = sampling.log_prob_temperature()});
  }
}

// Page copies stay until the step that makes them has been accepted.
void Batcher::clear_plan() {
  for (Sequence& s : running_) s.planned = 0;
  plan_.tokens.clear();
  plan_.positions.clear();
  plan_.segments.clear();
  plan_.pages.clear();
  plan_.page_columns = 0;
  plan_.head_rows.clear();
  plan_.draws.clear();
  planned_draws_.clear();
}

void Batcher::put_back(Sequences::iterator sequence) {
  sequence->pages.clear();
  sequence->reached = std::max(sequence->reached, sequence->cached);
  sequence->cached = 0;
  sequence->planned = 0;
  ++facts_.put_back;
  auto younger = waiting_.begin();
  while (younger != waiting_.end() && younger->is_older_than(*sequence)) ++younger;
  waiting_.splice(younger, running_, sequence);
}

void Batcher::accept(std::span<const int32_t> tokens, std::span<const float> log_probs) {
  require(tokens.size() == planned_draws_.size() && log_probs.size() == tokens.size(),
          "batcher: {} tokens for {} planned draws", tokens.size(), planned_draws_.size());
  plan_.copies.clear();
  ++facts_.steps;
  facts_.rows += plan_.rows();
  facts_.drawn += static_cast<int64_t>(tokens.size());
  for (const int32_t p : plan_.positions) facts_.keys += p + 1;
  for (Sequence& s : running_) {
    const int64_t again = std::min(s.cached + s.planned, s.reached) - s.cached;
    if (again > 0) {
      facts_.recomputed_rows += again;
      s.job->completions[static_cast<size_t>(s.first)].recomputed_rows += again;
    }
    s.cached += s.planned;
    s.reached = std::max(s.reached, s.cached);
  }

  std::vector<int64_t> survivors;
  for (size_t i = 0; i < planned_draws_.size();) {
    const auto sequence = planned_draws_[i].sequence;
    survivors.clear();
    for (; i < planned_draws_.size() && planned_draws_[i].sequence == sequence; ++i) {
      const int64_t sample = planned_draws_[i].sample;
      if (!ends(*sequence->job, sample, tokens[i], log_probs[i])) survivors.push_back(sample);
    }
    part(sequence, survivors);
  }
  clear_plan();
}

// Records a drawn token. True: it was the sample's last.
bool Batcher::ends(Job& job, int64_t sample, int32_t token, float log_prob) {
  Completion& c = job.completions[static_cast<size_t>(sample)];
  c.ids.push_back(token);
  c.log_probs.push_back(log_prob);
  const std::vector<int32_t>& stop_ids = job.request.stop_ids;
  const bool had_enough = job.request.on_token && !job.request.on_token(sample, token, log_prob);
  if (had_enough || std::find(stop_ids.begin(), stop_ids.end(), token) != stop_ids.end()) {
    c.finish = Finish::stop;
  } else if (static_cast<int64_t>(c.ids.size()) == job.request.max_new_tokens) {
    c.finish = Finish::length;
  }
  if (c.finish == Finish::none) return false;
  --job.unfinished;
  ++facts_.finished;
  return true;
}

// The first survivor goes on with the sequence's pages; the others share the full ones and copy the partly filled one.
// Whoever finds no page or no row waits and reads its prompt again.
void Batcher::part(Sequences::iterator sequence, const std::vector<int64_t>& survivors) {
  if (survivors.empty()) {
    running_.erase(sequence);
    return;
  }
  sequence->first = survivors.front();
  sequence->count = 1;
  const int64_t full = sequence->cached / ops::kAttentionTile;
  const bool is_partly_filled = sequence->cached % ops::kAttentionTile != 0;
  const auto next = std::next(sequence);
  for (auto sample = std::next(survivors.begin()); sample != survivors.end(); ++sample) {
    Sequence sibling{.job = sequence->job, .first = *sample, .count = 1, .pages = Pages(allocator_)};
    sibling.reached = sequence->cached;
    sibling.pages.share(sequence->pages, full);
    const bool has_page = !is_partly_filled || sibling.pages.grow(full + 1);
    if (has_page && static_cast<int64_t>(running_.size()) < max_rows_) {
      if (is_partly_filled) plan_.copies.push_back({sequence->pages[full], sibling.pages[full]});
      sibling.cached = sequence->cached;
      running_.insert(next, std::move(sibling));
    } else {
      running_.insert(next, std::move(sibling));
      put_back(std::prev(next));
    }
  }
}

void Batcher::drop_cache() {
  clear_plan();
  plan_.copies.clear();
  while (!running_.empty()) put_back(std::prev(running_.end()));
}

bool Batcher::holds_cache() const {
  return std::any_of(running_.begin(), running_.end(), [](const Sequence& s) { return s.cached > 0; });
}

bool Batcher::is_done(int64_t request) const {
  const auto at = jobs_.find(request);
  require(at != jobs_.end(), "engine: no request {}; its responses may have been taken before", request);
  return at->second.unfinished == 0;
}

std::vector<Completion> Batcher::take(int64_t request) {
  require(is_done(request), "engine: request {} is not finished; run more steps or cancel it", request);
  const auto at = jobs_.find(request);
  std::vector<Completion> completions = std::move(at->second.completions);
  jobs_.erase(at);
  return completions;
}

BatcherFacts Batcher::facts() const {
  BatcherFacts facts = facts_;
  facts.running = static_cast<int64_t>(running_.size());
  facts.waiting = static_cast<int64_t>(waiting_.size());
  return facts;
}

}  // namespace millet::infer
